# SPDX-License-Identifier: Apache-2.0
"""Each correction, at a reply that needs it and at one beside it that does not."""

import pytest

from agreement.records import RECORDS
from spatialevo_eval.benchmark import Item, LoadOptions
from spatialevo_eval.benchmarks import BENCHMARKS
from spatialevo_eval.options import options_in
from spatialevo_eval.replies import CORRECTIONS
from spatialevo_eval.replies.numbers import first_number
from spatialevo_eval.replies.reasoning import without_reasoning


def item_of(name: str, reference: str) -> Item:
    items = BENCHMARKS[name].load(LoadOptions(records=RECORDS[name]))
    return next(item for item in items if item.reference == reference)


# Benchmark, reference, reply, what is read, the correction, what lmms-eval reads.
LETTERS = (
    ("mmstar", "B", "Because I cannot see it.", None, "letter-inside-word", "B"),
    ("mmstar", "B", "B. right of the lamp", "B", "", "B"),
    ("vstar", "D", "The colour is red.", "A", "letter-inside-word", "D"),
    ("vstar", "D", "(D) grey", "D", "", "D"),
    ("embspatial", "B", "I think B", "B", "pronoun-i", "I"),
    ("embspatial", "B", "The answer is B.", "B", "letter-inside-word", "T"),
    ("embspatial", "B", "B) bottle", "B", "", "B"),
    ("viewspatial", "A", "It is to the right of a tree.", "B", "article-a", "A"),
    ("viewspatial", "A", "a", "A", "", "A"),
    ("viewspatial", "A", "A left", "A", "", "A"),
    ("viewspatial", "D", "I'd say C.", "C", "letter-inside-word", "D"),
    ("mmsi_bench", "C", "The back-left, i.e. C.", "C", "abbreviation", "E"),
    ("mmsi_bench", "C", "``C``", "C", "", "C"),
    ("corecognition", "C", "Answer cannot be given.", None, "letter-inside-word", "C"),
    ("corecognition", "NO", "The answer is not clear.", None, "letter-inside-word", "NO"),
    ("spatialviz", "B", "<think>x</think><answer>Because B</answer>", "B",
     "letter-inside-word", "B"),
    ("mindcube", "A", "It was in the USA.", None, "letter-inside-word", "A"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "truth", "reply", "read", "why", "theirs"), LETTERS)
def test_letters_are_read_and_corrections_named(
    name: str, truth: str, reply: str, read: str | None, why: str, theirs: str
) -> None:
    item = item_of(name, truth)
    score = BENCHMARKS[name].score(item, reply)
    assert (score.parsed, score.correction) == (read, why)
    assert BENCHMARKS[name].variants["lmms-eval"](item, reply).parsed == theirs
    assert not why or f"Corrected: {why}" in score.why


NUMBERS = (
    ("1,200 square meters", 1200.0, "thousands-separator", 1.0),
    ("-1,234,567.5", -1234567.5, "thousands-separator", -1.0),
    ("1,2", 1.0, "", 1.0),
    (".5 m", 0.5, "leading-point", 5.0),
    ("-.5", -0.5, "leading-point", 5.0),
    ("v1.5", 1.5, "", 1.5),
    ("one, two or three", 1.0, "number-words-added", 3.0),
    ("two and two", 2.0, "number-words-added", 4.0),
    ("twenty-one", 21.0, "", 21.0),
    ("Three hundred and twenty-one chairs", 321.0, "", 321.0),
    ("two thousand five hundred", 2500.0, "", 2500.0),
    ("hundred", 100.0, "", 100.0),
    ("2-3 m", 2.0, "", 2.0),
    ("$-4$", -4.0, "", -4.0),
    ("one apple, room 2", 1.0, "", 1.0),
    ("none", None, "", None),
)


@pytest.mark.parametrize(("reply", "read", "why", "theirs"), NUMBERS)
def test_numbers_are_read_and_corrections_named(
    reply: str, read: float | None, why: str, theirs: float | None
) -> None:
    reading = first_number(reply)
    assert (reading.value, reading.correction) == (read, why)
    assert first_number(reply, correct=False).value == theirs


def test_the_strict_rules_stay_strict() -> None:
    """VSI-Bench scores "(B)" as wrong, and so do its published numbers."""
    item = item_of("vsi_bench", "B")
    score = BENCHMARKS["vsi_bench"].score
    assert [score(item, reply).value for reply in ("B", "b.", "B. right", "(B)", "Answer: B")] == [
        1.0, 1.0, 1.0, 0.0, 0.0,
    ]  # fmt: skip


def test_each_correction_has_a_reason_and_there_are_few() -> None:
    assert len(CORRECTIONS) <= 20
    assert all(each.reason.endswith(".") for each in CORRECTIONS.values())


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("Where?\nA. left\nB. right\nAnswer with a letter.", ("A. left", "B. right")),
        ("Which? Options: A: red, B: blue, C: grey", ("A. red", "B. blue", "C. grey")),
        ("Which? (A) a dog (B) a cat", ("A. a dog", "B. a cat")),
        ("Which? A) yes\nB) no", ("A. yes", "B. no")),
        ("Plan A. Nothing else", ()),
        ("How many?", ()),
    ],
)
def test_options_are_found_in_questions(question: str, texts: tuple[str, ...]) -> None:
    assert options_in(question) == texts


@pytest.mark.parametrize(
    ("reply", "left"),
    [
        ("<think>A or B?</think>\nB", "B"),
        ("<think>a</think><think>b</think> C <analysis>d</analysis>", "C"),
        ("out of the template</think>\n\nB", "B"),
        ("<think>never closed B", "<think>never closed B"),
        ("B</think> <think>A", "B</think> <think>A"),
        (" B\n", "B"),
        ("", ""),
    ],
)
def test_reasoning_is_no_part_of_a_reply(reply: str, left: str) -> None:
    assert without_reasoning(reply) == left
