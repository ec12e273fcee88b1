# SPDX-License-Identifier: Apache-2.0
"""Text files of numbers: poses, intrinsics, ``key = value`` records and axis alignments."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.errors import SceneError
from spatialevo_dge.json_fields import Fields, parse_json, read_bytes
from spatialevo_geometry.rigid import rotation_error

MAX_ROTATION_ERROR: Final = 1e-3
"""Largest deviation of RᵀR from the identity; official poses are printed with 6 digits."""
FARTHEST: Final = 1e4
"""Metres from the origin beyond which a coordinate is damage: no building is that wide."""


def read_text(path: Path) -> str:
    """Read a UTF-8 text file.

    Raises:
        SceneError: Missing, unreadable or not UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise SceneError(path, "text", str(error)) from error


def read_matrix(path: Path) -> NDArray[np.float64]:
    """Read a (4, 4) matrix of 16 numbers by rows; NaN and infinity are let through.

    Raises:
        SceneError: Not 16 numbers.
    """
    return matrix_of(read_text(path), path, "matrix")


def matrix_of(text: str, source: Path, field: str) -> NDArray[np.float64]:
    """Parse 16 numbers, rows first, into a (4, 4) matrix.

    Raises:
        SceneError: Not 16 numbers.
    """
    words = text.split()
    if len(words) != 16:
        raise SceneError(source, field, f"expected 16 numbers, got {len(words)}")
    try:
        return np.array([float(word) for word in words], dtype=np.float64).reshape(4, 4)
    except ValueError as error:
        raise SceneError(source, field, str(error)) from error


def rigid_problem(matrix: NDArray[np.float64]) -> str | None:
    """Say why a (4, 4) matrix is not a rigid transform; None where it is one."""
    if not bool(np.isfinite(matrix).all()):
        return "is not finite"
    error = rotation_error(matrix)
    if error > MAX_ROTATION_ERROR:
        return f"is not rigid (rotation error {error:.3g})"
    distance = float(np.abs(matrix[:3, 3]).max())
    return None if distance <= FARTHEST else f"lies {distance:.3g} m away"


def read_rigid(path: Path) -> NDArray[np.float64]:
    """Read a rigid (4, 4) transform.

    Raises:
        SceneError: Not 16 numbers, or not rigid.
    """
    return required_rigid(read_matrix(path), path, "matrix")


def required_rigid(matrix: NDArray[np.float64], source: Path, field: str) -> NDArray[np.float64]:
    """Return the matrix.

    Raises:
        SceneError: It is not rigid.
    """
    problem = rigid_problem(matrix)
    if problem is not None:
        raise SceneError(source, field, problem)
    return matrix


def read_pairs(path: Path) -> dict[str, str]:
    """Read lines of ``key = value``; blank lines are skipped.

    Raises:
        SceneError: A line of another form, or a key that occurs twice.
    """
    pairs: dict[str, str] = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        key, sign, value = (part.strip() for part in line.partition("="))
        if not sign or not key:
            raise SceneError(path, f"line {number}", f"expected 'key = value', got {line[:60]!r}")
        if key in pairs:
            raise SceneError(path, f"line {number}", f"{key!r} occurs twice")
        pairs[key] = value
    return pairs


def read_alignment(path: Path, scene_id: str) -> NDArray[np.float64]:
    """Read a scan's alignment to the world's axes.

    Args:
        path: Sixteen numbers as text, or as JSON: the list alone or by scene id.
        scene_id: The scene whose entry is wanted.

    Raises:
        SceneError: No entry for the scene, not 16 numbers, or not rigid.
    """
    text = read_text(path).strip()
    if not text.startswith(("{", "[")):
        return required_rigid(matrix_of(text, path, "alignment"), path, "alignment")
    if text.startswith("["):
        fields, key = parse_json(f'{{"alignment": {text}}}'.encode(), path), "alignment"
    else:
        fields, key = parse_json(text.encode(), path), scene_id
    return required_rigid(_sixteen(fields, key), path, key)


def nested_matrix(fields: Fields, key: str, side: int) -> NDArray[np.float64]:
    """Return a square matrix written as a list of rows; numbers are finite.

    Raises:
        SceneError: Missing, of another shape, or with something that is no finite number.
    """
    rows = fields.items(key)
    if len(rows) != side:
        fields.fail(key, f"expected {side} rows, got {len(rows)}")
    where = fields.where(key)
    return np.array(
        [
            Fields({"row": row}, fields.source, f"{where}[{place}]").numbers("row", side)
            for place, row in enumerate(rows)
        ]
    )


def _sixteen(fields: Fields, key: str) -> NDArray[np.float64]:
    values = fields.items(key)
    if len(values) != 4:
        return fields.numbers(key, 16).reshape(4, 4)
    return nested_matrix(fields, key, 4)
