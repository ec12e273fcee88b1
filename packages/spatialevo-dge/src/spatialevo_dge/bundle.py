# SPDX-License-Identifier: Apache-2.0
"""A scene on disk: one folder with a readable header and the arrays, every byte verified.

::

    SCENE/scene.json            header: identity, labels, frames, choices, SHA-256 of every file
    SCENE/boxes.npy             (objects + structure, 3, 15) float64, see `bundle_header.pack_boxes`
    SCENE/poses.npy             (frames, 4, 4) float64, world_from_camera
    SCENE/visibility.npy        records of `visibility.VISIBILITY_DTYPE`
    SCENE/points_in_world.npy   and the other arrays of a cloud, see `arrays_cloud.CLOUD_ARRAYS`
    SCENE/…                     attachments, such as images

The header, boxes, poses and visibility are verified by `load`, the arrays of the cloud when they
are first touched, everything by `verify`. A scene may be moved: what lies inside its folder is
named relative to it. The same scene gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge import bundle_header as header
from spatialevo_dge.array_files import ArrayFile, write_durably
from spatialevo_dge.arrays_cloud import CLOUD_ARRAYS, MappedCloud
from spatialevo_dge.atomic_folder import left_aside, new_folder
from spatialevo_dge.errors import SceneError
from spatialevo_dge.json_fields import Fields
from spatialevo_dge.scene import Scene
from spatialevo_dge.visibility import VISIBILITY_DTYPE, VisibilityTable

HEADER: Final = "scene.json"
MAX_ROTATION_ERROR: Final = 1e-3
"""Largest deviation of RᵀR from the identity; scans' poses are printed with 6 digits."""

_F8 = np.dtype("<f8")
_DTYPES: Final[Mapping[str, np.dtype[Any]]] = {
    "boxes": _F8,
    "poses": _F8,
    "visibility": VISIBILITY_DTYPE,
    **{name: dtype for name, (dtype, _) in CLOUD_ARRAYS.items()},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleReport:
    """What `verify` found to be whole."""

    path: Path
    files: int
    bytes: int


def save(
    scene: Scene,
    path: str | Path,
    *,
    overwrite: bool = False,
    attachments: Mapping[str, bytes | Path] = MappingProxyType({}),
) -> None:
    """Write a scene as a bundle, atomically.

    Args:
        scene: The scene. Frames whose images lie in the folder `path` are stored relative to it,
            others by absolute path.
        path: The bundle's folder; must not exist unless `overwrite`.
        overwrite: Whether an existing bundle is replaced; the former one stays whole until the new
            one is. Anything else than a bundle is never replaced.
        attachments: Contents of further files by relative path, such as ``"images/000.png"``; a
            path means the contents of the file there, which is copied.

    Raises:
        FileExistsError: The path exists, and is not to be replaced or not a bundle.
        ValueError: An attachment's name leaves the folder or is taken, or the provenance holds what
            JSON cannot write.
    """
    target = Path(path)
    if overwrite and target.exists() and not (target / HEADER).is_file():
        raise FileExistsError(f"{target} is not a scene bundle; it is not replaced")
    contents = {_attachment_name(name): content for name, content in attachments.items()}
    record = header.scene_record(scene, target)
    header.encode_header(record)  # refuses what cannot be written before anything is
    with new_folder(target, overwrite=overwrite) as folder:
        record["arrays"] = {
            name: {"shape": file.shape, "sha256": file.sha256}
            for name, file in _write_arrays(scene, folder)
        }
        record["attachments"] = {
            name.as_posix(): _attach(folder / name, content) for name, content in contents.items()
        }
        write_durably(folder / HEADER, header.encode_header(record))


def _write_arrays(scene: Scene, folder: Path) -> Iterator[tuple[str, ArrayFile]]:
    for name, array in _arrays(scene).items():
        yield name, ArrayFile.write(folder / f"{name}.npy", array, _DTYPES[name])


def _attach(path: Path, content: bytes | Path) -> str:
    """Write one attachment, one at a time in memory, and return its digest."""
    data = content.read_bytes() if isinstance(content, Path) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, data)
    return hashlib.sha256(data).hexdigest()


def _attachment_name(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts:
        raise ValueError(f"attachments: {name!r} leaves the bundle's folder")
    if name == HEADER or (len(path.parts) == 1 and path.suffix == ".npy"):
        raise ValueError(f"attachments: {name!r} is a name the bundle uses itself")
    return path


def _arrays(scene: Scene) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {
        "boxes": header.pack_boxes((*scene.objects, *scene.structure)),
        "poses": np.array([f.world_from_camera for f in scene.frames]).reshape(-1, 4, 4),
    }
    if scene.visibility is not None:
        arrays["visibility"] = scene.visibility.records
    if scene.cloud is not None:
        for name in CLOUD_ARRAYS:
            array = getattr(scene.cloud, name)
            if array is not None:
                arrays[name] = array
    return arrays


def load(path: str | Path) -> Scene:
    """Load a bundle; its cloud stays on disk until it is used.

    Raises:
        SceneError: A file is missing, truncated, damaged or of another format.
    """
    folder = Path(path)
    fields = _read_header(folder)
    files = _array_files(fields, folder)
    for file in files.values():
        file.require_size()
    objects, structure = fields.records("objects"), fields.records("structure")
    boxes = _read(files, "boxes", (len(objects) + len(structure), 3, 15), fields)
    frame_count = len(fields.fields("frames").items("rows"))
    poses = _read(files, "poses", (frame_count, 4, 4), fields)
    _require_rigid(poses, files["poses"].path)
    boxes_path = files["boxes"].path
    cloud_files = {name: file for name, file in files.items() if name in CLOUD_ARRAYS}
    scene = Scene(
        id=fields.text("id"),
        source=fields.text("source"),
        objects=header.read_objects(objects, boxes[: len(objects)], boxes_path),
        structure=header.read_objects(structure, boxes[len(objects) :], boxes_path),
        frames=header.read_frames(fields, poses, folder),
        visibility=_read_visibility(files, len(poses)),
        cloud=_read_cloud(cloud_files, fields),
        floor=None if fields.get("floor") is None else header.read_floor(fields.fields("floor")),
        noise=header.read_noise(fields.fields("noise")),
        skipped_frames=header.read_reasons(fields.fields("skipped_frames")),
        annotated_counts=header.read_counts(fields.fields("annotated_counts")),
        provenance=fields.frozen("provenance"),
    )
    _require_ranges(scene, fields)
    return scene


def verify(path: str | Path) -> BundleReport:
    """Read every byte of a bundle and check it, attachments included.

    Raises:
        SceneError: Something is missing or damaged; names file and field.
    """
    folder = Path(path)
    scene = load(folder)
    if scene.cloud is not None:
        for name in CLOUD_ARRAYS:
            getattr(scene.cloud, name)
    fields = _read_header(folder)
    files = [file.path for file in _array_files(fields, folder).values()]
    attachments = fields.fields("attachments")
    for name in attachments:
        file = folder / name
        if not file.is_file():
            raise SceneError(file, "file", "missing")
        if hashlib.sha256(file.read_bytes()).hexdigest() != attachments.text(name):
            raise SceneError(file, "sha256", "the file is damaged or not the one written")
        files.append(file)
    files.append(folder / HEADER)
    size = sum(file.stat().st_size for file in files)
    return BundleReport(path=folder, files=len(files), bytes=size)


def _read_header(folder: Path) -> Fields:
    if not folder.exists():
        former = left_aside(folder)
        hint = f"; an interrupted overwrite left the former bundle at {former[0]}" if former else ""
        raise SceneError(folder, "folder", f"there is no such bundle{hint}")
    return header.decode_header(folder / HEADER)


def _array_files(fields: Fields, folder: Path) -> dict[str, ArrayFile]:
    arrays = fields.fields("arrays")
    files = {}
    for name in arrays:
        if name not in _DTYPES:
            arrays.fail(name, "unknown array")
        record = arrays.fields(name)
        shape = tuple(record.integers("shape").tolist())
        if not shape or min(shape) < 0:
            record.fail("shape", f"expected lengths >= 0, got {list(shape)}")
        path = folder / f"{name}.npy"
        files[name] = ArrayFile(path, _DTYPES[name], shape, record.text("sha256"))
    return files


def _read(
    files: Mapping[str, ArrayFile], name: str, shape: tuple[int, ...], fields: Fields
) -> NDArray[np.float64]:
    if name not in files:
        fields.fail(f"arrays.{name}", "missing")
    if files[name].shape != shape:
        fields.fail(f"arrays.{name}.shape", f"expected {shape}, got {files[name].shape}")
    return files[name].read()


def _require_rigid(poses: NDArray[np.float64], path: Path) -> None:
    rotations = poses[:, :3, :3]
    gram = np.matmul(rotations.transpose(0, 2, 1), rotations) - np.eye(3)
    good = (
        np.isfinite(poses).all(axis=(1, 2))
        & (np.abs(gram).max(axis=(1, 2), initial=0.0) <= MAX_ROTATION_ERROR)
        & (np.linalg.det(rotations) > 0)
        & (poses[:, 3] == (0.0, 0.0, 0.0, 1.0)).all(axis=1)
    )
    if not bool(good.all()):
        raise SceneError(path, f"poses[{int(np.argmin(good))}]", "not a rigid transform")


def _read_visibility(files: Mapping[str, ArrayFile], frame_count: int) -> VisibilityTable | None:
    if "visibility" not in files:
        return None
    try:
        return VisibilityTable(files["visibility"].read(), frame_count)
    except ValueError as error:
        raise SceneError(files["visibility"].path, "records", str(error)) from error


def _read_cloud(files: Mapping[str, ArrayFile], fields: Fields) -> MappedCloud | None:
    if not files:
        return None
    if "points_in_world" not in files:
        fields.fail("arrays.points_in_world", "missing")
    return MappedCloud(files)


def _require_ranges(scene: Scene, fields: Fields) -> None:
    limit = scene.cloud.point_count if isinstance(scene.cloud, MappedCloud) else 0
    for item in (*scene.objects, *scene.structure):
        if item.point_range is not None and item.point_range[1] > limit:
            problem = f"object {item.id} ends at row {item.point_range[1]} of {limit}"
            fields.fail("objects.points", problem)
