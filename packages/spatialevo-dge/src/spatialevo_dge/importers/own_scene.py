# SPDX-License-Identifier: Apache-2.0
"""A scene of one's own as one JSON file: labelled boxes, and where wanted a floor and cameras.

The file's form is documented by the JSON schema that `schema` returns.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.images import image_size
from spatialevo_dge.importers.given_boxes import bounds
from spatialevo_dge.importers.labels import vocabulary
from spatialevo_dge.importers.matrices import FARTHEST, nested_matrix, rigid_problem
from spatialevo_dge.importers.pixels import Pinhole, intrinsics_of
from spatialevo_dge.importers.scan_frames import ScanFrames, ScanOptions, with_frames
from spatialevo_dge.json_fields import Fields, frozen_record, read_json
from spatialevo_dge.observe import DepthCamera
from spatialevo_dge.resources import read
from spatialevo_dge.scene import (
    BoxKind,
    FloorPlan,
    FloorSource,
    Frame,
    NoiseModel,
    Scene,
    SceneObject,
)
from spatialevo_geometry import Intrinsics, OrientedBox, polygon_area

FORMAT: Final = "spatialevo-own-scene"
VERSION: Final = 1
AXES: Final = {
    "opencv": np.diag([1.0, 1.0, 1.0, 1.0]),
    "opengl": np.diag([1.0, -1.0, -1.0, 1.0]),
}
"""camera axes of the file, from OpenCV's: OpenGL's y is up and its z points backwards."""
UPRIGHT: Final = {
    "z": np.eye(4),
    "y": np.array(
        [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    ),
}
"""World (z up) from the file's axes, by the axis that points up in the file."""

_NOISE: Final = (
    "point_sigma",
    "object_offset_sigma",
    "pose_translation_sigma",
    "pose_rotation_sigma",
    "depth_sigma_constant",
    "depth_sigma_quadratic",
)
_KEYS: Final = {"format", "version", "id", "up", "objects", "floor", "frames", "noise"}
_OBJECT_KEYS: Final = {"id", "label", "centre", "size", "yaw_degrees", "axes"}
_FRAME_KEYS: Final = {"id", "pose", "axes", "intrinsics", "image", "depth"}


def schema() -> str:
    """Return the JSON schema of the file, as text."""
    return read("data/own_scene.schema.json")


def import_own(path: str | Path, options: ScanOptions | None = None) -> Scene:
    """Import a scene of one's own.

    Without points nothing is said about visibility; questions that need it are refused.

    Args:
        path: The JSON file; images in it are named relative to its folder.
        options: Choices; the defaults where None.

    Raises:
        SceneError: A field is missing, wrong or unknown, or a file that it names is not there.
    """
    file = Path(path)
    fields = read_json(file)
    _require_form(fields)
    up = _one_of(fields, "up", UPRIGHT)
    world_from_file = UPRIGHT[up]
    bare = Scene(
        id=fields.text("id"),
        source="own",
        objects=tuple(_objects(fields, world_from_file)),
        floor=_floor(fields) if "floor" in fields else None,
        noise=_noise(fields) if "noise" in fields else NoiseModel(),
        provenance=frozen_record(
            {"importer": "own", "files": {"scene": file.name}, "up": up, "boxes": "as given"}
        ),
    )
    chosen = ScanOptions() if options is None else options
    return with_frames(bare, _frames(fields, file.parent, world_from_file, chosen), chosen)


def _require_form(fields: Fields) -> None:
    _only(fields, _KEYS)
    if fields.text("format") != FORMAT:
        fields.fail("format", f"expected {FORMAT!r}, got {fields.text('format')!r}")
    if fields.integer("version") != VERSION:
        fields.fail("version", f"expected {VERSION}, got {fields.integer('version')}")
    if not fields.text("id").strip():
        fields.fail("id", "empty")


def _only(fields: Fields, known: set[str]) -> None:
    for key in fields:
        if key not in known:
            fields.fail(key, f"unknown; the fields are {', '.join(sorted(known))}")


def _one_of(fields: Fields, key: str, known: dict[str, NDArray[np.float64]]) -> str:
    value = fields.text(key)
    if value not in known:
        fields.fail(key, f"expected one of {', '.join(known)}, got {value!r}")
    return value


def _objects(fields: Fields, world_from_file: NDArray[np.float64]) -> Iterator[SceneObject]:
    words = vocabulary("own")
    taken: set[int] = set()
    for record in fields.records("objects"):
        _only(record, _OBJECT_KEYS)
        number, label = record.integer("id"), record.text("label")
        if number in taken:
            record.fail("id", f"{number} occurs twice")
        if not label.strip():
            record.fail("label", "empty")
        taken.add(number)
        box = _box(record, world_from_file)
        yield SceneObject(
            id=number,
            label=words.label(label),
            source_label=label,
            aabb=bounds(box),
            obb_raw=box,
            obb=box,
            box_kind=BoxKind.GIVEN,
        )


def _box(record: Fields, world_from_file: NDArray[np.float64]) -> OrientedBox:
    turn = world_from_file[:3, :3]
    centre, size = _near(record, "centre", 3), _near(record, "size", 3)
    if "axes" in record and "yaw_degrees" in record:
        record.fail("axes", "given beside yaw_degrees; one of them says how the box is turned")
    axes = nested_matrix(record, "axes", 3) @ turn.T if "axes" in record else _yawed(record, turn)
    try:
        return OrientedBox(centre=turn @ centre, axes=axes, extents=size)
    except ValueError as error:
        record.fail("axes" if "axes" in record else "size", str(error))


def _yawed(record: Fields, turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the box's axes (rows, world) after a turn about the world's up."""
    yaw = np.radians(record.number("yaw_degrees")) if "yaw_degrees" in record else 0.0
    cos, sin = np.cos(yaw), np.sin(yaw)
    about_up = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    axes: NDArray[np.float64] = (about_up @ turn).T
    return axes


def _near(record: Fields, key: str, count: int) -> NDArray[np.float64]:
    values = record.numbers(key, count)
    if float(np.abs(values).max()) > FARTHEST:
        record.fail(key, f"beyond {FARTHEST:g} m: {values.tolist()}")
    return values


def _floor(fields: Fields) -> FloorPlan:
    """Read the floor, by its outline or by its area alone."""
    record = fields.fields("floor")
    _only(record, {"outline", "height", "area"})
    height = record.number("height") if "height" in record else None
    if "outline" not in record:
        area = record.number("area")
        if not 0.0 < area <= FARTHEST**2:
            record.fail("area", f"expected square metres, got {area}")
        return FloorPlan(area=area, source=FloorSource.READ, height=height)
    if "area" in record:
        record.fail("area", "given beside outline, which says it")
    corners = record.items("outline")
    if len(corners) < 3:
        record.fail("outline", f"expected at least 3 corners, got {len(corners)}")
    where = record.where("outline")
    ring = np.array(
        [
            _near(Fields({"corner": corner}, record.source, f"{where}[{place}]"), "corner", 2)
            for place, corner in enumerate(corners)
        ]
    )
    signed = float(polygon_area([ring]))
    if signed == 0.0:
        record.fail("outline", "encloses nothing")
    ring = ring if signed > 0.0 else ring[::-1]
    return FloorPlan(area=abs(signed), source=FloorSource.READ, rings=(ring,), height=height)


def _noise(fields: Fields) -> NoiseModel:
    record = fields.fields("noise")
    _only(record, set(_NOISE))
    values = {name: record.number(name) for name in _NOISE if name in record}
    for name, value in values.items():
        if not 0.0 <= value <= 1.0:
            record.fail(name, f"expected a standard deviation from 0 to 1, got {value}")
    return NoiseModel(**values)


def _frames(
    fields: Fields, folder: Path, world_from_file: NDArray[np.float64], options: ScanOptions
) -> ScanFrames:
    if "frames" not in fields:
        return ScanFrames()
    frames: dict[str, Frame] = {}
    cameras: dict[str, DepthCamera] = {}
    for record in options.frames.pick(fields.records("frames")):
        frame = _frame(record, folder, world_from_file)
        if frame.id in frames:
            record.fail("id", f"{frame.id!r} occurs twice")
        frames[frame.id] = frame
        if frame.intrinsics is not None and frame.depth_path is not None:
            cameras[frame.id] = DepthCamera(
                intrinsics=frame.intrinsics, colour_from_depth=np.eye(4)
            )
    return ScanFrames(frames=tuple(frames.values()), depth_camera=cameras)


def _frame(record: Fields, folder: Path, world_from_file: NDArray[np.float64]) -> Frame:
    _only(record, _FRAME_KEYS)
    axes = _one_of(record, "axes", AXES)
    pose = nested_matrix(record, "pose", 4)
    problem = rigid_problem(pose)
    if problem is not None:
        record.fail("pose", problem)
    intrinsics = _intrinsics(record.fields("intrinsics")) if "intrinsics" in record else None
    image, depth = (_file(record, key, folder, intrinsics) for key in ("image", "depth"))
    return Frame(
        id=record.text("id"),
        world_from_camera=world_from_file @ pose @ AXES[axes],
        intrinsics=intrinsics,
        image_path=image,
        depth_path=depth,
    )


def _intrinsics(record: Fields) -> Intrinsics:
    _only(record, {"fx", "fy", "cx", "cy", "width", "height"})
    camera = Pinhole(
        fx=record.number("fx"),
        fy=record.number("fy"),
        cx=record.number("cx"),
        cy=record.number("cy"),
    )
    size = (record.integer("width"), record.integer("height"))
    return intrinsics_of(camera, size, record.source, record.path)


def _file(record: Fields, key: str, folder: Path, intrinsics: Intrinsics | None) -> Path | None:
    if key not in record:
        return None
    path = folder / record.text(key)
    try:
        size = image_size(path)
    except ValueError as error:  # a name that no file can have
        record.fail(key, str(error))
    if intrinsics is not None and size != (intrinsics.width, intrinsics.height):
        expected = f"{intrinsics.width} x {intrinsics.height}"
        raise SceneError(path, "size", f"expected {expected} as its camera has, got {size}")
    return path
