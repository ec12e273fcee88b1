# SPDX-License-Identifier: Apache-2.0
"""A scene's structured metadata as text, as a proposer is shown it."""

from __future__ import annotations

from spatialevo_dge import Scene


def metadata_text(scene: Scene, frames: tuple[str, ...]) -> str:
    """Write a scene's objects and cameras compactly, units and frame of reference stated.

    Objects: id, label, box centre, size, heading, share visible in each frame shown. Cameras:
    position, heading, pitch. Never an answer to a question that asks for more than one of these.

    Raises:
        ValueError: The scene has no such frame.
    """
    raise NotImplementedError
