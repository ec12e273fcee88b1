# SPDX-License-Identifier: Apache-2.0
"""The optional judge against a real HTTP server: what does not come is None and counted."""

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from spatialevo_rl.chat_server import ChatServer
from spatialevo_rl.episode import judge_completions, score_group
from spatialevo_rl.judge_client import JudgeClient, judge_of
from spatialevo_rl.records import Job, Role
from spatialevo_rl.settings import EpisodeSettings, Judged
from support.episodes import assignment, completion, context, room, rule

pytest.importorskip("httpx")

SCENE = room()
ALL = tuple(frame.id for frame in SCENE.frames)
WHERE = assignment("absolute_distance", ALL)


class Judge(BaseHTTPRequestHandler):
    """Gives the replies that a test put in `replies`, in order, the last one for ever."""

    replies: ClassVar[list[tuple[int, str]]] = []
    asked: ClassVar[list[tuple[dict, str | None]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Judge.asked.append((body, self.headers["Authorization"]))
        status, content = Judge.replies.pop(0) if len(Judge.replies) > 1 else Judge.replies[0]
        data = content.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Keep still."""


def said(content: object) -> tuple[int, str]:
    return 200, json.dumps({"choices": [{"message": {"content": content}}]})


@pytest.fixture
def url() -> Iterator[str]:
    Judge.replies, Judge.asked = [], []
    server = HTTPServer(("127.0.0.1", 0), Judge)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


def served(url: str) -> ChatServer:
    return ChatServer(base_url=url, model="judge", timeout=2.0)


@pytest.mark.parametrize(
    ("reply", "rating"), [("1", 1.0), (" 0.6\n", 0.6), ("0.3", 0.3), ("0", 0.0), ("1.0", 1.0)]
)
def test_a_rating_is_read(url: str, reply: str, rating: float) -> None:
    Judge.replies = [said(reply)]
    client = JudgeClient(served(url))
    assert client.rate("Rate this.") == rating
    assert (client.asked, client.failures) == (1, 0)
    body, _ = Judge.asked[0]
    assert body["model"] == "judge"
    assert body["messages"] == [{"role": "user", "content": "Rate this."}]
    assert body["temperature"] == 0


@pytest.mark.parametrize(
    "reply",
    [
        said("10"),
        said("on a scale of 0 to 1: 0.6"),
        said(None),
        said(["1"]),
        (500, "1"),
        (200, "no json"),
        (200, "[]"),
        (200, '{"choices": []}'),
    ],
)
def test_anything_else_is_no_rating_and_counted(url: str, reply: tuple[int, str]) -> None:
    Judge.replies = [reply]
    client = JudgeClient(served(url))
    assert client.rate("Rate this.") is None
    assert (client.asked, client.failures) == (1, 1)


def test_one_failure_is_asked_again(url: str) -> None:
    Judge.replies = [(503, ""), said("0.6")]
    client = JudgeClient(served(url))
    assert client.rate("Rate this.") == 0.6
    assert client.failures == 0


def test_a_server_that_is_down_gives_no_rating() -> None:
    client = JudgeClient(served("http://127.0.0.1:9/v1"))
    assert client.rate("Rate this.") is None
    assert client.failures == 1


def test_the_key_comes_from_the_environment_and_stays_there(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Judge.replies = [said("1")]
    client = JudgeClient(replace(served(url), api_key_variable="JUDGE_KEY"))
    monkeypatch.delenv("JUDGE_KEY", raising=False)
    client.rate("Rate this.")
    monkeypatch.setenv("JUDGE_KEY", "secret")
    client.rate("Rate this.")
    assert [key for _, key in Judge.asked] == [None, "Bearer secret"]
    assert "secret" not in repr(vars(client))


def test_a_judge_that_nobody_names_is_an_error() -> None:
    with pytest.raises(ValueError, match="judge_url"):
        judge_of(EpisodeSettings())
    with pytest.raises(ValueError, match="judge_model"):
        judge_of(EpisodeSettings(judge_url="http://localhost"))


def test_a_judged_observation_sets_the_reward_and_a_failure_leaves_the_row_out(url: str) -> None:
    settings = EpisodeSettings(observation=Judged.MODEL, judge_url=url, judge_model="judge")
    Judge.replies = [said("0.6"), said("who knows"), said("who knows"), said("1")]
    texts = [
        completion("A bed and a desk.", "How far is the bed from the desk?"),
        completion("A bed and a lamp.", "How far is the bed from the lamp?"),
        completion("A bed.", "How far is the bed from the yak?"),
        "nothing",
    ]
    found = judge_completions(texts, WHERE, SCENE, context(4), settings)
    assert [item.terms.reward for item in found] == [pytest.approx(0.64), None, 0.1, 0.0]
    assert [item.terms.observation for item in found] == [0.6, None, 0.0, 0.0]
    assert len(Judge.asked) == 3  # nobody rates what is illegal or malformed
    assert judge_of(settings).failures == 1


def test_a_judged_explanation_does_the_same_and_the_truth_is_logged(url: str) -> None:
    settings = EpisodeSettings(explanation=Judged.MODEL, judge_url=url, judge_model="judge")
    ruling = rule("How far is the bed from the yak?", SCENE, WHERE.task, ALL)
    job = Job(role=Role.EXPLAINER, question="How far is the bed from the yak?", ruling=ruling)
    Judge.replies = [said("0.6"), (500, "")]
    replies = ["<answer>UNKNOWN_OBJECT: yak</answer>", "<answer>no yak</answer>", "none"]
    found = score_group(replies, job, SCENE, WHERE, (False,) * 3, replace(settings))
    assert [item.terms.reward for item in found] == [pytest.approx(0.64), None, 0.0]
    assert [item.terms.true_quality for item in found] == [1.0, 0.0, 0.0]
    assert "no yak" in Judge.asked[-1][0]["messages"][0]["content"]
