# SPDX-License-Identifier: Apache-2.0
"""A served model: 64 requests in flight, failures on the way, every item once and in order."""

from __future__ import annotations

import base64
import io
import time
import zlib
from dataclasses import asdict
from pathlib import Path

import pytest
from PIL import Image

from spatialevo_eval.models import Finish, ModelError, Request
from spatialevo_eval.models.openai import OpenAIModel, Server
from spatialevo_eval.records import read_records
from spatialevo_eval.run import RunOptions, run_benchmark
from support.chat_server import chat_server
from support.scripted_model import ScriptedModel, answer
from support.small_benchmark import picture, small_benchmark

COUNT = 500


def quick(url: str, **more: object) -> Server:
    return Server(url=url, **{"pause": 0.01, "timeout": 1.0, **more})  # type: ignore[arg-type]


def request(text: str = "Question?", **more: object) -> Request:
    return Request(id="a", content=(text,), max_tokens=8, **more)  # type: ignore[arg-type]


def mixed_trouble(question: str, before: int) -> str:
    """Most questions meet one trouble or two before they are answered."""
    kind = zlib.crc32(question.encode()) % 20
    first = {0: "500", 1: "429", 2: "503", 3: "drop", 4: "garbage", 5: "slow 3.5", 6: "slow 0.2"}
    if before == 0 and kind in first:
        return first[kind]
    if before == 1 and kind == 0:
        return "502"
    return "slow 0.02"


def test_every_item_is_answered_and_scored_exactly_once(tmp_path: Path) -> None:
    benchmark = small_benchmark(COUNT)
    with chat_server(answer, mixed_trouble) as (url, log):
        model = OpenAIModel("served", quick(url, timeout=3.0))
        outcome = run_benchmark(benchmark, model, tmp_path / "served", RunOptions())
    run_benchmark(benchmark, ScriptedModel(), tmp_path / "whole", RunOptions())
    assert outcome.failed == ()
    ours = [{**asdict(e), "seconds": 0} for e in read_records(tmp_path / "served")]
    assert ours == [{**asdict(e), "seconds": 0} for e in read_records(tmp_path / "whole")]
    assert [each["item"] for each in ours] == [f"item-{k}" for k in range(COUNT)]
    assert len(log.attempts) == COUNT
    late = {q for q in log.attempts if mixed_trouble(q, 0) == "slow 3.5"}
    assert late
    # What timed out was asked again, and the server may have answered it twice; nothing else.
    assert all(log.answered[q] == 1 for q in log.attempts if q not in late)
    assert all(log.attempts[q] == 2 for q in late)
    assert 32 <= log.most <= 64 + len(late)  # what timed out is still at work in the server


def test_no_more_requests_are_at_work_than_asked_for() -> None:
    with chat_server(answer, lambda question, before: "slow 0.05") as (url, log):
        model = OpenAIModel("served", quick(url, in_flight=8, timeout=30.0))
        replies = list(model.generate(request(f"Question {k}: which colour?") for k in range(80)))
    assert [reply.text for reply in replies] == [
        answer(f"Question {k}: which colour?") for k in range(80)
    ]
    assert log.most == 8


def test_a_slow_reply_does_not_stop_those_behind_it() -> None:
    def trouble(question: str, before: int) -> str:
        return "slow 0.8" if question == "Question 0" else ""

    with chat_server(answer, trouble) as (url, log):
        model = OpenAIModel("served", quick(url, in_flight=4, timeout=30.0))
        replies = model.generate(request(f"Question {k}") for k in range(16))
        assert next(replies).text == answer("Question 0")
        assert sum(log.answered.values()) == 16
        assert len(list(replies)) == 15


def test_what_the_server_refuses_is_one_failed_item() -> None:
    def trouble(question: str, before: int) -> str:
        return "400 the prompt is too long" if question == "Question 1" else ""

    with chat_server(answer, trouble) as (url, log):
        replies = list(
            OpenAIModel("served", quick(url)).generate(request(f"Question {k}") for k in range(3))
        )
    assert [reply.finish for reply in replies] == [Finish.STOP, Finish.FAILED, Finish.STOP]
    assert "the prompt is too long" in replies[1].problem
    assert log.attempts["Question 1"] == 1


def test_what_never_succeeds_is_tried_as_often_as_asked_for() -> None:
    with chat_server(answer, lambda question, before: "500") as (url, log):
        (reply,) = OpenAIModel("served", quick(url, attempts=3)).generate([request()])
    assert reply.finish is Finish.FAILED
    assert log.attempts["Question?"] == 3


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_wrong_key_or_name_stops_the_run(status: int) -> None:
    with (
        chat_server(answer, lambda question, before: str(status)) as (url, log),
        pytest.raises(ModelError, match=f"{status}.*told to fail"),
    ):
        list(OpenAIModel("served", quick(url, in_flight=1)).generate([request()] * 50))
    assert log.attempts["Question?"] <= 4  # those already begun, none again


def test_a_server_that_is_down_stops_the_run() -> None:
    server = quick("http://127.0.0.1:9", attempts=2)
    with pytest.raises(ModelError, match="requests failed in a row"):
        list(OpenAIModel("served", server).generate([request()] * 50))


def test_pauses_double_and_obey_the_server() -> None:
    pauses: list[float] = []
    with chat_server(answer, lambda question, before: "500") as (url, _):
        model = OpenAIModel("served", quick(url, pause=1.0, attempts=5), pauses.append)
        list(model.generate([request()]))
    assert len(pauses) == 4
    for pause, meant in zip(pauses, (1, 2, 4, 8), strict=True):
        assert 0.75 * meant <= pause <= 1.25 * meant
    pauses.clear()
    with chat_server(answer, lambda question, before: "429" if before < 2 else "") as (url, _):
        list(OpenAIModel("served", quick(url, pause=1.0), pauses.append).generate([request()]))
    assert pauses == [0.0, 0.0]


def test_images_are_sent_in_their_places_without_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a key")
    shown = picture(3)
    asked = Request(
        id="a", content=("before", shown, "after"), max_tokens=5, temperature=0.5, seed=3
    )
    with chat_server(answer) as (url, log):
        list(OpenAIModel("served", quick(url)).generate([asked]))
    (body,) = log.bodies
    assert {key: body[key] for key in ("model", "max_tokens", "temperature", "seed")} == {
        "model": "served", "max_tokens": 5, "temperature": 0.5, "seed": 3,
    }  # fmt: skip
    before, image, after = body["messages"][0]["content"]
    assert (before["text"], after["text"]) == ("before", "after")
    data = base64.b64decode(image["image_url"]["url"].removeprefix("data:image/png;base64,"))
    with Image.open(io.BytesIO(data)) as sent:
        assert sent.tobytes() == shown.open().tobytes()
    assert log.keys == ["Bearer a key"]


@pytest.mark.parametrize(
    "wrong", [{"url": "localhost:8000"}, {"in_flight": 0}, {"attempts": 0}, {"timeout": 0.0}]
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Server(**{"url": "http://localhost:8000/v1", **wrong})  # type: ignore[arg-type]


def test_a_stopped_run_does_not_wait_out_its_pauses() -> None:
    with chat_server(answer, lambda question, before: "500" if question != "0" else "") as (url, _):
        model = OpenAIModel("served", quick(url, pause=30.0, in_flight=4))
        replies = model.generate(request(str(k)) for k in range(8))
        assert next(replies).text == answer("0")
        begun = time.monotonic()
        replies.close()
        assert time.monotonic() - begun < 10.0
