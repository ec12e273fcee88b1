# SPDX-License-Identifier: Apache-2.0
"""A scene's structured metadata as text, as a proposer is shown it."""

from __future__ import annotations

from spatialevo_dge import DEFAULT, Policy, Scene
from spatialevo_rl.programs.operators import Operators
from spatialevo_rl.programs.records import Image, Object
from spatialevo_rl.programs.stage import stage_of

_HEAD = """\
World frame: right-handed, z up, metres. Headings: degrees counter-clockwise from x, seen from \
above."""


def metadata_text(scene: Scene, frames: tuple[str, ...], policy: Policy = DEFAULT) -> str:
    """Write a scene's objects and cameras compactly, units and frame of reference stated.

    Objects: id, label, box centre, size, heading, share visible in each image shown. Cameras:
    position, heading, pitch. It is what programs read from `objects()` and `images()`, rounded.

    Raises:
        ValueError: The scene has no such frame, or one is shown twice.
    """
    known = Operators(stage_of(scene, frames, policy))
    lines = [_HEAD]
    if frames:
        lines.append("Images: number | camera x y z | heading | pitch up")
        lines += [_image(image) for image in known.images()]
    seen = " | visible fraction in image 1, 2, ..." if frames else ""
    lines.append(f"Objects: id label | centre x y z | length width height | heading{seen}")
    lines += [_object(item) for item in known.objects()]
    return "\n".join(lines) + "\n"


def _object(item: Object) -> str:
    parts = [
        f"{item.id} {item.label}",
        _numbers(*item.centre_in_world_m),
        _numbers(*item.size_m),
        f"{item.heading_in_world_deg:.0f}",
        *([_numbers(*item.visible_fractions)] if item.visible_fractions else []),
    ]
    return " | ".join(parts)


def _image(image: Image) -> str:
    heading = image.heading_in_world_deg
    parts = [
        str(image.number),
        _numbers(*image.camera_in_world_m),
        "none" if heading is None else f"{heading:.0f}",
        f"{image.pitch_up_deg:.0f}",
    ]
    return " | ".join(parts)


def _numbers(*values: float) -> str:
    return " ".join(f"{value + 0.0:.2f}" for value in values)
