# SPDX-License-Identifier: Apache-2.0
"""The header of a bundle: everything of a scene but its arrays, as JSON that a person can read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.json_fields import Fields, parse_json, plain_json, read_bytes
from spatialevo_dge.scene import (
    BoxKind,
    FloorPlan,
    FloorSource,
    Frame,
    NoiseModel,
    Scene,
    SceneObject,
    VisibilitySource,
)
from spatialevo_geometry import Intrinsics, OrientedBox

FORMAT: Final = "spatialevo-scene"
FORMAT_VERSION: Final = 1
FRAME_COLUMNS: Final = ("id", "intrinsics", "image", "depth", "visibility")
"""Of a frame: its id, which of the header's intrinsics, two paths, `VisibilitySource`."""

_INTRINSICS: Final = ("fx", "fy", "cx", "cy", "width", "height")
_DIGEST_KEY = b'{\n"header_sha256": "'
_DIGEST_END = b'",\n'


def encode_header(record: Mapping[str, object]) -> bytes:
    """Write the header, its first field the SHA-256 of every byte after that field.

    Raises:
        ValueError: The record holds something that JSON has no way to write.
    """
    lines = [f"{_dumps(key)}: {_readable(value)}" for key, value in record.items()]
    body = (",\n".join(lines) + "\n}\n").encode("utf-8")
    digest = hashlib.sha256(body).hexdigest().encode("ascii")
    return _DIGEST_KEY + digest + _DIGEST_END + body


def decode_header(path: Path) -> Fields:
    """Read and verify a header.

    Raises:
        SceneError: Missing, damaged, of another format or of a newer version.
    """
    data = read_bytes(path)
    start = len(_DIGEST_KEY)
    end = start + 64
    body = data[end + len(_DIGEST_END) :]
    if not data.startswith(_DIGEST_KEY) or data[end : end + len(_DIGEST_END)] != _DIGEST_END:
        raise SceneError(path, "header_sha256", "not the header of a scene bundle, or damaged")
    if data[start:end] != hashlib.sha256(body).hexdigest().encode("ascii"):
        raise SceneError(path, "header_sha256", "the header is damaged or was edited")
    fields = parse_json(b"{" + body, path)
    if fields.text("format") != FORMAT:
        fields.fail("format", f"expected {FORMAT!r}, got {fields.text('format')!r}")
    if fields.integer("format_version") != FORMAT_VERSION:
        found = fields.integer("format_version")
        fields.fail("format_version", f"this version reads {FORMAT_VERSION}, got {found}")
    return fields


def _readable(value: object) -> str:
    """Write a list, or an object that holds one, with an item a line."""
    if isinstance(value, list) and value:
        return "[\n  " + ",\n  ".join(_dumps(item) for item in value) + "\n]"
    if isinstance(value, dict) and value:
        items = (f"{_dumps(key)}: {_readable(item)}" for key, item in value.items())
        return "{\n" + ",\n".join(items) + "\n}"
    return _dumps(value)


def _dumps(value: object) -> str:
    try:
        return json.dumps(plain_json(value), ensure_ascii=False, allow_nan=False)
    except TypeError as error:
        raise ValueError(f"the scene holds a value that JSON cannot write: {error}") from error


def scene_record(scene: Scene, target: Path) -> dict[str, object]:
    """Return the header's record of a scene that is about to be written to `target`."""
    intrinsics = list(dict.fromkeys(f.intrinsics for f in scene.frames if f.intrinsics is not None))
    place = {item: index for index, item in enumerate(intrinsics)}
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "id": scene.id,
        "source": scene.source,
        "provenance": scene.provenance,
        "noise": asdict(scene.noise),
        "floor": None if scene.floor is None else _floor_record(scene.floor),
        "annotated_counts": scene.annotated_counts,
        "skipped_frames": scene.skipped_frames,
        "objects": [_object_record(item) for item in scene.objects],
        "structure": [_object_record(item) for item in scene.structure],
        "intrinsics": [{key: getattr(item, key) for key in _INTRINSICS} for item in intrinsics],
        "frames": {
            "columns": FRAME_COLUMNS,
            "rows": [
                (
                    frame.id,
                    None if frame.intrinsics is None else place[frame.intrinsics],
                    _stored_path(frame.image_path, target),
                    _stored_path(frame.depth_path, target),
                    frame.visibility_source,
                )
                for frame in scene.frames
            ],
        },
    }


def _floor_record(floor: FloorPlan) -> dict[str, object]:
    return {
        "area": floor.area,
        "half_width": floor.half_width,
        "height": floor.height,
        "source": floor.source,
        "rings": [np.asarray(ring, dtype=np.float64).tolist() for ring in floor.rings],
    }


def _object_record(item: SceneObject) -> dict[str, object]:
    return {
        "id": item.id,
        "label": item.label,
        "source_label": item.source_label,
        "box_kind": item.box_kind,
        "points": item.point_range,
        **({"box_slack": item.box_slack} if item.box_slack else {}),
    }


def _stored_path(path: Path | None, target: Path) -> str | None:
    if path is None:
        return None
    absolute = path.absolute()
    inside = absolute.is_relative_to(target.absolute())
    return (absolute.relative_to(target.absolute()) if inside else absolute).as_posix()


def read_objects(
    records: list[Fields], boxes: NDArray[np.float64], boxes_path: Path
) -> tuple[SceneObject, ...]:
    """Return the objects of records and rows of `pack_boxes` that belong together."""
    return tuple(
        _read_object(record, row, boxes_path, f"boxes[{place}]")
        for place, (record, row) in enumerate(zip(records, boxes, strict=True))
    )


def _read_object(
    record: Fields, row: NDArray[np.float64], boxes_path: Path, where: str
) -> SceneObject:
    try:
        aabb, raw = _box(row[0]), _box(row[1])
        obb = raw if np.array_equal(row[1], row[2]) else _box(row[2])
    except ValueError as error:
        raise SceneError(boxes_path, where, str(error)) from error
    return SceneObject(
        id=record.integer("id"),
        label=record.text("label"),
        source_label=record.text("source_label"),
        aabb=aabb,
        obb_raw=raw,
        obb=obb,
        box_kind=_member(BoxKind, record, "box_kind"),
        point_range=_read_range(record),
        box_slack=record.number("box_slack") if "box_slack" in record else 0.0,
    )


def _read_range(record: Fields) -> tuple[int, int] | None:
    if record.get("points") is None:
        return None
    values = record.integers("points")
    if len(values) != 2 or not 0 <= values[0] <= values[1]:
        record.fail("points", f"expected [start, stop], got {values.tolist()}")
    return int(values[0]), int(values[1])


def _member(kind: type[Any], record: Fields, key: str) -> Any:
    try:
        return kind(record.text(key))
    except ValueError:
        known = ", ".join(repr(str(member)) for member in kind)
        record.fail(key, f"expected one of {known}, got {record.text(key)!r}")


def pack_boxes(items: Iterable[SceneObject]) -> NDArray[np.float64]:
    """Return (n, 3, 15): for aabb, obb_raw and obb the centre, the axes by rows, the extents."""
    rows = [
        [np.concatenate([box.centre, box.axes.reshape(9), box.extents]) for box in boxes]
        for boxes in ((item.aabb, item.obb_raw, item.obb) for item in items)
    ]
    return np.array(rows, dtype=np.float64).reshape(len(rows), 3, 15)


def _box(row: NDArray[np.float64]) -> OrientedBox:
    return OrientedBox(centre=row[:3], axes=row[3:12].reshape(3, 3), extents=row[12:])


def read_intrinsics(record: Fields) -> Intrinsics:
    """Return the intrinsics of a record with the fields of `Intrinsics`."""
    try:
        return Intrinsics(
            fx=record.number("fx"),
            fy=record.number("fy"),
            cx=record.number("cx"),
            cy=record.number("cy"),
            width=record.integer("width"),
            height=record.integer("height"),
        )
    except ValueError as error:
        raise SceneError(record.source, record.path, str(error)) from error


def read_frames(fields: Fields, poses: NDArray[np.float64], folder: Path) -> tuple[Frame, ...]:
    """Return the frames of a header; `poses` is (n, 4, 4)."""
    intrinsics = [None, *(read_intrinsics(record) for record in fields.records("intrinsics"))]
    ids, cameras, images, depths, sources = _columns(fields.fields("frames"))
    known: dict[object, VisibilitySource | None] = {None: None}
    known |= {source.value: source for source in VisibilitySource}
    paths = _Paths(folder)
    return tuple(
        Frame(
            id=frame_id,
            world_from_camera=pose,
            intrinsics=intrinsics[0 if camera is None else camera + 1],
            image_path=paths.path(image),
            depth_path=paths.path(depth),
            visibility_source=known[source],
        )
        for frame_id, camera, image, depth, source, pose in zip(
            _typed(ids, "id", fields, str),
            _within(cameras, len(intrinsics) - 1, fields),
            _typed(images, "image", fields, str, type(None)),
            _typed(depths, "depth", fields, str, type(None)),
            _among(sources, known, fields),
            poses,
            strict=True,
        )
    )


class _Paths:
    """Makes the paths of thousands of files in few folders, parsing each folder once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parents: dict[str, Path] = {}

    def path(self, stored: str | None) -> Path | None:
        if stored is None:
            return None
        start, _, name = stored.rpartition("/")
        parent = self._parents.get(start)
        if parent is None:
            top = "/" if stored.startswith("/") else ""
            parent = self._parents[start] = self._folder / (start or top)
        return parent / name


def _columns(frames: Fields) -> list[tuple[Any, ...]]:
    """Return the columns of the table of frames; a scan has thousands, read column by column."""
    if frames.get("columns") != list(FRAME_COLUMNS):
        frames.fail("columns", f"expected {list(FRAME_COLUMNS)}, got {frames.get('columns')}")
    rows = frames.items("rows")
    if not all(isinstance(row, list) and len(row) == len(FRAME_COLUMNS) for row in rows):
        frames.fail("rows", f"a row has not {len(FRAME_COLUMNS)} values")
    return list(zip(*rows, strict=True)) if rows else [() for _ in FRAME_COLUMNS]


def _typed(values: tuple[Any, ...], name: str, fields: Fields, *kinds: type) -> tuple[Any, ...]:
    for place, value in enumerate(values):
        if type(value) not in kinds:
            fields.fail(f"frames.rows[{place}].{name}", f"wrong type: {value!r}")
    return values


def _within(values: tuple[Any, ...], count: int, fields: Fields) -> tuple[Any, ...]:
    for place, value in enumerate(_typed(values, "intrinsics", fields, int, type(None))):
        if value is not None and not 0 <= value < count:
            problem = f"there are {count}, got number {value}"
            fields.fail(f"frames.rows[{place}].intrinsics", problem)
    return values


def _among(
    values: tuple[Any, ...], known: Mapping[object, object], fields: Fields
) -> tuple[Any, ...]:
    for place, value in enumerate(_typed(values, "visibility", fields, str, type(None))):
        if value not in known:
            fields.fail(f"frames.rows[{place}].visibility", f"unknown: {value!r}")
    return values


def read_floor(record: Fields) -> FloorPlan:
    """Return the floor plan of a record."""
    rings = []
    for place, ring in enumerate(record.items("rings")):
        corners = Fields({"ring": ring}, record.source, record.where(f"rings[{place}]"))
        flat = [value for corner in corners.items("ring") for value in _pair(corners, corner)]
        rings.append(np.array(flat, dtype=np.float64).reshape(-1, 2))
    return FloorPlan(
        area=record.number("area"),
        half_width=record.number("half_width"),
        height=record.optional("height", record.number),
        source=_member(FloorSource, record, "source"),
        rings=tuple(rings),
    )


def _pair(ring: Fields, corner: object) -> tuple[float, float]:
    x, y = Fields({"corner": corner}, ring.source, ring.path).numbers("corner", 2)
    return float(x), float(y)


def read_noise(record: Fields) -> NoiseModel:
    """Return the noise model of a record."""
    return NoiseModel(
        point_sigma=record.number("point_sigma"),
        object_offset_sigma=record.number("object_offset_sigma"),
        pose_translation_sigma=record.number("pose_translation_sigma"),
        pose_rotation_sigma=record.number("pose_rotation_sigma"),
        depth_sigma_constant=record.number("depth_sigma_constant"),
        depth_sigma_quadratic=record.number("depth_sigma_quadratic"),
    )


def read_counts(record: Fields) -> Mapping[str, int]:
    """Return a mapping of label to count."""
    return MappingProxyType({label: record.integer(label) for label in record})


def read_reasons(record: Fields) -> Mapping[str, str]:
    """Return a mapping of frame id to reason."""
    return MappingProxyType({frame_id: record.text(frame_id) for frame_id in record})
