# SPDX-License-Identifier: Apache-2.0
"""What each frame shows of each object, judged by the renderer's own depth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.arrays_cloud import InMemoryCloud
from spatialevo_dge.observe import MeasuredDepth, ObjectSurfaces, records, scaled, visibility_table
from spatialevo_dge.scene import Scene, VisibilitySource
from spatialevo_dge.synthetic.construction import BuiltCamera, Construction
from spatialevo_dge.synthetic.disturb import Disturbance
from spatialevo_dge.synthetic.mesh import Surface
from spatialevo_dge.synthetic.render import Renderer
from spatialevo_dge.visibility import VisibilityTable
from spatialevo_geometry import DepthBand, Intrinsics

_WIDTH: Final = 640
"""Visibility is judged on depth images at least this wide, pixels: what a scan would have."""
_ROUNDING: Final = 1e-4
"""Standard deviation, metres, that leaves room for the rounding of positions, not for more."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """Looks at a room through its frames."""

    construction: Construction
    renderer: Renderer
    disturbance: Disturbance

    def look(self, scene: Scene, samples: Surface) -> VisibilityTable:
        """Return the visibility of the scene's objects, whose surfaces the samples stand for."""
        surfaces = self._surfaces(scene, samples)
        rows: list[tuple[Any, ...]] = []
        for index, frame in enumerate(scene.frames):
            if frame.intrinsics is None:
                raise ValueError(f"frame {frame.id!r} has no intrinsics")
            camera = self.construction.cameras[index]
            measured, pixels = self._measured(camera, frame.intrinsics, index)
            # Samples may be sparser than pixels; the renderer knows how many of these there are.
            rows += (
                (*row[:5], int(pixels[row[1] - 1]), *row[6:])
                for row in records(index, frame, surfaces, measured)
            )
        return visibility_table(rows, len(scene.frames))

    def _surfaces(self, scene: Scene, samples: Surface) -> ObjectSurfaces:
        count = len(scene.objects)
        points = self.disturbance.surface(samples, count, "samples")
        cloud = InMemoryCloud(
            points_in_world=points.astype(np.float32),
            normals_in_world=samples.normals.astype(np.float32),
            areas=samples.areas.astype(np.float32),
        )
        items = [
            replace(item, point_range=rows)
            for item, rows in zip(scene.objects, samples.ranges[:count], strict=True)
        ]
        return ObjectSurfaces(cloud, items)

    def _measured(
        self, camera: BuiltCamera, intrinsics: Intrinsics, index: int
    ) -> tuple[MeasuredDepth, NDArray[np.int64]]:
        """Return the depth that visibility is judged by, and each owner's pixels in the frame."""
        image = scaled(intrinsics, max(1.0, _WIDTH / intrinsics.width))
        depth, owners = self.renderer.depth(camera.world_from_camera, image)
        counts = np.bincount(owners[owners >= 0], minlength=self.renderer.owner_count)
        noise = self.disturbance.noise
        measured = MeasuredDepth(
            depth=self.disturbance.depth(depth, f"wide depth {index}"),
            intrinsics=image,
            band=DepthBand(
                point_sigma=max(noise.point_sigma, _ROUNDING),
                depth_sigma_constant=noise.depth_sigma_constant,
                depth_sigma_quadratic=noise.depth_sigma_quadratic,
            ),
            source=VisibilitySource.CONSTRUCTION if noise.is_exact else VisibilitySource.DEPTH,
        )
        per_pixel = image.width * image.height / (intrinsics.width * intrinsics.height)
        return measured, np.rint(counts / per_pixel).astype(np.int64)
