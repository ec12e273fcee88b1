# SPDX-License-Identifier: Apache-2.0
"""The loop's numbers, as fields of a recipe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProposerKind(StrEnum):
    """Who writes questions and programs."""

    SCRIPTED = "scripted"  # the lab's: the oracle's questions, drawn by what feedback says
    TRANSFORMERS = "transformers"  # a chat model of a folder or a hub, in this process
    VLLM = "vllm"  # the same, run by vLLM in this process
    OPENAI = "openai"  # a server that speaks OpenAI's protocol


class LookingFilter(StrEnum):
    """How questions are found that need no looking."""

    SOLVER_BLIND = "solver_blind"  # the frozen base answers them with grey images, and is sure
    JUDGE = "judge"  # the proposer is asked
    OFF = "off"


class FramesFilter(StrEnum):
    """How answers are found that contradict the images."""

    ORACLE = "oracle"  # what is asked about is not visible, or the oracle's ruling disagrees
    JUDGE = "judge"  # the proposer is asked
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class OuroborosSettings:
    """The loop of proposer and solver.

    Attributes:
        rounds: Rounds (T); `max_steps` are shared out equally among them.
        visits: Scenes that the proposer is shown in a round.
        visited_scenes: Scenes that the visits go round; 0: all of the training split. As many as
            `visits`: every round is about the same scenes, each with its feedback.
        questions_per_visit: Questions wanted of a visit.
        proposer: Who writes questions and programs.
        proposer_model: The chat model: a folder, a hub id, or the name that a server gives it.
        proposer_url: API root of a server, such as ``http://localhost:8000/v1``. Its key comes from
            the environment, never from here.
        proposer_tokens: Most tokens of a reply.
        proposer_temperature: Of sampling; 0 is greedy.
        feedback: Whether a round hears how difficult the last one's questions were; False is the
            comparison.
        filter_looking: How questions are found that need no looking.
        filter_frames: How answers are found that contradict the images.
        blind_above: Confidence from which a right blind answer rejects a question.
        easy_above: Confidence above which a question is easy (the paper's 0.9).
        hard_below: Confidence below which a question is hard (the paper's 0.1).
        other_scenes: Other scenes in one of which a program has to give another answer.
    """

    rounds: int = 4
    visits: int = 2000
    visited_scenes: int = 0
    questions_per_visit: int = 8
    proposer: ProposerKind = ProposerKind.TRANSFORMERS
    proposer_model: str = ""
    proposer_url: str = ""
    proposer_tokens: int = 4096
    proposer_temperature: float = 0.7
    feedback: bool = True
    filter_looking: LookingFilter = LookingFilter.JUDGE
    filter_frames: FramesFilter = FramesFilter.ORACLE
    blind_above: float = 0.9
    easy_above: float = 0.9
    hard_below: float = 0.1
    other_scenes: int = 3
