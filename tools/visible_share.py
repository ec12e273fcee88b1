# SPDX-License-Identifier: Apache-2.0
"""Print the visible share of a patch that is all seen, and of one that is hidden, under noise.

    python tools/visible_share.py

A square of 0.6 m at 2 m, tilted, seen by a camera of 640 x 480 pixels; the hidden one lies 20 cm
behind a plane. Noise of the depth image, and of the points themselves. `anchor` is the rule of the
released SpatialEvo code on the same depth images: hidden where a point lies more than 0.1 % of its
depth behind, which 2 mm of noise exceed.
"""

from __future__ import annotations

import sys
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_geometry import (
    DepthBand,
    Intrinsics,
    PosedCamera,
    SurfaceSamples,
    visible_fraction,
)

SIGMAS: Final = (0.0, 0.001, 0.002, 0.005, 0.010, 0.020)
TILTS: Final = (0, 20, 45, 60, 70)
IMAGE: Final = Intrinsics(fx=525.0, fy=525.0, cx=319.5, cy=239.5, width=640, height=480)
CAMERA: Final = PosedCamera(world_from_camera=np.eye(4), intrinsics=IMAGE)
NEAR, FAR = 2.0, 2.2
ANCHOR_TOLERANCE: Final = 1e-3


def main() -> int:
    """Print the table; return 0."""
    print(f"{'sigma':>6s} {'tilt':>5s} | {'depth noise':>11s} {'point noise':>11s} {'anchor':>7s} "
          f"| {'hidden':>7s}")  # fmt: skip
    for sigma in SIGMAS:
        for tilt in TILTS:
            print(row(sigma, tilt))
    return 0


def row(sigma: float, tilt: int) -> str:
    """Write one line of the table."""
    random = np.random.default_rng(tilt)
    points, normals = patch(tilt, NEAR)
    clean = plane_depth(tilt)
    depth = clean + sigma * random.normal(size=clean.shape)
    moved = points + sigma * random.normal(size=points.shape)
    behind, behind_normals = patch(tilt, FAR)
    both = DepthBand(depth_sigma_constant=sigma, point_sigma=sigma)
    shares = (
        share(points, normals, depth, DepthBand(depth_sigma_constant=sigma)),
        share(moved, normals, clean, DepthBand(point_sigma=sigma)),
        # Pixels are floored: a slope one way hides most of it, the other way little.
        np.mean([anchor_share(turn, sigma) for turn in (tilt, -tilt)]),
    )
    hidden = share(behind, behind_normals, depth, both)
    seen = " ".join(f"{value:{width}.3f}" for value, width in zip(shares, (11, 11, 7), strict=True))
    return f"{1000 * sigma:3.0f} mm {tilt:4d}° | {seen} | {hidden:7.3f}"


def share(
    points: NDArray[np.float64],
    normals: NDArray[np.float64],
    depth: NDArray[np.float64],
    band: DepthBand,
) -> float:
    """Return the visible share of the camera-facing surface."""
    samples = SurfaceSamples(
        points_in_world=points, normals_in_world=normals, weights=np.ones(len(points))
    )
    return visible_fraction(samples, CAMERA, depth, band).of_facing


def anchor_share(tilt: int, sigma: float) -> float:
    """Return the share that the released rule calls visible: at the floored pixel, within 0.1 %."""
    points, _ = patch(tilt, NEAR)
    depth = plane_depth(tilt)
    depth = depth + sigma * np.random.default_rng(tilt + 90).normal(size=depth.shape)
    u = (IMAGE.fx * points[:, 0] / points[:, 2] + IMAGE.cx).astype(int)
    v = (IMAGE.fy * points[:, 1] / points[:, 2] + IMAGE.cy).astype(int)
    measured = depth[v, u]
    return float(np.mean((points[:, 2] - measured) / (measured + 1e-6) <= ANCHOR_TOLERANCE))


def patch(tilt: int, distance: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sample a square of 0.6 m, turned about the vertical; camera frame, which is the world's."""
    cosine, sine = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    across, down = (axis.ravel() for axis in np.meshgrid(*2 * (np.linspace(-0.3, 0.3, 60),)))
    points = np.stack([cosine * across, down, distance + sine * across], axis=1)
    normals = np.tile([sine, 0.0, -cosine], (len(points), 1))
    return points, normals


def plane_depth(tilt: int) -> NDArray[np.float64]:
    """Return the depth image of the whole plane in which the near patch lies, metres."""
    slope = np.tan(np.radians(tilt))
    ray = (np.arange(IMAGE.width) - IMAGE.cx) / IMAGE.fx
    depth: NDArray[np.float64] = np.tile(NEAR / (1.0 - slope * ray), (IMAGE.height, 1))
    return np.where((depth > 0.0) & (depth < 20.0), depth, 0.0)


if __name__ == "__main__":
    sys.exit(main())
