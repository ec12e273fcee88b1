# SPDX-License-Identifier: Apache-2.0
"""Functional regions by name: which objects make a place a sleeping area.

Names are matched exactly, never by likeness; "<object> area" is that object's own and is not here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from spatialevo_dge.labels import canonical, synonyms
from spatialevo_dge.resources import read


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionKind:
    """A kind of functional region.

    Attributes:
        name: How questions name it ("sleeping area").
        primary: Labels of which one must be there.
        supporting: Labels that belong to it where they stand beside a primary one.
        aliases: Other exact names.
    """

    name: str
    primary: frozenset[str]
    supporting: frozenset[str]
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, the main one first."""
        return (self.name, *self.aliases)


def _load() -> tuple[RegionKind, ...]:
    return tuple(
        RegionKind(
            name=entry["name"],
            primary=_spellings(entry["primary"]),
            supporting=_spellings(entry["supporting"]),
            aliases=tuple(entry["aliases"]),
        )
        for entry in json.loads(read("data/regions.json"))["regions"]
    )


def _spellings(labels: list[str]) -> frozenset[str]:
    """Return labels with their synonyms: scenes label one thing "sofa" or "couch"."""
    return frozenset(name for label in labels for name in synonyms().get(label, (label,)))


REGIONS: Final[tuple[RegionKind, ...]] = _load()


@cache
def by_name() -> Mapping[str, RegionKind]:
    """Return every kind by each of its names.

    Raises:
        ValueError: Two kinds share a name.
    """
    found: dict[str, RegionKind] = {}
    for kind in REGIONS:
        for name in kind.names:
            if name in found:
                raise ValueError(f"regions.json: {name!r} names two regions")
            found[name] = kind
    return found


def lookup(phrase: str) -> RegionKind | None:
    """Return the kind that a phrase names, or None."""
    return by_name().get(canonical(phrase))
