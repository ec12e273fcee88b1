# SPDX-License-Identifier: Apache-2.0
"""Certified answers hold under noise: decision 2 on a few rooms; tools/certify_noise.py in full."""

import math

import numpy as np
import pytest

import certify_noise
from certification import NOISES, Ask, Tally, Truth, bound, count, examine, largest_mean
from spatialevo_dge import Illegal, Legal, Rule, Violation
from spatialevo_dge.answer import Choice, Metres
from spatialevo_dge.entities import Room as RoomEntities
from spatialevo_dge.truth import EXACT_MARGIN, Margin, MarginKind
from spatialevo_dge.truth import Truth as Measured

ROOMS, QUESTIONS = range(7000, 7004), 40
LEFT, RIGHT = (Choice(word, ("left", "right")) for word in ("left", "right"))


def legal(answer: object, margin: Margin = EXACT_MARGIN) -> Legal:
    measured = Measured(answer=answer, margin=margin, trace={})
    return Legal(task="t", entities=RoomEntities(), answer=answer, truth=measured)


def refused(rule: Rule) -> Illegal:
    return Illegal(task="t", violation=Violation(rule=rule, entity="x", why="so."))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "least_yield", "exempt"),
    [
        ("points", 0.75, set()),
        ("objects", 0.75, set()),
        # A pose that is off by a degree moves outlines 3 m away by 5 cm: half a cup, and more than
        # what two images differ by in what they show of it.
        ("poses", 0.60, {"visibility_compare", "depth_order_obj_obj"}),
    ],
)  # fmt: skip
def test_certified_answers_hold(kind: str, least_yield: float, exempt: set[str]) -> None:
    rooms = [examine(seed, {kind: NOISES[kind]}, 1, QUESTIONS)[kind] for seed in ROOMS]
    print("\n".join(certify_noise.table(rooms)))
    certified, uncertified = Tally(), Tally()
    for room in rooms:
        for task, tally in room.certified.items():
            uncertified.add(room.uncertified[task])
            certified.add(tally)
            if tally.numbers:
                assert np.median(tally.widths) <= 0.15
    assert certified.ruled > 800
    assert certified.flips - certified.refused - certified.unfounded == 0
    # So few rooms prove little; the bound is as honest as they allow.
    assert bound([certified]) < 0.01
    assert uncertified.rate > 4 * certified.rate
    assert uncertified.flips > 5
    assert certified.yielded >= least_yield
    for task in rooms[0].certified:
        pooled = certify_noise.total([room.certified[task] for room in rooms])
        if task not in exempt and pooled.legal > 50:
            assert pooled.yielded >= 0.45, task
        if pooled.numbers > 100:
            assert pooled.covered / pooled.numbers >= 0.88, task


def test_what_counts_as_a_flip() -> None:
    right, wrong = legal(LEFT), legal(RIGHT)
    doubt, dark = refused(Rule.BORDERLINE), refused(Rule.NOT_VISIBLE)
    cases = [
        (Truth(right, right), right, False),
        (Truth(right, right), wrong, True),
        (Truth(right, right), doubt, False),
        (Truth(right, right), dark, True),
        (Truth(doubt, right), right, False),
        (Truth(doubt, right), wrong, True),
        (Truth(doubt, doubt), right, False),
        (Truth(dark, dark), right, True),
        (Truth(dark, dark), dark, False),
        (Truth(doubt, right), dark, False),
    ]
    tally = Tally()
    assert [count(tally, truth, said) for truth, said, _ in cases] == [flip for *_, flip in cases]
    assert (tally.legal, tally.certified, tally.kept) == (4, 6, 2)
    assert (tally.flips, tally.refused, tally.unfounded) == (4, 1, 1)
    assert tally.ruled == 7
    assert tally.rate == 4 / 7
    assert tally.yielded == 0.5


def test_numbers_are_covered_or_not_and_never_flip() -> None:
    exact = legal(Metres(1.0))
    tally = Tally()
    for told in (0.96, 1.04, 1.06):
        margin = Margin(kind=MarginKind.INTERVAL, value=0.05, unit="m", sd=0.025)
        assert not count(tally, Truth(exact, exact), legal(Metres(told), margin))
    assert (tally.numbers, tally.covered, tally.flips) == (3, 2, 0)
    assert tally.widths == pytest.approx([0.05 / told for told in (0.96, 1.04, 1.06)])


def test_the_bound_is_honest_about_nothing_seen() -> None:
    assert math.isnan(bound([]))
    quiet = [Tally(certified=100) for _ in range(10)]
    assert bound(quiet) == pytest.approx(3.0 / 1000, rel=0.01)
    once = [*quiet[1:], Tally(certified=100, flips=1)]
    assert bound(once) == pytest.approx(4.74 / 1000, rel=0.01)
    # All in one room: the rooms, not the answers, are what was drawn.
    clustered = [*quiet[1:], Tally(certified=100, flips=20)]
    assert bound(clustered) == pytest.approx(0.06)
    assert bound([Tally(certified=1)]) == 1.0


@pytest.mark.parametrize(("seen", "mean"), [(0, 2.996), (1, 4.744), (3, 7.754), (10, 16.962)])
def test_largest_poisson_mean(seen: int, mean: float) -> None:
    """Half of the chi-squared quantiles with 2 (seen + 1) degrees of freedom."""
    assert largest_mean(seen) == pytest.approx(mean, abs=1e-3)


def test_a_question_is_asked_once() -> None:
    first, second = (Ask("t", RoomEntities(), ("a",)) for _ in range(2))
    assert first == second
