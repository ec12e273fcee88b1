# SPDX-License-Identifier: Apache-2.0
"""What each frame of a noisy room shows of each object, as one would compute it for a scan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.observe import depth_band, scaled, visibility_table
from spatialevo_dge.scene import Frame, Scene
from spatialevo_dge.synthetic.construction import Construction
from spatialevo_dge.synthetic.disturb import Disturbance
from spatialevo_dge.synthetic.mesh import Surface
from spatialevo_dge.synthetic.render import Renderer
from spatialevo_dge.visibility import VisibilityTable
from spatialevo_geometry import (
    DepthBand,
    Intrinsics,
    PosedCamera,
    SurfaceSamples,
    visible_fraction,
)

_WIDTH: Final = 640
"""Depth images that visibility is judged by are at least this wide, pixels."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """Looks at disturbed surfaces through disturbed depth images."""

    construction: Construction
    renderer: Renderer
    disturbance: Disturbance

    def look(self, scene: Scene, centroids: Surface) -> VisibilityTable:
        """Return the visibility of the objects, sampled at the middles of their triangles."""
        samples = self._samples(centroids)
        rows: list[tuple[Any, ...]] = []
        for index, frame in enumerate(scene.frames):
            rows += self._records(index, frame, samples)
        return visibility_table(rows, len(scene.frames))

    def _samples(self, centroids: Surface) -> Mapping[int, SurfaceSamples]:
        count = len(self.construction.objects)
        points = self.disturbance.surface(centroids, count, "samples")
        return {
            item.id: SurfaceSamples(
                points_in_world=points[start:stop],
                normals_in_world=centroids.normals[start:stop],
                weights=centroids.areas[start:stop],
            )
            for item, (start, stop) in zip(
                self.construction.objects, centroids.ranges[:count], strict=True
            )
        }

    def _records(
        self, index: int, frame: Frame, samples: Mapping[int, SurfaceSamples]
    ) -> Iterator[tuple[Any, ...]]:
        """Yield a row of `VISIBILITY_DTYPE` for every object that shows in the frame."""
        if frame.intrinsics is None:
            raise ValueError(f"frame {frame.id!r} has no intrinsics")
        camera = PosedCamera(world_from_camera=frame.world_from_camera, intrinsics=frame.intrinsics)
        image = scaled(frame.intrinsics, max(1.0, _WIDTH / frame.intrinsics.width))
        depth, pixels = self._measured(index, frame.intrinsics, image)
        for place, (number, surface) in enumerate(samples.items()):
            seen = visible_fraction(surface, camera, depth, self._band, depth_intrinsics=image)
            if seen.box_2d is None:
                continue
            yield (
                index, number, seen.of_facing, seen.of_total, seen.unknown_of_facing,
                int(pixels[place]), seen.box_2d, seen.nearest_depth, seen.median_depth,
                seen.truncated,
            )  # fmt: skip

    @property
    def _band(self) -> DepthBand:
        return depth_band(self.disturbance.noise)

    def _measured(
        self, index: int, intrinsics: Intrinsics, image: Intrinsics
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the depth that visibility is judged by, and each owner's pixels in the frame.

        Samples may be sparser than pixels; the renderer knows how many there are of these.
        """
        pose = self.construction.cameras[index].world_from_camera
        depth, owners = self.renderer.depth(pose, image)
        counts = np.bincount(owners[owners >= 0], minlength=self.renderer.owner_count)
        finer = image.width * image.height / (intrinsics.width * intrinsics.height)
        pixels = np.rint(counts / finer).astype(np.int64)
        return self.disturbance.depth(depth, f"wide depth {index}"), pixels
