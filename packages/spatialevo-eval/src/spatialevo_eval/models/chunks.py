# SPDX-License-Identifier: Apache-2.0
"""What the back ends in this process share: chunks of requests, and a request as a chat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from spatialevo_eval.images import open_images
from spatialevo_eval.models.protocol import Request

__all__ = ["chat_of", "chunks"]

T = TypeVar("T")


def chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of `size` values, the last perhaps shorter, taking values as they are needed."""
    source = iter(values)
    while chunk := list(islice(source, size)):
        yield chunk


def chat_of(request: Request, image_kind: str = "image", field: str = "") -> list[dict[str, Any]]:
    """Return a request as one turn of a chat, its images opened.

    Args:
        request: What is asked.
        image_kind: The type of an image's part.
        field: The name of its value; empty: that of the type.
    """
    opened = iter(open_images(request.images))
    content: list[dict[str, Any]] = []
    for part in request.content:
        if isinstance(part, str):
            content.append({"type": "text", "text": part})
        elif (image := next(opened, None)) is not None:
            content.append({"type": image_kind, field or image_kind: image})
    return [{"role": "user", "content": content}]
