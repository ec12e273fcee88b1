# SPDX-License-Identifier: Apache-2.0
"""Any server with OpenAI's chat-completions interface: vLLM, SGLang, llama.cpp, a hosted one."""

from __future__ import annotations

import base64
import io
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any, Final

from PIL import Image

from spatialevo_eval.benchmark import Json
from spatialevo_eval.images import open_images
from spatialevo_eval.models.http import HttpError, post_json
from spatialevo_eval.models.protocol import Finish, ModelError, Reply, Request
from spatialevo_eval.models.waiting import in_order

__all__ = ["OpenAIModel", "Server"]

_LONGEST_PAUSE: Final = 60.0
_FAILURES_IN_A_ROW: Final = 16
"""So many requests failed with none answered between them: the server is down, or images lack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a model is served, and how patient a run is.

    Attributes:
        url: The API root, such as ``http://localhost:8000/v1``.
        in_flight: Requests at work at any time.
        attempts: Times that a request is sent before it counts as failed.
        timeout: Seconds to wait for a reply.
        pause: Seconds before the second attempt; each further pause is twice the one before.
        api_key_variable: Environment variable that holds the key; the key is stored nowhere.
    """

    url: str
    in_flight: int = 64
    attempts: int = 6
    timeout: float = 300.0
    pause: float = 1.0
    api_key_variable: str = "OPENAI_API_KEY"

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if not self.url.startswith(("http://", "https://")):
            raise ValueError(f"url: expected http:// or https://, got {self.url!r}")
        if not 1 <= self.in_flight <= 1024:
            raise ValueError(f"in_flight: expected 1 to 1024, got {self.in_flight}")
        if self.attempts < 1 or self.timeout <= 0 or self.pause < 0:
            raise ValueError("attempts: at least 1; timeout: above 0; pause: not below 0")


class OpenAIModel:
    """A served model.

    Images are sent as PNG, which loses nothing. Requests that meet 429, 5xx, a broken connection or
    a timeout are sent again after growing pauses; what the server refuses for good is one failed
    reply; a wrong address, key or model name stops the run.
    """

    def __init__(
        self, model: str, server: Server, sleep: Callable[[float], object] | None = None
    ) -> None:
        """Name the model as the server knows it; `sleep` waits in place of the clock, in tests."""
        self._model = model
        self._server = server
        self._lock = Lock()
        self._stopped = Event()
        self._sleep = sleep or self._stopped.wait
        self._failed = 0

    @property
    def name(self) -> str:
        """The name that the server knows."""
        return self._model

    @property
    def settings(self) -> Mapping[str, Json]:
        """Back end and model; the address may move without changing a reply."""
        return {"backend": "openai", "model": self._model}

    @property
    def together(self) -> int:
        """One: what else the server computes at the time is its own matter."""
        return 1

    def generate(self, requests: Iterable[Request]) -> Iterator[Reply]:
        """Yield one reply a request, in order.

        Raises:
            ModelError: The server is down, or refuses address, key or model.
        """
        self._failed = 0
        self._stopped.clear()
        yield from in_order(self._reply, requests, self._server.in_flight, self._stopped.set)

    def _reply(self, request: Request) -> Reply:
        try:
            body = self._body(request)
        except (OSError, ValueError) as error:
            return self._give_up(f"{request.id}: an image cannot be opened: {error}")
        begun, problem = time.monotonic(), "the run was stopped"
        for attempt in range(self._server.attempts):
            if self._stopped.is_set():
                break
            try:
                reply = self._post(body, begun)
            except HttpError as error:
                if error.setup:
                    raise ModelError(str(error)) from error
                problem = str(error)
                if not error.transient:
                    break
                if attempt + 1 < self._server.attempts:
                    self._sleep(self._pause(attempt, error.wait))
            else:
                with self._lock:
                    self._failed = 0
                return reply
        return self._give_up(problem)

    def _pause(self, attempt: int, asked: float | None) -> float:
        """Return seconds to wait: the server's wish, or a doubling pause that chance spreads."""
        if asked is not None:
            return min(asked, _LONGEST_PAUSE)
        spread = random.uniform(0.75, 1.25)  # noqa: S311 - spreads retries in time, no secret
        return min(self._server.pause * 2.0**attempt, _LONGEST_PAUSE) * spread

    def _give_up(self, problem: str) -> Reply:
        with self._lock:
            self._failed += 1
            failed = self._failed
        if failed >= _FAILURES_IN_A_ROW:
            raise ModelError(f"{failed} requests failed in a row, the last: {problem}")
        return _failure(problem)

    def _body(self, request: Request) -> dict[str, Json]:
        opened = iter(open_images(request.images))
        content: list[Json] = []
        for part in request.content:
            if isinstance(part, str):
                content.append({"type": "text", "text": part})
            elif (image := next(opened, None)) is not None:
                content.append({"type": "image_url", "image_url": {"url": _data_url(image)}})
        body: dict[str, Json] = {
            "model": self._model,
            "messages": [{"role": "user", "content": content}],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
        }
        return body if request.temperature == 0 else {**body, "seed": request.seed}

    def _post(self, body: dict[str, Json], begun: float) -> Reply:
        key = os.environ.get(self._server.api_key_variable)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        url = f"{self._server.url.rstrip('/')}/chat/completions"
        answer = post_json(url, body, headers, self._server.timeout)
        return _read(url, answer, time.monotonic() - begun)


def _read(url: str, answer: Any, seconds: float) -> Reply:
    """Read a chat completion.

    Raises:
        HttpError: It is none; asked again, the server may send one.
    """
    try:
        choice = answer["choices"][0]
        text, finish = choice["message"]["content"], choice["finish_reason"]
    except (LookupError, TypeError) as error:
        raise HttpError(f"{url}: not a chat completion: {error}", transient=True) from error
    if text is not None and not isinstance(text, str):
        raise HttpError(f"{url}: not a chat completion: its content is no text", transient=True)
    usage = answer.get("usage") if isinstance(answer, dict) else None
    tokens = usage.get("completion_tokens") if isinstance(usage, dict) else None
    return Reply(
        text=text or "",  # a reply of no token is null on some servers
        finish=Finish.LENGTH if finish == "length" else Finish.STOP,
        tokens=tokens if isinstance(tokens, int) else None,
        seconds=seconds,
    )


def _failure(problem: str) -> Reply:
    return Reply(text="", finish=Finish.FAILED, problem=" ".join(problem.split()))


def _data_url(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
