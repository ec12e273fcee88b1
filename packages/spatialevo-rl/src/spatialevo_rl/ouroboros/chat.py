# SPDX-License-Identifier: Apache-2.0
"""A chat model as proposer, and as judge: what it is told, and how its replies are read.

Replies are read strictly. A proposal is a question, a program and the form of its answer, in this
order and once each; whatever is not one is counted as malformed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from PIL.Image import Image

from spatialevo_rl.draws import dice
from spatialevo_rl.labelled import Labelled
from spatialevo_rl.ouroboros.records import Feedback, Proposed, Told, Visit, Visited
from spatialevo_rl.ouroboros.running import FORMS
from spatialevo_rl.programs import api_text, metadata_text
from spatialevo_rl.prompts import plain
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.templates import images_said, render

PACKAGE: Final = "spatialevo_rl.ouroboros"
LONGEST_QUESTION: Final = 400
LONGEST_PROGRAM: Final = 8_000
LONGEST_REPLY: Final = 65_536
MOST_PROPOSALS: Final = 64
"""A longer reply is read no further: a model that repeats itself must not fill the round."""

_BLOCK: Final = re.compile(r"<proposal>(.*?)</proposal>", re.DOTALL)
_PARTS: Final = re.compile(
    r"\s*<question>(?P<question>.*?)</question>"
    r"\s*<program>(?P<program>.*?)</program>"
    r"\s*<form>(?P<form>.*?)</form>\s*",
    re.DOTALL,
)
_TAG: Final = re.compile(r"</?(?:proposal|question|program|form)>")
_FENCE: Final = re.compile(r"\A\s*```(?:python)?\n(?P<inner>.*?)\n?```\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a chat model is asked: images, then text; and the seed of its sampling."""

    text: str
    images: tuple[Image, ...]
    seed: int = 0


class ChatModel(Protocol):
    """A chat model that sees images."""

    @property
    def block(self) -> int:
        """How many turns it takes at once."""

    def complete(self, turns: Sequence[Turn], tokens: int, temperature: float) -> list[str]:
        """Reply to turns, each by itself.

        Raises:
            ChatError: It gives no reply.
        """


class ChatError(Exception):
    """A chat model does not reply; the message says which, and why."""


class ChatProposer:
    """Lets a chat model propose.

    Args:
        model: The model.
        store: The scenes.
        count: Questions wanted of a visit.
        sampling: Most tokens of a reply, and the temperature.
        turn: Seed of the run, and the round: the same scene is asked about otherwise in each.
    """

    def __init__(
        self,
        model: ChatModel,
        store: SceneStore,
        count: int,
        sampling: tuple[int, float],
        turn: tuple[int, int],
    ) -> None:
        self._model, self._store, self._count, self._sampling = model, store, count, sampling
        self._seed, self._round = turn

    @property
    def block(self) -> int:
        """Visits that are handed over at once."""
        return self._model.block

    def remember(self, done: Iterable[Visited]) -> None:
        """Take note of nothing: a chat model has no memory."""

    def propose(self, visits: Sequence[Visit], feedback: Feedback) -> list[Visited]:
        """Ask about scenes.

        Raises:
            ChatError: The model gives no reply.
            SceneError: A scene is damaged.
        """
        turns = [self.turn(visit, feedback) for visit in visits]
        replies = self._model.complete(turns, *self._sampling)
        return [
            read_reply(visit, reply, self._count)
            for visit, reply in zip(visits, replies, strict=True)
        ]

    def turn(self, visit: Visit, feedback: Feedback) -> Turn:
        """Return what the model is asked about a scene."""
        told = feedback.scenes[visit.scene_id] if visit.scene_id in feedback.scenes else ()
        metadata = metadata_text(self._store.scene(visit.scene_id), visit.frames)
        return Turn(
            text=proposer_prompt(len(visit.frames), self._count, metadata, told),
            images=self._store.images(visit.scene_id, visit.frames),
            seed=int(dice(self._seed, self._round, "chat", visit.number).integers(2**31)),
        )


def proposer_prompt(frames: int, count: int, metadata: str, told: Sequence[Told]) -> str:
    """Write what the proposer is told.

    Args:
        frames: Images shown.
        count: Questions wanted.
        metadata: What is known of the room.
        told: The last round's questions about it.
    """
    return render(
        PACKAGE,
        "proposer.jinja",
        images=images_said(frames),
        count=count,
        metadata=metadata,
        told=[
            {"question": plain(t.question), "answer": t.answer, "difficulty": t.difficulty.value}
            for t in told
        ],
        api=api_text(),
        forms=[*FORMS.values()],
    )


def read_reply(visit: Visit, reply: str, count: int) -> Visited:
    """Read a proposer's reply.

    Args:
        visit: What it is about.
        reply: The raw text.
        count: Questions wanted; what is beyond is malformed, as is every stray text.
    """
    text = reply[:LONGEST_REPLY]
    proposed: list[Proposed] = []
    malformed: list[str] = []
    for block in _BLOCK.findall(text)[:MOST_PROPOSALS]:
        found = _proposed(block, visit)
        if isinstance(found, str):
            malformed.append(found)
        elif len(proposed) == count:
            malformed.append(f"more than the {count} questions wanted")
        else:
            proposed.append(found)
    if _BLOCK.sub("", text).strip() or len(reply) > LONGEST_REPLY or not text.strip():
        malformed.append("text beside proposals" if text.strip() else "an empty reply")
    return Visited(
        visit=visit,
        proposed=tuple(proposed),
        malformed=tuple(malformed),
        reply=text if malformed else "",
    )


def _proposed(block: str, visit: Visit) -> Proposed | str:
    """Read one proposal; what is wrong with it where it is none."""
    parts = _PARTS.fullmatch(block)
    if parts is None or any(_TAG.search(part) for part in parts.groups()):
        return "not a question, a program and a form, in this order and once each"
    question, form = " ".join(parts["question"].split()), parts["form"].strip()
    fence = _FENCE.match(parts["program"])
    program = (fence["inner"] if fence else parts["program"]).strip("\n")
    if not question or not program.strip():
        return "an empty question or program"
    if len(question) > LONGEST_QUESTION or len(program) > LONGEST_PROGRAM:
        return "a question or a program that is too long"
    if plain(question) != question:
        return "a question with tags or control characters"
    if form not in FORMS.values():
        return f"the form {form[:40]!r}"
    return Proposed(frames=visit.frames, task="", question=question, program=program, form=form)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatJudge:
    """Asks a chat model about samples: yes rejects, and so does what is neither yes nor no.

    Attributes:
        model: The model.
        store: The scenes.
        prompt: ``"looking"`` or ``"frames"``.
    """

    model: ChatModel
    store: SceneStore
    prompt: str

    def rejects(self, samples: Sequence[Labelled]) -> list[bool]:
        """Say of each sample whether it is rejected.

        Raises:
            ChatError: The model gives no reply.
        """
        found: list[bool] = []
        for start in range(0, len(samples), self.model.block):
            part = samples[start : start + self.model.block]
            replies = self.model.complete([self._turn(each) for each in part], 4, 0.0)
            found += [reply.strip().rstrip(".").lower() != "no" for reply in replies]
        return found

    def _turn(self, sample: Labelled) -> Turn:
        seen = self.prompt == "frames"
        text = render(
            PACKAGE,
            f"{self.prompt}.jinja",
            images=images_said(len(sample.frames)),
            count=len(sample.frames),
            question=sample.question,
            answer=sample.answer,
        )
        images = self.store.images(sample.scene_id, sample.frames) if seen else ()
        return Turn(text=text, images=images)
