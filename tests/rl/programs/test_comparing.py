# SPDX-License-Identifier: Apache-2.0
"""A program's answer beside the oracle's."""

import pytest

from spatialevo_dge import Answer, Centimetres, Choice, Count, Metres, Question, Rule, SquareMetres
from spatialevo_rl.programs import Verdict, compare
from support.build import item, scene

BUILT = scene(
    (
        item(1, "bed", (0.0, 0.0, 0.25), (2.0, 1.0, 0.5)),
        item(2, "desk", (3.0, 0.0, 0.4), (0.6, 1.0, 0.8)),
        item(3, "chair", (0.0, 2.0, 0.5), (0.5, 0.5, 1.0)),
        item(4, "chair", (0.0, -2.0, 0.5), (0.5, 0.5, 1.0)),
    )
)
GAP = "How far is the bed from the desk in meters?"  # 1.7 m
COUNT = "How many chairs are there?"
NEAREST = "Which is closest to the bed: the desk or the chair?"


@pytest.mark.parametrize(
    ("answer", "text", "verdict"),
    [
        (Metres(1.7), GAP, Verdict.AGREES),
        (Centimetres(170.0), GAP, Verdict.AGREES),
        (Metres(1.73), GAP, Verdict.AGREES),
        (Metres(1.75), GAP, Verdict.DISAGREES),
        (Metres(170.0), GAP, Verdict.DISAGREES),
        (Count(2), GAP, Verdict.DISAGREES),
        (SquareMetres(1.7), GAP, Verdict.DISAGREES),
        (Count(2), COUNT, Verdict.AGREES),
        (Count(3), COUNT, Verdict.DISAGREES),
        (Metres(2.0), COUNT, Verdict.DISAGREES),
        (Choice("chair", ("desk", "chair")), NEAREST, Verdict.AGREES),
        (Choice("desk", ("desk", "chair")), NEAREST, Verdict.DISAGREES),
    ],
)
def test_by_the_oracles_tolerances(answer: Answer, text: str, verdict: Verdict) -> None:
    assert compare(answer, Question(text), BUILT).verdict is verdict


def test_a_refusal_names_its_rule() -> None:
    found = compare(Metres(1.0), Question("How far is the chair from the desk?"), BUILT)
    assert (found.verdict, found.rule) == (Verdict.REFUSED, Rule.AMBIGUOUS_OBJECT)
    assert "2 instances" in found.why


def test_what_the_oracle_cannot_read_is_unread() -> None:
    found = compare(Metres(1.0), Question("What does the bed dream of?"), BUILT)
    assert (found.verdict, found.rule) == (Verdict.UNREAD, Rule.UNPARSED)
