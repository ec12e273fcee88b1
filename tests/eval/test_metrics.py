# SPDX-License-Identifier: Apache-2.0
"""Mean relative accuracy at its edges, and the means that tables are made of."""

import pytest

from spatialevo_eval.benchmark import Item, ItemScore
from spatialevo_eval.metrics import by_item, by_row, choice_score, number_score, rows_by
from spatialevo_eval.replies import Reading

# Prediction, truth, the code's score, the paper's. Found by running VSI-Bench's own code; the
# paper's formula, strict, by exact rationals.
EDGES = (
    (100, 100, 1.0, 1.0),
    (105, 100, 1.0, 0.9),
    (110, 100, 0.9, 0.8),
    (115, 100, 0.8, 0.7),
    (125, 100, 0.6, 0.5),
    (130, 100, 0.5, 0.4),
    (140, 100, 0.3, 0.2),
    (150, 100, 0.1, 0.0),
    (151, 100, 0.0, 0.0),
    (4.8, 4, 0.7, 0.6),  # 20 % off, on one side of a float's edge …
    (12, 10, 0.6, 0.6),  # … and on the other
    (120, 100, 0.6, 0.6),
    (5.8, 4, 0.2, 0.1),  # 45 % off
    (14.5, 10, 0.1, 0.1),
    (5.4, 4, 0.3, 0.3),  # 35 % off
    (13.5, 10, 0.4, 0.3),
    (1, 2, 0.1, 0.0),  # small counts
    (3, 2, 0.1, 0.0),
    (2, 3, 0.4, 0.4),
    (5, 4, 0.6, 0.5),
    (2, 4, 0.1, 0.0),
    (0, 3, 0.0, 0.0),
    (-3, 3, 0.0, 0.0),
)


@pytest.mark.parametrize(("said", "truth", "code", "paper"), EDGES)
def test_numbers_score_as_the_code_and_as_the_paper(
    said: float, truth: float, code: float, paper: float
) -> None:
    reading = Reading(value=float(said))
    assert number_score(reading, str(truth)).value == code
    assert number_score(reading, str(truth), strict=True).value == paper


def test_twenty_integer_pairs_owe_their_score_to_floats() -> None:
    """Of truths to 40 and predictions to 80, as many differ from exact `<=`."""
    different = 0
    for truth in range(1, 41):
        for said in range(81):
            exact = sum(20 * abs(said - truth) <= (10 - step) * truth for step in range(10)) / 10
            different += number_score(Reading(value=float(said)), truth).value != exact
    assert different == 20


def test_a_constant_two_fares_well_on_counts() -> None:
    """Half of the counts are 2; the rest is near: the reason for a most-frequent baseline."""
    truths = [2] * 53 + [3] * 20 + [4] * 15 + [6] * 12
    scores = [number_score(Reading(value=2.0), truth).value for truth in truths]
    assert sum(scores) / len(scores) == pytest.approx(0.625)


def test_unreadable_replies_score_nothing() -> None:
    for score in (number_score(Reading(value=None), "3"), choice_score(Reading(value=None), "A")):
        assert (score.value, score.parsed) == (0.0, None)


def test_letters_are_compared_whatever_their_case() -> None:
    assert choice_score(Reading(value="b"), "B").value == 1.0
    assert choice_score(Reading(value="(B)"), "B").value == 0.0


def scored(kind: str, *values: float) -> list[tuple[Item, ItemScore]]:
    return [
        (
            Item(id=f"{kind}{place}", benchmark="b", prompt="", reference="A", kind=kind),
            ItemScore(value=value, parsed="A", why=""),
        )
        for place, value in enumerate(values)
    ]


def test_rows_follow_the_benchmarks_order_and_leave_out_what_is_absent() -> None:
    pairs = [*scored("z", 1.0), *scored("b", 0.0, 1.0), *scored("a", 0.5)]
    rows = rows_by(pairs, lambda item: item.kind, ("a", "b", "c"), {"a": "mra"})
    assert [(row.name, row.value, row.count, row.metric) for row in rows] == [
        ("a", 0.5, 1, "mra"),
        ("b", 0.5, 2, "accuracy"),
        ("z", 1.0, 1, "accuracy"),
    ]


def test_means_over_items_and_over_rows_differ() -> None:
    pairs = [*scored("a", 1.0, 1.0, 1.0), *scored("b", 0.0)]
    rows = rows_by(pairs, lambda item: item.kind)
    assert by_item(pairs, rows).overall == 0.75
    assert by_row(rows, "mean over rows").overall == 0.5
    assert by_row((), "mean over rows").overall == 0.0
