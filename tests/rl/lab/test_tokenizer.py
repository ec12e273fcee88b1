# SPDX-License-Identifier: Apache-2.0
"""Everything said about the lab's rooms is in the vocabulary and comes back as it was written."""

import re

import pytest

from spatialevo_dge import score
from spatialevo_dge.answer import Metres
from spatialevo_dge.enumerate_questions import enumerate_questions, render
from spatialevo_dge.tasks import all_tasks
from spatialevo_dge.view import ViewKind
from spatialevo_rl.lab.dataset import lessons_of
from spatialevo_rl.lab.examples import reply_of
from spatialevo_rl.lab.rooms import make_lab_room
from spatialevo_rl.lab.tokenizer import END, TAGS, words_of
from spatialevo_rl.lab.warmup import Base

NEW_ROOMS = (910, 911, 912)
"""None of those that the vocabulary was collected from."""


def spaced(text: str) -> str:
    """Lower case, one blank between words, none before marks or round tags."""
    text = re.sub(r"\s+(?=[.,?!:;)])", "", " ".join(text.lower().split()))
    return re.sub(r"\s*(</?\w+>)\s*", r"\1", text)


@pytest.mark.parametrize("seed", NEW_ROOMS)
def test_every_question_and_answer_of_a_new_room_round_trips(seed: int, random_base: Base) -> None:
    tokenizer = random_base.tokenizer
    scene = make_lab_room(seed).scene
    ids = tuple(frame.id for frame in scene.frames)
    seen = set()
    for task in all_tasks():
        frames = ids[:1] if task.view is ViewKind.FRAME else ids
        for place, (_, ruling) in enumerate(enumerate_questions(scene, task.id, frames)):
            if place >= 40:
                break
            seen.add(task.id)
            for text in (*render(task.id, ruling.entities), reply_of(ruling.answer)):
                tokens = tokenizer(text).input_ids
                assert tokenizer.unk_token_id not in tokens, text
                assert spaced(tokenizer.decode(tokens)) == spaced(text)
    assert len(seen) >= 10


@pytest.mark.parametrize("seed", NEW_ROOMS)
def test_lessons_of_a_new_room_are_known_and_short(seed: int, random_base: Base) -> None:
    tokenizer = random_base.tokenizer
    lessons = lessons_of(make_lab_room(seed).scene, seed)
    assert lessons.askings
    for ask in lessons.askings:
        text = f"<observation>{ask.observation}</observation> <question>{ask.question}</question>"
        tokens = tokenizer(text + END).input_ids
        assert tokenizer.unk_token_id not in tokens
        assert len(tokens) <= 48
        assert spaced(tokenizer.decode(tokens, skip_special_tokens=True)) == spaced(text)
    for item in lessons.answers:
        tokens = tokenizer(f"<answer>{item.reply}</answer>{END}").input_ids
        assert tokenizer.unk_token_id not in tokens
        assert len(tokens) <= 8


def test_tags_survive_where_special_tokens_are_skipped(random_base: Base) -> None:
    text = "".join(f"{tag} a" for tag in TAGS) + END
    decoded = random_base.tokenizer.decode(
        random_base.tokenizer(text).input_ids, skip_special_tokens=True
    )
    assert all(tag in decoded for tag in TAGS)
    assert END not in decoded


def test_digits_are_tokens_and_decode_to_a_number(random_base: Base) -> None:
    tokenizer = random_base.tokenizer
    tokens = tokenizer("<answer>2.1 m</answer>").input_ids
    assert len(tokens) == 6
    inside = tokenizer.decode(tokens).removeprefix("<answer>").removesuffix("</answer>")
    assert score(inside, Metres(2.1)).value == 1.0


def test_unknown_words_are_one_token_each(random_base: Base) -> None:
    tokens = random_base.tokenizer("the quixotic chair").input_ids
    assert tokens.count(random_base.tokenizer.unk_token_id) == 1


def test_words_leave_tags_out() -> None:
    assert words_of(["<answer>Left, 2</answer>"]) == (",", "\u25812", "\u2581left")
