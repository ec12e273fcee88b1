# SPDX-License-Identifier: Apache-2.0
"""What a model earns that never looks: the best constant answer of each task (c_k).

Two kinds of constant are tried, and the better one is the floor:

- a string, such as ``2``, ``1.4 m``, ``left`` or ``same``: for numbers, quantiles of the true
  ones; for words, every one that is ever true. For lengths one string serves questions
  in metres and in centimetres, since a reply's unit is read.
- for questions that offer options (names of objects, images, directions), a place among them: the
  first, the second …, the last one offered. A policy that reads the question's text alone can do
  that.

What earns most in the sample is scored in the sample, so a floor is, if anything, too high by the
luck of the choice, and skill above it a little too low. To score a constant on other questions,
take the one found in training (`Floor.constant`) and `mean_score` it on those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from spatialevo_dge import Choice, Count, Direction, Legal, SquareMetres, score
from spatialevo_dge.answer import Answer
from spatialevo_dge.json_fields import Fields
from spatialevo_rl.scenes.caching import kept
from spatialevo_rl.scenes.fingerprints import oracle_fingerprint
from spatialevo_rl.scenes.sample import Asked, SampleOptions, sample_questions
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.scenes.vocabulary import sampled_ids

SCENES: Final = 48
QUANTILES: Final = 40
"""Numbers tried for a task whose answers are measured."""
_PLACES: Final = (0, 1, 2, 3, -1)
_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """An answer that does not look at anything but what the question offers.

    Attributes:
        text: The reply; empty where a place is taken.
        place: Which of the offered options is the reply, from 0; -1 is the last; None: `text` is.
    """

    text: str = ""
    place: int | None = None

    def reply(self, answer: Answer) -> str:
        """Return the reply to a question, of whose answer only the offered options are used."""
        if self.place is None:
            return self.text
        if not isinstance(answer, Choice | Direction) or self.place >= len(answer.options):
            return ""
        return answer.options[self.place]

    def __str__(self) -> str:
        if self.place is None:
            return repr(self.text)
        return "last option" if self.place == -1 else f"option {self.place + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The best constant answer of a task.

    Attributes:
        task: The task.
        value: Its mean score in the sample, 0 to 1.
        constant: The answer.
        questions: Questions in the sample.
    """

    task: str
    value: float
    constant: Constant
    questions: int


def store_floors(
    store: SceneStore, options: SampleOptions, scorer: str = "default"
) -> Mapping[str, Floor]:
    """Return the floors of tasks from a sample of the store's training questions.

    The sample, and so the floors, depend on the store and the options alone. They are computed once
    and kept in the store's folder, where it has one. A task without a legal question is absent.
    """
    how = f"{_VERSION} {oracle_fingerprint()} {options} {scorer}"
    digest = hashlib.blake2b(how.encode(), digest_size=6).hexdigest()
    record = kept(
        store.folder,
        f"floors-{store.fingerprint}-{digest}.json",
        lambda: _as_json(
            floors_of(
                sample_questions(store, sampled_ids(store, Split.TRAIN, SCENES), options), scorer
            )
        ),
    )
    return {task: _from_json(task, record.fields(task)) for task in record}


def floor_values(floors: Mapping[str, Floor]) -> dict[str, float]:
    """Return the score of each task's best constant, for the scheduler."""
    return {task: floor.value for task, floor in floors.items()}


def floors_of(asked: Iterable[Asked], scorer: str = "default") -> dict[str, Floor]:
    """Return the floors of the tasks that questions are of."""
    by_task: dict[str, list[Legal]] = {}
    for item in asked:
        by_task.setdefault(item.ruling.task, []).append(item.ruling)
    return {task: _floor(task, rulings, scorer) for task, rulings in sorted(by_task.items())}


def mean_score(constant: Constant, rulings: Sequence[Legal], scorer: str = "default") -> float:
    """Return the mean score of a constant answer on questions.

    Raises:
        ValueError: There is no question.
    """
    if not rulings:
        raise ValueError("rulings: no question to score")
    values = [
        score(constant.reply(item.answer), item.truth, scorer=scorer).value for item in rulings
    ]
    return float(np.mean(values))


def _floor(task: str, rulings: list[Legal], scorer: str) -> Floor:
    best = Floor(task=task, value=-1.0, constant=Constant(), questions=len(rulings))
    for constant in candidates([item.answer for item in rulings]):
        value = mean_score(constant, rulings, scorer)
        if value > best.value:
            best = Floor(task=task, value=value, constant=constant, questions=len(rulings))
    return best


def candidates(answers: Sequence[Answer]) -> Iterator[Constant]:
    """Yield the constants tried for true answers, each once, in a fixed order."""
    words = [item for item in answers if isinstance(item, Choice | Direction)]
    counts = [item.value for item in answers if isinstance(item, Count)]
    areas = [item.value for item in answers if isinstance(item, SquareMetres)]
    lengths = [
        item.metres
        for item in answers
        if not isinstance(item, Choice | Direction | Count | SquareMetres)
    ]
    yield from (Constant(text=word) for word in sorted({item.value for item in words}))
    if words:
        yield from (Constant(place=place) for place in _PLACES)
    yield from (Constant(text=str(count)) for count in sorted(set(counts)))
    yield from (Constant(text=f"{value:.2f} m²") for value in _quantiles(areas))
    yield from (Constant(text=f"{value:.2f} m") for value in _quantiles(lengths))


def _quantiles(values: list[float]) -> list[float]:
    if not values:
        return []
    levels = np.linspace(0.0, 1.0, QUANTILES)
    return sorted({round(float(value), 2) for value in np.quantile(values, levels)})


def _as_json(floors: Mapping[str, Floor]) -> dict[str, object]:
    return {
        task: {
            "value": floor.value,
            "text": floor.constant.text,
            "place": floor.constant.place,
            "questions": floor.questions,
        }
        for task, floor in floors.items()
    }


def _from_json(task: str, record: Fields) -> Floor:
    constant = Constant(text=record.text("text"), place=record.optional("place", record.integer))
    return Floor(
        task=task,
        value=record.number("value"),
        constant=constant,
        questions=record.integer("questions"),
    )
