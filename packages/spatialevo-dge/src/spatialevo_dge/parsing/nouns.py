# SPDX-License-Identifier: Apache-2.0
"""What a phrase alone names in a scene, by the same word lists that read whole questions."""

from __future__ import annotations

from spatialevo_dge.entities import Noun
from spatialevo_dge.parsing.lexicon import longest, of_scene
from spatialevo_dge.parsing.words import split
from spatialevo_dge.scene import Scene

ARTICLES = frozenset({"a", "an", "the"})


def find_noun(phrase: str, scene: Scene) -> Noun:
    """Match a phrase with the labels of a scene; an unknown one keeps its text and has no label.

    Args:
        phrase: Such as ``"the couch"``: article, plural and synonym are folded.
        scene: Whose labels.
    """
    words = split(phrase)
    while len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    lexicon = of_scene(scene)
    if words:
        end, entry = longest(lexicon.trie, words, 0)
        if entry is not None and end == len(words) and isinstance(entry.value, Noun):
            return entry.value
    return lexicon.unknown(words)
