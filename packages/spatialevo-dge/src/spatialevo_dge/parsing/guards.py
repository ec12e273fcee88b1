# SPDX-License-Identifier: Apache-2.0
"""Words that change what is asked, wherever they stand: what must be refused or kept, not dropped.

Pass 1 drops what says nothing. Some words say nothing in one place and much in another: "the two
images" and "the closest two", "facing the desk" and "which way is the desk facing". The rules here
find the places where they say much. What is left of those words says nothing, or is an adverb,
which may stand anywhere and is admitted only by the tasks whose questions it does not change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from spatialevo_dge.parsing.rewrite import Action, Chunk, Rule, become, rewrite


class Unread(Exception):  # noqa: N818  (not an error: most texts of the world are no questions)
    """The text cannot be read; the message says where."""


ADVERBS: Final = frozenset(
    {"HORIZ", "GROUND", "AXIS", "SUM", "OVERALL", "FULLY", "TALLY", "APPEAR"}
)
"""Kinds that may stand anywhere in a sentence; they are read after everything else."""

_GENERIC: Final = frozenset(
    """
    furniture furnishing furnishings object objects item items thing things appliance appliances
    device devices
    """.split()
)
_NOT_SEEN: Final = frozenset("covered covers cover exposed revealed contained offered".split())
_PLACES: Final = frozenset("stand stands standing sit sits lie lies placed located".split())
_SUPERLATIVES: Final = ("est", "most", "least")
_FOUND_TO_BE: Final = frozenset(
    """
    there here exist exists existing exactly approximately approx roughly about around please
    found find located situated placed positioned see spot notice count sit sits stand lie lies
    be seen appear appears altogether total
    """.split()
)
"""What may be said of things that are counted: that they are there and are seen."""
_SAYING_NOTHING: Final = frozenset(
    """
    you we i one do does can could to be find see spot notice count detect have the if any would
    will that are is in total all all together of for us me get up across throughout through as
    with answer tell say state report give provide return respond reply write output a an single
    number integer numeral digit digits numeric numerical value only just your using based on please
    and then so also word go let know it them there here seen visible shown present now currently
    kindly overall distinct different individual separate unique instances instance same whole
    once twice each every another when looking at viewing considering given taken together while
    observe carefully closely exact exactly precise precisely look think believe estimate guess
    determine work out calculate compute find how many make sure expected ask wonder like want need
    would say which what image images view in here around over inside thank you thanks ie eg
    identify discern detect recognise recognize distinguish become room space scene even also well
    walk walked walking go going
    """.split()
)


def refuse(why: str) -> Action:
    """Return an action that refuses the text for the words matched."""

    def action(found: Sequence[Chunk]) -> Sequence[Chunk]:
        said = " ".join(chunk.text for chunk in found if chunk.text)
        raise Unread(f"{why}: {said!r}")

    return action


def _rank(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Refuse "second closest"; "is the second higher" names an image."""
    if found[0].kind != "DET" or found[-1].text.endswith(_SUPERLATIVES):
        refuse("a rank other than the first is not read")(found)
    return found


def _plural(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Refuse "which objects are closest"."""
    if found[1].text in {"objects", "items", "things"} and found[2].text in {"are", "were"}:
        refuse("several answers are asked for")(found)
    return found


def _group(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Refuse "stand together"."""
    if found[1].text == "together" and found[0].text in _PLACES:
        refuse("what stands together is not asked here")(found)
    return found


def _more_things(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Refuse "the desk and the other furniture"."""
    if found[1].kind != "COMMA" and found[-1].text in _GENERIC:
        refuse("more things are meant than those named")(found)
    return found


def _wished(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Refuse "where should the desk go"."""
    if found[0].text in {"should", "shall"}:
        refuse("what should be is not asked here")(found)
    return found


def _turned(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Refuse "if I turned around"."""
    if found[0].text in {"if", "once", "when", "suppose", "assume", "imagine"}:
        refuse("what would be after a turn is not asked here")(found)
    return found


def _pointed(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Refuse "where does the desk point"."""
    if found[1].text in {"point", "go", "come"}:
        refuse("how a thing is turned is not asked here")(found)
    return found


def _amount(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Refuse "each chair" and "all chairs" of what is measured."""
    return refuse("several things are measured")(found)


_X: Final = "(DET|DROP|AUX)*"
_S: Final = "(DET|DROP)*"
_THING: Final = "(OBJ|REGION|ROOM|FLOOR)"
_MEDIUM: Final = "(IMGN|IMGSN|CAMW|CAMSW)"
_END: Final = "(NEAR|FAR|BIG|SMALL|MORE|LESS|LONGER|SHORTER|TALLER|TALLADJ|LONGEST|HIGHER|LOWER)"

_GUARDS: Final = (
    # Numbers of things.
    Rule(f"DET?ORD{_END}", _rank),
    Rule(f"ORD{_S}{_THING}", refuse("a rank other than the first is not read")),
    Rule("WHICH DET?(NUMW|NUM)", refuse("several answers are asked for")),
    Rule(f"{_END}(NUMW|NUM)", refuse("several answers are asked for")),
    Rule(f"(?<!IMGN|CAMW|COMMA|OR|AND)(NUMW|NUM){_S}{_THING}(?!{_S}(AND|COMMA|AREA|ZONE))",
         refuse("a number of things")),
    # Others than those meant.
    Rule(f"(ELSE|PAIRED){_S}(NUMW|NUM)?{_S}{_THING}", refuse("another thing is meant")),
    Rule("WHICH (ELSE|PAIRED)", refuse("another thing is meant")),
    Rule(f"AT{_S}(ELSE{_S})?(ROOM|ONE|FLOOR)(?!POSS)", refuse("another thing is meant")),
    Rule("(BOTH|QUANT)(DET|DROP|ELSE)*ROOM", refuse("several rooms are meant")),
    Rule(f"BOTH{_S}OBJ(?!{_S}AND)", _amount),
    Rule(f"WHICH DROP AUX(?!{_S}(OBJ|REGION))", _plural),
    Rule("(STAND|DROP)SUM", _group),
    Rule(f"OBJ(AND|OR|COMMA){_S}(ELSE{_S})?DROP", _more_things),
    Rule("BETWEEN(DET|DROP|AUX)*ROOM", refuse("what lies between rooms is not asked here")),
    # What is not so, but should be.
    Rule(f"AUX{_S}(OBJ|REGION)", _wished),
    Rule("DROP PRON(AUX|DROP|DET)*(TURN|MOVE)", _turned),
    Rule(f"(REL|THAN){_S}(ROOM|FLOOR)", refuse("what is compared with the room")),
    # How things are turned, or look.
    Rule("(OBJ|REGION)DROP", _pointed),
    Rule(f"SIDEQ{_S}OF{_S}OBJ{_X}FACE", refuse("how a thing is turned is not asked here")),
    Rule(f"(WHERE|DIRQ)AUX{_S}ORD?{_S}CAMW((LOC|OF|DET|DROP)*IMGN)?(NUM|NUMW|ONE)?AUX*(ORIENT|LOOK)",
         refuse("where a camera points is not asked here")),
    Rule("LOOK(BIG|SMALL|LONGER|SHORTER|TALLER|TALLADJ|HIGHER|LOWER)",
         refuse("how large a thing looks is not asked here")),
    Rule("(OBJ|REGION)(AUX|DROP|DET|POSS)*(LOOK|ORIENT|TURN|TILT)",
         refuse("how a thing is turned is not asked here")),
    Rule(f"(OBJ|REGION)(AUX|DROP)*FACE(?!{_S}(OBJ|REGION|CAMW|IMGN|IMGSN|ROOM|PRON|ORD))",
         refuse("how a thing is turned is not asked here")),
    Rule(f"ORIENT{_S}OF{_S}(OBJ|REGION)", refuse("how a thing is turned is not asked here")),
)  # fmt: skip

_PLAIN: Final = (
    Rule("ELSE|PAIRED|ORIENT", become("DROP")),
    Rule("QUANT|BOTH", become("DET")),
)

_NOT_COUNTED: Final = Rule(f"QUANT{_S}OBJ(?!{_S}(AND|COMMA))", _amount)


_OTHER_CAMERA: Final = Rule(f"ELSE{_S}(CAMW|IMGN)", refuse("another camera is meant"))


def guard(chunks: Sequence[Chunk]) -> tuple[Sequence[Chunk], list[Chunk]]:
    """Refuse what changes the question, and take the adverbs out of a sequence.

    Returns:
        The sequence without adverbs, and the adverbs.

    Raises:
        Unread: A word changes what is asked to what no task asks.
    """
    rewrite(chunks, _GUARDS)
    kinds = {chunk.kind for chunk in chunks}
    if "QUANT" in kinds and "COUNT" not in kinds:
        rewrite(chunks, (_NOT_COUNTED,))
    numbered = {"ORD", "NUM", "NUMW", "IMGSN", "CAMSW"}
    if "ELSE" in kinds and kinds.isdisjoint(numbered) and not _one_of_two(chunks):
        rewrite(chunks, (_OTHER_CAMERA,))
    if "COUNT" in kinds:
        _counted(chunks)
    adverbs = [chunk for chunk in chunks if chunk.kind in ADVERBS]
    if adverbs:
        chunks = [chunk for chunk in chunks if chunk.kind not in ADVERBS]
    if not kinds.isdisjoint({"ELSE", "PAIRED", "ORIENT", "QUANT", "BOTH"}):
        chunks = rewrite(chunks, _PLAIN)
    return chunks, adverbs


def _one_of_two(chunks: Sequence[Chunk]) -> bool:
    """Whether "one photo" went before "the other photo"."""
    return any(chunk.text.startswith(("one ", "in one ", "from one ")) for chunk in chunks)


def _counted(chunks: Sequence[Chunk]) -> None:
    """Refuse what narrows the things counted: "how many chairs are needed"."""
    place = next(index for index, chunk in enumerate(chunks) if chunk.kind == "COUNT")
    thing = place + 1
    while thing < len(chunks) and chunks[thing].kind in {"DET", "DROP", "OF", "QUANT"}:
        thing += 1
    if thing == len(chunks) or chunks[thing].kind != "OBJ":
        return
    last = "OBJ"
    for chunk in (*chunks[thing + 1 :], Chunk("STOP")):
        if last == "AUX" and chunk.kind in {"STAND", "TAKE", "HOLD"}:
            raise Unread(f"{chunk.text!r} narrows what is counted")
        if chunk.kind == "VIS" and chunk.text in _NOT_SEEN:
            raise Unread(f"{chunk.text!r} narrows what is counted")
        if chunk.kind in {"STOP", "COMMA", "BRK"}:
            if last == "LOC":
                raise Unread("a preposition without its noun narrows what is counted")
            return
        last = chunk.kind
        words = chunk.text.split()
        if chunk.kind == "DROP" and not _FOUND_TO_BE.union(_SAYING_NOTHING).issuperset(words):
            raise Unread(f"{chunk.text!r} narrows what is counted")
