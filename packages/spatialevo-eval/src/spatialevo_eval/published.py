# SPDX-License-Identifier: Apache-2.0
"""Numbers that papers report, copied from their tables and never measured here.

SpatialEvo, arXiv 2604.14144v1, Table 1: nine benchmarks, per cent, and their mean. The column that
the paper calls V-STAR has the size of scores and the company of V*Bench (191 questions) though it
cites a video benchmark; it stands here under V*Bench.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["COLUMNS", "PUBLISHED", "SOURCE", "PublishedRow"]

SOURCE: Final = "SpatialEvo, arXiv 2604.14144v1, Table 1"

COLUMNS: Final = (
    ("vsi_bench", "VSI-Bench"),
    ("realworldqa", "RealWorldQA"),
    ("embspatial", "EmbSpatial"),
    ("spatialviz", "SpatialViz"),
    ("stare", "STARE"),
    ("corecognition", "CoreCognition"),
    ("viewspatial", "ViewSpatial"),
    ("vstar", "V*Bench"),
    ("mmstar", "MMStar"),
)
"""Benchmark and heading of each column, in the paper's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRow:
    """A row of the table.

    Attributes:
        size: ``"3B"`` or ``"7B"``.
        method: As the paper calls it; the base model is Qwen2.5-VL.
        values: Per cent, one a column.
        average: Per cent, as printed.
    """

    size: str
    method: str
    values: tuple[float, ...]
    average: float


def _row(size: str, method: str, numbers: str) -> PublishedRow:
    *values, average = map(float, numbers.split())
    return PublishedRow(size=size, method=method, values=tuple(values), average=average)


PUBLISHED: Final = (
    _row("3B", "Qwen2.5-VL", "28.1 63.4 55.9 24.2 33.1 56.8 36.2 74.9 54.6 47.5"),
    _row("3B", "SpatialLadder", "45.7 57.1 57.6 28.6 26.4 58.3 43.0 36.7 45.8 44.4"),
    _row("3B", "SpaceR", "36.0 61.4 55.6 31.9 36.8 29.1 35.9 75.4 44.9 45.2"),
    _row("3B", "Spatial-SSRL", "28.0 65.4 59.8 25.9 36.8 57.6 38.4 77.0 56.5 49.5"),
    _row("3B", "SpatialEvo", "39.2 66.5 61.2 25.4 36.9 57.4 42.3 75.4 55.2 51.1"),
    _row("7B", "Qwen2.5-VL", "31.1 69.5 63.6 27.0 41.8 59.6 36.4 78.5 61.6 52.1"),
    _row("7B", "ViLaSR", "45.4 57.9 47.8 29.8 21.4 56.4 32.3 35.6 60.8 43.0"),
    _row("7B", "SpaceR", "36.8 64.7 60.3 30.9 36.2 56.4 35.1 73.8 54.9 49.9"),
    _row("7B", "Spatial-SSRL", "33.7 69.9 69.3 28.4 43.3 60.2 37.5 79.1 63.5 53.9"),
    _row("7B", "SpatialEvo", "46.1 66.7 66.0 28.6 41.3 60.2 43.2 78.0 62.5 54.7"),
)
