# SPDX-License-Identifier: Apache-2.0
"""Values as plotly.js reads them: numbers, packed arrays, and text that stays text."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from spatialevo_dge.viewing.text import plain

Node: TypeAlias = dict[str, Any]
"""A part of a figure: JSON."""


def packed(values: ArrayLike) -> Node:
    """Return numbers as a packed array of float32."""
    array = np.ascontiguousarray(values, dtype="<f4")
    return {"dtype": "f4", "bdata": base64.b64encode(array.tobytes()).decode("ascii")}


def coordinates(points: Iterable[Any], digits: int = 4) -> Node:
    """Return points as the lists x, y and z; None in place of a point breaks a line there."""
    rows = [(None, None, None) if point is None else _rounded(point, digits) for point in points]
    return {axis: [row[place] for row in rows] for place, axis in enumerate("xyz")}


def _rounded(point: Any, digits: int) -> tuple[float, ...]:
    return tuple(round(float(value), digits) + 0.0 for value in point)


def text_of(words: str) -> str:
    """Return words as plotly.js shows them; it reads a subset of HTML in every text."""
    return plain(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def in_script(value: Node) -> str:
    """Write JSON that may stand in an HTML script element: nothing in it can end the element."""
    written = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
