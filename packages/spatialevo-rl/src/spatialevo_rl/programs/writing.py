# SPDX-License-Identifier: Apache-2.0
"""Writing an honest program for a question that the oracle has judged.

A program says how the answer is worked out from what the question names; whoever knows only the
program and not the scene does not know the answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from spatialevo_dge import Legal, Scene
from spatialevo_dge.camera_motion import MOVES, OPEN, TILTS, TURNS
from spatialevo_dge.choices import SAME
from spatialevo_dge.entities import (
    Among,
    Attribute,
    Cameras,
    Category,
    Comparator,
    Comparison,
    FrameRef,
    FromCamera,
    Gap,
    Motion,
    Noun,
    One,
    RegionFromCamera,
    Relation,
    Room,
    SectorForm,
    Shown,
    Standing,
    Travel,
    Unit,
)
from spatialevo_dge.image_relation import OPTIONS as OFFSETS
from spatialevo_dge.tasks.pair.elevation_cam_cam import OPTIONS as HEIGHTS

Numbers = Callable[[FrameRef | None], int]


def program_for(ruling: Legal, scene: Scene, frames: tuple[str, ...]) -> str:
    """Write a program that works a question's answer out from its entities.

    It names labels, images and forms, as the question does; never the answer, the trace or any
    number measured in the scene.

    Args:
        ruling: Task and entities; its answer is not used.
        scene: The scene.
        frames: Ids of the frames shown, in the order shown.

    Raises:
        ValueError: The task is none that programs are written for, or an image is not shown.
    """
    writer = _WRITERS.get(ruling.task)
    if writer is None:
        raise ValueError(f"task: no program is written for {ruling.task!r}")
    missing = [frame for frame in frames if frame not in scene.frames_by_id]
    if missing:
        raise ValueError(f"frames: scene {scene.id!r} has no frame {missing[0]!r}")
    return writer(ruling.entities, partial(_number, frames))


def _number(frames: tuple[str, ...], ref: FrameRef | None) -> int:
    """Return the place of an image among those shown; None is the first."""
    if ref is None:
        return 1
    if ref.ordinal is not None:
        return ref.ordinal
    if ref.frame_id not in frames:
        raise ValueError(f"{ref} is not among the images shown")
    return frames.index(ref.frame_id) + 1


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _only(noun: Noun, call: str = "only") -> str:
    return f"{call}({_text(noun.label)})"


def _length(metres: str, unit: Unit) -> str:
    if unit is Unit.CENTIMETRES:
        return f"centimetres(100.0 * {metres})\n"
    return f"metres({metres})\n"


def _word(azimuth: str, form: SectorForm) -> str:
    name = _text(form.value)
    return f"direction(direction_word({azimuth}, {name}), direction_words({name}))\n"


def _counting(entities: Category, _: Numbers) -> str:
    return f"count(len(objects({_text(entities.category.label)})))\n"


def _longest_side(entities: One, _: Numbers) -> str:
    return _length(f"max({_only(entities.object)}.size_m)", entities.unit)


def _floor(entities: Room, _: Numbers) -> str:
    del entities
    return "square_metres(floor_area())\n"


def _gap(entities: Gap, _: Numbers) -> str:
    gap = f"distance({_only(entities.first)}, {_only(entities.second)})"
    return _length(gap, entities.unit)


def _among(entities: Among, _: Numbers) -> str:
    extreme = "min" if entities.comparator is Comparator.NEAREST else "max"
    labels = {noun.text: noun.label for noun in entities.candidates}
    return (
        f"anchor = {_only(entities.anchor)}\n"
        f"labels = {_text(labels)}\n"
        "gaps = {}\n"
        "for name in labels:\n"
        "    gaps[name] = min([distance(anchor, item) for item in objects(labels[name])])\n"
        f"choice({extreme}(gaps, key=lambda name: gaps[name]), list(gaps))\n"
    )


def _standing(entities: Standing, _: Numbers) -> str:
    who = ", ".join(_only(noun) for noun in (entities.stand, entities.face, entities.query))
    return _word(f"bearing_between({who}).azimuth_deg", entities.form)


def _relation(entities: Relation, number: Numbers) -> str:
    nouns = (entities.reference, entities.target)
    who = ", ".join(_only(noun, "only_shown") for noun in nouns)
    return (
        f"offset = offset_in_image(image({number(entities.frame)}), {who})\n"
        "if abs(offset.up_m) > VERTICAL_RATIO * offset.horizontal_m:\n"
        '    word = "up" if offset.up_m > 0 else "down"\n'
        "else:\n"
        "    word = direction_word(offset.azimuth_deg)\n"
        f"direction(word, {_text(OFFSETS)})\n"
    )


def _camera_distance(entities: One, number: Numbers) -> str:
    who = f"image({number(entities.frame)}), {_only(entities.object, 'only_shown')}"
    return _length(f"camera_distance({who})", entities.unit)


def _depth_order(entities: Comparison, number: Numbers) -> str:
    shown = f"image({number(entities.frame)})"
    return _contest(
        [
            f"near_depth({shown}, {_only(noun, 'only_shown')})"
            for noun in (entities.first, entities.second)
        ],
        (entities.first.text, entities.second.text),
        greater=entities.comparator is Comparator.FARTHER,
        band="SAME_DEPTH_M" if entities.offers_same else "",
    )


def _sizes(entities: Comparison, _: Numbers) -> str:
    measures = {
        Attribute.LONGEST_SIDE: "max({0}.size_m)",
        Attribute.HEIGHT: "{0}.height_m",
        Attribute.VOLUME: "math.prod({0}.size_m)",
    }
    measure = measures[entities.attribute or Attribute.LONGEST_SIDE]
    nouns = (entities.first, entities.second)
    return "import math\n\n" + _contest(
        [measure.format(_only(noun, "only_shown")) for noun in nouns],
        (entities.first.text, entities.second.text),
        greater=entities.comparator is Comparator.LARGER,
        band="SAME_SIZE_SHARE * max(first, second)" if entities.offers_same else "",
    )


def _shown(entities: Shown, number: Numbers) -> str:
    refs = (entities.first, entities.second)
    return f"item = {_only(entities.object, 'only_shown')}\n" + _contest(
        [f"surface_fraction(image({number(ref)}), item)" for ref in refs],
        (str(entities.first), str(entities.second)),
        greater=entities.comparator is Comparator.MORE,
        band="SAME_SURFACE_FRACTION" if entities.offers_same else "",
    )


def _contest(values: list[str], names: tuple[str, str], *, greater: bool, band: str) -> str:
    """Write the choice between two quantities; without a band, "same" is no option."""
    sign = ">" if greater else "<"
    options = [*names, SAME] if band else [*names]
    same = f"if abs(first - second) <= {band}:\n    name = {_text(SAME)}\nel" if band else ""
    return (
        f"first = {values[0]}\n"
        f"second = {values[1]}\n"
        f"{same}if first {sign} second:\n"
        f"    name = {_text(names[0])}\n"
        "else:\n"
        f"    name = {_text(names[1])}\n"
        f"choice(name, {_text(options)})\n"
    )


def _other_camera(entities: Cameras, number: Numbers) -> str:
    who = f"image({number(entities.reference)}), image({number(entities.target)})"
    return _word(f"bearing_from_camera({who}).azimuth_deg", entities.form)


def _higher(entities: Cameras, number: Numbers) -> str:
    higher, lower = HEIGHTS
    return (
        f"reference = image({number(entities.reference)}).camera_in_world_m\n"
        f"target = image({number(entities.target)}).camera_in_world_m\n"
        f"name = {_text(higher)} if target[2] > reference[2] else {_text(lower)}\n"
        f"choice(name, {_text(HEIGHTS)})\n"
    )


def _object_bearing(entities: FromCamera, number: Numbers) -> str:
    who = f"image({number(entities.reference)}), {_only(entities.object, 'only_shown')}"
    return _word(f"bearing_from_camera({who}).azimuth_deg", entities.form)


def _region_bearing(entities: RegionFromCamera, number: Numbers) -> str:
    owner = entities.object
    region = (
        f"own_region({_only(owner)})"
        if owner is not None
        else f"regions({_text(entities.region)})[0]"
    )
    who = f"image({number(entities.reference)}), {region}"
    return _word(f"bearing_from_camera({who}).azimuth_deg", entities.form)


_SIGNS: Final = {
    Motion.TURN: ("turn_left_deg", TURNS),
    Motion.TILT: ("tilt_up_deg", TILTS),
}

_MOVE: Final = """\
if abs(motion.move_up_m) > motion.move_horizontal_m:
    move = "up" if motion.move_up_m > 0 else "down"
else:
    move = direction_word(motion.move_azimuth_deg)
"""

_DOMINANT: Final = """\
turn, tilt = abs(motion.turn_left_deg), abs(motion.tilt_up_deg)
if turn >= OPEN_TURN_DEG and tilt < OPEN_STILL_DEG and motion.move_m < MIN_MOVE_M:
    word = "turn left" if motion.turn_left_deg > 0 else "turn right"
elif tilt >= OPEN_TURN_DEG and turn < OPEN_STILL_DEG and motion.move_m < MIN_MOVE_M:
    word = "tilt up" if motion.tilt_up_deg > 0 else "tilt down"
elif motion.move_m >= OPEN_MOVE_M and turn < OPEN_STILL_DEG and tilt < OPEN_STILL_DEG:
    word = "move " + move
else:
    raise ValueError("no part of the motion dominates")
"""


def _travel(entities: Travel, number: Numbers) -> str:
    shown = f"image({number(entities.start)}), image({number(entities.end)})"
    motion = f"motion = camera_motion({shown})\n"
    if entities.asks in _SIGNS:
        name, options = _SIGNS[entities.asks]
        first, second = map(_text, options)
        return (
            f"{motion}word = {first} if motion.{name} > 0 else {second}\n"
            f"direction(word, {_text(options)})\n"
        )
    if entities.asks is Motion.MOVE:
        return f"{motion}{_MOVE}direction(move, {_text(MOVES)})\n"
    return f"{motion}{_MOVE}{_DOMINANT}direction(word, {_text(OPEN)})\n"


_Writer = Callable[[Any, Numbers], str]
_WRITERS: Final[Mapping[str, _Writer]] = {
    "object_counting": _counting,
    "object_size": _longest_side,
    "room_size": _floor,
    "absolute_distance": _gap,
    "relative_distance": _among,
    "relative_direction_hard": _standing,
    "single_image_relative_direction": _relation,
    "distance_cam_obj": _camera_distance,
    "depth_order_obj_obj": _depth_order,
    "position_cam_cam": _other_camera,
    "elevation_cam_cam": _higher,
    "visibility_compare": _shown,
    "position_cam_obj": _object_bearing,
    "position_cam_reg": _region_bearing,
    "motion_camera": _travel,
    "attribute_measurement": _sizes,
}
