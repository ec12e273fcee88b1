# SPDX-License-Identifier: Apache-2.0
"""Exact, deterministic 3D geometry on numpy arrays.

Conventions, the same in every function:

- Metres and radians, float64. Other real dtypes are converted; arrays are never written to.
- The world is right-handed with z up. A camera is OpenCV's: x right, y down, z forward. The
  levelled frame of a camera is x right, y forward, z up.
- A transform is a (4, 4) matrix named ``target_from_source``; points are named
  ``points_in_frame``: ``points_in_world = apply(world_from_camera, points_in_camera)``.
- Azimuths are about +z, counter-clockwise from +x; to the left of a heading is positive.
- The centre of pixel (0, 0) is at image coordinates (0, 0), u to the right and v down.
- One call is one thread, and the same input gives the same bytes. The GIL is released.
- A wrong shape, NaN, an empty or a degenerate input is a ValueError that names the argument and
  shows what was given; an input that is no array of real numbers is a TypeError.
"""

from spatialevo_geometry.arrays import (
    DepthImage,
    Faces,
    Indices,
    Mask,
    Matrix3,
    Points,
    Points2,
    Scalars,
    Transform,
    Vector3,
)
from spatialevo_geometry.box import (
    BoxGap,
    OrientedBox,
    box_box_distance,
    box_contains_box,
    box_contains_points,
    box_to_boxes_distance,
    boxes_overlap,
    closest_point_in_box,
    fit_axis_aligned,
    fit_gravity_aligned,
    fit_minimum_volume,
    point_box_distance,
)
from spatialevo_geometry.depth import (
    Intrinsics,
    as_depth,
    depth_to_points,
    project,
    rasterise,
    unproject,
    z_buffer,
)
from spatialevo_geometry.floor import (
    FloorPolygon,
    floor_polygon,
)
from spatialevo_geometry.nearest import (
    PointGap,
    PointIndex,
    point_gap,
)
from spatialevo_geometry.plane import (
    FloorEstimate,
    Plane,
    RobustPlane,
    estimate_normals,
    fit_plane,
    fit_plane_robust,
    floor_height,
)
from spatialevo_geometry.polygon import (
    convex_hull_2d,
    convex_intersection_area,
    point_in_polygon,
    polygon_area,
    polygon_distance,
)
from spatialevo_geometry.rigid import (
    apply,
    azimuth_in_levelled,
    compose,
    heading,
    invert,
    levelled,
    pitch,
    relative_pose,
    roll,
    rotation_error,
    wrap_angle,
)
from spatialevo_geometry.topology import (
    box_inside,
    box_supports,
    boxes_adjacent,
)
from spatialevo_geometry.visibility import (
    DepthBand,
    PosedCamera,
    SurfaceSamples,
    VisibleSurface,
    visible_fraction,
)

__all__ = [
    "BoxGap",
    "DepthBand",
    "DepthImage",
    "Faces",
    "FloorEstimate",
    "FloorPolygon",
    "Indices",
    "Intrinsics",
    "Mask",
    "Matrix3",
    "OrientedBox",
    "Plane",
    "PointGap",
    "PointIndex",
    "Points",
    "Points2",
    "PosedCamera",
    "RobustPlane",
    "Scalars",
    "SurfaceSamples",
    "Transform",
    "Vector3",
    "VisibleSurface",
    "apply",
    "as_depth",
    "azimuth_in_levelled",
    "box_box_distance",
    "box_contains_box",
    "box_contains_points",
    "box_inside",
    "box_supports",
    "box_to_boxes_distance",
    "boxes_adjacent",
    "boxes_overlap",
    "closest_point_in_box",
    "compose",
    "convex_hull_2d",
    "convex_intersection_area",
    "depth_to_points",
    "estimate_normals",
    "fit_axis_aligned",
    "fit_gravity_aligned",
    "fit_minimum_volume",
    "fit_plane",
    "fit_plane_robust",
    "floor_height",
    "floor_polygon",
    "heading",
    "invert",
    "levelled",
    "pitch",
    "point_box_distance",
    "point_gap",
    "point_in_polygon",
    "polygon_area",
    "polygon_distance",
    "project",
    "rasterise",
    "relative_pose",
    "roll",
    "rotation_error",
    "unproject",
    "visible_fraction",
    "wrap_angle",
    "z_buffer",
]
