# SPDX-License-Identifier: Apache-2.0
"""From slots to entities: one function for each shape of question.

A function refuses rather than guesses: every role filled once, nothing left over, one polarity,
one unit, and words that really ask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from spatialevo_dge.entities import (
    Among,
    Cameras,
    Category,
    Comparison,
    Entities,
    FromCamera,
    Gap,
    One,
    RegionFromCamera,
    Relation,
    Room,
    Shown,
    Standing,
    Travel,
)
from spatialevo_dge.parsing import camera_shapes, object_shapes
from spatialevo_dge.parsing.slots import Refused, Slots


def entities_of(shape: type[Any], slots: Slots) -> Entities:
    """Make the entities of a shape out of what the text says.

    Raises:
        Refused: The text does not ask such a question.
        TypeError: The shape is none of those that questions have.
    """
    make = _MAKERS.get(shape)
    if make is None:
        raise TypeError(f"shape: {shape!r} is none of {', '.join(s.__name__ for s in _MAKERS)}")
    entities = make(slots)
    numbers = {chunk.value for item in slots.all("tally") for chunk in item.chunks}
    if numbers and not {int(str(number)) for number in numbers} <= _numbers(entities, slots):
        raise Refused("the number of things named is another than the number said")
    return entities


def _numbers(entities: Entities, slots: Slots) -> set[int]:
    """Return the numbers of things that a question with these entities may speak of."""
    if isinstance(entities, Among):
        named = len(entities.candidates)
        return {named, named + 1}
    if isinstance(entities, Standing | Relation | FromCamera | RegionFromCamera | Cameras):
        offered = {chunk.value for item in slots.all("offer") for chunk in item.chunks}
        return {2, 3, len(offered), 4 if not offered else 2, 8 if not offered else 2}
    return {2, 3} if isinstance(entities, One) else {2}


def possible(shape: type[Any], kinds: frozenset[str]) -> bool:
    """Whether tokens of these kinds can make a question of a shape; most cannot, at little cost."""
    return all(not kinds.isdisjoint(needed) for needed in _NEEDS.get(shape, ()))


_DIRECTION: Final = frozenset({"DIRQ", "DIR", "HOW"})
_CAMERA: Final = frozenset({"CAM", "IMG", "ME"})
_ENDS: Final = frozenset({"BIG", "SMALL", "MORE", "LESS", "LONGER", "SHORTER", "HIGHER", "LOWER"})
_OBJECT: Final = frozenset({"OBJ"})

_NEEDS: Final[Mapping[type[Any], tuple[frozenset[str], ...]]] = MappingProxyType(
    {
        Category: (_OBJECT, frozenset({"COUNT"})),
        Room: (
            frozenset({"SIZE", "AREA", "COUNT", "HOWMUCH"}),
            frozenset({"ROOM", "FLOOR", "AREA", "UNIT"}),
        ),
        One: (
            _OBJECT,
            frozenset({"SIZE", "LENGTH", "LONGEST", "DIMS", "LONGER"})
            | {"DIST", "COUNT", "HOWMUCH", "HEIGHT"},
        ),
        Gap: (_OBJECT, frozenset({"DIST", "COUNT", "HOWMUCH"})),
        Among: (_OBJECT, frozenset({"NEAR", "FAR", "DIST", "FARADJ", "NEARADJ"})),
        Standing: (_OBJECT, _DIRECTION, frozenset({"FACE", "ASFACE"})),
        Relation: (_OBJECT, _DIRECTION, frozenset({"FROM", "REL", "SIDEOF", "ASREF", "TO"})),
        Comparison: (_OBJECT, _ENDS | {"NEAR", "FAR", "NEARADJ", "TALLER", "TALLADJ"}),
        Cameras: (_CAMERA, _DIRECTION | {"HIGHER", "LOWER", "ABOVE", "BELOW", "HEIGHT"}),
        Travel: (frozenset({"TURN", "TILT", "MOVE", "MOTION", "CHANGE"}),),
        Shown: (_OBJECT, _ENDS, frozenset({"IMG", "CAM", "IMGS", "IMGQ", "NUM"})),
        FromCamera: (_OBJECT, _DIRECTION, _CAMERA),
        RegionFromCamera: (frozenset({"REGION"}), _DIRECTION, _CAMERA),
    }
)

_MAKERS: Final[Mapping[type[Any], Callable[[Slots], Entities]]] = MappingProxyType(
    {
        Category: object_shapes.category,
        Room: object_shapes.room,
        One: object_shapes.one,
        Gap: object_shapes.gap,
        Among: object_shapes.among,
        Standing: object_shapes.standing,
        Relation: object_shapes.relation,
        Comparison: object_shapes.comparison,
        Cameras: camera_shapes.cameras,
        Travel: camera_shapes.travel,
        Shown: camera_shapes.shown,
        FromCamera: camera_shapes.from_camera,
        RegionFromCamera: camera_shapes.region,
    }
)
