# SPDX-License-Identifier: Apache-2.0
"""Numbers by which a scan that was read with a wrong convention gives itself away.

Each is measured on the scene itself, stored in its provenance when it is imported, and has a range
in which it is plausible: a camera upside down, a pose under the floor, millimetres taken for metres
or an alignment forgotten puts at least one of them far outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers.labels import is_known
from spatialevo_dge.json_fields import Fields
from spatialevo_dge.observe import DepthCamera
from spatialevo_dge.scene import FloorPlan, Frame, Scene, SceneObject
from spatialevo_dge.selfcheck import disagreement
from spatialevo_geometry import fit_plane, point_in_polygon
from spatialevo_geometry.rigid import rotation_error

COMPARED: Final = 8
"""Frames whose depth images are compared with the scan, evenly drawn: enough to see a wrong
convention, which spoils all of them."""
TOP_SHARE: Final = 0.995
"""Share of the points below the "ceiling": what sticks out of a scan is a few stray points."""
BEYOND: Final = 0.10
"""Metres by which a box's centre may lie outside the floor's outline (windows, wall pictures)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanChecks:
    """What was measured; None where the scene lacks what it takes.

    Attributes:
        reprojection_error: Median difference between depth images and the scan rendered from the
            same poses, metres; infinite where a depth image shows something and the scan, seen from
            there, nothing.
        pose_error: Largest deviation of RᵀR from the identity.
        poses_refused: Frames left out because their pose is missing, not finite or not rigid.
        camera_up: Median cosine between the cameras' own "up" and the world's.
        camera_height: Median height of the cameras above the floor, metres.
        cameras_outside: Share of the cameras beyond the floor's outline.
        floor_tilt: Angle between the normal of what is labelled floor and the world's up, degrees.
        wall_height: From the floor to the highest of the points, metres.
        floor_area: Square metres.
        objects_outside: Share of the objects whose centre lies beyond the floor's outline.
        label_coverage: Share of the points that belong to a labelled instance.
        known_labels: Share of the instances whose label the vocabulary knows.
        least_points: Points of the object that has fewest.
        median_points: Points of an object, median.
    """

    reprojection_error: float | None = None
    pose_error: float | None = None
    poses_refused: float | None = None
    camera_up: float | None = None
    camera_height: float | None = None
    cameras_outside: float | None = None
    floor_tilt: float | None = None
    wall_height: float | None = None
    floor_area: float | None = None
    objects_outside: float | None = None
    label_coverage: float | None = None
    known_labels: float | None = None
    least_points: float | None = None
    median_points: float | None = None

    def record(self) -> dict[str, object]:
        """Write what was measured as JSON; infinity, which JSON lacks, as text."""
        known = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: value if np.isfinite(value) else "inf" for name, value in known.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What is plausible for a number, and what it is measured in."""

    low: float
    high: float
    unit: str = ""


PLAUSIBLE: Final[Mapping[str, Range]] = {
    "reprojection_error": Range(low=0.0, high=0.10, unit="m"),
    "pose_error": Range(low=0.0, high=1e-3),
    "camera_up": Range(low=0.5, high=1.0),
    "camera_height": Range(low=0.2, high=3.0, unit="m"),
    "cameras_outside": Range(low=0.0, high=0.5),
    "floor_tilt": Range(low=0.0, high=10.0, unit="deg"),
    "wall_height": Range(low=1.8, high=6.0, unit="m"),
    "floor_area": Range(low=1.0, high=1000.0, unit="m2"),
    "objects_outside": Range(low=0.0, high=0.5),
}
"""Decision 18 of the design sets wall height and floor area; the others are far beyond what an
honest scan shows (cameras are held upright, by people, inside the room)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A number outside its plausible range."""

    name: str
    value: float
    plausible: Range


def check_scan(
    scene: Scene, depth_camera: DepthCamera | Mapping[str, DepthCamera] | None = None
) -> ScanChecks:
    """Measure everything that can be measured on a scene.

    Args:
        scene: The scene.
        depth_camera: As in `observe.observe`; None: no reprojection error.

    Raises:
        SceneError: A depth image is missing or damaged.
    """
    floor, frames = scene.floor, scene.frames
    poses = np.array([frame.world_from_camera for frame in frames]).reshape(-1, 4, 4)
    counts = [item.point_count for item in scene.objects if item.point_count is not None]
    height = None if floor is None else floor.height
    return ScanChecks(
        reprojection_error=_reprojection(scene, depth_camera),
        pose_error=max((rotation_error(pose) for pose in poses), default=None),
        poses_refused=float(sum("pose" in why for why in scene.skipped_frames.values())),
        camera_up=_median(-poses[:, 2, 1]),
        camera_height=None if height is None else _median(poses[:, 2, 3] - height),
        cameras_outside=_outside(poses[:, :2, 3], floor, 0.0),
        floor_tilt=_floor_tilt(scene),
        wall_height=wall_height(scene),
        floor_area=None if floor is None else floor.area,
        objects_outside=_outside(_centres(scene.objects), floor, BEYOND),
        label_coverage=_label_coverage(scene),
        known_labels=_known_labels((*scene.objects, *scene.structure)),
        least_points=min(map(float, counts), default=None),
        median_points=_median(np.array(counts)),
    )


def suspects(checks: ScanChecks) -> tuple[Suspect, ...]:
    """Return the numbers that no honest scan has."""
    return tuple(
        Suspect(name=name, value=value, plausible=limits)
        for name, limits in PLAUSIBLE.items()
        if (value := getattr(checks, name)) is not None and not limits.low <= value <= limits.high
    )


def read_checks(scene: Scene) -> ScanChecks | None:
    """Return what was measured when a scene was imported; None: nothing was.

    Raises:
        SceneError: The provenance holds something else under that name.
    """
    if "checks" not in scene.provenance:
        return None
    stored = scene.provenance["checks"]
    if not isinstance(stored, Mapping):
        raise SceneError(scene.id, "provenance.checks", "expected an object")
    record = Fields(dict(stored), scene.id, "provenance.checks")
    known = {item.name for item in fields(ScanChecks)}
    return ScanChecks(
        **{
            name: float("inf") if record.get(name) == "inf" else record.number(name)
            for name in record
            if name in known
        }
    )


def wall_height(scene: Scene) -> float | None:
    """Return the height of (nearly) the highest point above the floor, metres.

    Where the floor is unknown, above (nearly) the lowest point.
    """
    if scene.cloud is None or not len(scene.cloud.points_in_world):
        return None
    heights = np.asarray(scene.cloud.points_in_world[:, 2], dtype=np.float64)
    low, high = np.quantile(heights, [1.0 - TOP_SHARE, TOP_SHARE]).tolist()
    floor = None if scene.floor is None else scene.floor.height
    return float(high - (low if floor is None else floor))


def _median(values: NDArray[np.float64]) -> float | None:
    return float(np.median(values)) if len(values) else None


def _reprojection(
    scene: Scene, depth_camera: DepthCamera | Mapping[str, DepthCamera] | None
) -> float | None:
    if scene.cloud is None or depth_camera is None:
        return None
    measured = list(_measured(scene.frames, depth_camera))
    if not measured:
        return None
    places = np.linspace(0, len(measured) - 1, min(COMPARED, len(measured))).round().astype(int)
    chosen = [measured[place] for place in places.tolist()]
    errors = [disagreement(frame, camera, scene.cloud) for frame, camera in chosen]
    known = [error for error in errors if error is not None]
    return float(np.median(known)) if known else None


def _measured(
    frames: Sequence[Frame], depth_camera: DepthCamera | Mapping[str, DepthCamera]
) -> Iterator[tuple[Frame, DepthCamera]]:
    for frame in frames:
        if isinstance(depth_camera, DepthCamera):
            camera: DepthCamera | None = depth_camera
        else:
            camera = depth_camera.get(frame.id)
        if camera is not None and frame.depth_path is not None:
            yield frame, camera


def _centres(items: Sequence[SceneObject]) -> NDArray[np.float64]:
    return np.array([item.obb.centre[:2] for item in items]).reshape(-1, 2)


def _outside(
    points_xy: NDArray[np.float64],
    floor: FloorPlan | None,
    margin: float,
) -> float | None:
    """Return the share of points (n, 2) outside the floor's outline by more than a margin."""
    if floor is None or not floor.rings or not len(points_xy):
        return None
    around = np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) * margin
    inside = np.zeros(len(points_xy), dtype=np.bool_)
    for step in around:
        inside |= point_in_polygon(points_xy + step, floor.rings)
    return float(np.mean(~inside))


def _floor_tilt(scene: Scene) -> float | None:
    if scene.cloud is None:
        return None
    rows = [
        np.asarray(scene.cloud.points_in_world[slice(*item.point_range)], dtype=np.float64)
        for item in scene.structure
        if item.label == "floor" and item.point_range is not None
    ]
    points = np.concatenate([*rows, np.empty((0, 3))])
    try:
        normal = fit_plane(points).normal
    except ValueError:  # fewer than three points, or all on a line
        return None
    return float(np.degrees(np.arccos(min(1.0, abs(float(normal[2]))))))


def _label_coverage(scene: Scene) -> float | None:
    if scene.cloud is None:
        return None
    count = len(scene.cloud.points_in_world)
    owned = np.zeros(count, dtype=np.bool_)
    for item in (*scene.objects, *scene.structure):
        if item.point_range is not None:
            owned[slice(*item.point_range)] = True
    return float(owned.mean()) if count else None


def _known_labels(items: Sequence[SceneObject]) -> float | None:
    return float(np.mean([is_known(item.label) for item in items])) if items else None
