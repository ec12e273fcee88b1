# SPDX-License-Identifier: Apache-2.0
"""A chat model behind a server that speaks OpenAI's protocol, such as vLLM's.

The key is read from the environment at each request and kept nowhere.
"""

from __future__ import annotations

import base64
import io
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from PIL.Image import Image

from spatialevo_rl.ouroboros.chat import ChatError, Turn

ATTEMPTS: Final = 4
_PAUSE: Final = 1.0  # seconds before the second attempt; twice as long before each further one
_RETRIED: Final = (408, 409, 425, 429)


class HttpChat:
    """Asks one served model; several turns at once.

    Attributes:
        block: Turns that are on their way at once.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        api_key_variable: str = "OPENAI_API_KEY",
        timeout: float = 600.0,
        block: int = 8,
    ) -> None:
        """Name the server and the model.

        Args:
            base_url: The server's API root, such as ``http://localhost:8000/v1``.
            model: Name of the served model.
            api_key_variable: Environment variable that holds the key.
            timeout: Seconds to wait for one reply.
            block: Turns that are on their way at once.

        Raises:
            ValueError: No server or no model is named.
        """
        for field, value in (("proposer_url", base_url), ("proposer_model", model)):
            if not value:
                raise ValueError(f"{field}: a served proposer is asked for, and none is named")
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._model, self._timeout = model, timeout
        self._api_key_variable = api_key_variable
        self.block = block

    def complete(self, turns: Sequence[Turn], tokens: int, temperature: float) -> list[str]:
        """Reply to turns, each by itself.

        Raises:
            ChatError: The server gives no reply, after some attempts, or refuses the request.
            ModuleNotFoundError: httpx is not installed (``pip install "spatialevo-rl[judge]"``).
        """
        bodies = [self._body(turn, tokens, temperature) for turn in turns]
        with ThreadPoolExecutor(max_workers=self.block) as pool:
            return list(pool.map(self._ask, bodies))

    def _body(self, turn: Turn, tokens: int, temperature: float) -> dict[str, Any]:
        shown = [
            {"type": "image_url", "image_url": {"url": data_url(image)}} for image in turn.images
        ]
        content = [*shown, {"type": "text", "text": turn.text}]
        return {
            "model": self._model,
            "messages": [{"role": "user", "content": content}],
            "temperature": temperature,
            "max_tokens": tokens,
            "seed": turn.seed,
        }

    def _ask(self, body: dict[str, Any]) -> str:
        problem = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(_PAUSE * 2 ** (attempt - 1))
            reply, problem, again = self._try(body)
            if reply is not None:
                return reply
            if not again:
                break
        raise ChatError(f"{self._url}: {problem}; what was proposed so far is kept")

    def _try(self, body: dict[str, Any]) -> tuple[str | None, str, bool]:
        """Return a reply, or the problem and whether another attempt may help."""
        import httpx  # noqa: PLC0415  (an extra: most runs have no served proposer)

        key = os.environ.get(self._api_key_variable)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            found = httpx.post(self._url, json=body, headers=headers, timeout=self._timeout)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return None, f"no reply ({type(error).__name__})", True
        if found.status_code != httpx.codes.OK:
            status = found.status_code
            return None, f"status {status}", status >= 500 or status in _RETRIED
        try:
            content = found.json()["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError):
            return None, "a reply that is none of this protocol", True
        if not isinstance(content, str):
            return None, "a reply without text", True
        return content, "", False


def data_url(image: Image) -> str:
    """Return an image as a URL that holds it."""
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
