# SPDX-License-Identifier: Apache-2.0
"""What is worth asking about: nouns for the labels that could be unique in a view."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations

from spatialevo_dge import legality
from spatialevo_dge.entities import Noun
from spatialevo_dge.parsing.nouns import find_noun
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.view import View, ViewKind


def unique_nouns(view: View, policy: Policy, scope: ViewKind) -> tuple[Noun, ...]:
    """Return a noun for every label that passes the checks of a single object in the scope."""
    if any(legality.unavailable(view, policy, scope)):
        return ()
    nouns = (find_noun(label, view.scene) for label in view.scene.objects_by_label)
    return tuple(item for item in nouns if not any(legality.one_object(view, policy, scope, item)))


def pairs(nouns: tuple[Noun, ...]) -> Iterator[tuple[Noun, Noun]]:
    """Every unordered pair, in order."""
    return combinations(nouns, 2)


def ordered_pairs(nouns: tuple[Noun, ...]) -> Iterator[tuple[Noun, Noun]]:
    """Every ordered pair."""
    return permutations(nouns, 2)
