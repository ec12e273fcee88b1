# SPDX-License-Identifier: Apache-2.0
"""What a step of the warm-up is made of: views, and some of what is taught about each."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from transformers import PreTrainedTokenizerFast

from spatialevo_dge.tasks import task_named
from spatialevo_rl.draws import dice
from spatialevo_rl.lab.asking import Asking
from spatialevo_rl.lab.dataset import FRAMES, RoomLessons, Rooms
from spatialevo_rl.lab.examples import Answered
from spatialevo_rl.lab.habits import habitual
from spatialevo_rl.lab.packing import Row, Segment
from spatialevo_rl.lab.rooms import LABELS
from spatialevo_rl.prompts import questioner_prompt, solver_prompt
from spatialevo_rl.records import Assignment, Job, Role
from spatialevo_rl.settings import EpisodeSettings, PromptSet

PROMPTS: Final = EpisodeSettings(prompt_set=PromptSet.COMPACT)
"""The prompts that the lab's recipe uses."""
ASKING_WEIGHT: Final = 0.8
"""Weight of a questioner's token beside a solver's: there are five times as many of them."""
_RARITY: Final = 0.7  # an answer is drawn by its frequency to the power of 1 - this


@dataclass(frozen=True, slots=True, kw_only=True)
class Portions:
    """How much of a view is taught in one row.

    Attributes:
        answers: About how many questions to answer.
        places: Labels to look for.
        askings: Turns of the questioner.
    """

    answers: int
    places: int
    askings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """A view's segments, ready to be drawn from."""

    images: tuple[int, ...]
    answers: Mapping[str, Sequence[tuple[Segment, float]]]
    places: Sequence[Segment]
    askings: Sequence[Segment]


class Lessons:
    """Draws rows for a step; everything is tokenised once."""

    def __init__(
        self, rooms: Rooms, tokenizer: PreTrainedTokenizerFast, habits: float = 0.0
    ) -> None:
        """Tokenise.

        Args:
            rooms: What is taught.
            tokenizer: The lab's.
            habits: Share of the answers that are habitual instead of true.

        Raises:
            ValueError: A word is not in the vocabulary.
        """
        self._tokenizer, self._habits = tokenizer, habits
        self._ids: dict[str, tuple[int, ...]] = {}
        answers = (item for lessons in rooms.lessons for item in lessons.answers)
        self._counts = Counter(_kind(item) for item in answers)
        views = [
            view
            for room, lessons in enumerate(rooms.lessons)
            for view in self._views(room, lessons)
        ]
        self._pools = (
            [view for view in views if len(view.images) == 1],
            [view for view in views if len(view.images) > 1],
        )

    def rows(self, chance: random.Random, count: int, portions: Portions) -> list[Row]:
        """Draw a step's rows, as many with one image as with two.

        Args:
            chance: Source of every draw.
            count: How many.
            portions: What each consists of.
        """
        return [
            _row(chance.choice(self._pools[place % 2]), chance, portions) for place in range(count)
        ]

    def _views(self, room: int, lessons: RoomLessons) -> list[_View]:
        answers: dict[tuple[int, ...], dict[str, list[tuple[Segment, float]]]] = {}
        drawn = dice(room, 0, "habits").random(len(lessons.answers))
        for item, chance in zip(lessons.answers, drawn, strict=True):
            rarity = self._counts[_kind(item)] ** -_RARITY
            tasks = answers.setdefault(item.frames, {})
            segment = self._answer(item, habit=bool(chance < self._habits))
            tasks.setdefault(item.task, []).append((segment, rarity))
        places, askings = defaultdict(list), defaultdict(list)
        for place in lessons.places:
            text = f"<answer>{place.reply}</answer>"
            places[place.frames].append(self._segment(place.prompt, text))
        for ask in lessons.askings:
            askings[ask.frames].append(self._asking(ask))
        return [
            _View(
                images=tuple(FRAMES * room + index for index in frames),
                answers=tasks,
                places=places[frames],
                askings=askings[frames],
            )
            for frames, tasks in answers.items()
        ]

    def _answer(self, item: Answered, *, habit: bool) -> Segment:
        job = Job(role=Role.SOLVER, question=item.question)
        prompt = solver_prompt(job, _assignment(item.task, len(item.frames)), PROMPTS)
        reply = habitual(item.task, item.reply) if habit else item.reply
        return self._segment(prompt, f"<answer>{reply}</answer>")

    def _asking(self, ask: Asking) -> Segment:
        wanted = _assignment(ask.task, len(ask.frames), ask.constraint)
        text = f"<observation>{ask.observation}</observation><question>{ask.question}</question>"
        prompt = questioner_prompt(wanted, LABELS, PROMPTS)
        return self._segment(prompt, text, ASKING_WEIGHT)

    def _segment(self, prompt: str, target: str, weight: float = 1.0) -> Segment:
        return Segment(prompt=self._encode(prompt), target=self._encode(target), weight=weight)

    def _encode(self, text: str) -> tuple[int, ...]:
        if text not in self._ids:
            ids = tuple(self._tokenizer(text, add_special_tokens=False).input_ids)
            if self._tokenizer.unk_token_id in ids:
                raise ValueError(f"a word is not in the vocabulary: {text!r}")
            self._ids[text] = ids
        return self._ids[text]


def _row(view: _View, chance: random.Random, portions: Portions) -> Row:
    segments: list[Segment] = []
    each = max(1, portions.answers // max(1, len(view.answers)))
    for pool in view.answers.values():
        choices, weights = zip(*pool, strict=True)
        segments += dict.fromkeys(chance.choices(choices, weights, k=each))
    segments += chance.sample(view.places, min(portions.places, len(view.places)))
    segments += chance.sample(view.askings, min(portions.askings, len(view.askings)))
    return Row(images=view.images, segments=tuple(segments))


def _kind(item: Answered) -> tuple[str, int, str]:
    return item.task, len(item.frames), item.group


def _assignment(task: str, images: int, constraint: str = "") -> Assignment:
    """Return what prompts read of an assignment."""
    return Assignment(
        step=0, slot=0, scene_id="", frames=tuple(str(place) for place in range(images)),
        kind=task_named(task).view, task=task, constraint=constraint,
    )  # fmt: skip
