# SPDX-License-Identifier: Apache-2.0
"""One request to a model behind a server that speaks OpenAI's protocol, such as vLLM's.

The key is read from the environment at each request and kept nowhere.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Final

_RETRIED: Final = (408, 409, 425, 429)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatReply:
    """What came of a request.

    Attributes:
        text: The model's reply; None where none came.
        problem: Why there is none; empty where there is one.
        passing: Whether another attempt may help.
    """

    text: str | None = None
    problem: str = ""
    passing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatServer:
    """A served model.

    Attributes:
        base_url: The server's API root, such as ``http://localhost:8000/v1``.
        model: Name of the served model.
        timeout: Seconds to wait for one reply.
        api_key_variable: Environment variable that holds the key.
    """

    base_url: str
    model: str
    timeout: float
    api_key_variable: str = "OPENAI_API_KEY"

    @property
    def url(self) -> str:
        """Where requests go."""
        return f"{self.base_url.rstrip('/')}/chat/completions"

    def ask(self, content: str | list[dict[str, Any]], **options: object) -> ChatReply:
        """Send one message of a user and wait for the reply, once.

        Args:
            content: Text, or the protocol's parts of text and images.
            options: Further fields of the request, such as ``temperature``.

        Raises:
            ModuleNotFoundError: httpx is not installed (``pip install "spatialevo-rl[judge]"``).
        """
        import httpx  # noqa: PLC0415  (an extra: most runs ask no server)

        messages = [{"role": "user", "content": content}]
        body = {"model": self.model, "messages": messages, **options}
        key = os.environ.get(self.api_key_variable)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            found = httpx.post(self.url, json=body, headers=headers, timeout=self.timeout)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return ChatReply(problem=f"no reply ({type(error).__name__})", passing=True)
        if found.status_code != httpx.codes.OK:
            status = found.status_code
            return ChatReply(
                problem=f"status {status}", passing=status >= 500 or status in _RETRIED
            )
        try:
            text = found.json()["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError):
            return ChatReply(problem="a reply that is none of this protocol", passing=True)
        if not isinstance(text, str):
            return ChatReply(problem="a reply without text", passing=True)
        return ChatReply(text=text)


def named_server(
    names: tuple[str, str], base_url: str, model: str, *, timeout: float, what: str
) -> ChatServer:
    """Return the server that two settings name.

    Args:
        names: What the settings are called: of the address, of the model.
        base_url: The first's value.
        model: The second's.
        timeout: Seconds to wait for one reply.
        what: What is asked for, as an error says it.

    Raises:
        ValueError: One of the settings is empty; names it.
    """
    for name, value in zip(names, (base_url, model), strict=True):
        if not value:
            raise ValueError(f"{name}: {what} is asked for, and none is named")
    return ChatServer(base_url=base_url, model=model, timeout=timeout)
