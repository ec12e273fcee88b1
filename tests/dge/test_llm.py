# SPDX-License-Identifier: Apache-2.0
"""The language-model reader against a scripted OpenAI-compatible server, over real HTTP."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from spatialevo_dge import TASKS, Illegal, Legal, Question, Rule, judge
from spatialevo_dge.scene import Scene
from support.build import frame, item, pose, scene

pytestmark = pytest.mark.extra("llm")

Script = Callable[[dict[str, Any]], tuple[int, bytes]]


def room() -> Scene:
    return scene(
        [
            item(1, "sofa", (0, 0, 0.4), (2, 1, 0.8)),
            item(2, "desk", (3, 0, 0.4), (1, 1, 0.8)),
            item(3, "table lamp", (3, 2, 0.9), (0.2, 0.2, 0.4)),
        ],
        [frame("a", pose((-3, 0, 1.5))), frame("b", pose((-3, 1, 1.5)))],
    )


@contextmanager
def serving(script: Script) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Run a server that answers every request as the script says, and keep the requests."""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append({"path": self.path, "key": self.headers.get("Authorization"), **body})
            status, content = script(body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def saying(reply: object, finish_reason: str = "stop") -> Script:
    content = reply if isinstance(reply, str) else json.dumps(reply)
    choice = {"message": {"role": "assistant", "content": content}, "finish_reason": finish_reason}
    return lambda _: (200, json.dumps({"choices": [choice]}).encode())


def ask(url: str, text: str, *frames: str, **options: object) -> Legal | Illegal:
    from spatialevo_dge.llm import LanguageModelReader

    reader = LanguageModelReader(base_url=url, model="scripted", **options)
    return judge(Question(text, frames=frames), room(), reader=reader)


GAP = {"task": "absolute_distance", "first": "sofa", "second": "desk", "unit": "m"}


def test_a_wording_that_no_grammar_knows_gets_the_exact_answer() -> None:
    with serving(saying(GAP)) as (url, seen):
        ruling = ask(url, "yo whats the stretch of floor twixt sofa n desk")
    assert isinstance(ruling, Legal)
    assert ruling.answer.value == pytest.approx(1.5)
    (note,) = ruling.notes
    assert note.startswith("the grammar does not read the text")
    assert seen[0]["path"] == "/v1/chat/completions"
    assert seen[0]["temperature"] == 0


def test_the_request_constrains_the_reply_to_the_tasks_own_shapes() -> None:
    with serving(saying(GAP)) as (url, seen):
        ask(url, "How far is the sofa from the desk?")
    sent = seen[0]["response_format"]
    assert sent["type"] == "json_schema"
    schema = sent["json_schema"]["schema"]
    shapes = schema["$defs"]
    for task in TASKS:
        shape = shapes[f"{task.id}_reply"]
        assert shape["additionalProperties"] is False
        assert shape["properties"]["task"]["const"] == task.id
    candidates = shapes["relative_distance_reply"]["properties"]["candidates"]
    assert candidates["type"] == "array"
    system = seen[0]["messages"][0]["content"]
    assert "table lamp" in system
    assert "relative_distance" in system


def test_the_same_checks_apply() -> None:
    unknown = {**GAP, "second": "unicorn"}
    with serving(saying(unknown)) as (url, _):
        ruling = ask(url, "sofa to unicorn, how much?")
    assert isinstance(ruling, Illegal)
    assert ruling.rule is Rule.UNKNOWN_OBJECT


def test_synonyms_and_head_nouns_go_through_the_lexicon() -> None:
    with serving(saying({**GAP, "first": "couch"})) as (url, _):
        assert isinstance(ask(url, "couch to desk please, roughly?"), Legal)
    with serving(saying({**GAP, "first": "lamp"})) as (url, _):
        ruling = ask(url, "lamp to desk please, roughly?")
    assert isinstance(ruling, Illegal)
    assert ruling.rule is Rule.AMBIGUOUS_OBJECT


def test_images_go_through_too() -> None:
    reply = {"task": "elevation_cam_cam", "reference": 1, "target": 3, "form": None}
    with serving(saying(reply)) as (url, _):
        ruling = ask(url, "which way up?", "a", "b")
    assert isinstance(ruling, Illegal)
    assert ruling.rule is Rule.UNKNOWN_FRAME


def test_a_difference_from_the_grammar_is_said() -> None:
    with serving(saying({**GAP, "unit": "cm"})) as (url, _):
        ruling = ask(url, "How far is the sofa from the desk in meters?")
    assert isinstance(ruling, Legal)
    assert ruling.answer.unit == "cm"
    (note,) = ruling.notes
    assert "the grammar reads absolute_distance" in note


def test_agreement_is_silent_and_comparison_can_be_switched_off() -> None:
    with serving(saying(GAP)) as (url, _):
        assert ask(url, "How far is the sofa from the desk in meters?").notes == ()
    with serving(saying({**GAP, "unit": "cm"})) as (url, _):
        text = "How far is the sofa from the desk in meters?"
        assert ask(url, text, compare=False).notes == ()


def test_no_task_is_unparsed_with_the_models_reason() -> None:
    with serving(saying({"task": "none", "why": "it asks for a colour"})) as (url, _):
        ruling = ask(url, "What colour is the sofa?")
    assert isinstance(ruling, Illegal)
    assert ruling.rule is Rule.UNPARSED
    assert "it asks for a colour" in ruling.why


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (lambda _: (500, b"out of memory"), "500: out of memory"),
        (lambda _: (200, b"<html>"), "not a chat completion"),
        (lambda _: (200, b'{"choices": []}'), "no choices"),
        (saying("not json"), "does not fit the schema"),
        (saying({"task": "absolute_distance", "first": "sofa"}), "does not fit the schema"),
        (saying({**GAP, "answer": "1.5 m"}), "does not fit the schema"),
        (saying({**GAP, "unit": "furlong"}), "does not fit the schema"),
        (saying({**GAP, "unit": "m2"}), "does not fit the schema"),
        (saying({"task": "room_size", "unit": "cm"}), "does not fit the schema"),
        (saying({"task": "weight"}), "does not fit the schema"),
        (saying(GAP, finish_reason="length"), "cut off"),
    ],
)
def test_an_unusable_reply_raises_and_never_makes_a_question_illegal(
    script: Script, said: str
) -> None:
    from spatialevo_dge.llm import LanguageModelError

    with serving(script) as (url, _), pytest.raises(LanguageModelError, match=said):
        ask(url, "How far is the sofa from the desk?")


def test_a_server_that_is_down_raises_and_names_its_address() -> None:
    from spatialevo_dge.llm import LanguageModelError

    with serving(saying(GAP)) as (url, _):
        pass
    with pytest.raises(LanguageModelError, match=r"127\.0\.0\.1"):
        ask(url, "How far is the sofa from the desk?", timeout=2.0)


def test_a_slow_server_times_out() -> None:
    from spatialevo_dge.llm import LanguageModelError

    release = threading.Event()

    def stall(_: dict[str, Any]) -> tuple[int, bytes]:
        release.wait(5.0)
        return 200, b"{}"

    with serving(stall) as (url, _):
        with pytest.raises(LanguageModelError, match="Timeout"):
            ask(url, "How far is the sofa from the desk?", timeout=0.2)
        release.set()


def test_the_key_comes_from_the_environment_and_is_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from spatialevo_dge.llm import LanguageModelReader

    monkeypatch.setenv("MY_KEY", "secret-value")
    with serving(saying(GAP)) as (url, seen):
        ask(url, "How far is the sofa from the desk?", api_key_variable="MY_KEY")
    assert seen[0]["key"] == "Bearer secret-value"
    reader = LanguageModelReader(base_url=url, model="m", api_key_variable="MY_KEY")
    assert "secret-value" not in repr(reader)
