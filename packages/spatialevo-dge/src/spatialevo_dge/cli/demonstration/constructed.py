# SPDX-License-Identifier: Apache-2.0
"""What the builder of a synthetic room says the answer is, by arithmetic of its own.

No operator of the oracle is used here: numpy on the numbers that the generator decided.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge import entities as ask
from spatialevo_dge.answer import Answer, Centimetres, Choice
from spatialevo_dge.entities import Attribute, Comparator, Motion, Noun, SectorForm
from spatialevo_dge.question import Question
from spatialevo_dge.ruling import Legal
from spatialevo_dge.synthetic import BuiltCamera, BuiltObject, Construction

Expected = float | str | None
TOLERANCE: Final = 1e-6  # metres; positions of points are kept in single precision
EIGHT: Final = (
    "front", "front-left", "left", "back-left", "back", "back-right", "right", "front-right"
)  # fmt: skip


def agrees(
    question: Question, ruling: Legal, built: Construction, frames: Sequence[str]
) -> bool | None:
    """Compare an answer with the construction's; None where the construction does not say.

    Args:
        question: What was asked.
        ruling: What was answered.
        built: The room as it was built.
        frames: Ids of the scene's frames, in the order of the room's cameras.
    """
    cameras = [built.cameras[list(frames).index(frame)] for frame in question.frames]
    asked = Asked(named=ruling.entities, answer=ruling.answer, built=built, cameras=cameras)
    expected = _expected(asked)
    if expected is None:
        return None
    value = ruling.answer.value
    if isinstance(expected, str) or isinstance(value, str):
        return value == expected
    scale = 100.0 if isinstance(ruling.answer, Centimetres) else 1.0
    return math.isclose(value, expected * scale, rel_tol=TOLERANCE, abs_tol=TOLERANCE * scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an answer is computed from: entities, the cameras shown, and which kind is wanted."""

    named: Any
    answer: Answer
    built: Construction
    cameras: list[BuiltCamera]


def _expected(asked: Asked) -> Expected:
    if isinstance(asked.named, ask.Category):
        return float(len(_all(asked.built, asked.named.category)))
    if any(len(_all(asked.built, noun)) != 1 for noun in _nouns(asked.named)):
        return None  # which of several an image shows is not the builder's to say
    compute = _BY_SHAPE.get(type(asked.named))
    return None if compute is None else compute(asked)


def _nouns(named: Any) -> list[Noun]:
    values = (getattr(named, field.name) for field in fields(named))
    return [value for value in values if isinstance(value, Noun)]


def _all(built: Construction, noun: Noun) -> list[BuiltObject]:
    return [item for item in built.objects if item.label == noun.label]


def _only(built: Construction, noun: Noun) -> BuiltObject:
    return _all(built, noun)[0]


def _place(image: ask.FrameRef) -> int:
    return (image.ordinal or 1) - 1


def _ahead(camera: BuiltCamera) -> NDArray[np.float64]:
    return np.array([math.cos(camera.heading), math.sin(camera.heading), 0.0])


def _turn(ahead: NDArray[np.float64], offset: NDArray[np.float64]) -> float:
    """Return the angle from `ahead` to `offset` in the floor plane, left positive, radians."""
    cross = ahead[0] * offset[1] - ahead[1] * offset[0]
    return math.atan2(cross, ahead[0] * offset[0] + ahead[1] * offset[1])


def _sector(turn: float, form: SectorForm) -> str:
    """Name the word whose own direction is closest to a turn."""
    if form is SectorForm.EIGHT:
        return max(EIGHT, key=lambda word: math.cos(turn - EIGHT.index(word) * math.pi / 4))
    if form is SectorForm.QUADRANT:
        return max(EIGHT[1::2], key=lambda word: math.cos(turn - EIGHT.index(word) * math.pi / 4))
    if form is SectorForm.LEFT_RIGHT_BACK and math.cos(turn) <= -math.sqrt(0.5):
        return "back"
    return "left" if turn > 0.0 else "right"


def _distance(camera: BuiltCamera, item: BuiltObject) -> float:
    local = item.axes @ (camera.position - item.centre)
    return float(np.linalg.norm(np.maximum(np.abs(local) - item.size / 2.0, 0.0)))


def _gap(first: BuiltObject, second: BuiltObject) -> float:
    """Distance of two upright boxes: their gap in height and their footprints' on the floor."""
    lift = abs(first.centre[2] - second.centre[2]) - (first.size[2] + second.size[2]) / 2.0
    a, b = _footprint(first), _footprint(second)
    return math.hypot(max(lift, 0.0), _polygon_gap(a, b))


def _footprint(item: BuiltObject) -> NDArray[np.float64]:
    signs = np.array([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)]) / 2.0
    corners: NDArray[np.float64] = (signs * item.size) @ item.axes + item.centre
    return corners[:, :2]


def _polygon_gap(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    for polygon, other in ((a, b), (b, a)):
        for edge in np.roll(polygon, -1, axis=0) - polygon:
            normal = np.array([edge[1], -edge[0]])
            if (polygon @ normal).max() < (other @ normal).min():
                break  # a line along this edge separates them
        else:
            continue
        break
    else:
        return 0.0
    pairs = [*product(a, _edges(b)), *product(b, _edges(a))]
    return min(_to_edge(corner, start, end) for corner, (start, end) in pairs)


def _edges(polygon: NDArray[np.float64]) -> list[tuple[Any, Any]]:
    return list(zip(polygon, np.roll(polygon, -1, axis=0), strict=True))


def _to_edge(corner: Any, start: Any, end: Any) -> float:
    along = end - start
    share = min(max(float((corner - start) @ along / (along @ along)), 0.0), 1.0)
    return float(np.linalg.norm(start + share * along - corner))


def _area(asked: Asked) -> Expected:
    return asked.built.area


def _one(asked: Asked) -> Expected:
    item = _only(asked.built, asked.named.object)
    return _distance(asked.cameras[0], item) if asked.cameras else float(item.size.max())


def _between(asked: Asked) -> Expected:
    first, second = (_only(asked.built, noun) for noun in _nouns(asked.named))
    return _gap(first, second)


def _nearest(asked: Asked) -> Expected:
    anchor = _only(asked.built, asked.named.anchor)
    gaps = {
        noun.text: min(_gap(anchor, item) for item in _all(asked.built, noun))
        for noun in asked.named.candidates
    }
    extreme = min if asked.named.comparator is Comparator.NEAREST else max
    return str(extreme(gaps, key=lambda name: gaps[name]))


def _standing(asked: Asked) -> Expected:
    named = asked.named
    stand, face, query = (
        _only(asked.built, noun).centre for noun in (named.stand, named.face, named.query)
    )
    return _sector(_turn(face - stand, query - stand), named.form)


def _relation(asked: Asked) -> Expected:
    reference, target = asked.named.reference, asked.named.target
    offset = _only(asked.built, target).centre - _only(asked.built, reference).centre
    if abs(offset[2]) > math.hypot(offset[0], offset[1]):
        return "up" if offset[2] > 0.0 else "down"
    away = _turn(_ahead(asked.cameras[0]), offset)
    # In front is nearer to the viewer, but left stays the viewer's left.
    return _sector(math.atan2(math.sin(away), -math.cos(away)), SectorForm.EIGHT)


def _other_camera(asked: Asked) -> Expected:
    named, cameras = asked.named, asked.cameras
    reference, target = cameras[_place(named.reference)], cameras[_place(named.target)]
    offset = target.position - reference.position
    if isinstance(asked.answer, Choice):
        return "higher" if offset[2] > 0.0 else "lower"
    return _sector(_turn(_ahead(reference), offset), named.form)


def _from_camera(asked: Asked) -> Expected:
    camera = asked.cameras[_place(asked.named.reference)]
    offset = _only(asked.built, asked.named.object).centre - camera.position
    return _sector(_turn(_ahead(camera), offset), asked.named.form)


def _travel(asked: Asked) -> Expected:
    start, end = (asked.cameras[_place(image)] for image in (asked.named.start, asked.named.end))
    offset = end.position - start.position
    vertical = "up" if offset[2] > 0.0 else "down"
    steep = abs(offset[2]) > math.hypot(offset[0], offset[1])
    words = {
        Motion.TURN: "left" if math.sin(end.heading - start.heading) > 0.0 else "right",
        Motion.TILT: "up" if end.pitch > start.pitch else "down",
        Motion.MOVE: vertical if steep else _sector(_turn(_ahead(start), offset), SectorForm.EIGHT),
    }
    if asked.named.asks is not Motion.OPEN:
        return words[asked.named.asks]
    part, _, _ = str(asked.answer.value).partition(" ")  # asked openly, it is named: "turn left"
    return f"{part} {words[Motion(part)]}"


def _larger(asked: Asked) -> Expected:
    named = asked.named
    if named.attribute is None or named.offers_same:
        return None  # visible depth is the renderer's, "same" a matter of the policy's bands
    values = {
        noun.text: _SIZES[named.attribute](_only(asked.built, noun).size)
        for noun in (named.first, named.second)
    }
    extreme = max if named.comparator is Comparator.LARGER else min
    return str(extreme(values, key=lambda name: values[name]))


_SIZES: Final[Mapping[Attribute, Callable[[NDArray[np.float64]], float]]] = {
    Attribute.LONGEST_SIDE: lambda size: float(size.max()),
    Attribute.HEIGHT: lambda size: float(size[2]),
    Attribute.VOLUME: lambda size: float(size.prod()),
}

_BY_SHAPE: Final[Mapping[type, Callable[[Asked], Expected]]] = {
    ask.Room: _area,
    ask.One: _one,
    ask.Gap: _between,
    ask.Among: _nearest,
    ask.Standing: _standing,
    ask.Relation: _relation,
    ask.Cameras: _other_camera,
    ask.FromCamera: _from_camera,
    ask.Travel: _travel,
    ask.Comparison: _larger,
}
