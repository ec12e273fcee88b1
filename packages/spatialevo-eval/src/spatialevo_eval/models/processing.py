# SPDX-License-Identifier: Apache-2.0
"""The processor of a checkpoint, also where no torchvision is installed.

The stock processors of the Qwen-VL families insist on a video processor, and that on torchvision.
Frames are shown to a model as images here, so the processor below leaves videos out; prompts,
pixels and token counts are the stock ones.
"""

from __future__ import annotations

import json
from typing import Any, Final

from spatialevo_eval.models.checkpoint import Checkpoint
from spatialevo_eval.models.protocol import ModelError

__all__ = ["load_processor"]

_QWEN: Final = frozenset({"qwen2_vl", "qwen2_5_vl", "qwen3_vl"})
_IMAGE: Final = "<|image_pad|>"
_VIDEO: Final = "<|video_pad|>"


def load_processor(checkpoint: Checkpoint) -> Any:
    """Return a processor that pads on the left, as generation needs.

    Raises:
        ModelError: The folder holds none that this transformers can load.
    """
    config = json.loads((checkpoint.folder / "config.json").read_text(encoding="utf-8"))
    kind = config["model_type"]
    processor = _of_qwen(checkpoint) if kind in _QWEN else _stock(checkpoint)
    if not hasattr(processor, "tokenizer") or not hasattr(processor, "image_processor"):
        raise ModelError(f"{checkpoint.name}: its files hold no processor of images and text")
    processor.tokenizer.padding_side = "left"
    return processor


def _stock(checkpoint: Checkpoint) -> Any:
    from transformers import AutoProcessor  # noqa: PLC0415 - an extra

    loader: Any = AutoProcessor
    try:
        return loader.from_pretrained(checkpoint.folder)
    except (OSError, ValueError, ImportError) as error:
        first = str(error).strip().splitlines()[0]
        raise ModelError(f"{checkpoint.name}: its processor cannot be loaded: {first}") from error


def _of_qwen(checkpoint: Checkpoint) -> Any:
    from transformers import AutoTokenizer  # noqa: PLC0415 - an extra
    from transformers.models.qwen2_5_vl.processing_qwen2_5_vl import (  # noqa: PLC0415
        Qwen2_5_VLProcessor,
    )
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import (  # noqa: PLC0415
        Qwen2VLImageProcessorPil,
    )
    from transformers.processing_utils import ProcessorMixin  # noqa: PLC0415

    stock: Any = Qwen2_5_VLProcessor
    mixin: Any = ProcessorMixin

    class ImageProcessor(stock):  # type: ignore[misc]
        """Tokenizer and image processor alone."""

        def __init__(self, image_processor: Any, tokenizer: Any, chat_template: Any) -> None:
            self.image_token = _IMAGE
            self.video_token = _VIDEO
            self.image_token_id = tokenizer.convert_tokens_to_ids(_IMAGE)
            self.video_token_id = tokenizer.convert_tokens_to_ids(_VIDEO)
            mixin.__init__(self, image_processor, tokenizer, chat_template=chat_template)

        @property
        def model_input_names(self) -> list[str]:
            names = (*self.tokenizer.model_input_names, *self.image_processor.model_input_names)
            return list(dict.fromkeys(names))

    try:
        tokenizer = AutoTokenizer.from_pretrained(checkpoint.folder)
        images = Qwen2VLImageProcessorPil.from_pretrained(checkpoint.folder)
    except (OSError, ValueError) as error:
        first = str(error).strip().splitlines()[0]
        raise ModelError(f"{checkpoint.name}: its processor cannot be loaded: {first}") from error
    template = _template(checkpoint) or tokenizer.chat_template
    if template is None:
        raise ModelError(f"{checkpoint.name}: it has no chat template")
    return ImageProcessor(images, tokenizer, template)


def _template(checkpoint: Checkpoint) -> str | None:
    """Return the chat template that lies beside the tokenizer, as processors keep theirs."""
    plain = checkpoint.folder / "chat_template.jinja"
    if plain.is_file():
        return plain.read_text(encoding="utf-8")
    old = checkpoint.folder / "chat_template.json"
    if old.is_file():
        found = json.loads(old.read_text(encoding="utf-8"))["chat_template"]
        return found if isinstance(found, str) else None
    return None
