# SPDX-License-Identifier: Apache-2.0
"""From a data set's own labels to the words questions use; the tables are in `data/labels`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from spatialevo_dge.json_fields import parse_json
from spatialevo_dge.resources import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """How the labels of one data set are read.

    Attributes:
        canonical: Source label, normalised, to the label questions use.
        structure: Canonical labels of what bounds a room rather than stands in it.
    """

    canonical: Mapping[str, str]
    structure: frozenset[str]

    def label(self, source_label: str) -> str:
        """Return the label questions use; a label that is not listed keeps its own words."""
        words = normalised(source_label)
        return self.canonical.get(words, words)


def normalised(source_label: str) -> str:
    """Return the label in lower case with single spaces for blanks and underscores."""
    return " ".join(source_label.replace("_", " ").lower().split())


@cache
def vocabulary(name: str) -> Vocabulary:
    """Return the vocabulary of a data set: ``"scannet"`` or ``"vsibench"``."""
    path = f"data/labels/{name}.json"
    fields = parse_json(read(path).encode(), path)
    canonical = fields.fields("canonical")
    structure = [str(label) for label in fields.items("structure")]
    return Vocabulary(
        canonical={source: canonical.text(source) for source in canonical},
        structure=frozenset(structure),
    )
