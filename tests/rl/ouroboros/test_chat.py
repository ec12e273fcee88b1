# SPDX-License-Identifier: Apache-2.0
"""What a chat model is told, how strictly its replies are read, and a server between the two."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_rl.chat_server import ChatServer, named_server
from spatialevo_rl.labelled import Labelled
from spatialevo_rl.ouroboros import http_chat
from spatialevo_rl.ouroboros.chat import (
    ChatError,
    ChatJudge,
    ChatProposer,
    Turn,
    proposer_prompt,
    read_reply,
)
from spatialevo_rl.ouroboros.difficulty import NOTHING
from spatialevo_rl.ouroboros.http_chat import HttpChat
from spatialevo_rl.ouroboros.records import Difficulty, Feedback, Told, Visit
from spatialevo_rl.scenes.store import SceneStore
from support.chat_server import chat_server

GOOD = (
    "<proposal>\n<question>How many chairs are there?</question>\n"
    '<program>\ncount(len(objects("chair")))\n</program>\n<form>count</form>\n</proposal>'
)
PLACE = Visit(number=3, scene_id="room-0", frames=("0", "1"))


def served(url: str, model: str) -> ChatServer:
    return ChatServer(base_url=url, model=model, timeout=30.0)


def test_a_reply_is_read() -> None:
    found = read_reply(PLACE, f"{GOOD}\n{GOOD.replace('chair', 'bed')}\n", 8)
    assert found.malformed == ()
    assert found.reply == ""
    assert [each.question for each in found.proposed] == [
        "How many chairs are there?", "How many beds are there?",
    ]  # fmt: skip
    assert found.proposed[0].program == 'count(len(objects("chair")))'
    assert found.proposed[0].frames == PLACE.frames


def test_a_program_in_a_fence_is_the_program() -> None:
    fenced = GOOD.replace("<program>\n", "<program>\n```python\n").replace(
        "\n</program>", "\n```\n</program>"
    )
    assert read_reply(PLACE, fenced, 8).proposed == read_reply(PLACE, GOOD, 8).proposed


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("", "an empty reply"),
        ("I cannot help with that.", "text beside proposals"),
        (f"Here you are: {GOOD}", "text beside proposals"),
        (GOOD.replace("<form>count</form>", ""), "in this order"),
        (GOOD.replace("<form>count</form>", "<form>count</form><form>count</form>"), "order"),
        (GOOD.replace("count</form>", "number</form>"), "the form 'number'"),
        (GOOD.replace("How many chairs are there?", " "), "an empty question"),
        (GOOD.replace("How many chairs", "How many <b>chairs</b>"), "tags"),
        (GOOD.replace("How many", "How " * 200), "too long"),
        (GOOD.removesuffix("</proposal>"), "text beside proposals"),
    ],
)
def test_what_is_not_a_proposal_is_malformed(reply: str, why: str) -> None:
    found = read_reply(PLACE, reply, 8)
    assert any(why in each for each in found.malformed)
    assert found.reply == reply


def test_no_more_is_taken_than_was_wanted() -> None:
    found = read_reply(PLACE, GOOD * 5, 2)
    assert (len(found.proposed), len(found.malformed)) == (2, 3)


@given(st.text(max_size=300) | st.lists(st.sampled_from(GOOD.split("\n"))).map("".join))
def test_any_text_is_read(reply: str) -> None:
    found = read_reply(PLACE, reply, 4)
    assert len(found.proposed) <= 4
    assert found.proposed or found.malformed


def test_the_prompt_is_the_golden_file(golden: Callable[[str, str], None]) -> None:
    told = (
        Told(question="How many beds are there?", answer="1", difficulty=Difficulty.EASY),
        Told(question="Which is nearer?", answer="bed", difficulty=Difficulty.FRONTIER),
    )
    text = proposer_prompt(2, 8, "METADATA", told)
    start, end = text.index("How programs are written:"), text.index("Write every question in")
    golden("rl/ouroboros/golden/proposer.txt", f"{text[:start]}API\n\n{text[end:]}\n")


def test_the_prompt_shows_metadata_language_and_the_scenes_own_feedback(
    rooms: SceneStore, visit: Visit
) -> None:
    told = Told(question="Q-OF-THIS-ROOM ?", answer="1", difficulty=Difficulty.HARD)
    other = Told(question="Q-OF-ANOTHER ?", answer="1", difficulty=Difficulty.HARD)
    feedback = Feedback(weights={}, scenes={visit.scene_id: (told,), "elsewhere": (other,)})
    turn = ChatProposer(HttpChat(served("http://x", "m")), rooms, 4, (64, 0.7), (0, 1)).turn(
        visit, feedback
    )
    assert "[hard] Q-OF-THIS-ROOM ? 1" in turn.text
    assert "Q-OF-ANOTHER" not in turn.text
    assert all(item.label in turn.text for item in rooms.scene(visit.scene_id).objects)
    assert len(turn.images) == 2


def test_a_served_proposer_is_asked_with_images(
    rooms: SceneStore, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key-of-the-environment")
    with chat_server(lambda _: GOOD) as (url, log):
        proposer = ChatProposer(HttpChat(served(url, "served")), rooms, 4, (512, 0.7), (0, 1))
        found = proposer.propose([visit, visit], NOTHING)
    assert [len(each.proposed) for each in found] == [1, 1]
    body = log.bodies[0]
    kinds = [part["type"] for part in body["messages"][0]["content"]]
    assert kinds == ["image_url", "image_url", "text"]
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("served", 512, 0.7)
    assert log.keys == ["Bearer a-key-of-the-environment"] * 2


def test_a_server_in_trouble_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_chat, "_PAUSE", 0.0)
    trouble = {0: "500 told", 1: "drop", 2: "garbage"}
    with chat_server(lambda _: "yes", lambda _, n: trouble.get(n, "")) as (url, log):
        assert HttpChat(served(url, "m")).complete([Turn(text="?", images=())], 4, 0.0) == ["yes"]
    assert log.attempts["?"] == 4


@pytest.mark.parametrize(("trouble", "attempts"), [("500", 4), ("401", 1)])
def test_a_server_that_stays_in_trouble_ends_the_phase(
    trouble: str, attempts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_chat, "_PAUSE", 0.0)
    with (
        chat_server(lambda _: "yes", lambda *_: f"{trouble} told") as (url, log),
        pytest.raises(ChatError, match=f"status {trouble}"),
    ):
        HttpChat(served(url, "m")).complete([Turn(text="?", images=())], 4, 0.0)
    assert log.attempts["?"] == attempts


def test_a_judge_rejects_what_it_does_not_clear(rooms: SceneStore, visit: Visit) -> None:
    replies = {"one": "No.", "two": "yes", "three": "perhaps"}

    def answer(text: str) -> str:
        return next(reply for name, reply in replies.items() if f"Q-{name}" in text)

    samples = [
        Labelled(
            scene_id=visit.scene_id, frames=visit.frames[:1], task="", question=f"Q-{n}", answer="1"
        )
        for n in replies
    ]
    with chat_server(answer) as (url, log):
        judge = ChatJudge(model=HttpChat(served(url, "m")), store=rooms, prompt="frames")
        assert judge.rejects(samples) == [False, True, True]
        blind = ChatJudge(model=HttpChat(served(url, "m")), store=rooms, prompt="looking")
        blind.rejects(samples)
    shown = [len(body["messages"][0]["content"]) - 1 for body in log.bodies]
    assert sorted(shown) == [0, 0, 0, 1, 1, 1]


def test_a_served_proposer_has_to_be_named() -> None:
    names = ("proposer_url", "proposer_model")
    with pytest.raises(ValueError, match="proposer_url: a served proposer is asked for"):
        named_server(names, "", "m", timeout=1.0, what="a served proposer")
