# SPDX-License-Identifier: Apache-2.0
"""A chat model behind a server, asked several turns at once and again where that may help."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from PIL.Image import Image

from spatialevo_rl.chat_server import ChatServer
from spatialevo_rl.ouroboros.chat import ChatError, Turn

ATTEMPTS: Final = 4
_PAUSE: Final = 1.0  # seconds before the second attempt; twice as long before each further one
BLOCK: Final = 8
TIMEOUT: Final = 600.0
"""Seconds to wait for one reply."""


class HttpChat:
    """Asks one served model; several turns at once.

    Attributes:
        block: Turns that are on their way at once.
    """

    def __init__(self, server: ChatServer) -> None:
        """Take the server that the model is behind."""
        self._server, self.block = server, BLOCK

    def complete(self, turns: Sequence[Turn], tokens: int, temperature: float) -> list[str]:
        """Reply to turns, each by itself.

        Raises:
            ChatError: The server gives no reply, after some attempts, or refuses the request.
            ModuleNotFoundError: httpx is not installed (``pip install "spatialevo-rl[judge]"``).
        """

        def ask(turn: Turn) -> str:
            return self._ask(turn, tokens, temperature)

        with ThreadPoolExecutor(max_workers=self.block) as pool:
            return list(pool.map(ask, turns))

    def _ask(self, turn: Turn, tokens: int, temperature: float) -> str:
        content: list[dict[str, Any]] = [
            {"type": "image_url", "image_url": {"url": data_url(image)}} for image in turn.images
        ]
        content.append({"type": "text", "text": turn.text})
        options = {"temperature": temperature, "max_tokens": tokens, "seed": turn.seed}
        problem = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(_PAUSE * 2 ** (attempt - 1))
            reply = self._server.ask(content, **options)
            if reply.text is not None:
                return reply.text
            problem = reply.problem
            if not reply.passing:
                break
        raise ChatError(f"{self._server.url}: {problem}; what was proposed so far is kept")


def data_url(image: Image) -> str:
    """Return an image as a URL that holds it."""
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
