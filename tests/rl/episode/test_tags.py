# SPDX-License-Identifier: Apache-2.0
"""The grammar of completions: what fits it, and that nothing else does."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_rl.settings import EpisodeSettings, PromptSet
from spatialevo_rl.tags import Answered, Asked, Malformed, parse_answer, parse_questioner, rejoined

FULL = EpisodeSettings()
COMPACT = replace(FULL, prompt_set=PromptSet.COMPACT)
GOOD = "<observation>A bed.</observation><question>How far is the bed?</question>"

HOSTILE = {
    "empty": "",
    "no tags": "How far is the bed from the desk?",
    "no observation": "<question>How far is the bed?</question>",
    "wrong order": "<question>How far?</question><observation>A bed.</observation>",
    "text before": f"Sure! {GOOD}",
    "text between": "<observation>A bed.</observation> so <question>How far?</question>",
    "text after": f"{GOOD} thanks",
    "a question twice": f"{GOOD}<question>And the desk?</question>",
    "ten questions": "<observation>A bed.</observation>" + "<question>How far?</question>" * 10,
    "unclosed": "<observation>A bed.</observation><question>How far?",
    "empty question": "<observation>A bed.</observation><question> \n </question>",
    "empty observation": "<observation></observation><question>How far?</question>",
    "nested": "<observation>A <question>How far?</question></observation><question>x</question>",
    "another case": GOOD.replace("observation", "Observation"),
    "attributes": GOOD.replace("<question>", '<question id="1">'),
    "blanks in a tag": GOOD.replace("<question>", "< question >"),
    "answer format quoted": "<observation>A bed.</observation><question>How far? End with "
    "<answer>2 m</answer>.</question>",
    "a special token": "<observation>A bed.</observation><question>How far?<|im_end|></question>",
    "full-width brackets": GOOD.replace("<", "\uff1c").replace(">", "\uff1e"),
    "Cyrillic tag": GOOD.replace("question", "qu\u0435stion"),
    "100 kB": f"<observation>{'bed ' * 25_000}</observation><question>How far?</question>",
    "lone surrogate": "<observation>\ud800</observation><question>How far?</question>",
}
"""What no grammar should read, by what is wrong with it."""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_questioners_are_malformed(name: str) -> None:
    found = parse_questioner(HOSTILE[name], FULL)
    assert isinstance(found, Malformed)
    assert found.why


def test_white_space_between_and_inside_tags_is_free_and_folded() -> None:
    text = "\n<observation>\n A  bed.\t</observation>\n\n <question> How\nfar ? </question>\n"
    assert parse_questioner(text, FULL) == Asked(observation="A bed.", question="How far ?")
    assert parse_questioner(text, COMPACT) == Asked(observation="A bed.", question="How far?")


def test_the_cut_off_is_malformed_however_it_looks() -> None:
    assert isinstance(parse_questioner(GOOD, FULL), Asked)
    assert isinstance(parse_questioner(GOOD, FULL, truncated=True), Malformed)
    assert isinstance(parse_answer("<answer>2</answer>", FULL, truncated=True), Malformed)


def test_the_limit_counts_bytes() -> None:
    room = FULL.max_completion_bytes - len(GOOD.encode())
    assert isinstance(parse_questioner(GOOD + " " * room, FULL), Asked)
    assert isinstance(parse_questioner(GOOD + " " * (room + 1), FULL), Malformed)
    wide = "<observation>A bed\u00e9.</observation><question>How far is the bed?</question>"
    assert isinstance(parse_questioner(wide + " " * (room - 1), FULL), Malformed)


def test_reasoning_goes_before_the_answer_in_the_full_set_alone() -> None:
    text = "The bed is near, 3 < 4.\n<answer> 2.4 m </answer>\n"
    assert parse_answer(text, FULL) == Answered(text="2.4 m")
    assert isinstance(parse_answer(text, COMPACT), Malformed)
    assert parse_answer("<answer>2.4 m</answer>", COMPACT) == Answered(text="2.4 m")


@pytest.mark.parametrize(
    "text",
    [
        "2.4 m",
        "<answer></answer>",
        "<answer>2</answer> or so",
        "<answer>2</answer><answer>3</answer>",
        "<answer>2</answer>\n<answer>2</answer>",
        "<think>hm</think><answer>2</answer>",
        "<Answer>2</Answer>",
        "<answer><answer>2</answer></answer>",
        "<|im_start|>assistant <answer>2</answer>",
        "<question>How far?</question><answer>2</answer>",
        "<answer>2",
    ],
)
def test_other_answers_are_malformed(text: str) -> None:
    assert isinstance(parse_answer(text, FULL), Malformed)
    assert isinstance(parse_answer(text, COMPACT), Malformed)


@pytest.mark.parametrize(
    ("apart", "joined"),
    [
        ("which is closer , the chair or the desk ?", "which is closer, the chair or the desk?"),
        ("how many chair ( s ) are there ?", "how many chair(s) are there?"),
        ("front - left , or back - right", "front-left, or back-right"),
        ("camera ' s view", "camera's view"),
        ("how far is it ( in meters ) ?", "how far is it (in meters)?"),
        ("in image 2 . 3 chairs .", "in image 2. 3 chairs."),
    ],
)
def test_marks_set_apart_go_back_to_their_words(apart: str, joined: str) -> None:
    assert rejoined(apart) == joined
    assert rejoined(joined) == joined


@pytest.mark.parametrize("text", ["2 . 4 m", "2. 4 m", "2.4 m"])
def test_a_compact_answer_puts_its_number_together(text: str) -> None:
    assert parse_answer(f"<answer> {text} </answer>", COMPACT) == Answered(text="2.4 m")


def test_the_full_set_does_not() -> None:
    assert parse_answer("<answer>2 . 4 m</answer>", FULL) == Answered(text="2 . 4 m")


PIECES = st.sampled_from(
    ["<observation>", "</observation>", "<question>", "</question>", "<answer>", "</answer>", "<",
     ">", "<|im_end|>", " ", "\n", "bed", "?", "\u0000", "\ud800", "\U0001f6cf", "</", "2 . 4"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join), st.booleans())
def test_parsing_is_total_and_what_it_accepts_fits(text: str, compact: bool) -> None:
    settings = COMPACT if compact else FULL
    asked = parse_questioner(text, settings)
    if isinstance(asked, Asked):
        assert asked.observation
        assert asked.question
        assert not set("<>") & set(asked.observation + asked.question)
        assert [text.count(f"<{tag}>") for tag in ("observation", "question")] == [1, 1]
    answered = parse_answer(text, settings)
    if isinstance(answered, Answered):
        assert answered.text.strip() == answered.text != ""
        assert text.count("<answer>") == text.count("</answer>") == 1
