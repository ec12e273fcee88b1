# SPDX-License-Identifier: Apache-2.0
"""A checkpoint run by vLLM, in this process. To ask a vLLM server, use the OpenAI back end."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from spatialevo_eval.benchmark import Json
from spatialevo_eval.models.checkpoint import find_checkpoint
from spatialevo_eval.models.chunks import chat_of, chunks
from spatialevo_eval.models.protocol import Finish, Reply, Request

__all__ = ["VllmModel", "VllmOptions"]

_CHUNK: Final = 256
"""Requests handed over at a time: vLLM batches them itself, and a killed run loses at most these"""


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmOptions:
    """How vLLM runs a checkpoint.

    Attributes:
        dtype: As vLLM names it; ``"auto"`` is the checkpoint's own.
        revision: Of a hub id.
        engine: Further arguments of `vllm.LLM`, such as ``{"tensor_parallel_size": 2}``.
    """

    dtype: str = "auto"
    revision: str | None = None
    engine: Mapping[str, Json] = field(default_factory=dict)


class VllmModel:
    """A checkpoint in a vLLM engine of its own, loaded when the first reply is asked for."""

    def __init__(self, model: str, options: VllmOptions | None = None) -> None:
        """Find the checkpoint, and load nothing.

        Raises:
            ModelError: There is none.
        """
        self._options = options or VllmOptions()
        self._checkpoint = find_checkpoint(model, self._options.revision)
        self._engine: Any = None

    @property
    def name(self) -> str:
        """The checkpoint's name."""
        return self._checkpoint.name

    @property
    def settings(self) -> Mapping[str, Json]:
        """Back end, weights, precision and engine arguments."""
        return {
            "backend": "vllm",
            "model": self._checkpoint.name,
            "weights": self._checkpoint.identity,
            "dtype": self._options.dtype,
            "engine": dict(self._options.engine),
        }

    @property
    def together(self) -> int:
        """A chunk."""
        return _CHUNK

    def generate(self, requests: Iterable[Request]) -> Iterator[Reply]:
        """Yield one reply a request, in order.

        Raises:
            ImportError: vLLM is not installed.
        """
        for chunk in chunks(requests, _CHUNK):
            if self._engine is None:
                self._engine = self._load()
            begun = time.monotonic()
            outputs = self._engine.chat(
                [chat_of(request, "image_pil") for request in chunk],
                _sampling(chunk),
                use_tqdm=False,
            )
            seconds = (time.monotonic() - begun) / len(chunk)
            for output in outputs:
                made = output.outputs[0]
                yield Reply(
                    text=made.text,
                    finish=Finish.LENGTH if made.finish_reason == "length" else Finish.STOP,
                    tokens=len(made.token_ids),
                    seconds=seconds,
                )

    def _load(self) -> Any:
        from vllm import LLM  # noqa: PLC0415 - an extra

        folder = str(self._checkpoint.folder)
        return LLM(model=folder, dtype=self._options.dtype, **self._options.engine)


def _sampling(requests: Sequence[Request]) -> list[Any]:
    from vllm import SamplingParams  # noqa: PLC0415 - an extra

    return [
        SamplingParams(
            temperature=request.temperature,
            max_tokens=request.max_tokens,
            seed=request.seed if request.temperature > 0 else None,
        )
        for request in requests
    ]
