# SPDX-License-Identifier: Apache-2.0
"""A model whose replies follow from the request, and that can be killed at one of them."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from spatialevo_eval.models import Finish, Reply, Request


def answer(text: str, salt: str = "") -> str:
    """A letter or a number, fixed by the question."""
    digest = hashlib.sha256(f"{salt}{text}".encode()).digest()[0]
    return "ABCD"[digest % 4] if "colour" in text else f"{1 + digest / 50:.2f}"


@dataclass
class ScriptedModel:
    name: str = "scripted"
    salt: str = ""
    killed_at: int | None = None
    failing: frozenset[str] = frozenset()
    together: int = 1
    asked: list[Request] = field(default_factory=list)

    @property
    def settings(self) -> Mapping[str, str]:
        return {"backend": "scripted", "model": self.name, "salt": self.salt}

    def generate(self, requests: Iterable[Request]) -> Iterator[Reply]:
        for request in requests:
            if len(self.asked) == self.killed_at:
                os.kill(os.getpid(), signal.SIGKILL)
            self.asked.append(request)
            if request.id in self.failing:
                yield Reply(text="", finish=Finish.FAILED, problem="the server refused it")
            else:
                yield Reply(text=answer(request.text, self.salt), tokens=1, seconds=0.01)
