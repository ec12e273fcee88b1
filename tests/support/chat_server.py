# SPDX-License-Identifier: Apache-2.0
"""An OpenAI-compatible server on this machine that fails as it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Trouble = Callable[[str, int], str]
"""From the question and how often it came before, starting at 0, to what goes wrong."""


@dataclass
class Log:
    """What the server saw."""

    trouble: Trouble
    answer: Callable[[str], str]
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    attempts: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    now: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def question_of(body: dict[str, Any]) -> str:
    parts = body["messages"][0]["content"]
    return "\n".join(part["text"] for part in parts if part["type"] == "text")


class Handler(BaseHTTPRequestHandler):
    """Answers one request, or does not."""

    log: Log
    at_work = False

    def do_POST(self) -> None:
        log = self.log
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        question = question_of(body)
        with log.lock:
            log.bodies.append(body)
            log.keys.append(self.headers["Authorization"])
            before = log.attempts[question]
            log.attempts[question] += 1
            log.now += 1
            log.most = max(log.most, log.now)
        self.at_work = True
        try:
            self._do(log.trouble(question, before), question)
        finally:
            self._end()

    def _end(self) -> None:
        """Count the request as done: before its reply leaves, which lets the client send more."""
        if self.at_work:
            self.at_work = False
            with self.log.lock:
                self.log.now -= 1

    def _do(self, what: str, question: str) -> None:
        kind, _, detail = what.partition(" ")
        if kind == "slow":
            time.sleep(float(detail))
        elif kind == "drop":
            self.close_connection = True
            return
        elif kind.isdigit():
            self._send(int(kind), {"error": {"message": detail or "told to fail"}}, kind == "429")
            return
        elif kind == "garbage":
            self._send(200, {"choices": []})
            return
        with self.log.lock:
            self.log.answered[question] += 1
        message = {"role": "assistant", "content": self.log.answer(question)}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        self._send(200, {"choices": [choice], "usage": {"completion_tokens": 1}})

    def _send(self, status: int, answer: object, wait: bool = False) -> None:
        data = json.dumps(answer).encode()
        self._end()
        try:
            self.send_response(status)
            if wait:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            pass  # the client's patience ended

    def log_message(self, *args: object) -> None:
        """Stay silent."""


class Server(ThreadingHTTPServer):
    """One that takes many connections at once."""

    request_queue_size = 256
    daemon_threads = True


@contextmanager
def chat_server(
    answer: Callable[[str], str], trouble: Trouble = lambda question, before: ""
) -> Iterator[tuple[str, Log]]:
    """Yield the server's address and its log."""
    log = Log(trouble=trouble, answer=answer)
    handler = type("Scripted", (Handler,), {"log": log})
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", log
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
