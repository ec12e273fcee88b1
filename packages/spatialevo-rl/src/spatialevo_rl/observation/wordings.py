# SPDX-License-Identifier: Apache-2.0
"""The words in which claims are made, by kind of token; names of things come from the oracle."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from spatialevo_dge.parsing.lexicon import Entry, Trie, add
from spatialevo_dge.parsing.words import split

IMAGE_NOUNS: Final = frozenset("image picture photo photograph view frame shot".split())
ORDINALS: Final = {
    word: place
    for place, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1
    )
} | {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "6th": 6, "7th": 7, "8th": 8}
NUMERALS: Final = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
}

DETERMINERS: Final = frozenset(
    "a an the this that these those some several many few multiple various another my our its "
    "their any".split()
)
ADVERBS: Final = frozenset(
    "also both here now then next finally additionally moreover overall only exactly too all "
    "each".split()
)
"""Words that add nothing: what they stand with says the same without them."""
QUALIFIERS: Final = frozenset(
    "clearly just directly immediately slightly partly partially visibly situated else".split()
)
"""Words that add something which nothing judges: they count as unclaimed."""

RIGHT: Final = "right"
FARTHER: Final = "farther"
FRONT: Final = "front"
BEHIND: Final = "behind"

_CAMERAS: Final = ("the camera", "camera", "me", "us", "you", "the viewer", "the observer")
_VIEWS: Final = (
    "image | picture | photo | view | scene | room | frame | bedroom | kitchen | bathroom | "
    "office | living room | space"
)

_PHRASES: Final = {
    ("THERE", ""): "there is | there are | there exists | there exist | there appears to be | "
    "there stands | there stand | here is | here are",
    ("SEE", ""): "i see | i can see | i could see | we see | we can see | you see | you can see | "
    "one sees | one can see | i notice | i observe | i spot | i find | i count | it shows | "
    "it contains | it has | i have | i am looking at | i look at | looking around i see",
    ("SHOW", ""): "shows | show | contains | contain | has | depicts | displays | includes | "
    "features | captures | holds",
    ("IS", ""): "is | are | stands | stand | sits | sit | lies | lie | rests | rest | is located | "
    "are located | is placed | are placed | is positioned | are positioned | is standing | "
    "are standing | is sitting | are sitting | is lying | are lying | is resting | are resting | "
    "is situated | are situated | is set | are set | is found | are found",
    ("SEEN", ""): "is visible | are visible | is seen | are seen | can be seen | is shown | "
    "are shown | is present | are present | is in view | are in view | appears | appear | "
    "is there | are there | is visible to me | is in the room | are in the room | "
    "is in this room | are in this room | is in the scene | are in the scene",
    ("THAT", ""): "that is | that are | which is | which are | that stands | that sits | that lies "
    "| which stands | which sits | which lies | located | placed | positioned | standing | "
    "sitting | lying | resting",
    ("SEP", ""): "and | as well as | plus | along with | together with | with | while | but | "
    "whereas | and also | and then",
    ("REL", "left"): "left of | to the left of | on the left of | on the left side of | "
    "on the left hand side of | to the left side of | at the left of | leftward of | "
    "further left than | farther left than | more to the left than",
    ("REL", RIGHT): "right of | to the right of | on the right of | on the right side of | "
    "on the right hand side of | to the right side of | at the right of | rightward of | "
    "further right than | farther right than | more to the right than",
    ("REL", FRONT): "in front of",
    ("REL", BEHIND): "behind | in back of",
    ("REL", "on"): "on | on top of | atop | upon | on the top of",
    ("REL", "in"): "in | inside | inside of | within",
    ("NEAR", ""): "near | next to | beside | by | close to | against | alongside | adjacent to | "
    "around | along | under | underneath | below | beneath | above | over | opposite | facing | "
    "across from",
    ("NUM", "2"): "a pair of | a couple of",
    ("PLAIN", ""): "in the room | in this room | in the scene | in this scene | in the image | "
    "in this image | in the images | in these images | in the picture | in this picture | "
    "in the photo | in this photo | in the view | in this view | in view | visible | a total of | "
    "a single | as i can see | of the image",
    ("FILL", ""): "in the background | in the foreground | in the middle | "
    "in the middle of the room | in the center | in the centre | in the corner | "
    "in the corner of the room | on the floor | on the wall | against the wall | "
    "along the wall | at the back | on the left | on the right | to the left | to the right | "
    "on the left side | on the right side | at the front | from here | in the distance | nearby",
}  # fmt: skip


def _listed() -> Iterator[tuple[str, Entry]]:
    for (kind, value), phrases in _PHRASES.items():
        for phrase in phrases.split("|"):
            yield phrase.strip(), Entry(kind, value)
    for word in NUMERALS:
        yield word, Entry("NUM", str(NUMERALS[word]))
    for word in DETERMINERS:
        yield word, Entry("DET")
    for word in ADVERBS:
        yield word, Entry("PLAIN")
    for word in QUALIFIERS:
        yield word, Entry("FILL")
    yield from _orders()
    yield from _views()


def _views() -> Iterator[tuple[str, Entry]]:
    """Spell what shows things: "the room has", "this picture shows a room with"."""
    for view in map(str.strip, _VIEWS.split("|")):
        for article in ("the", "this"):
            yield f"{article} {view} is furnished with", Entry("SEE")
            for verb in map(str.strip, _PHRASES["SHOW", ""].split("|")):
                yield f"{article} {view} {verb}", Entry("SEE")
                yield f"{article} {view} {verb} a room with", Entry("SEE")


def _orders() -> Iterator[tuple[str, Entry]]:
    """Spell "nearer" and "farther": to whom, and than what."""
    for word in ("nearer", "closer"):
        yield f"{word} than", Entry("REL", "nearer")
        for camera in _CAMERAS:
            yield f"{word} to {camera} than", Entry("REL", "nearer")
    for word in ("farther", "further"):
        for way in ("", " away", " back"):
            yield f"{word}{way} than", Entry("REL", FARTHER)
            for camera in _CAMERAS:
                yield f"{word}{way} from {camera} than", Entry("REL", FARTHER)


@cache
def wordings() -> Trie:
    """Return the words of claims as a trie over words."""
    trie: Trie = {}
    for phrase, entry in _listed():
        add(trie, split(phrase), entry)
    return trie
