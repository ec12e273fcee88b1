# SPDX-License-Identifier: Apache-2.0
"""A model as lmms-eval loads and asks it; items, records, reading and scores stay ours.

Each request is one of lmms-eval's `Instance`s whose document is the request itself (lmms-eval
0.7.3, api/instance.py and api/task.py: the order of their arguments).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from PIL import Image

from spatialevo_eval.benchmark import Json
from spatialevo_eval.images import open_images
from spatialevo_eval.models.chunks import chat_of, chunks
from spatialevo_eval.models.protocol import Finish, Reply, Request

__all__ = ["LmmsModel"]

_CHUNK: Final = 64
_TASK: Final = "spatialevo"
_SPLIT: Final = "test"


class LmmsModel:
    """One of lmms-eval's models, loaded when the first reply is asked for.

    Models of its older, "simple" kind are given all images before the text.
    """

    def __init__(self, kind: str, arguments: Mapping[str, Json]) -> None:
        """Name the model as lmms-eval does.

        Args:
            kind: As its ``--model``: ``"qwen2_5_vl"``.
            arguments: As its ``--model_args``: ``{"pretrained": "Qwen/Qwen2.5-VL-7B-Instruct"}``.
        """
        self._kind = kind
        self._arguments = dict(arguments)
        self._model: Any = None

    @property
    def name(self) -> str:
        """The checkpoint, where the arguments name one; else lmms-eval's name."""
        found = self._arguments["pretrained"] if "pretrained" in self._arguments else self._kind
        return str(found)

    @property
    def settings(self) -> Mapping[str, Json]:
        """Back end, lmms-eval's model and its arguments."""
        return {"backend": "lmms-eval", "model": self._kind, "arguments": self._arguments}

    @property
    def together(self) -> int:
        """A chunk."""
        return _CHUNK

    def generate(self, requests: Iterable[Request]) -> Iterator[Reply]:
        """Yield one reply a request, in order.

        Raises:
            ImportError: lmms-eval is not installed.
        """
        from lmms_eval.api.instance import unwrap_generation_output  # noqa: PLC0415 - an extra

        for chunk in chunks(requests, _CHUNK):
            if self._model is None:
                self._model = self._load()
            self._model.task_dict[_TASK] = {_SPLIT: chunk}
            begun = time.monotonic()
            asked = [self._instance(place, request) for place, request in enumerate(chunk)]
            outputs = self._model.generate_until(asked)
            seconds = (time.monotonic() - begun) / len(chunk)
            for output in outputs:
                text, counts = unwrap_generation_output(output)
                tokens = counts.output_tokens if counts is not None else None
                yield Reply(text=text, finish=Finish.UNKNOWN, tokens=tokens, seconds=seconds)

    def _load(self) -> Any:
        from lmms_eval.models import get_model  # noqa: PLC0415 - an extra

        return get_model(self._kind)(**self._arguments)

    def _instance(self, place: int, request: Request) -> Any:
        from lmms_eval.api.instance import Instance  # noqa: PLC0415 - an extra

        generation: dict[str, Any] = {
            "max_new_tokens": request.max_tokens,
            "temperature": request.temperature,
            "do_sample": request.temperature > 0,
        }
        where = (place, _TASK, _SPLIT)
        arguments: tuple[Any, ...] = (request.text, _messages, generation, *where)
        if self._model.is_simple:
            arguments = (request.text, generation, _visuals, *where)
        return Instance(
            request_type="generate_until",
            arguments=arguments,
            idx=0,
            metadata={"task": _TASK, "doc_id": place, "repeats": 1},
        )


def _visuals(request: Request) -> list[Image.Image]:
    return open_images(request.images)


def _messages(request: Request) -> list[dict[str, Any]]:
    """Return a request as lmms-eval's chat models take it (protocol.py)."""
    return chat_of(request, "image", "url")
