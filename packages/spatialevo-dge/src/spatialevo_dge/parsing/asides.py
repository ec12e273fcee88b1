# SPDX-License-Identifier: Apache-2.0
"""Sentences beside the question that ask nothing and change nothing ("I need to seat people").

A text is read whole; only where that fails are such sentences left out, and only these: what the
asker wants or where the asker is, and that images were taken. A sentence with any word that
questions are made of is never left out.
"""

from __future__ import annotations

import re
from typing import Final

from spatialevo_dge.parsing.lexicon import SceneLexicon, common, longest
from spatialevo_dge.parsing.words import split

_SENTENCES: Final = re.compile(r"(?<=[.!?])\s+")
_WISH: Final = re.compile(
    r"(?:i|we|my [a-z]+|our [a-z]+|a (?:friend|client|customer|buyer|colleague|neighbour|neighbor)"
    r"(?: of mine)?)"
    r"(?: (?:need|want|plan|hope|wish|intend)s? |(?: would|'d) (?:like|love) "
    r"|(?: am|'m| are|'re| is) (?:at|in|on|lying|sitting|buying|planning|trying|looking for"
    r"|thinking|redecorating|redoing|furnishing|shopping|getting|hoping|new|here|designing) )"
)
_PHOTOS: Final = re.compile(
    r"(?:the|these|those|both|here are)?\s?(?:the )?(?:two |three |four |several |following )?"
    r"(?:images|photos|pictures|frames|photographs|views|shots)"
    r"(?: here| below| above)? (?:(?:are|were|have been) (?:both |all )?(?:taken|shot|captured"
    r"|recorded)|show|come|belong)\b"
)
_CHANGES: Final = frozenset(
    """
    remove removed removing add adding added put push pushed pull pulled swap replace replaced hide
    ignore ignoring exclude excluding imagine suppose assume pretend only but if when mirrored
    flipped swapped reversed upside reverse
    """.split()
)
_HARMLESS: Final = frozenset(
    {
        "DET", "AUX", "PRON", "DROP", "PERSON", "FROM", "TO", "OF", "AT", "LOC", "AND", "OBJ",
        "ROOM", "REGION", "NOUN", "IMGN", "IMGSN", "CAMW", "CAMSW", "NUMW", "TAKE", "PLACE", "VIS",
        "QUANT", "BOTH", "ELSE", "ONE", "FLOOR", "ZONE", "AMONG", "BETWEEN", "SEE",
    }
)  # fmt: skip


def without_asides(text: str, lexicon: SceneLexicon) -> tuple[str, bool] | None:
    """Return a text without its asides, and whether one of them says where the asker is.

    Returns:
        None where there are none, or nothing else.
    """
    sentences = _SENTENCES.split(text)
    if len(sentences) < 2:
        return None
    kept = [sentence for sentence in sentences if not _aside(sentence, lexicon)]
    if not kept or len(kept) == len(sentences):
        return None
    told = any(
        _WISH.match(sentence.lower().replace("\u2019", "'"))
        for sentence in sentences
        if sentence not in kept
    )
    return " ".join(kept), told


def _aside(sentence: str, lexicon: SceneLexicon) -> bool:
    plain = sentence.lower().replace("\u2019", "'").strip()
    if plain.endswith("?") or not (_WISH.match(plain) or _PHOTOS.match(plain)):
        return False
    words = split(sentence)
    if not _CHANGES.isdisjoint(words):
        return False
    place = 0
    while place < len(words):
        end = longest(lexicon.trie, words, place)[0]
        if end == place:
            end, entry = longest(common(), words, place)
            if entry is not None and entry.kind not in _HARMLESS and words[place] != "new":
                return False
            if entry is None and words[place].isdecimal():
                return False
        place = max(end, place + 1)
    return True
