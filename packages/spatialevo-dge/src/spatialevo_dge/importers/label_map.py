# SPDX-License-Identifier: Apache-2.0
"""ScanNet's own table of labels, ``scannetv2-labels.combined.tsv``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers.labels import normalised
from spatialevo_dge.importers.matrices import read_text

RAW: Final = "raw_category"
CATEGORY: Final = "category"
"""The column with corrected spellings; others (``nyu40class``) merge different things."""


def read_label_map(path: Path, column: str = CATEGORY) -> Mapping[str, str]:
    """Read what the table says for each raw label, by the label in lower case with single blanks.

    Raises:
        SceneError: Missing, damaged, without the column, or with two answers for one label.
    """
    lines = read_text(path).splitlines()
    names = lines[0].split("\t") if lines else []
    for name in (RAW, column):
        if names.count(name) != 1:
            raise SceneError(path, "line 1", f"expected one column {name!r}, got {names[:20]}")
    raw, wanted = names.index(RAW), names.index(column)
    table: dict[str, str] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != len(names):
            problem = f"expected {len(names)} columns, got {len(cells)}"
            raise SceneError(path, f"line {number}", problem)
        source, label = normalised(cells[raw]), normalised(cells[wanted])
        if not source or table.setdefault(source, label) != label:
            problem = (
                f"{source!r} is both {table[source]!r} and {label!r}" if source else "no label"
            )
            raise SceneError(path, f"line {number}", problem)
    return MappingProxyType({source: label for source, label in table.items() if label})
