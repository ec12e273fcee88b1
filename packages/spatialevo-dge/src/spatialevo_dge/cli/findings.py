# SPDX-License-Identifier: Apache-2.0
"""What `check` looks at: one finding a line, each plain from the scene itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from spatialevo_dge import bundle
from spatialevo_dge.bundle import MAX_ROTATION_ERROR
from spatialevo_dge.cli.finding import Finding, State
from spatialevo_dge.cli.import_findings import imported_findings
from spatialevo_dge.cli.quantities import counted, listed, quantity
from spatialevo_dge.importers.checks import PLAUSIBLE, wall_height
from spatialevo_dge.scene import Scene, SceneObject
from spatialevo_dge.thresholds import DEFAULT
from spatialevo_geometry import point_in_polygon

NAMED: Final = 6


def examine(scene: Scene, folder: Path | None) -> list[Finding]:
    """Look at a scene; a damaged file raises instead.

    Raises:
        SceneError: A byte of the bundle is not the one written.
    """
    return [
        *_files(folder),
        *_objects(scene),
        *_points(scene),
        *_frames(scene),
        *_visibility(scene),
        *_room(scene),
        *imported_findings(scene),
        *_noise(scene),
    ]


def _found(name: str, text: str, state: State = State.OK) -> Finding:
    return Finding(name=name, state=state, text=text)


def _files(folder: Path | None) -> Iterator[Finding]:
    if folder is None:
        yield _found("files", "made just now, not read from disk", State.ABSENT)
        return
    report = bundle.verify(folder)
    size = f"{report.bytes / 1e6:,.1f} MB"
    yield _found("files", f"{counted(report.files, 'file')}, {size}, every byte as written")


def _objects(scene: Scene) -> Iterator[Finding]:
    labels = len(scene.objects_by_label)
    text = f"{counted(len(scene.objects), 'object')} of {counted(labels, 'label')}"
    if scene.structure:
        text += f", and {listed(sorted({item.label for item in scene.structure}))}"
    yield _found("objects", text, State.OK if scene.objects else State.BROKEN)
    bad = [item for item in scene.objects if not _sound(item)]
    yield _found(
        "boxes",
        f"not finite or without extent: {_names(bad)}" if bad else _box_kinds(scene),
        State.BROKEN if bad else State.OK,
    )
    off = {
        label: (count, len(scene.objects_by_label.get(label, ())))
        for label, count in scene.annotated_counts.items()
        if count != len(scene.objects_by_label.get(label, ()))
    }
    if scene.annotated_counts:
        parts = [f"{label} {count} for {boxes} boxes" for label, (count, boxes) in off.items()]
        text = f"differ from the boxes: {listed(parts)}" if off else "as many as boxes"
        yield _found("annotated counts", text, State.LOOK if off else State.OK)


def _sound(item: SceneObject) -> bool:
    boxes = (item.aabb, item.obb_raw, item.obb)
    return all(
        bool(np.isfinite(box.centre).all() and np.isfinite(box.extents).all())
        and bool((box.extents >= 0.0).all())
        and box.longest_side > 0.0
        for box in boxes
    )


def _box_kinds(scene: Scene) -> str:
    kinds = sorted({item.box_kind.value for item in scene.objects})
    sides = [item.obb.longest_side for item in scene.objects]
    if not sides:
        return "none"
    span = f"longest sides {quantity(min(sides), 'm')} to {quantity(max(sides), 'm')}"
    return f"{listed(kinds)}; {span}"


def _points(scene: Scene) -> Iterator[Finding]:
    if scene.cloud is None:
        yield _found("points", "none; questions that need points are refused", State.ABSENT)
        return
    points = scene.cloud.points_in_world
    finite = bool(np.isfinite(points).all())
    extras = [
        name for name in ("normals_in_world", "areas", "colours", "faces")
        if getattr(scene.cloud, name) is not None
    ]  # fmt: skip
    words = [name.split("_")[0] for name in extras]
    text = f"{len(points):,}" + (f" with {listed(words)}" if words else "")
    yield _found(
        "points", text if finite else "not all finite", State.OK if finite else State.BROKEN
    )
    owned = [item.point_count or 0 for item in (*scene.objects, *scene.structure)]
    share = sum(owned) / max(len(points), 1)
    yield _found("label coverage", f"{share:.1%} of the points belong to a labelled instance")
    yield from _points_per_object(scene)


def _points_per_object(scene: Scene) -> Iterator[Finding]:
    counts = [item.point_count or 0 for item in scene.objects]
    if not counts:
        return
    sparse = [i for i in scene.objects if (i.point_count or 0) < DEFAULT.min_points]
    text = f"{min(counts):,} to {max(counts):,}, median {int(np.median(counts)):,}"
    if sparse:
        text += f"; fewer than {DEFAULT.min_points}: {_names(sparse)}"
    yield _found("points per object", text, State.LOOK if sparse else State.OK)


def _frames(scene: Scene) -> Iterator[Finding]:
    if not scene.frames:
        yield _found("frames", "none; questions with images are refused", State.ABSENT)
    else:
        paths = {frame.id: frame.image_path for frame in scene.frames if frame.image_path}
        missing = [frame for frame, path in paths.items() if not path.is_file()]
        images = len(paths)
        depths = sum(frame.depth_path is not None for frame in scene.frames)
        text = f"{len(scene.frames):,}, {images:,} with an image, {depths:,} with depth"
        if missing:
            text += f"; image missing: {_few(missing)}"
        yield _found("frames", text, State.LOOK if missing else State.OK)
        yield _poses(scene)
    if scene.skipped_frames:
        reasons = [f"{frame}: {reason}" for frame, reason in scene.skipped_frames.items()]
        yield _found("skipped frames", _few(reasons), State.LOOK)


def _poses(scene: Scene) -> Finding:
    poses = np.array([frame.world_from_camera for frame in scene.frames])
    rotations = poses[:, :3, :3]
    with np.errstate(invalid="ignore"):
        gram = np.abs(rotations.transpose(0, 2, 1) @ rotations - np.eye(3)).max(axis=(1, 2))
        good = (gram <= MAX_ROTATION_ERROR) & (np.linalg.det(rotations) > 0.0)
    good &= np.isfinite(poses).all(axis=(1, 2))
    bad = [frame.id for frame, sound in zip(scene.frames, good, strict=True) if not sound]
    if bad:
        return _found("poses", f"not rigid: {_few(bad)}", State.BROKEN)
    return _found("poses", f"rigid; largest deviation from orthonormal {gram.max():.1e}")


def _visibility(scene: Scene) -> Iterator[Finding]:
    if not scene.frames:
        return
    known = [frame for frame in scene.frames if frame.visibility_source is not None]
    if scene.visibility is None or not known:
        text = "not computed; questions about what images show are refused"
        yield _found("visibility", text, State.ABSENT)
        return
    seen = {
        item
        for frame in known
        for item, record in scene.visibility.in_frame(scene.frame_index[frame.id]).items()
        if record.of_facing >= DEFAULT.min_visible
    }
    sources = sorted({str(frame.visibility_source) for frame in known})
    text = (
        f"{len(known):,} of {len(scene.frames):,} frames, from {listed(sources)}; "
        f"{len(seen):,} of {len(scene.objects):,} objects seen"
    )
    yield _found("visibility", text, State.OK if len(known) == len(scene.frames) else State.LOOK)


def _room(scene: Scene) -> Iterator[Finding]:
    floor = scene.floor
    if floor is None:
        yield _found("floor", "unknown; its size cannot be asked", State.ABSENT)
        return
    low, high = PLAUSIBLE["floor_area"].low, PLAUSIBLE["floor_area"].high
    plausible = low <= floor.area <= high
    text = f"{quantity(floor.area, 'm2')}, {floor.source.value}"
    if floor.half_width:
        text += f", ± {quantity(floor.half_width, 'm2')}"
    if not plausible:
        text += f"; a room has {low:g} to {high:g} m²"
    yield _found("floor", text, State.OK if plausible else State.BROKEN)
    yield from _walls(scene)
    yield from _outside(scene)


def _walls(scene: Scene) -> Iterator[Finding]:
    top = wall_height(scene)
    if top is None:
        return
    low, high = PLAUSIBLE["wall_height"].low, PLAUSIBLE["wall_height"].high
    plausible = low <= top <= high
    text = f"{quantity(top, 'm')} above the floor"
    if not plausible:
        text += f"; walls are {low:g} to {high:g} m high"
    yield _found("walls", text, State.OK if plausible else State.BROKEN)


def _outside(scene: Scene) -> Iterator[Finding]:
    if scene.floor is None or not scene.floor.rings or not scene.objects:
        return
    centres = np.array([item.obb.centre[:2] for item in scene.objects])
    inside = point_in_polygon(centres, scene.floor.rings)
    outside = [item for item, within in zip(scene.objects, inside, strict=True) if not within]
    text = f"centre beyond the floor's outline: {_names(outside)}" if outside else "none"
    yield _found("outside the room", text, State.LOOK if outside else State.OK)


def _noise(scene: Scene) -> Iterator[Finding]:
    noise = scene.noise
    if noise.is_exact:
        yield _found("noise", "none")
        return
    points, poses = quantity(noise.point_sigma, "m"), quantity(noise.pose_translation_sigma, "m")
    turn = quantity(float(np.degrees(noise.pose_rotation_sigma)), "deg")
    yield _found("noise", f"points {points}, poses {poses} and {turn} (one sigma)")


def _names(items: list[SceneObject]) -> str:
    return _few([f"{item.label} (#{item.id})" for item in items])


def _few(words: list[str]) -> str:
    rest = len(words) - NAMED
    return ", ".join(words[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
