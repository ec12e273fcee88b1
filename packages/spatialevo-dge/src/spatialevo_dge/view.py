# SPDX-License-Identifier: Apache-2.0
"""A view: what of a scene one question may look at.

A question asked with images speaks of what they show; asked without, of the whole scene.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spatialevo_dge.scene import Frame, Scene, SceneObject
from spatialevo_dge.visibility import Visibility


class ViewKind(StrEnum):
    """How many images a task needs."""

    SCENE = "scene"  # any number, none included
    FRAME = "frame"  # one
    PAIR = "pair"  # two

    def admits(self, frame_count: int) -> bool:
        """Whether a question with this many images can be of this kind."""
        return self is ViewKind.SCENE or frame_count == (1 if self is ViewKind.FRAME else 2)


@dataclass(frozen=True, slots=True)
class View:
    """A scene and the frames shown, in the order shown."""

    scene: Scene
    frames: tuple[Frame, ...] = ()

    def instances(self, label: str) -> tuple[SceneObject, ...]:
        """All instances of a label in the scene, whatever the frames show."""
        return self.scene.objects_by_label.get(label, ())

    def visibility(self, item: SceneObject, frame: Frame) -> Visibility | None:
        """What a frame shows of an object; None where nothing of it is visible.

        Raises:
            ValueError: Visibility was not computed for the frame.
        """
        if self.scene.visibility is None or frame.visibility_source is None:
            raise ValueError(f"frame {frame.id!r}: visibility was not computed")
        index = self.scene.frame_index[frame.id]
        return self.scene.visibility.in_frame(index).get(item.id)

    def visible_share(self, item: SceneObject, frame: Frame) -> float:
        """Visible share of the object's camera-facing surface in a frame, 0 where none."""
        record = self.visibility(item, frame)
        return 0.0 if record is None else record.of_facing

    @property
    def knows_visibility(self) -> bool:
        """Whether visibility was computed for every frame shown."""
        return self.scene.visibility is not None and all(
            frame.visibility_source is not None for frame in self.frames
        )
