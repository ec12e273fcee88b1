# SPDX-License-Identifier: Apache-2.0
"""The frames of a scan while it is imported, and what all importers of scans do with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from spatialevo_dge.importers.checks import check_scan
from spatialevo_dge.importers.coverage_gain import Subject
from spatialevo_dge.importers.selection import FrameSelection
from spatialevo_dge.json_fields import frozen_record
from spatialevo_dge.observe import DepthCamera, observe
from spatialevo_dge.scene import Frame, Scene

DepthCameras = DepthCamera | Mapping[str, DepthCamera] | None
"""The camera of all depth images, that of each frame by its id, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """Choices that every importer of scans offers; each is written into the scene's provenance.

    Attributes:
        frames: Which frames.
        visibility: Whether to compute what each frame shows.
        images: Folder for images that have to be made: unpacked from a stream, or turned upright.
            None: an import that has to make some is refused.
    """

    frames: FrameSelection = field(default_factory=FrameSelection)
    visibility: bool = True
    images: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFrames:
    """What a scan has of frames.

    Attributes:
        frames: Those that can be used, in capture order.
        skipped: Why others cannot.
        depth_camera: The camera of their depth images.
        make: Makes the image files of a frame that was chosen, where they have to be made.
        notes: What a reader of the provenance should know.
    """

    frames: tuple[Frame, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    depth_camera: DepthCameras = None
    make: Callable[[Frame], Frame] | None = None
    notes: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


def with_frames(bare: Scene, found: ScanFrames, options: ScanOptions) -> Scene:
    """Return a scene with the frames chosen, what they show, and the numbers of its self-check.

    Raises:
        SceneError: An image is missing or damaged.
    """
    subject = Subject(objects=bare.objects, cloud=bare.cloud, floor=bare.floor)
    frames = options.frames.settle(found.frames, subject)
    if found.make is not None:
        frames = [found.make(frame) for frame in frames]
    scene = replace(bare, frames=tuple(frames), skipped_frames=found.skipped)
    if options.visibility:
        scene = observe(scene, found.depth_camera)
    record = {
        **bare.provenance,
        "frames": {**options.frames.record(), **found.notes},
        "checks": check_scan(scene, found.depth_camera).record(),
    }
    return replace(scene, provenance=frozen_record(record))
