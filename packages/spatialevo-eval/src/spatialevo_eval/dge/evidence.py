# SPDX-License-Identifier: Apache-2.0
"""Why an item's answer is right: the oracle's trace drawn over the room."""

from __future__ import annotations

from PIL import Image

from spatialevo_dge import Question
from spatialevo_dge.viewing.picture import picture
from spatialevo_dge.viewing.subject import subject_of
from spatialevo_eval.benchmark import Item
from spatialevo_eval.dge.rooms import RoomFrame, room_of
from spatialevo_eval.fields import strings, text

__all__ = ["evidence"]


def evidence(item: Item) -> Image.Image | None:
    """Draw what the oracle measured, or what a refused question names; None without an image."""
    shown = next((image for image in item.images if isinstance(image, RoomFrame)), None)
    if shown is None:
        return None
    scene = room_of(shown.plan, shown.seed).scene
    asked = Question(
        text(item.meta, "question"),
        frames=strings(item.meta, "frames"),
        task=text(item.meta, "task"),
    )
    return picture(subject_of(scene, asked))
