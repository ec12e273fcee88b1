# SPDX-License-Identifier: Apache-2.0
"""Reading PLY files: ASCII and binary, points with colours and normals, polygons as triangles.

Only numpy; every structural damage is a `SceneError` naming the file and the element. The format:
G. Turk, "The PLY Polygon File Format", 1994.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.arrays_cloud import indices_within
from spatialevo_dge.errors import SceneError
from spatialevo_dge.json_fields import read_bytes

_SCALARS: Final = {
    **dict.fromkeys(("char", "int8"), "i1"),
    **dict.fromkeys(("uchar", "uint8"), "u1"),
    **dict.fromkeys(("short", "int16"), "i2"),
    **dict.fromkeys(("ushort", "uint16"), "u2"),
    **dict.fromkeys(("int", "int32"), "i4"),
    **dict.fromkeys(("uint", "uint32"), "u4"),
    **dict.fromkeys(("float", "float32"), "f4"),
    **dict.fromkeys(("double", "float64"), "f8"),
}
_ORDERS: Final = {"ascii": "=", "binary_little_endian": "<", "binary_big_endian": ">"}
_COLOURS: Final = ("red", "green", "blue")
_FACE_LISTS: Final = ("vertex_indices", "vertex_index")
_MAX_HEADER: Final = 1 << 16
_LIMIT: Final = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """What a PLY file holds, in its own frame.

    Attributes:
        points: (n, 3) float64 positions.
        colours: (n, 3) uint8, or None.
        normals: (n, 3) float64 as stored, or None.
        faces: (m, 3) int32 vertex indices; polygons are fanned; None where there are none.
    """

    points: NDArray[np.float64]
    colours: NDArray[np.uint8] | None = None
    normals: NDArray[np.float64] | None = None
    faces: NDArray[np.int32] | None = None


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    dtype: str
    count_dtype: str | None = None  # of a list's length; None: a scalar


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    count: int
    properties: tuple[_Property, ...]

    @property
    def scalars_only(self) -> bool:
        return all(item.count_dtype is None for item in self.properties)


def read_ply(path: str | Path) -> Mesh:
    """Read a PLY file.

    Raises:
        SceneError: Not a PLY file, truncated, too long, without points, a coordinate that is not
            finite, or a face that names no point.
    """
    return _Reader(Path(path)).read()


class _Reader:
    """One file being read from front to back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = read_bytes(path)
        self.order = ""
        self.position = 0

    def fail(self, field: str, problem: str) -> NoReturn:
        raise SceneError(self.path, field, problem)

    def read(self) -> Mesh:
        elements = self._header()
        names = [element.name for element in elements]
        if names.count("vertex") != 1 or names.count("face") > 1:
            self.fail("header", "expected one element 'vertex' and at most one 'face'")
        body: _Binary | _Ascii
        body = _Ascii(self) if self.order == "=" else _Binary(self)
        vertices: dict[str, NDArray[Any]] = {}
        faces: NDArray[np.int64] | None = None
        for element in elements:
            if not element.properties:
                self.fail(element.name, "an element without properties")
            columns, lists = body.element(element)
            if element.name == "vertex":
                kinds = {item.name: item.dtype for item in element.properties}
                vertices = {
                    name: column
                    for name, column in columns.items()
                    if name not in _COLOURS or kinds[name] == "u1"
                }
            elif element.name == "face" and lists is not None:
                faces = lists
        body.end()
        return self._mesh(vertices, faces)

    def _header(self) -> list[_Element]:
        end = self.data.find(b"end_header", 0, _MAX_HEADER)
        line_end = self.data.find(b"\n", max(end, 0))
        if not self.data.startswith(b"ply") or end < 0 or line_end < 0:
            self.fail("header", "not a PLY file: no 'ply' … 'end_header'")
        self.position = line_end + 1
        try:
            lines = self.data[:end].decode("ascii").splitlines()
        except UnicodeDecodeError as error:
            self.fail("header", f"not ASCII: {error}")
        elements: list[_Element] = []
        for number, line in enumerate(lines[1:], start=2):
            words = line.split()
            if words and words[0] not in ("comment", "obj_info"):
                self._header_line(words, elements, f"header line {number}")
        if not self.order:
            self.fail("header", "no 'format' line")
        return elements

    def _header_line(self, words: list[str], elements: list[_Element], where: str) -> None:
        match words:
            case ["format", name, "1.0"] if name in _ORDERS:
                self.order = _ORDERS[name]
            case ["element", name, count] if count.isdecimal() and len(count) < 19:
                elements.append(_Element(name, int(count), ()))
            case ["property", "list", count, kind, name] if elements and {count, kind} <= set(
                _SCALARS
            ):
                self._add(elements, _Property(name, _SCALARS[kind], _SCALARS[count]), where)
            case ["property", kind, name] if elements and kind in _SCALARS:
                self._add(elements, _Property(name, _SCALARS[kind]), where)
            case _:
                self.fail(where, f"not understood: {' '.join(words)[:80]!r}")

    def _add(self, elements: list[_Element], item: _Property, where: str) -> None:
        last = elements[-1]
        if item.name in [known.name for known in last.properties]:
            self.fail(where, f"property {item.name!r} occurs twice")
        if item.count_dtype is not None and item.count_dtype[0] == "f":
            self.fail(where, f"the length of list {item.name!r} is not an integer type")
        if item.name in _FACE_LISTS and item.dtype[0] == "f":
            self.fail(where, "vertex indices are not an integer type")
        elements[-1] = _Element(last.name, last.count, (*last.properties, item))

    def _mesh(self, vertices: dict[str, NDArray[Any]], faces: NDArray[np.int64] | None) -> Mesh:
        points = self._columns(vertices, ("x", "y", "z"))
        if points is None or not len(points):
            self.fail("vertex", "no points: expected properties x, y, z and at least one vertex")
        colours = self._columns(vertices, _COLOURS)
        if colours is not None and not bool(np.all((colours >= 0) & (colours <= 255))):
            self.fail("/".join(_COLOURS), "a colour is outside 0 to 255")
        if faces is not None and not indices_within(faces, len(points)):
            self.fail("face", f"an index lies outside the {len(points)} vertices")
        return Mesh(
            points=points,
            colours=None if colours is None else colours.astype(np.uint8),
            normals=self._columns(vertices, ("nx", "ny", "nz")),
            faces=None if faces is None else faces.astype(np.int32),
        )

    def _columns(
        self, vertices: dict[str, NDArray[Any]], names: tuple[str, str, str]
    ) -> NDArray[np.float64] | None:
        if not set(names) <= set(vertices):
            return None
        array = np.empty((len(vertices[names[0]]), 3), dtype=np.float64)
        for place, name in enumerate(names):
            with np.errstate(invalid="ignore"):  # a signalling NaN; looked for below
                array[:, place] = vertices[name]
        finite = np.isfinite(array).all(axis=1)
        if not bool(finite.all()):
            field = f"vertex {int(np.argmin(finite))}"
            self.fail(field, f"{'/'.join(names)} is not finite: {array[np.argmin(finite)]}")
        return array


class _Binary:
    """The body of a binary file."""

    def __init__(self, reader: _Reader) -> None:
        self.reader = reader

    def element(
        self, element: _Element
    ) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64] | None]:
        if element.scalars_only:
            table = self._table(element, self._dtype(element, 0))
            return {item.name: table[item.name] for item in element.properties}, None
        return {}, self._triangles(element)

    def _dtype(self, element: _Element, list_length: int) -> np.dtype[Any]:
        order = self.reader.order
        fields: list[tuple[Any, ...]] = []
        for item in element.properties:
            if item.count_dtype is None:
                fields.append((item.name, order + item.dtype))
            else:
                fields.append((f"{item.name}#", order + item.count_dtype))
                fields.append((item.name, order + item.dtype, (list_length,)))
        return np.dtype(fields)

    def _table(self, element: _Element, dtype: np.dtype[Any]) -> NDArray[Any]:
        reader, size = self.reader, element.count * dtype.itemsize
        if size > len(reader.data) - reader.position:
            left = len(reader.data) - reader.position
            reader.fail(element.name, f"truncated: needs {size} bytes, {left} are left")
        table = np.frombuffer(reader.data, dtype, count=element.count, offset=reader.position)
        reader.position += size
        return table

    def _triangles(self, element: _Element) -> NDArray[np.int64] | None:
        """Read an element with lists; fast where every list is a triangle."""
        start = self.reader.position
        dtype = self._dtype(element, 3)
        lists = [item.name for item in element.properties if item.count_dtype is not None]
        if element.count * dtype.itemsize <= len(self.reader.data) - start:
            table = self._table(element, dtype)
            if all(bool(np.all(table[f"{name}#"] == 3)) for name in lists):
                wanted = [name for name in lists if name in _FACE_LISTS]
                return table[wanted[0]].astype(np.int64) if wanted else None
            self.reader.position = start
        return _fan([self._row(element, place) for place in range(element.count)])

    def _row(self, element: _Element, place: int) -> list[int]:
        polygon: list[int] = []
        for item in element.properties:
            count = 1
            if item.count_dtype is not None:
                count = int(self._scalars(element, place, item.count_dtype, 1)[0])
            values = self._scalars(element, place, item.dtype, count)
            if item.count_dtype is not None and item.name in _FACE_LISTS:
                polygon = [int(value) for value in values]
        return polygon

    def _scalars(self, element: _Element, place: int, dtype: str, count: int) -> NDArray[Any]:
        reader, kind = self.reader, np.dtype(self.reader.order + dtype)
        size = count * kind.itemsize
        if count < 0 or size > len(reader.data) - reader.position:
            reader.fail(f"{element.name} {place}", "truncated, or a list of impossible length")
        values = np.frombuffer(reader.data, kind, count=count, offset=reader.position)
        reader.position += size
        return values

    def end(self) -> None:
        left = len(self.reader.data) - self.reader.position
        if left:
            self.reader.fail("end of file", f"{left} bytes follow the last element")


class _Ascii:
    """The body of an ASCII file, line by line."""

    def __init__(self, reader: _Reader) -> None:
        self.reader = reader
        self.lines = reader.data[reader.position :].splitlines()
        self.place = 0

    def element(
        self, element: _Element
    ) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64] | None]:
        if element.count > len(self.lines) - self.place:
            left = len(self.lines) - self.place
            self.reader.fail(element.name, f"truncated: {element.count} lines, {left} are left")
        lines = self.lines[self.place : self.place + element.count]
        self.place += element.count
        if element.scalars_only:
            return self._columns(element, lines), None
        return {}, _fan([self._row(element, number, line) for number, line in enumerate(lines)])

    def _numbers(self, where: str, text: bytes) -> NDArray[np.float64]:
        try:
            return np.array(text.split(), dtype=np.float64)
        except ValueError as error:
            self.reader.fail(where, str(error))

    def _columns(self, element: _Element, lines: list[bytes]) -> dict[str, NDArray[Any]]:
        width = len(element.properties)
        values = self._numbers(element.name, b" ".join(lines))
        if len(values) != width * len(lines):
            found = f"{len(values)} in {len(lines)} lines"
            self.reader.fail(element.name, f"expected {width} numbers a line, got {found}")
        table = values.reshape(-1, width)
        return {item.name: table[:, place] for place, item in enumerate(element.properties)}

    def _row(self, element: _Element, number: int, line: bytes) -> list[int]:
        where = f"{element.name} {number}"
        values = self._numbers(where, line).tolist()
        polygon: list[int] = []
        for item in element.properties:
            count = 1
            if item.count_dtype is not None:
                count = int(values.pop(0)) if values and np.isfinite(values[0]) else -1
            if not 0 <= count <= len(values):
                self.reader.fail(where, "truncated, or a list of impossible length")
            if item.count_dtype is not None and item.name in _FACE_LISTS:
                if not all(value.is_integer() and abs(value) < _LIMIT for value in values[:count]):
                    self.reader.fail(where, "a vertex index is not a 32-bit integer")
                polygon = [int(value) for value in values[:count]]
            del values[:count]
        if values:
            self.reader.fail(where, f"{len(values)} numbers too many")
        return polygon

    def end(self) -> None:
        if any(line.strip() for line in self.lines[self.place :]):
            self.reader.fail("end of file", "text follows the last element")


def _fan(polygons: list[list[int]]) -> NDArray[np.int64]:
    """Cut each polygon into triangles that share its first corner."""
    triangles = [
        (polygon[0], polygon[place], polygon[place + 1])
        for polygon in polygons
        for place in range(1, len(polygon) - 1)
    ]
    return np.array(triangles, dtype=np.int64).reshape(-1, 3)
