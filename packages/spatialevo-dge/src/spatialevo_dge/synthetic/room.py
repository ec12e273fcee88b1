# SPDX-License-Identifier: Apache-2.0
"""Seeded synthetic rooms: a scene, and the truth about it by construction."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Final

from spatialevo_dge.scene import NoiseModel, Scene
from spatialevo_dge.synthetic.cameras import Site, intrinsics_of, plan_cameras
from spatialevo_dge.synthetic.catalogue import build
from spatialevo_dge.synthetic.construction import Construction, RoomFrame, construct
from spatialevo_dge.synthetic.dice import Dice
from spatialevo_dge.synthetic.furniture import Home
from spatialevo_dge.synthetic.mesh import Structure
from spatialevo_dge.synthetic.options import FurnitureSet, RoomOptions
from spatialevo_dge.synthetic.placement import Arranger
from spatialevo_dge.synthetic.render import Picture
from spatialevo_dge.synthetic.scenes import Identity, scene_of
from spatialevo_dge.synthetic.sets import furnish, place_at_home, strew
from spatialevo_dge.synthetic.shapes import Outline, draw_outline
from spatialevo_dge.synthetic.solids import Colour
from spatialevo_geometry import Intrinsics

_WALLS: Final = (
    (226, 218, 204),
    (206, 216, 222),
    (224, 224, 214),
    (216, 206, 196),
    (208, 220, 204),
)
_BOARDS: Final = ((176, 132, 88), (150, 108, 70), (196, 160, 118))
_TILES: Final = ((206, 206, 202), (188, 196, 200))
_TRIES: Final = 12

DEFAULT: Final = RoomOptions()
"""Everything left to the seed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SyntheticRoom:
    """A room.

    Attributes:
        scene: What the oracle gets.
        construction: What the generator decided; no operator of the oracle took part in it.
        structure: Colours of walls and floor.
        intrinsics: Camera of all frames.
        pictures: What each frame shows, in the order of the scene's frames.
    """

    scene: Scene
    construction: Construction
    structure: Structure
    intrinsics: Intrinsics
    pictures: tuple[Picture, ...]


def make_room(seed: int, options: RoomOptions = DEFAULT) -> SyntheticRoom:
    """Draw a room; the same seed and options give the same bytes.

    Raises:
        ValueError: The seed is negative, or what the options ask for does not fit into a room.
    """
    style = Dice(seed, "style")
    use = options.furniture or style.choice(tuple(FurnitureSet))
    tiled = use in {FurnitureSet.KITCHEN, FurnitureSet.BATHROOM}
    structure = Structure(
        wall=style.choice(_WALLS), floor=style.choice(_TILES if tiled else _BOARDS), tiled=tiled
    )
    frame = RoomFrame(
        yaw=style.jitter(math.pi) if options.yaw is None else options.yaw,
        floor_height=options.floor_height,
        height=options.height or round(style.uniform(2.4, 3.2), 2),
    )
    outline, arranger = _arranged(seed, use, options, frame.height)
    named = None if options.labels is not None else use
    bare = _painted(construct(seed, outline, arranger.placed, frame, named), options.paint)
    intrinsics = intrinsics_of(options.image_size, options.horizontal_fov)
    cameras = plan_cameras(Dice(seed, "cameras"), Site(bare, outline, intrinsics), options.cameras)
    construction = replace(bare, cameras=cameras)
    return finish(construction, structure, intrinsics, options)


def _painted(construction: Construction, paint: Mapping[str, Colour] | None) -> Construction:
    """Give every part of a painted label that colour."""
    if not paint:
        return construction
    objects = tuple(
        replace(item, parts=tuple(replace(part, colour=paint[item.label]) for part in item.parts))
        if item.label in paint
        else item
        for item in construction.objects
    )
    return replace(construction, objects=objects)


def finish(
    construction: Construction, structure: Structure, intrinsics: Intrinsics, options: RoomOptions
) -> SyntheticRoom:
    """Turn a construction with cameras into a room: sample, render, see."""
    identity = Identity(
        id=_scene_id(construction.seed, options), provenance=_provenance(construction, options)
    )
    scene, pictures = scene_of(construction, structure, intrinsics, options, identity)
    return SyntheticRoom(
        scene=scene,
        construction=construction,
        structure=structure,
        intrinsics=intrinsics,
        pictures=pictures,
    )


def _arranged(
    seed: int, use: FurnitureSet, options: RoomOptions, height: float
) -> tuple[Outline, Arranger]:
    """Furnish outlines until one holds what was asked for; each try is a larger room.

    Raises:
        ValueError: None does.
    """
    for attempt in range(_TRIES):
        outline = draw_outline(Dice(seed, f"outline {attempt}"), use, options)
        if options.size is None and attempt:
            outline = outline.scaled(1.0 + 0.15 * attempt)
        arranger = Arranger(Dice(seed, f"furniture {attempt}"), outline, height, options.objects)
        if _fill(arranger, use, options):
            return outline, arranger
    raise ValueError(f"seed {seed}: what was asked for fits into no room: {options}")


def _fill(arranger: Arranger, use: FurnitureSet, options: RoomOptions) -> bool:
    """Place everything; tell whether what was asked for by number found its place."""
    if options.labels is not None:
        return place_labels(arranger, options.labels)
    furnish(arranger, use)
    strew(arranger, options.clutter)
    if options.objects is not None:
        strew(arranger, options.objects - len(arranger.placed))
        return len(arranger.placed) == options.objects
    return True


def place_labels(arranger: Arranger, labels: Mapping[str, int]) -> bool:
    """Place exactly these instances, large ones first; tell whether all found a place."""
    wanted = [label for label, count in labels.items() for _ in range(count)]
    for label in sorted(wanted, key=size_rank):
        if place_at_home(arranger, label) is None:
            return False
    return True


def size_rank(label: str) -> tuple[float, str]:
    """Order labels so that what carries other things and what is large comes first."""
    model = build(label, Dice(0, "rank"))
    carried = model.home is Home.TOP
    return (1.0 if carried else 0.0) - 1e-3 * math.prod(model.size[:2]), label


def _scene_id(seed: int, options: RoomOptions) -> str:
    if options == DEFAULT:
        return f"synthetic-{seed}"
    return f"synthetic-{seed}-{hashlib.sha256(repr(options).encode()).hexdigest()[:8]}"


def _provenance(construction: Construction, options: RoomOptions) -> dict[str, object]:
    return {
        "importer": "synthetic",
        "seed": construction.seed,
        "options": {item.name: _plain(getattr(options, item.name)) for item in fields(options)},
        "shape": construction.shape.value,
        "furniture": None if construction.furniture is None else construction.furniture.value,
    }


def _plain(value: object) -> object:
    """Return a choice as JSON writes it."""
    if isinstance(value, NoiseModel):
        return asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value
