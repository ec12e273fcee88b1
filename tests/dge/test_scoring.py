# SPDX-License-Identifier: Apache-2.0
"""Scores: VSI-Bench's mean relative accuracy, the tolerance, and the laws that no reply breaks."""

import json
import math
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spatialevo_dge.answer import (
    Answer,
    Centimetres,
    Choice,
    Count,
    Direction,
    Metres,
    SquareMetres,
)
from spatialevo_dge.scoring import Score, Scorer, mean_relative_accuracy, read_reply, score
from spatialevo_dge.truth import EXACT_MARGIN, Margin, MarginKind, Truth

EIGHT = ("front", "front-left", "left", "back-left", "back", "back-right", "right", "front-right")
UPRIGHT = (*EIGHT, "up", "down")
LABELS = ("sofa", "table", "coffee table", "salt and pepper", "image 2", "tv", "same")

# --------------------------------------------------------------------- mean relative accuracy


@pytest.mark.parametrize(
    ("predicted", "truth", "official", "paper"),
    [
        # relative errors away from float noise, then VSI-Bench's edges
        (100, 100, 1.0, 1.0), (105, 100, 1.0, 0.9), (110, 100, 0.9, 0.8), (115, 100, 0.8, 0.7),
        (125, 100, 0.6, 0.5), (130, 100, 0.5, 0.4), (140, 100, 0.3, 0.2), (150, 100, 0.1, 0.0),
        (151, 100, 0.0, 0.0), (4.8, 4, 0.7, 0.6), (12, 10, 0.6, 0.6), (120, 100, 0.6, 0.6),
        (5.8, 4, 0.2, 0.1), (14.5, 10, 0.1, 0.1), (5.4, 4, 0.3, 0.3), (13.5, 10, 0.4, 0.3),
        # small counts
        (1, 2, 0.1, 0.0), (3, 2, 0.1, 0.0), (2, 3, 0.4, 0.4), (5, 4, 0.6, 0.5), (2, 4, 0.1, 0.0),
        (0, 2, 0.0, 0.0), (-3, 2, 0.0, 0.0), (1e308, 1e-300, 0.0, 0.0), (math.inf, 2, 0.0, 0.0),
        (math.nan, 2, 0.0, 0.0), (0, 0, 1.0, 1.0), (1, 0, 0.0, 0.0), (-1, -1, 1.0, 1.0),
    ],
)  # fmt: skip
def test_mean_relative_accuracy_at_its_edges(
    predicted: float, truth: float, official: float, paper: float
) -> None:
    assert mean_relative_accuracy(predicted, truth) == official
    assert mean_relative_accuracy(predicted, truth, strict=True) == paper


def official_code(predicted: float, truth: float) -> float:
    """The metric as VSI-Bench's text describes its code: thresholds, division, comparison."""
    thresholds = np.linspace(0.5, 0.95, int((0.95 - 0.5) / 0.05 + 2))
    return float(np.mean(abs(predicted - truth) / truth <= 1 - thresholds))


@given(st.integers(0, 8000).map(lambda n: n / 100), st.integers(1, 4000).map(lambda n: n / 100))
def test_mean_relative_accuracy_is_the_official_one(predicted: float, truth: float) -> None:
    assert mean_relative_accuracy(predicted, truth) == official_code(predicted, truth)


def test_the_official_floats_differ_from_exact_arithmetic_in_twenty_small_pairs() -> None:
    differing = 0
    for truth in range(1, 41):
        for predicted in range(81):
            error = abs(Fraction(predicted - truth, truth))
            exact = sum(error <= Fraction(step, 20) for step in range(1, 11)) / 10
            differing += mean_relative_accuracy(predicted, truth) != exact
    assert differing == 20


@given(st.integers(0, 8000), st.integers(1, 4000))
def test_strict_is_exact(predicted: int, truth: int) -> None:
    error = abs(Fraction(predicted - truth, truth))
    exact = sum(error < Fraction(step, 20) for step in range(1, 11)) / 10
    assert mean_relative_accuracy(predicted / 100, truth / 100, strict=True) == exact


def test_mean_relative_accuracy_refuses_a_truth_that_is_no_number() -> None:
    with pytest.raises(ValueError, match="truth: a finite number is needed, got nan"):
        mean_relative_accuracy(1.0, math.nan)


# ---------------------------------------------------------------------------------- scorers


@pytest.mark.parametrize(
    ("reply", "answer", "scorer", "value"),
    [
        ("5", Count(4), "default", 0.0), ("5", Count(4), "mra", 0.6), ("4", Count(4), "mra", 1.0),
        ("5", Count(4), "mra-strict", 0.5), ("5", Count(4), "tolerance", 0.0),
        ("4", Count(4), "tolerance", 1.0), ("four", Count(4), "default", 1.0),
        ("4.8 m", Metres(4.0), "default", 0.7), ("480 cm", Metres(4.0), "mra", 0.7),
        ("4.8", Metres(4.0), "mra-strict", 0.6), ("130", Centimetres(100.0), "default", 0.5),
        ("1.3 m", Centimetres(100.0), "default", 0.5), ("13", SquareMetres(10.0), "default", 0.5),
        ("front", Direction("front-left", EIGHT), "default", 0.0),
        ("left and ahead", Direction("front-left", EIGHT), "mra", 1.0),
        ("the couch", Choice("tv", LABELS), "tolerance", 0.0),
        ("the TV", Choice("tv", LABELS), "tolerance", 1.0),
        ("-2 m", Metres(2.0), "default", 0.0), ("0 m", Metres(2.0), "default", 0.0),
        ("1 m or 2 m", Metres(2.0), "default", 0.0), ("", Metres(2.0), "default", 0.0),
    ],
)  # fmt: skip
def test_scorers(reply: str, answer: Answer, scorer: str, value: float) -> None:
    assert score(reply, answer, scorer=scorer).value == value


def measured(answer: Answer, half_width: float, unit: str = "m") -> Truth:
    margin = Margin(kind=MarginKind.INTERVAL, value=half_width, unit=unit)
    return Truth(answer=answer, margin=margin, trace={})


@pytest.mark.parametrize(
    ("reply", "truth", "value"),
    [
        ("1.44 m", Metres(1.4), 1.0), ("1.36 m", Metres(1.4), 1.0), ("1.4401 m", Metres(1.4), 0.0),
        ("144", Centimetres(140.0), 1.0), ("145", Centimetres(140.0), 0.0),
        ("1.5 m", measured(Metres(1.4), 0.1), 1.0), ("1.51 m", measured(Metres(1.4), 0.1), 0.0),
        ("1.44 m", measured(Metres(1.4), 0.01), 1.0),
        ("150", measured(Centimetres(140.0), 0.1), 1.0),
        ("10.5", measured(SquareMetres(10.0), 0.5, "m2"), 1.0), ("10.6", SquareMetres(10.0), 0.0),
        ("10.04", SquareMetres(10.0), 0.0),
        # another kind of margin is no interval
        ("2 m", Truth(answer=Metres(1.4), trace={},
                      margin=Margin(kind=MarginKind.BOUNDARY, value=5.0, unit="m")), 0.0),
    ],
)  # fmt: skip
def test_tolerance_is_four_centimetres_or_the_interval(
    reply: str, truth: Truth | Answer, value: float
) -> None:
    assert score(reply, truth, scorer=Scorer.TOLERANCE).value == value


def test_a_score_says_what_was_read_and_why() -> None:
    assert score("4.8 m", Metres(4.0)) == Score(
        value=0.7, parsed=Metres(4.8), why="Read 4.80 m; the truth is 4.00 m."
    )
    assert score("2 or 3", Count(3)) == Score(
        value=0.0, parsed=None, why="Unreadable: no answer but one of several."
    )


def test_misuse_is_an_error() -> None:
    with pytest.raises(TypeError, match="reply: a string is needed, got int"):
        score(3, Count(3))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="answer: not an answer but str"):
        score("3", "3")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="options: a sequence of strings"):
        score("A", Count(3), options="A. 3")
    with pytest.raises(ValueError, match="lenient"):
        score("3", Count(3), scorer="lenient")
    with pytest.raises(ValueError, match="the geometry defines no answer"):
        score("3", Truth(answer=None, margin=EXACT_MARGIN, trace={}))


# -------------------------------------------------------------------------------------- laws

WORDS = st.sampled_from(LABELS) | st.from_regex(r"[a-z]{2,9}( [a-z]{2,9}){0,2}", fullmatch=True)
LENGTHS = st.floats(0.0, 1e4)


@st.composite
def choices(draw: st.DrawFn) -> Choice:
    options = tuple(draw(st.lists(WORDS, min_size=2, max_size=6, unique=True)))
    return Choice(draw(st.sampled_from(options)), options)


ANSWERS: st.SearchStrategy[Any] = st.one_of(
    st.integers(0, 10_000).map(Count),
    LENGTHS.map(Metres),
    LENGTHS.map(Centimetres),
    LENGTHS.map(SquareMetres),
    st.sampled_from(EIGHT).map(lambda word: Direction(word, EIGHT)),
    st.sampled_from(UPRIGHT).map(lambda word: Direction(word, UPRIGHT)),
    choices(),
)


@settings(max_examples=500, deadline=None)
@given(ANSWERS, st.sampled_from(Scorer))
def test_the_truth_as_it_is_written_scores_one(answer: Answer, scorer: Scorer) -> None:
    for reply in (answer.render(), f" {answer.render()} \n", f"<answer>{answer.render()}</answer>"):
        assert score(reply, answer, scorer=scorer).value == 1.0


@settings(deadline=None)
@given(choices() | st.sampled_from(EIGHT).map(lambda word: Direction(word, EIGHT)))
def test_the_truth_s_letter_scores_one(answer: Choice | Direction) -> None:
    letters = "ABCDEFGH"
    options = [f"{letters[place]}. {word}" for place, word in enumerate(answer.options)]
    letter = letters[answer.options.index(answer.value)]
    for reply in (f"({letter})", f"Answer: {letter}", f"**{letter}**", rf"\boxed{{{letter}}}"):
        assert score(reply, answer, options=options).value == 1.0


FRAGMENTS = st.sampled_from(
    "1 2.5 1,200 -3 ½ one two hundred and half a the m cm m² feet ' \" in or not n't no is how but "
    "to - – ± = + × / ^2 ( ) [ ] . , ; : ? ! \n A B C I option answer: <answer> </answer> <think> "
    "</think> \\boxed{ } { $ * ** left right front back up than between same sofa table coffee "
    "image first at least so because ٣ １ 1e9 99999999999 °".split(" ")
)
REPLIES = (
    st.text() | st.lists(FRAGMENTS, max_size=40).map(" ".join) | st.lists(FRAGMENTS).map("".join)
)
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        [Count(n) for n in range(5)],
        [Metres(value) for value in (0.0, 1.0, 2.5)],
        [SquareMetres(value) for value in (0.0, 1.0, 2.5)],
        [Direction(word, EIGHT) for word in EIGHT],
        [Direction(word, UPRIGHT) for word in UPRIGHT],
        [Choice(word, LABELS) for word in LABELS],
    ]
)


@settings(max_examples=500, deadline=None)  # shared machines pause
@given(REPLIES, VALUES)
def test_no_reply_raises_and_the_truth_does_not_change_what_it_says(
    reply: str, answers: list[Answer]
) -> None:
    options = ("A. 2.5", "B. left", "C. table", "D. 3")
    for offered in ((), options):
        said = {read_reply(reply, answer, offered) for answer in answers}
        assert len(said) == 1
        parsed = said.pop()
        assert parsed is None or type(parsed) is type(answers[0])
        # one reply is right about at most one word or count
        if isinstance(answers[0], Count | Direction | Choice):
            assert sum(score(reply, answer, options=offered).value for answer in answers) <= 1.0


def asked() -> list[tuple[str, Answer]]:
    """Every question of the corpus with an answer of its kind; the value does not matter."""
    kinds: dict[str, Answer] = {
        "object_counting": Count(9), "object_size": Centimetres(9.0),
        "room_size": SquareMetres(9.0), "absolute_distance": Metres(9.0),
        "distance_cam_obj": Metres(9.0), "elevation_cam_cam": Choice("lower", ("higher", "lower")),
        "visibility_compare": Choice("image 1", ("image 1", "image 2", "same")),
    }  # fmt: skip
    questions: list[tuple[str, Answer]] = []
    for name in ("legal_scene.jsonl", "legal_frames.jsonl"):
        for line in (Path(__file__).parent / "corpus" / name).read_text().splitlines():
            record = json.loads(line)
            task, objects = record["expect"]["task"], record["expect"]["objects"]
            named = objects.get("candidates", [*objects.values()])
            answer: Answer = Direction("front", EIGHT)
            if task in {"relative_distance", "depth_order_obj_obj", "attribute_measurement"}:
                answer = Choice(named[0], tuple(dict.fromkeys(named)))
            questions.append((record["text"], kinds.get(task, answer)))
    return questions


def test_repeating_the_question_says_nothing() -> None:
    """A few statements ("the first camera looks ahead") cannot be told from an answer."""
    questions = asked()
    assert len(questions) >= 1000
    read_as_answers = [text for text, answer in questions if read_reply(text, answer) is not None]
    assert len(read_as_answers) <= 0.02 * len(questions)


SEPARATORS = (", ", " ", "\n", " or ", "; ", " / ", ". ", " and ", "? ", " - ")


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize(
    "answers",
    [
        [Count(n) for n in range(2, 6)],
        [Metres(value) for value in (0.5, 1.0, 1.5, 2.0, 3.0)],
        [Centimetres(value) for value in (50.0, 100.0, 150.0)],
        [SquareMetres(value) for value in (10.0, 15.0, 20.0)],
        [Direction(word, EIGHT) for word in EIGHT],
        [Choice(word, LABELS[:4]) for word in LABELS[:4]],
    ],
    ids=lambda answers: type(answers[0]).__name__,
)
def test_listing_every_answer_scores_nothing(answers: list[Answer], separator: str) -> None:
    listed = separator.join(answer.render() for answer in answers)
    lettered = separator.join(f"{'ABCDEFGH'[n]}. {a.render()}" for n, a in enumerate(answers))
    for reply in (listed, lettered, f"<answer>{listed}</answer>", f"Answer: {listed}"):
        assert [score(reply, answer).value for answer in answers] == [0.0] * len(answers)


HOSTILE = (
    "1 " * 4000, "not " * 2000 + "left", "\\boxed{" * 1100, "<answer>" * 1000, "1,111" * 1600,
    "answer is " * 800, "so " * 2700, "a" * 8192, " " * 8191 + "1", "one hundred and " * 500,
    '1"' * 4000, "left and " * 900, "coffee " * 1100, "(" * 8192, "1/" * 4000, "~" * 8000 + "1",
    "<a" * 4000, "half of a " * 800, "\n" * 8000, "*1" * 4000, "twenty-" * 1100, "?" * 8000,
    "1m" * 4000, "ﷺ" * 8000, "½" * 8000, "{" * 8000, "x? " * 2700, "because " * 1000,
    "1 111 " * 1300, "- " * 4000, "is not " * 1100, "sofa than " * 800,
    "(left x) right " * 500, "1 x. 2 y. " * 800, "than sofa, " * 700,
    "e" * 8000, "1e" * 4000,
)  # fmt: skip


@pytest.mark.parametrize("reply", HOSTILE, ids=lambda reply: repr(reply[:12]))
def test_the_longest_replies_are_read_at_once(reply: str) -> None:
    assert len(reply) <= 8192
    for answer in (Metres(1.0), Count(1), Direction("left", EIGHT), Choice("tv", LABELS)):
        start = time.process_time()
        read_reply(reply, answer, ("A. 1", "B. left"))
        assert time.process_time() - start < 0.5


@pytest.mark.parametrize("answer", [Metres(1.0), Count(1), Choice("tv", LABELS)])
def test_longer_replies_are_refused(answer: Answer) -> None:
    reply = "1 " * 50_000
    got = score(reply, answer)
    assert got == Score(value=0.0, parsed=None, why="Unreadable: longer than 8192 characters.")
