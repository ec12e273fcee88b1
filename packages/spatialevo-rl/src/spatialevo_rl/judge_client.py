# SPDX-License-Identifier: Apache-2.0
"""The optional judge: a language model that rates a text, over an OpenAI-compatible server.

A rating that does not come is None, never a number: the row is left out of the update, and counted.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from spatialevo_rl.chat_server import ChatServer, named_server
from spatialevo_rl.settings import EpisodeSettings

RATINGS: Final = {"1": 1.0, "1.0": 1.0, "0.6": 0.6, "0.3": 0.3, "0": 0.0, "0.0": 0.0}
"""Replies that are ratings; any other reply is none."""

_ATTEMPTS: Final = 2
_MAX_TOKENS: Final = 8
_TIMEOUT: Final = 60.0  # seconds


class JudgeClient:
    """Asks one model for ratings.

    Attributes:
        asked: Ratings asked for in this process.
        failures: How many of them did not come.
    """

    def __init__(self, server: ChatServer) -> None:
        """Take the server that the model is behind."""
        self._server = server
        self.asked = 0
        self.failures = 0

    def rate(self, prompt: str) -> float | None:
        """Return the rating of what a prompt shows; None where none comes.

        Raises:
            ModuleNotFoundError: httpx is not installed (``pip install "spatialevo-rl[judge]"``).
        """
        self.asked += 1
        for _ in range(_ATTEMPTS):
            reply = self._server.ask(prompt, temperature=0, max_tokens=_MAX_TOKENS).text
            if reply is not None and reply.strip() in RATINGS:
                return RATINGS[reply.strip()]
        self.failures += 1
        return None


def judge_of(settings: EpisodeSettings) -> JudgeClient:
    """Return the judge that the settings name, the same one each time in a process.

    Raises:
        ValueError: They name none.
    """
    return _judge(settings.judge_url, settings.judge_model)


@cache
def _judge(base_url: str, model: str) -> JudgeClient:
    names = ("judge_url", "judge_model")
    return JudgeClient(named_server(names, base_url, model, timeout=_TIMEOUT, what="a judge"))
