# SPDX-License-Identifier: Apache-2.0
"""What scores without looking: constant texts, spam of labels, observations of another scene."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pytest

from spatialevo_dge import Scene
from spatialevo_rl.lab.rooms import make_lab_room
from spatialevo_rl.observation import score_observation, write_observation
from support.observed import Case, cases_of, common_labels, small_room

LIMIT = 0.15
TASKS_PER_SCENE = 4


class World:
    """Scenes with questions about them; each task comes up in every fourth scene."""

    def __init__(self, scenes: Sequence[Scene]) -> None:
        dice = np.random.default_rng(0)
        self.scenes = list(scenes)
        self.common = common_labels(self.scenes, dice)
        self.cases = [
            case
            for place, scene in enumerate(self.scenes)
            for case in cases_of(scene, dice, tuple(range(place % TASKS_PER_SCENE, 16, 4)))
        ]
        self.written = [
            self._write(case, dice, place % 2 == 0) for place, case in enumerate(self.cases)
        ]

    def _write(self, case: Case, dice: np.random.Generator, brief: bool) -> str:
        text = write_observation(case.scene, case.frames, case.ruling, self.common, dice, brief)
        return text or ""

    def value(self, text: str, case: Case) -> float:
        return score_observation(text, case.ruling, case.scene, case.frames, self.common).value

    def mean(self, texts: Sequence[str], cases: Sequence[Case] | None = None) -> float:
        """Return the mean over tasks of the mean score of one text for each case."""
        scores = defaultdict(list)
        for text, case in zip(texts, self.cases if cases is None else cases, strict=True):
            scores[case.task].append(self.value(text, case))
        return float(np.mean([np.mean(values) for values in scores.values()]))

    def best_constant(self, texts: Sequence[str]) -> tuple[float, str]:
        """Return the best of many texts: all on some cases, the best tenth on all."""
        few = self.cases[:: max(1, len(self.cases) // 50)]
        ranked = sorted(texts, key=lambda text: -self.mean([text] * len(few), few))
        best = ranked[: max(5, len(ranked) // 10)]
        return max((self.mean([text] * len(self.cases)), text) for text in best)

    def frequent_labels(self) -> list[str]:
        found = Counter(label for scene in self.scenes for label in scene.labels)
        return [label for label, _ in found.most_common()]


def constants(world: World) -> Iterator[str]:
    """Write texts that are most often true: of frequent things, ending with a frequent target."""
    likely = [label for label in world.frequent_labels() if label not in world.common]
    targets = [*sorted(world.common), *likely][:2]
    orders = ("nearer than", "farther than", "left of")
    for first, second in combinations(likely[:4], 2):
        for word in orders:
            yield f"i see a {first} and a {second} . the {first} is {word} the {second}"
            for target in targets:
                opening = f"i see a {first} and a {second}"
                yield f"{opening} . the {first} is {word} the {second} . i see a {target}"
                yield f"{opening} . there is one {target}"
        yield f"i see one {first} and one {second} . there is one {likely[5]}"
    for name in sorted(world.common):
        yield f"i see one {name} and a {likely[0]} . i see a {likely[1]}"


def spam(labels: Sequence[str]) -> Iterator[str]:
    yield "I see " + ", ".join(f"a {label}" for label in labels) + "."
    yield " ".join(labels)
    threes = list(zip(labels[::3], labels[1::3], labels[2::3], strict=False))
    yield " ".join(f"I see a {a}, a {b} and a {c}." for a, b, c in threes[:10])
    yield " ".join(f"There is one {label}." for label in labels[:25])
    yield " ".join(
        f"The {a} is left of the {b}. The {a} is right of the {b}." for a, b, _ in threes[:6]
    )


def check(world: World) -> None:
    assert world.mean(world.written) >= 0.95
    shifted = [
        next(
            (t for t, other in zip(world.written[k + 1 :], world.cases[k + 1 :], strict=True)
             if other.task == case.task and other.scene is not case.scene),
            world.written[0],
        )
        for k, case in enumerate(world.cases)
    ]  # fmt: skip
    assert world.mean(shifted) <= LIMIT
    labels = world.frequent_labels()
    for text in spam(labels[:40]):
        assert world.mean([text] * len(world.cases)) <= LIMIT, text[:60]
    texts = [*constants(world), *world.written[::8]]
    value, best = world.best_constant(texts)
    print(
        len(world.cases), world.common, world.mean(world.written), world.mean(shifted), value, best
    )
    assert value <= LIMIT, best


def test_blind_texts_earn_little_in_the_lab() -> None:
    check(World([make_lab_room(seed).scene for seed in range(60)]))


@pytest.mark.slow
def test_blind_texts_earn_little_over_500_scenes() -> None:
    check(World([small_room(seed).scene for seed in range(500)]))


def test_the_check_can_fail(scene: Scene) -> None:
    """Against its own scene a constant text does score."""
    dice = np.random.default_rng(0)
    cases = list(cases_of(scene, dice))
    case = next(case for case in cases if case.task == "motion_camera")
    text = write_observation(case.scene, case.frames, case.ruling, frozenset(), dice, True)
    assert text is not None
    assert score_observation(text, case.ruling, scene, case.frames, frozenset()).value == 1.0
