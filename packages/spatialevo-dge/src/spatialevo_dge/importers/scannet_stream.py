# SPDX-License-Identifier: Apache-2.0
"""The frames of ScanNet's raw stream: chosen first, then unpacked one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.images import DEPTH_UNIT, encode_png
from spatialevo_dge.importers.made_images import COLOUR, DEPTH, require_folder, write_image
from spatialevo_dge.importers.matrices import required_rigid, rigid_problem
from spatialevo_dge.importers.scan_frames import ScanFrames, ScanOptions
from spatialevo_dge.importers.scannet_frames import pinhole_of
from spatialevo_dge.importers.sens import SensCamera, SensStream, open_sens
from spatialevo_dge.observe import DepthCamera
from spatialevo_dge.scene import Frame
from spatialevo_geometry.rigid import compose, relative_pose


def read_stream(
    path: Path, aligned_from_scan: NDArray[np.float64], options: ScanOptions
) -> ScanFrames:
    """Read the frames of a stream; ids are their numbers, as ScanNet's own exporter names them.

    Raises:
        SceneError: The stream is damaged.
        ValueError: `options.images` names no folder for the images.
    """
    stream = open_sens(path)
    folder = require_folder(options.images, f"the frames of {path.name} have to be unpacked")
    colour = stream.colour
    base_from_colour = _mounted(colour, path, "extrinsic_color")
    intrinsics = pinhole_of(colour.matrix, colour.size, path)
    frames, skipped = [], {}
    for number in options.frames.pick(range(len(stream.frames))):
        pose = stream.frames[number].pose
        problem = rigid_problem(pose)
        if problem is not None:
            skipped[str(number)] = f"pose {problem}"
            continue
        world_from_camera = compose(compose(aligned_from_scan, pose), base_from_colour)
        frames.append(
            Frame(id=str(number), world_from_camera=world_from_camera, intrinsics=intrinsics)
        )
    base_from_depth = _mounted(stream.depth, path, "extrinsic_depth")
    return ScanFrames(
        frames=tuple(frames),
        skipped=MappingProxyType(skipped),
        depth_camera=DepthCamera(
            intrinsics=pinhole_of(stream.depth.matrix, stream.depth.size, path),
            colour_from_depth=relative_pose(base_from_colour, base_from_depth),
        ),
        make=lambda frame: unpacked(stream, frame, folder),
        notes=MappingProxyType({"stream": path.name}),
    )


def unpacked(stream: SensStream, frame: Frame, folder: Path) -> Frame:
    """Write a frame's two images and return it with their paths; empty images have none.

    Raises:
        SceneError: The depth image does not unpack.
    """
    number = int(frame.id)
    colour, depth = stream.frames[number].colour[1], stream.frames[number].depth[1]
    image_path = depth_path = None
    if colour:
        name = f"{frame.id}{stream.colour_suffix}"
        image_path = write_image(folder, COLOUR, name, stream.colour_file(number))
    if depth:
        image = _millimetres(stream.depth_image(number), stream.depth_unit)
        depth_path = write_image(folder, DEPTH, f"{frame.id}.png", encode_png(image))
    return replace(frame, image_path=image_path, depth_path=depth_path)


def _millimetres(steps: NDArray[np.uint16], unit: float) -> NDArray[np.uint16]:
    if abs(unit / DEPTH_UNIT - 1.0) < 1e-6:
        return steps
    scaled = np.rint(steps * (unit / DEPTH_UNIT))
    # Farther than 65.5 m the format has no number: unknown, not near.
    return np.where(scaled > np.iinfo(np.uint16).max, 0, scaled).astype(np.uint16)


def _mounted(camera: SensCamera, path: Path, field: str) -> NDArray[np.float64]:
    return required_rigid(camera.base_from_camera, path, field)
