# SPDX-License-Identifier: Apache-2.0
"""An oracle that a random model can please: letters of the first half of the alphabet in a
question, of the second half in an answer. Everything around it is the real thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from spatialevo_dge import Legal, enumerate_questions
from spatialevo_rl.episode import GroupContext
from spatialevo_rl.keys import question_key
from spatialevo_rl.records import (
    Assignment,
    Attempt,
    Job,
    Proposal,
    QuestionerTerms,
    SolverTerms,
)
from spatialevo_rl.scenes.store import SceneStore, open_store
from spatialevo_rl.settings import SceneSettings

FIRST, SECOND = frozenset("abcdefghijklm"), frozenset("nopqrstuvwxyz")


def share(text: str, wanted: frozenset[str]) -> float:
    text = re.sub(r"<\|\w+\|>", "#", text)  # a special token is one wrong letter
    return sum(letter in wanted for letter in text) / max(len(text), 1)


class ToyOracle:
    def __init__(self, store: SceneStore | None = None) -> None:
        settings = SceneSettings(scenes="lab", scene_count=6, scene_views=2, image_size=64)
        self._store = store or open_store(settings)
        self._legal = lru_cache(self._enumerate)

    def _enumerate(self, scene: str, task: str, frames: tuple[str, ...]) -> list[tuple[str, Legal]]:
        found = enumerate_questions(self._store.scene(scene), task, frames)
        return [(question.text, ruling) for question, ruling in islice(found, 3)]

    def judge(
        self, groups: Sequence[tuple[Assignment, tuple[str, ...], GroupContext]]
    ) -> list[tuple[Proposal, ...]]:
        return [
            tuple(self._proposal(a, text, row) for row, text in enumerate(texts))
            for a, texts, _ in groups
        ]

    def _proposal(self, assignment: Assignment, text: str, row: int) -> Proposal:
        legal = self._legal(assignment.scene_id, assignment.task, assignment.frames)
        question, ruling = legal[row % len(legal)]
        value = share(text, FIRST)
        return Proposal(
            completion=text,
            observation=text,
            question=question,
            ruling=ruling,
            key=question_key(ruling, assignment.frames),
            terms=QuestionerTerms(
                format=1.0, valid=1.0, observation=value, novelty=1.0, reward=value
            ),
        )

    def score(
        self, groups: Sequence[tuple[Job, tuple[str, ...], Assignment, tuple[bool, ...]]]
    ) -> list[tuple[Attempt, ...]]:
        return [tuple(_attempt(text) for text in texts) for _, texts, _, _ in groups]

    def prefetch(self, views: Iterable[Any]) -> None:
        for _ in views:
            pass

    def close(self) -> None:
        pass


def _attempt(text: str) -> Attempt:
    value = share(text, SECOND)
    terms = SolverTerms(format=1.0, quality=value, reward=value, true_quality=value)
    return Attempt(completion=text, answer=text, terms=terms, reference="")
