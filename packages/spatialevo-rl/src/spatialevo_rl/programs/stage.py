# SPDX-License-Identifier: Apache-2.0
"""What of a scene a program's process is given: boxes, the cameras shown, what they see, the floor.

No id of scene or file, no image, no point, no frame that is not shown: a program cannot tell one
scene from another but by what is in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spatialevo_dge import Policy, Scene, View
from spatialevo_dge.scene import FloorPlan, Frame, NoiseModel, SceneObject
from spatialevo_dge.visibility import VisibilityTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A scene as programs may know it; it crosses to another process by pickle.

    Attributes:
        objects: All instances, without their points.
        frames: The frames shown, in the order shown, without their files.
        visibility: What these show; None where it was not computed.
        floor: Floor area and outline; None: unknown.
        noise: Noise of the scan.
        policy: Conventions by which the operators measure.
    """

    objects: tuple[SceneObject, ...]
    frames: tuple[Frame, ...]
    visibility: VisibilityTable | None
    floor: FloorPlan | None
    noise: NoiseModel
    policy: Policy

    def view(self) -> View:
        """Return a scene of just this, with its frames shown."""
        scene = Scene(
            id="scene",
            source="program",
            objects=self.objects,
            frames=self.frames,
            visibility=self.visibility,
            floor=self.floor,
            noise=self.noise,
        )
        return View(scene, self.frames)


def stage_of(scene: Scene, frames: tuple[str, ...], policy: Policy) -> Stage:
    """Take from a scene what a program may know.

    Raises:
        ValueError: The scene has no such frame, or one is shown twice.
    """
    missing = [frame for frame in frames if frame not in scene.frames_by_id]
    if missing:
        raise ValueError(f"frames: scene {scene.id!r} has no frame {missing[0]!r}")
    if len(set(frames)) < len(frames):
        raise ValueError(f"frames: one is shown twice in {frames}")
    shown = (scene.frames_by_id[frame] for frame in frames)
    return Stage(
        objects=tuple(replace(item, point_range=None) for item in scene.objects),
        frames=tuple(replace(frame, image_path=None, depth_path=None) for frame in shown),
        visibility=_seen(scene, frames),
        floor=scene.floor,
        noise=scene.noise,
        policy=policy,
    )


def _seen(scene: Scene, frames: tuple[str, ...]) -> VisibilityTable | None:
    """Return the records of the frames shown, renumbered."""
    if scene.visibility is None:
        return None
    records = scene.visibility.records
    parts = [records[:0]]
    for number, frame in enumerate(frames):
        rows = records[records["frame"] == scene.frame_index[frame]].copy()
        rows["frame"] = number
        parts.append(rows)
    return VisibilityTable(np.concatenate(parts), len(frames))
