# SPDX-License-Identifier: Apache-2.0
"""A checkpoint run by transformers, in this process."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spatialevo_eval.benchmark import Json
from spatialevo_eval.models.checkpoint import Checkpoint, find_checkpoint
from spatialevo_eval.models.chunks import chat_of, chunks
from spatialevo_eval.models.protocol import Finish, ModelError, Reply, Request

__all__ = ["TransformersModel", "TransformersOptions"]

DTYPES: Final = ("auto", "float32", "bfloat16", "float16")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformersOptions:
    """How a checkpoint is run.

    Attributes:
        batch: Requests in one forward pass. In half precision it can change a reply, so it belongs
            to a run's configuration.
        dtype: One of `DTYPES`; ``"auto"`` is the checkpoint's own.
        device: ``"cpu"``, ``"cuda"``, ``"cuda:1"``; None: a GPU where there is one.
        revision: Of a hub id.
    """

    batch: int = 8
    dtype: str = "auto"
    device: str | None = None
    revision: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if self.batch < 1:
            raise ValueError(f"batch: expected at least 1, got {self.batch}")
        if self.dtype not in DTYPES:
            raise ValueError(f"dtype: expected one of {', '.join(DTYPES)}, got {self.dtype!r}")


class TransformersModel:
    """A vision-language checkpoint, asked through its own chat template.

    It is loaded when the first reply is asked for. Its own ``generation_config.json`` stays in
    force but for greedy search, which ignores temperature, top-p and top-k.
    """

    def __init__(self, model: str, options: TransformersOptions | None = None) -> None:
        """Find the checkpoint, and load nothing.

        Raises:
            ModelError: There is none.
        """
        self._options = options or TransformersOptions()
        self._checkpoint = find_checkpoint(model, self._options.revision)
        self._loaded: tuple[Any, Any] | None = None

    @property
    def name(self) -> str:
        """The checkpoint's name."""
        return self._checkpoint.name

    @property
    def settings(self) -> Mapping[str, Json]:
        """Back end, weights, precision and batch."""
        return {
            "backend": "transformers",
            "model": self._checkpoint.name,
            "weights": self._checkpoint.identity,
            "dtype": self._options.dtype,
            "batch": self._options.batch,
        }

    @property
    def together(self) -> int:
        """A batch: in half precision its shape shows, in sampling every row of it."""
        return self._options.batch

    def generate(self, requests: Iterable[Request]) -> Iterator[Reply]:
        """Yield one reply a request, in order, a batch at a time.

        Raises:
            ModelError: The checkpoint cannot be loaded.
        """
        for chunk in chunks(requests, self._options.batch):
            if self._loaded is None:
                self._loaded = _load(self._checkpoint, self._options)
            model, processor = self._loaded
            begun = time.monotonic()
            replies = _answer(model, processor, chunk)
            seconds = (time.monotonic() - begun) / len(chunk)
            for text, finish, tokens in replies:
                yield Reply(text=text, finish=finish, tokens=tokens, seconds=seconds)


def _load(checkpoint: Checkpoint, options: TransformersOptions) -> tuple[Any, Any]:
    """Load model and processor.

    Raises:
        ModelError: The files are no vision-language model that this transformers knows.
    """
    import torch  # noqa: PLC0415 - an extra
    from transformers import AutoModelForImageTextToText  # noqa: PLC0415

    from spatialevo_eval.models.processing import load_processor  # noqa: PLC0415

    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        model: Any = AutoModelForImageTextToText.from_pretrained(
            checkpoint.folder, dtype=options.dtype
        )
    except (OSError, ValueError, KeyError) as error:
        first = str(error).strip().splitlines()[0]
        raise ModelError(f"{checkpoint.name}: transformers cannot load it: {first}") from error
    return model.to(device).eval(), load_processor(checkpoint)


def _answer(
    model: Any, processor: Any, requests: Sequence[Request]
) -> list[tuple[str, Finish, int]]:
    """Return text, end and number of tokens of each reply."""
    import torch  # noqa: PLC0415 - an extra

    first = requests[0]
    inputs = processor.apply_chat_template(
        [chat_of(request) for request in requests],
        tokenize=True,
        add_generation_prompt=True,
        return_dict=True,
        return_tensors="pt",
        processor_kwargs={"padding": True},
    ).to(model.device)
    sampling: dict[str, Any] = {"do_sample": True, "temperature": first.temperature}
    if first.temperature == 0:
        sampling = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
    torch.manual_seed(first.seed)
    with torch.inference_mode():
        made = model.generate(
            **inputs,
            max_new_tokens=first.max_tokens,
            num_beams=1,
            **sampling,
        )
    new = made[:, inputs["input_ids"].shape[1] :]
    ends = _ends(model, processor)
    texts = processor.batch_decode(new, skip_special_tokens=True)
    found = []
    for text, row in zip(texts, new.tolist(), strict=True):
        length = next((place + 1 for place, token in enumerate(row) if token in ends), None)
        finish = Finish.LENGTH if length is None else Finish.STOP
        found.append((text, finish, len(row) if length is None else length))
    return found


def _ends(model: Any, processor: Any) -> frozenset[int]:
    """Return the tokens that end a reply."""
    ends = model.generation_config.eos_token_id
    if ends is None:
        ends = processor.tokenizer.eos_token_id
    return frozenset(ends if isinstance(ends, list) else [ends])
