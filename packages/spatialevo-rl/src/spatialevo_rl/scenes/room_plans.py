# SPDX-License-Identifier: Apache-2.0
"""Which room a seed means: full-size furnished rooms, or the lab's small ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from spatialevo_dge.synthetic import FurnitureSet, RoomOptions, RoomShape
from spatialevo_dge.synthetic.catalogue import CATALOGUE
from spatialevo_rl.draws import dice
from spatialevo_rl.scenes.splits import Split, split_of_seed
from spatialevo_rl.settings import SceneSettings

CAMERAS: Final = 8
_SHAPES: Final = (RoomShape.RECTANGLE, RoomShape.L, RoomShape.CUT_CORNER)
_SHIFTED_SHAPES: Final = (RoomShape.T, RoomShape.U)
_USES: Final = (
    FurnitureSet.LIVING,
    FurnitureSet.BEDROOM,
    FurnitureSet.KITCHEN,
    FurnitureSet.OFFICE,
)
_SHIFTED_USES: Final = (FurnitureSet.BATHROOM,)
_LAB_SHIFTED: Final = (RoomShape.L, RoomShape.CUT_CORNER)
_ROOMIER: Final = 1.25  # of a shifted lab room's sides: a notch takes floor away


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPlan:
    """How seeds become rooms.

    Attributes:
        name: First part of a scene's id.
        options: Options of a seed's room; a function that can be pickled.
        labels: Every label that rooms may hold, sorted.
    """

    name: str
    options: Callable[[int], RoomOptions]
    labels: tuple[str, ...]

    @property
    def pixels(self) -> int:
        """Pixels of one room's images: they bound how many rooms are kept in memory."""
        options = self.options(0)
        return options.cameras * options.image_size[0] * options.image_size[1]


def furnished_rooms(settings: SceneSettings) -> RoomPlan:
    """Plan furnished rooms; training has no T and U shapes and no bathrooms (the shifted test).

    Raises:
        ValueError: The image size is 0: made rooms have no size of their own.
    """
    side = settings.image_size
    if side < 1:
        raise ValueError(f"image_size: made rooms need one of at least 1 pixel, got {side}")
    return RoomPlan(
        name="room",
        options=partial(_furnished, side=side),
        labels=tuple(sorted(CATALOGUE)),
    )


def _furnished(seed: int, *, side: int) -> RoomOptions:
    shifted = split_of_seed(seed) is Split.SHIFTED
    generator = dice(seed, 0, "room")
    shapes, uses = (_SHIFTED_SHAPES, _SHIFTED_USES) if shifted else (_SHAPES, _USES)
    return RoomOptions(
        shape=shapes[int(generator.integers(len(shapes)))],
        furniture=uses[int(generator.integers(len(uses)))],
        cameras=CAMERAS,
        image_size=(side, side),
    )


def lab_rooms(settings: SceneSettings) -> RoomPlan:
    """Plan the lab's rooms.

    Raises:
        ValueError: The image size is not the one that the lab's rooms are painted for.
    """
    from spatialevo_rl.lab.rooms import IMAGE_SIZE, LABELS  # noqa: PLC0415  (an extra's package)

    if (settings.image_size, settings.image_size) != IMAGE_SIZE:
        raise ValueError(
            f"image_size: the lab's rooms are {IMAGE_SIZE[0]} pixels wide, "
            f"got {settings.image_size}"
        )
    return RoomPlan(name="lab", options=_lab, labels=LABELS)


def _lab(seed: int) -> RoomOptions:
    """Take the lab's options; the shifted test's rooms are not rectangles."""
    from spatialevo_rl.lab.rooms import lab_options  # noqa: PLC0415  (an extra's package)

    options = lab_options(seed)
    if split_of_seed(seed) is not Split.SHIFTED or options.size is None:
        return options
    shape = _LAB_SHIFTED[int(dice(seed, 0, "room").integers(len(_LAB_SHIFTED)))]
    width, depth = options.size
    return replace(options, shape=shape, size=(width * _ROOMIER, depth * _ROOMIER))
