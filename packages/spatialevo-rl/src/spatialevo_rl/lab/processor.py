# SPDX-License-Identifier: Apache-2.0
"""A Qwen2.5-VL processor for images alone, which needs no torchvision.

The stock processor insists on a video processor, and that on torchvision. Nothing here shows a
video, so this one leaves it out; prompts, pixels and token counts are the stock ones.
"""

from __future__ import annotations

from typing import Any, Final

from transformers import AutoProcessor, Qwen2_5_VLConfig
from transformers.models.qwen2_5_vl.processing_qwen2_5_vl import Qwen2_5_VLProcessor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.processing_utils import ProcessorMixin

_IMAGE: Final = "<|image_pad|>"
_VIDEO: Final = "<|video_pad|>"


class ImageOnlyQwenVLProcessor(Qwen2_5_VLProcessor):  # type: ignore[misc]
    """Tokenizer and image processor of a Qwen2.5-VL model.

    Reads the folders of stock models too: `ImageOnlyQwenVLProcessor.from_pretrained(folder)`.
    """

    def __init__(
        self,
        image_processor: Any = None,
        tokenizer: Any = None,
        chat_template: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Take both parts; further entries of a stock configuration speak of videos."""
        del kwargs
        self.image_token = _IMAGE
        self.video_token = _VIDEO
        self.image_token_id = tokenizer.convert_tokens_to_ids(_IMAGE)
        self.video_token_id = tokenizer.convert_tokens_to_ids(_VIDEO)
        ProcessorMixin.__init__(self, image_processor, tokenizer, chat_template=chat_template)

    @property
    def model_input_names(self) -> list[str]:
        """Names of what a call returns, without those of videos."""
        names = (*self.tokenizer.model_input_names, *self.image_processor.model_input_names)
        return list(dict.fromkeys(names))


def register_processor() -> None:
    """Let `AutoProcessor.from_pretrained` find the class for folders saved by it."""
    AutoProcessor.register(Qwen2_5_VLConfig, ImageOnlyQwenVLProcessor, exist_ok=True)


def image_processor(side: int, patch: int, merge: int) -> Qwen2VLImageProcessorPil:
    """Return an image processor that brings every image to about `side` squared pixels.

    Args:
        side: Pixels; images of exactly side x side keep every pixel as it is.
        patch: Side of a patch, pixels.
        merge: Patches merged into one token along each axis.
    """
    return Qwen2VLImageProcessorPil(
        size={"shortest_edge": side * side, "longest_edge": side * side},
        patch_size=patch,
        merge_size=merge,
        temporal_patch_size=2,
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.5, 0.5, 0.5],
    )
