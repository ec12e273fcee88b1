# SPDX-License-Identifier: Apache-2.0
"""From a data set's own labels to the words questions use; the tables are in `data/labels`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from spatialevo_dge.json_fields import Fields, parse_json
from spatialevo_dge.labels import singular, synonyms
from spatialevo_dge.resources import read

SCANS = "data/labels/scans.json"
"""One vocabulary for all data sets of scans, with what is particular to each."""
VSIBENCH = "data/labels/vsibench.json"
"""VSI-Bench goes by equality of labels, so that nearly all stay as annotated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """How the labels of one data set are read.

    Attributes:
        canonical: Source label, normalised, to the label questions use.
        structure: Canonical labels of what bounds a room rather than stands in it.
        ignored: Canonical labels that are no things.
    """

    canonical: Mapping[str, str]
    structure: frozenset[str]
    ignored: frozenset[str] = frozenset()

    def label(self, source_label: str) -> str:
        """Return the label questions use; a label that is not listed keeps its own words."""
        words = normalised(source_label)
        return self.canonical.get(words, words)


def normalised(source_label: str) -> str:
    """Return the label in lower case with single spaces for blanks and underscores."""
    return " ".join(source_label.replace("_", " ").lower().split())


@cache
def vocabulary(name: str) -> Vocabulary:
    """Return the vocabulary of a data set.

    Args:
        name: ``"scannet"``, ``"scannetpp"``, ``"arkitscenes"`` or ``"vsibench"``; ``"own"`` is what
            all scans share.
    """
    if name == "vsibench":
        fields = parse_json(read(VSIBENCH).encode(), VSIBENCH)
        return Vocabulary(canonical=_canonical(fields), structure=_words(fields, "structure"))
    shared = parse_json(read(SCANS).encode(), SCANS)
    canonical, ignored = _canonical(shared), _words(shared, "ignored")
    if name != "own":
        own = shared.fields("sources").fields(name)
        canonical |= _canonical(own)
        ignored |= _words(own, "ignored")
    return Vocabulary(canonical=canonical, structure=_words(shared, "structure"), ignored=ignored)


def is_known(label: str) -> bool:
    """Return whether a label is one of the vocabulary's or one with listed synonyms."""
    return label in _known() or singular(label) in _known()


@cache
def _known() -> frozenset[str]:
    shared = parse_json(read(SCANS).encode(), SCANS)
    own = [_canonical(shared.fields("sources").fields(name)) for name in shared.fields("sources")]
    tables = [_canonical(shared), *own]
    listed = {label for table in tables for label in table.values()}
    return frozenset(
        listed | _words(shared, "structure") | _words(shared, "plain") | set(synonyms())
    )


def _canonical(fields: Fields) -> dict[str, str]:
    table = fields.fields("canonical")
    return {source: table.text(source) for source in table}


def _words(fields: Fields, key: str) -> frozenset[str]:
    return frozenset(str(label) for label in fields.items(key))
