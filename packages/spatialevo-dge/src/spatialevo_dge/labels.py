# SPDX-License-Identifier: Apache-2.0
"""Names of things: plurals, and which names mean the same kind of object.

Nothing here compares spellings: a name means a label because a list says so, or it does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from spatialevo_dge.resources import read

_BLANKS = re.compile(r"[\s_\-]+")


def canonical(phrase: str) -> str:
    """Fold a name: lower case, hyphens and underscores as blanks, single blanks, no article."""
    folded = _BLANKS.sub(" ", phrase.lower()).strip()
    for article in ("the ", "a ", "an "):
        if folded.startswith(article):
            return folded[len(article) :]
    return folded


@cache
def singular(phrase: str) -> str:
    """Return the singular of a name; its last word carries the number."""
    irregular = _singulars()
    if phrase in irregular:
        return irregular[phrase]
    head, blank, last = phrase.rpartition(" ")
    return head + blank + irregular.get(last, _regular_singular(last))


@cache
def plural(phrase: str) -> str:
    """Return the plural of a name; a name that is plural already stays as it is."""
    irregular = _plurals()
    if phrase in irregular:
        return irregular[phrase]
    head, blank, last = phrase.rpartition(" ")
    if phrase in _singulars() or last in _singulars():
        return phrase
    return head + blank + irregular.get(last, _regular_plural(last))


@cache
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """Return, by name, every name of the same kind of object, itself included."""
    groups = json.loads(read("data/synonyms.json"))["groups"]
    by_name: dict[str, tuple[str, ...]] = {}
    for group in groups:
        names = tuple(dict.fromkeys(canonical(name) for name in group))
        for name in names:
            if name in by_name:
                raise ValueError(f"synonyms.json: {name!r} stands in two groups")
            by_name[name] = names
    return MappingProxyType(by_name)


def _regular_plural(word: str) -> str:
    if word != _regular_singular(word):
        return word
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def _regular_singular(word: str) -> str:
    if not word.endswith("s") or word.endswith(("ss", "us", "is")) or word in _singular_in_s():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


@cache
def _plurals() -> Mapping[str, str]:
    return dict(json.loads(read("data/plurals.json"))["irregular"])


@cache
def _singulars() -> Mapping[str, str]:
    known = _plurals()
    # A name that is its own plural ("shoes", where a data set labels the pair) is no one's plural.
    back = {many: one for one, many in known.items() if one != many}
    return {one: one for one, many in known.items() if one == many and one not in back} | back


@cache
def _singular_in_s() -> frozenset[str]:
    return frozenset(json.loads(read("data/plurals.json"))["singular_in_s"])
