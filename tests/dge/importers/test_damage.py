# SPDX-License-Identifier: Apache-2.0
"""Damaged official files: a `SceneError` that names the file, or a scene; never anything else."""

import random
import time
import tracemalloc
from collections import Counter

import numpy as np
import pytest

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers import ScanOptions
from support.damage import Layout, damaged

SEGMENTS = ("segIndices",)
GROUPS = ("segGroups", "segGroups/*/objectId", "segGroups/*/label", "segGroups/*/segments")
BOX = ("centroid", "axesLengths", "normalizedAxes")
SCANNET = {"*.segs.json": (*SEGMENTS, "sceneId"), "*.aggregation.json": (*GROUPS, "sceneId")}
PLUS = {
    "scans/segments.json": SEGMENTS,
    # The first group: the last is a note of the annotators, of which only the label is read.
    "scans/segments_anno.json": (
        *(field.replace("*", "0") for field in GROUPS),
        *(f"segGroups/0/obb/{name}" for name in BOX),
    ),
}
MESH = "scans/mesh_aligned_0.05.ply"
PHOTOS = "dslr/resized_undistorted_images/*.JPG"
LAYOUTS = {
    "scannet": Layout(
        ("*_vh_clean_2.ply", "*.segs.json", "*.aggregation.json"),
        (),
        ("pose/*.txt", "intrinsic/*.txt", "color/*.jpg", "depth/*.png", "*_00.txt"),
        SCANNET,
    ),
    "scannet-sens": Layout(
        ("*_vh_clean_2.ply", "*.segs.json", "*.aggregation.json"), ("*.sens",), (), SCANNET
    ),
    "scannetpp-nerfstudio": Layout(
        (MESH, *PLUS),
        ("dslr/nerfstudio/transforms_undistorted.json",),
        (PHOTOS,),
        {
            **PLUS,
            "dslr/nerfstudio/transforms_undistorted.json": (
                "frames", "camera_model", "fl_x", "fl_y", "cx", "cy", "w", "h",
                "frames/*/file_path", "frames/*/transform_matrix", "test_frames/*/file_path",
            ),
        },
    ),
    "scannetpp-colmap": Layout(
        (MESH, *PLUS, "dslr/colmap/cameras.txt"), (), (PHOTOS, "dslr/colmap/images.txt"), PLUS
    ),
    "scannetpp-iphone": Layout(
        (MESH, *PLUS),
        ("iphone/pose_intrinsic_imu.json",),
        ("iphone/rgb/*.jpg", "iphone/depth/*.png"),
        {**PLUS, "iphone/pose_intrinsic_imu.json": ("*/aligned_pose", "*/intrinsic")},
    ),
    "arkitscenes": Layout(
        ("*_3dod_mesh.ply", "*_3dod_annotation.json"),
        (),
        ("*_frames/lowres_wide.traj", "*_frames/lowres_wide/*.png", "*_frames/lowres_depth/*.png",
         "*_frames/lowres_wide_intrinsics/*.pincam"),
        {
            "*_3dod_annotation.json": (
                "data", "data/*/label", "data/*/segments",
                *(f"data/*/segments/obbAligned/{name}" for name in BOX),
            )
        },
    ),
    "vsibench": Layout(
        ("*_meta_info_val.json",),
        (),
        (),
        {
            "*_meta_info_val.json": (
                "*/dataset", "*/room_size", "*/object_counts", "*/object_bbox",
                *(f"*/object_bbox/*/*/{name}" for name in BOX),
            )
        },
    ),
    "own": Layout(
        ("scene.json",),
        (),
        ("images/*.png", "depth/*.png"),
        {
            "scene.json": (
                "format", "version", "id", "up", "objects", "objects/*/id", "objects/*/label",
                "objects/*/centre", "objects/*/size", "frames/*/id", "frames/*/pose",
                "frames/*/axes", "frames/*/intrinsics/fx", "frames/*/intrinsics/width",
            )
        },
    ),
}  # fmt: skip
SLOWEST = 5.0
"""Seconds of the processor; whole files take a tenth of one."""
SPARE = 48 << 20
"""Bytes over twice the memory that whole files take."""


@pytest.fixture(scope="module")
def files(formats, small_options, tmp_path_factory):
    """Return each format's folder and how it is loaded, once."""
    made = {}

    def get(name):
        if name not in made:
            top = tmp_path_factory.mktemp(name)
            path = formats[name].write(formats[name].room(1, small_options), top / "files",
                                       formats[name].no_faults)  # fmt: skip
            made[name] = path, top / "made"
        return made[name]

    return get


def peak_of(load) -> tuple[object, int]:
    tracemalloc.start()
    try:
        return load(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def trials(formats, files, name: str, count: int) -> Counter:
    """Damage so many files; return how each kind of damage ended."""
    path, images = files(name)
    folder = path.parent if path.is_file() else path
    options = ScanOptions(images=images)

    def load():
        return formats[name].load(path, options)

    load()  # what is cached is cached
    whole, usual = peak_of(load)
    assert whole.objects
    ended: Counter = Counter()
    dice = random.Random(name)
    for _ in range(count):
        with damaged(folder, LAYOUTS[name], dice) as damage:
            start = time.process_time()
            try:
                scene, peak = peak_of(load)
            except SceneError as error:
                outcome, named = "named", error
            else:
                assert peak <= 2 * usual + SPARE, damage
                assert not damage.structural, damage
                for item in (*scene.objects, *scene.structure):
                    assert np.isfinite(item.aabb.corners).all()
                outcome, named = "loaded", None
            assert named is None or _is_told_well(named, folder), named
            assert time.process_time() - start < SLOWEST, damage
        ended[damage.kind, "structural" if damage.structural else "value", outcome] += 1
    return ended


def _is_told_well(error: SceneError, folder) -> bool:
    """One line that names the file (or ScanNet's record, whose numbers stand for a file's)."""
    named = str(folder) in error.source or error.source == "scene record"
    return named and "\n" not in str(error)


def describe(name: str, ended: Counter) -> str:
    lines = [f"{name}: {sum(ended.values())} damaged files"]
    lines += [f"  {' / '.join(key):45} {count:5}" for key, count in sorted(ended.items())]
    return "\n".join(lines)


@pytest.mark.parametrize("name", LAYOUTS)
def test_sixty_damaged_files(formats, files, name):
    ended = trials(formats, files, name, 60)
    assert sum(count for (_, _, outcome), count in ended.items() if outcome == "named") >= 20


@pytest.mark.slow
@pytest.mark.parametrize("name", LAYOUTS)
def test_a_thousand_damaged_files(formats, files, name, capsys):
    ended = trials(formats, files, name, 1000)
    with capsys.disabled():
        print("\n" + describe(name, ended))
