# SPDX-License-Identifier: Apache-2.0
"""ScanNet's raw stream."""

import struct
import tracemalloc
import zlib
from dataclasses import replace

import numpy as np
import pytest

from spatialevo_dge.errors import SceneError
from spatialevo_dge.images import image_size, read_depth
from spatialevo_dge.importers import ScanNetOptions, ScanOptions, import_scannet
from spatialevo_dge.importers.sens import open_sens
from support.exporters import export_scannet


@pytest.fixture(scope="module")
def room(formats, small_options):
    return formats["scannet-sens"].room(4, small_options)


@pytest.fixture
def folder(room, tmp_path):
    return export_scannet(room, tmp_path, stream=True)


@pytest.fixture
def stream(folder):
    return next(folder.glob("*.sens"))


HEADER = 4 + 8 + len("StructureSensor") + 4 * 64
"""Bytes before the kinds of compression."""


def patched(path, offset, data):
    content = bytearray(path.read_bytes())
    content[offset : offset + len(data)] = data
    path.write_bytes(content)


def test_images_are_what_the_camera_saw(room, folder, tmp_path):
    scene = import_scannet(folder, ScanNetOptions(images=tmp_path / "made"))
    for frame, drawn in zip(scene.frames, room.pictures, strict=True):
        assert image_size(frame.image_path) == (64, 48)
        np.testing.assert_allclose(read_depth(frame.depth_path), drawn.depth, atol=0.00051)
    assert dict(scene.skipped_frames) == {"2": "pose is not finite"}
    assert [frame.id for frame in scene.frames] == ["0", "1"]


def test_an_export_is_preferred_to_the_stream(room, folder, tmp_path):
    exported = export_scannet(room, tmp_path / "other")
    for name in ("pose", "color", "depth", "intrinsic"):
        (exported / name).rename(folder / name)
    scene = import_scannet(folder)
    assert [frame.id for frame in scene.frames] == ["0", "20"]


def test_without_a_folder_for_images_a_stream_is_refused(folder):
    with pytest.raises(ValueError, match=r"images: the frames of scene0004_00\.sens"):
        import_scannet(folder)


def test_other_depth_units_become_millimetres(folder, stream, tmp_path, room):
    whole = import_scannet(folder, ScanNetOptions(images=tmp_path / "a"))
    patched(stream, HEADER + 8 + 16, struct.pack("<f", 500.0))
    scene = import_scannet(folder, ScanNetOptions(images=tmp_path / "b", visibility=False))
    first, second = (read_depth(s.frames[0].depth_path) for s in (whole, scene))
    np.testing.assert_allclose(second, 2 * first, atol=1e-9)


def test_memory_does_not_grow_with_the_stream(stream):
    """A hundred megabytes of frames are listed, and one is read, in well under one."""
    content = stream.read_bytes()
    start = HEADER + 8 + 16 + 4
    payload = bytes(1 << 20)
    frame = np.eye(4, dtype="<f4").tobytes() + struct.pack("<4Q", 0, 0, len(payload), 0) + payload
    with stream.open("wb") as file:
        file.write(content[:start] + struct.pack("<Q", 100))
        for _ in range(100):
            file.write(frame)
        file.write(struct.pack("<Q", 0))
    tracemalloc.start()
    opened = open_sens(stream)
    peak = tracemalloc.get_traced_memory()[1]
    assert len(opened.frames) == 100
    assert peak < 1 << 20
    assert opened.colour_file(99) == payload
    assert tracemalloc.get_traced_memory()[1] < 3 << 20
    tracemalloc.stop()


def test_a_depth_image_cannot_blow_up(folder, stream, room):
    """Deflate packs a gigabyte into a megabyte; no more is unpacked than the image has."""
    content = stream.read_bytes()
    bomb = zlib.compress(bytes(1 << 28), 9)
    frame = np.eye(4, dtype="<f4").tobytes() + struct.pack("<4Q", 0, 0, 0, len(bomb)) + bomb
    head = content[: HEADER + 8 + 16 + 4]
    stream.write_bytes(head + struct.pack("<Q", 1) + frame + struct.pack("<Q", 0))
    opened = open_sens(stream)
    tracemalloc.start()
    with pytest.raises(SceneError, match=r"frames\[0\]\.depth: 6145 bytes for 64 x 48 pixels"):
        opened.depth_image(0)
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("offset", "data", "field"),
    [
        (0, struct.pack("<I", 3), "version"),
        (4, struct.pack("<Q", 1 << 60), "sensor name"),
        (HEADER - 256, struct.pack("<f", np.nan), "intrinsic_color"),
        (HEADER, struct.pack("<i", 7), "color compression"),
        (HEADER + 4, struct.pack("<i", 2), "depth compression"),
        (HEADER + 8, struct.pack("<I", 0), "image size"),
        (HEADER + 8, struct.pack("<I", 1 << 31), "image size"),
        (HEADER + 24, struct.pack("<f", 0.0), "depth shift"),
        (HEADER + 28, struct.pack("<Q", 1 << 62), "number of frames"),
        (HEADER + 28, struct.pack("<Q", 2), "inertial measurements"),
        (HEADER + 36 + 64 + 16, struct.pack("<Q", 1 << 62), r"frames\[0\]"),
    ],
)
def test_damage_is_named(stream, offset, data, field):
    patched(stream, offset, data)
    with pytest.raises(SceneError, match=field):
        open_sens(stream)


def test_every_truncation_is_named(stream):
    good = stream.read_bytes()
    for length in (0, 3, 11, 30, HEADER + 5, HEADER + 40, len(good) // 2, len(good) - 1):
        stream.write_bytes(good[:length])
        with pytest.raises(SceneError, match=r"truncated|in \d+ bytes"):
            open_sens(stream)


def test_options_reach_the_stream(formats, folder, tmp_path):
    kind = formats["scannet-sens"]
    options = ScanOptions(images=tmp_path / "made", visibility=False)
    scene = kind.load(folder, options)
    assert scene.visibility is None
    assert kind.load(folder, replace(options, visibility=True)).visibility is not None
