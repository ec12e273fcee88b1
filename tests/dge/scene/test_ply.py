# SPDX-License-Identifier: Apache-2.0
"""The PLY reader against files written by hand."""

import contextlib
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers.ply import read_ply

POINTS = np.array([[0, 0, 0], [1, 0, 0], [1, 2, 0], [0, 2, 0.5]])
COLOURS = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 8, 7]]
HEADER = (
    "ply\nformat {format} 1.0\ncomment hand-made\nobj_info none\n"
    "element vertex 4\nproperty {real} x\nproperty {real} y\nproperty {real} z\n"
    "property uchar red\nproperty uchar green\nproperty uchar blue\n"
    "element face {faces}\nproperty list uchar int vertex_indices\nend_header\n"
)


def ascii_file(polygons: list[list[int]]) -> bytes:
    text = HEADER.format(format="ascii", real="float", faces=len(polygons))
    for point, colour in zip(POINTS, COLOURS, strict=True):
        text += " ".join(map(str, [*point, *colour])) + "\n"
    return (text + "".join(f"{len(p)} {' '.join(map(str, p))}\n" for p in polygons)).encode()


def binary_file(polygons: list[list[int]], order: str, real: str) -> bytes:
    name = {"<": "binary_little_endian", ">": "binary_big_endian"}[order]
    data = HEADER.format(format=name, real=real, faces=len(polygons)).encode()
    code = {"float": "f", "double": "d"}[real]
    for point, colour in zip(POINTS, COLOURS, strict=True):
        data += struct.pack(f"{order}3{code}3B", *point, *colour)
    for polygon in polygons:
        data += struct.pack(f"{order}B{len(polygon)}i", len(polygon), *polygon)
    return data


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


FORMS = {
    "ascii": ascii_file,
    "little": lambda polygons: binary_file(polygons, "<", "float"),
    "big": lambda polygons: binary_file(polygons, ">", "double"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("polygons", "triangles"),
    [
        ([[0, 1, 2], [0, 2, 3]], [[0, 1, 2], [0, 2, 3]]),
        ([[0, 1, 2, 3]], [[0, 1, 2], [0, 2, 3]]),
        ([[3, 2, 1], [0, 1, 2, 3]], [[3, 2, 1], [0, 1, 2], [0, 2, 3]]),
        ([], []),
    ],
)
def test_points_colours_and_polygons(tmp_path, form, polygons, triangles):
    mesh = read_ply(written(tmp_path / "mesh.ply", FORMS[form](polygons)))
    np.testing.assert_array_equal(mesh.points, POINTS)
    np.testing.assert_array_equal(mesh.colours, COLOURS)
    np.testing.assert_array_equal(mesh.faces, np.array(triangles, dtype=np.int32).reshape(-1, 3))
    assert mesh.normals is None


def test_points_alone(tmp_path):
    data = b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
    data += b"property float z\nproperty float nx\nproperty float ny\nproperty float nz\n"
    mesh = read_ply(written(tmp_path / "mesh.ply", data + b"end_header\n1 2 3 0 0 1\n"))
    np.testing.assert_array_equal(mesh.points, [[1, 2, 3]])
    np.testing.assert_array_equal(mesh.normals, [[0, 0, 1]])
    assert mesh.faces is None
    assert mesh.colours is None


GOOD = ascii_file([[0, 1, 2]])
BAD = [
    (b"", "header"),
    (b"solid stl", "header"),
    (GOOD.replace(b"end_header", b"end"), "header"),
    (GOOD.replace(b"ascii 1.0", b"ascii 2.0"), "header line 2"),
    (GOOD.replace(b"format ascii 1.0\n", b""), "no 'format' line"),
    (GOOD.replace(b"element vertex 4", b"element vertex -4"), "header line 5"),
    (GOOD.replace(b"element vertex 4", b"element vertex 3"), "face 0"),
    (GOOD.replace(b"element vertex 4", b"element vertex 5"), "vertex: expected 6 numbers a line"),
    (GOOD.replace(b"element face 1", b"element face 2"), "face: truncated"),
    (GOOD.replace(b"element vertex 4", b"element point 4"), "one element 'vertex'"),
    (GOOD.replace(b"float x", b"quad x"), "header line 6"),
    (GOOD.replace(b"float x", b"float y"), "occurs twice"),
    (GOOD.replace(b"float x", b"float w"), "no points"),
    (GOOD.replace(b"uchar int", b"float int"), "not an integer type"),
    (GOOD.replace(b"uchar int", b"uchar float"), "not an integer type"),
    (GOOD.replace(b"3 0 1 2", b"3 0 1 4"), "face: an index"),
    (GOOD.replace(b"3 0 1 2", b"3 0 1 -1"), "face: an index"),
    (GOOD.replace(b"3 0 1 2", b"3 0 1 1.5"), "not a 32-bit integer"),
    (GOOD.replace(b"3 0 1 2", b"3 0 1"), "face 0"),
    (GOOD.replace(b"3 0 1 2", b"3 0 1 2 3"), "too many"),
    (GOOD.replace(b"3 0 1 2", b"nan 0 1 2"), "face 0"),
    (GOOD.replace(b"\n1.0 0.0", b"\nnan 0.0"), "vertex 1"),
    (GOOD.replace(b"\n1.0 0.0", b"\none 0.0"), "vertex"),
    (GOOD.replace(b"255", b"256", 1), "red"),
    (GOOD + b"1 2 3\n", "follows the last element"),
    (b"ply\nformat ascii 1.0\nelement vertex 9999999999999\nend_header\n", "without properties"),
]


@pytest.mark.parametrize(("data", "message"), BAD, ids=range(len(BAD)))
def test_damage_is_named(tmp_path, data, message):
    path = written(tmp_path / "mesh.ply", data)
    with pytest.raises(SceneError, match=message) as caught:
        read_ply(path)
    assert caught.value.source == str(path)


@pytest.mark.parametrize("order", ["<", ">"])
def test_every_truncation_and_every_extra_byte_is_found(tmp_path, order):
    data = binary_file([[0, 1, 2], [0, 2, 3]], order, "float")
    for length in range(len(data)):
        with pytest.raises(SceneError):
            read_ply(written(tmp_path / "mesh.ply", data[:length]))
    with pytest.raises(SceneError, match="1 bytes follow"):
        read_ply(written(tmp_path / "mesh.ply", data + b"\n"))


def test_a_count_beyond_the_file_takes_no_memory(tmp_path):
    data = binary_file([[0, 1, 2]], "<", "float").replace(b"vertex 4", b"vertex 999999999999999")
    with pytest.raises(SceneError, match="truncated"):
        read_ply(written(tmp_path / "mesh.ply", data))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(max_size=200), form=st.sampled_from(sorted(FORMS)), place=st.integers(0, 400))
def test_arbitrary_bytes_never_crash(tmp_path, data, form, place):
    good = FORMS[form]([[0, 1, 2], [0, 1, 2, 3]])
    spliced = good[:place] + data + good[place + len(data) :]
    with contextlib.suppress(SceneError):
        assert np.isfinite(read_ply(written(tmp_path / "mesh.ply", spliced)).points).all()


def test_a_signalling_nan_is_named(tmp_path):
    """Converting one warns; it is the file that is at fault, and is said to be."""
    path = tmp_path / "mesh.ply"
    header = (
        "ply\nformat binary_little_endian 1.0\nelement vertex 1\n"
        "property float x\nproperty float y\nproperty float z\nend_header\n"
    )
    path.write_bytes(header.encode() + b"\x01\x00\xa0\x7f" + bytes(8))
    with pytest.raises(SceneError, match="finite"):
        read_ply(path)
