# SPDX-License-Identifier: Apache-2.0
"""The optional judge: a language model that rates a text, over an OpenAI-compatible server.

A rating that does not come is None, never a number: the row is left out of the update, and counted.
The key is read from the environment at each request and kept nowhere.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Final

from spatialevo_rl.settings import EpisodeSettings

RATINGS: Final = {"1": 1.0, "1.0": 1.0, "0.6": 0.6, "0.3": 0.3, "0": 0.0, "0.0": 0.0}
"""Replies that are ratings; any other reply is none."""

_ATTEMPTS: Final = 2
_MAX_TOKENS: Final = 8


class JudgeClient:
    """Asks one model for ratings.

    Attributes:
        asked: Ratings asked for in this process.
        failures: How many of them did not come.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key_variable: str = "OPENAI_API_KEY",
        timeout: float = 60.0,
    ) -> None:
        """Name the server and the model.

        Args:
            base_url: The server's API root, such as ``http://localhost:8000/v1``.
            model: Name of the served model.
            api_key_variable: Environment variable that holds the key.
            timeout: Seconds to wait for one reply.

        Raises:
            ValueError: No server or no model is named.
        """
        for field, value in (("judge_url", base_url), ("judge_model", model)):
            if not value:
                raise ValueError(f"{field}: a judge is asked for, and none is named")
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._model = model
        self._api_key_variable = api_key_variable
        self._timeout = timeout
        self.asked = 0
        self.failures = 0

    def rate(self, prompt: str) -> float | None:
        """Return the rating of what a prompt shows; None where none comes.

        Raises:
            ModuleNotFoundError: httpx is not installed (``pip install "spatialevo-rl[judge]"``).
        """
        self.asked += 1
        for _ in range(_ATTEMPTS):
            reply = self._ask(prompt)
            if reply is not None and reply.strip() in RATINGS:
                return RATINGS[reply.strip()]
        self.failures += 1
        return None

    def _ask(self, prompt: str) -> str | None:
        import httpx  # noqa: PLC0415  (an extra: most runs have no judge)

        body = {
            "model": self._model,
            "messages": [{"role": "user", "content": prompt}],
            "temperature": 0,
            "max_tokens": _MAX_TOKENS,
        }
        key = os.environ.get(self._api_key_variable)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            reply = httpx.post(self._url, json=body, headers=headers, timeout=self._timeout)
            reply.raise_for_status()
            content = reply.json()["choices"][0]["message"]["content"]
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError):
            return None
        return content if isinstance(content, str) else None


def judge_of(settings: EpisodeSettings) -> JudgeClient:
    """Return the judge that the settings name, the same one each time in a process.

    Raises:
        ValueError: They name none.
    """
    return _judge(settings.judge_url, settings.judge_model)


@cache
def _judge(base_url: str, model: str) -> JudgeClient:
    return JudgeClient(base_url, model)
