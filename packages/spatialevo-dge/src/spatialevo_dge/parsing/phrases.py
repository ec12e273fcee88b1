# SPDX-License-Identifier: Apache-2.0
"""From words to phrases: nouns, images, the cameras that took them, and who stands where.

A cascade of finite-state rules over kinds of tokens. Each rule is one way English has of saying a
thing that the grammar knows under one name: "where image 2 was taken", "image 2's viewpoint" and
"the second camera" all become CAM. What says nothing (articles, auxiliaries, courtesies) goes last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from spatialevo_dge.entities import FrameRef, Noun
from spatialevo_dge.labels import plural, singular
from spatialevo_dge.parsing.guards import Unread, guard, refuse
from spatialevo_dge.parsing.lexicon import BASE, SceneLexicon
from spatialevo_dge.parsing.rewrite import Chunk, Rule, become, drop, keep, rename, rewrite

MAX_NAME_WORDS: Final = 3
"""Longest name of an object that the scene does not have."""

_FATAL: Final = {
    "NEG": "a negation is not read: {!r}",
    "BAD": "not a unit or a question that is asked here: {!r}",
    "ADJ": "a description is not read: {!r}",
}
_NAMES: Final = frozenset({"WORD", "NOUN"})
_MODIFIERS: Final = frozenset(
    {
        "OBJ", "REGION", "ROOM", "IMGN", "IMGSN", "CAMW", "PLACE", "PART", "ZONE", "AREA", "UNIT",
        "ORD", "NUM", "NUMW", "DIR", "UPDOWN", "NEAR", "FAR", "NEARADJ", "FARADJ", "BIG", "SMALL",
        "MORE", "LESS", "LONGER", "SHORTER", "TALLER", "LONGEST", "HIGHER", "LOWER", "SAME", "DIST",
        "DEPTH", "HEIGHT", "WIDTH", "VOLUME", "SIZE", "LENGTH", "STAND", "TURN", "TILT", "MOVE",
        "MOTION", "VIS",
    }
)  # fmt: skip
"""Directly before a noun these would describe it ("front door", "second chair")."""
_MAY_PRECEDE: Final = frozenset(
    {"VIS", "DIST", "UNIT", "PLACE", "SIZE", "LENGTH", "DEPTH", "VOLUME", "HEIGHT"}
)
_AUXILIARIES: Final = frozenset(
    "do does did will would can could shall should may might must".split()
)
_VERB_PLACE: Final = frozenset({"STOP", "AUX", "PRON", "DROP", "BRK"})
_AFTER_A_VERB: Final = frozenset(
    {"DET", "WHICH", "HOW", "WHERE", "DIRQ", "DIST", "COUNT", "SIZE", "LENGTH", "PRON"}
)


def phrases(chunks: Sequence[Chunk], lexicon: SceneLexicon) -> Sequence[Chunk]:
    """Turn looked-up words into the tokens of the grammar.

    Raises:
        Unread: A negation, an unknown unit, a description of an object, or a word that is neither
            known nor the name of an object.
    """
    for chunk in chunks:
        if chunk.kind in _FATAL:
            raise Unread(_FATAL[chunk.kind].format(chunk.text))
    plain, adverbs = guard(_nouns(rewrite(chunks, _FIXED), lexicon))
    found = rewrite(plain, _RULES)
    tallies = [chunk for chunk in found if chunk.kind == "TALLY"]
    if tallies:
        found = [chunk for chunk in found if chunk.kind != "TALLY"]
    return [*found, *tallies, *adverbs] if tallies or adverbs else found


def _nouns(chunks: Sequence[Chunk], lexicon: SceneLexicon) -> Sequence[Chunk]:
    """Make unknown words into names of objects, and refuse words that describe a known one."""
    out: list[Chunk] = []
    place = 0
    while place < len(chunks):
        chunk = chunks[place]
        before = out[-1].kind if out else "STOP"
        if chunk.kind in {"OBJ", "REGION"}:
            if before in _MODIFIERS and before not in _MAY_PRECEDE:
                raise Unread(f"{out[-1].text!r} describes {chunk.text!r}")
            _refuse_compound(chunks, place, before)
            out.append(chunk)
            place += 1
        elif chunk.kind in _NAMES:
            end = place
            while end < len(chunks) and chunks[end].kind in _NAMES:
                end += 1
            out.append(_name(chunks, place, end, before, lexicon))
            place = end
        else:
            out.append(chunk)
            place += 1
    return out


def _refuse_compound(chunks: Sequence[Chunk], place: int, before: str) -> None:
    """Refuse a noun that the next word makes another: "sofa cover", "how many chair covers".

    A verb in its base form follows a noun only where an auxiliary went before: "where does the
    wardrobe stand".
    """
    if place + 1 == len(chunks):
        return
    noun, after = chunks[place], chunks[place + 1]
    if after.value == BASE and noun.text == singular(noun.text) and not _asked(chunks, place):
        raise Unread(f"{noun.text} {after.text!r} is not understood")
    counted = before == "COUNT" and noun.text != plural(noun.text)
    if counted and after.kind in {"VIS", "STAND", "PART"} and after.text.endswith("s"):
        raise Unread(f"{noun.text} {after.text!r} is not understood")


def _asked(chunks: Sequence[Chunk], place: int) -> bool:
    """Whether an auxiliary that takes a base form went before in the sentence."""
    for chunk in reversed(chunks[:place]):
        if chunk.kind == "STOP":
            return False
        if not _AUXILIARIES.isdisjoint(chunk.text.split()):
            return True
    return False


def _name(
    chunks: Sequence[Chunk], start: int, end: int, before: str, lexicon: SceneLexicon
) -> Chunk:
    """Return the noun that words outside every list are, if they can be one."""
    text = " ".join(chunk.text for chunk in chunks[start:end])
    after = chunks[end].kind if end < len(chunks) else "STOP"
    words = text.split()
    known = any(chunk.kind == "NOUN" for chunk in chunks[start:end])
    if len(words) > MAX_NAME_WORDS and not known:
        raise Unread(f"{text!r} is no name of an object")
    if after in {"OBJ", "REGION", "CAMW", "IMGN", "ROOM", "ORD", "CAMSW", "IMGSN"}:
        raise Unread(f"{text!r} describes {chunks[end].text!r}")
    if before in _MODIFIERS and before not in _MAY_PRECEDE:
        raise Unread(f"{text!r} is not understood")
    if before in _VERB_PLACE and after in _AFTER_A_VERB:
        raise Unread(f"{text!r} is not understood")
    return Chunk("OBJ", lexicon.unknown(words), text)


def _image(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Name one image: "image 2", "the second photo", "frame 000120"."""
    return (Chunk("IMG", _ref(found), _text(found)),)


def _camera(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Name the camera of one image; whatever led to it is read."""
    for chunk in found:
        if chunk.kind in {"IMG", "CAM"} and isinstance(chunk.value, FrameRef):
            return (Chunk("CAM", chunk.value, _text(found)),)
    numbered = any(chunk.kind in {"NUM", "NUMW", "ONE", "ORD"} for chunk in found)
    return (Chunk("CAM", _ref(found) if numbered else None, _text(found)),)


def _led_camera(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Name the camera of one image, keeping the preposition that leads to it."""
    return (found[0], *_camera(found[1:]))


def _ref(found: Sequence[Chunk]) -> FrameRef:
    for chunk in found:
        if chunk.kind == "FRAMEID":
            return FrameRef(frame_id=str(chunk.value))
        if chunk.kind in {"NUM", "NUMW", "ORD"}:
            return FrameRef(ordinal=int(str(chunk.value)))
    return FrameRef(ordinal=1)  # "photo one": the only number word that is a pronoun too


def _images(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Name several images by their numbers: "images 1 and 2"."""
    numbers = [chunk for chunk in found if chunk.kind in {"NUM", "NUMW", "ONE"}]
    return [Chunk("IMG", _ref((chunk,)), chunk.text) for chunk in numbers]


def _region(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Name an object's own area: "desk area"."""
    noun = found[0].value
    text = _text(found)
    if not isinstance(noun, Noun) or found[1].text == "floor area":
        return found
    return (Chunk("REGION", noun, text),)


def _shot(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Tell "the shot" from "was shot"."""
    return (found[0], Chunk("TAKE", None, "shot")) if found[1].text == "shot" else found


def _total(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Read "total chairs" as their number."""
    return (Chunk("COUNT", None, "total"),) if found[0].text == "total" else found


def _with(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Read "compare the desk with the door" as a pair."""
    pair = found[0].text in {"compare", "comparing"}
    return [Chunk("AND") if pair and c.text == "with" else c for c in found]


def _measure(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Read "measure from the desk to the door" as their distance."""
    return (Chunk("DIST", None, "measure"),) if found[0].text == "measure" else found


def _tape(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Read what a tape measure between two things reads as their distance."""
    return (Chunk("DIST", None, found[0].text),) if "tape" in found[0].text else found


def _that(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Read "that of image 1" as the camera of image 1."""
    return (Chunk("CAMW", None, "camera"), *found[1:]) if found[0].text == "that" else found


def _against(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Read "camera 2 versus camera 1" as the one relative to the other."""
    versus = any(chunk.text in {"vs", "versus"} for chunk in found)
    return (found[0], Chunk("REL"), found[-1]) if versus else (found[0], Chunk("EITHER"), found[-1])


def _observer(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Read "an observer at camera 1" as that camera."""
    return (Chunk("AT"), found[-1]) if found[0].value is None else found


def _me(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Keep "me" after a preposition; "it" and "them" repeat what was named before."""
    if found[-1].text in {"me", "us", "you", "myself", "yourself"}:
        return (Chunk("ME", None, _text(found)),)
    return ()


def _moved(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Refuse "where is the desk relative to where it was in image 1"; "where I was" is a place."""
    pronoun = next(chunk.text for chunk in reversed(found) if chunk.kind == "PRON")
    if pronoun not in {"i", "you", "we"}:
        refuse("how a thing has moved is not asked here")(found)
    return found


def _class(found: Sequence[Chunk]) -> Sequence[Chunk]:
    """Read "which table" as "which": a kind that several labels share is no candidate."""
    noun = found[-1].value
    if isinstance(noun, Noun) and noun.label is None and noun.rivals:
        return found[:-1]
    return found


def _sign(found: Sequence[Chunk]) -> Chunk:
    kinds = {chunk.kind for chunk in found}
    return Chunk("OR" if "OR" in kinds else "AND" if "AND" in kinds else "COMMA")


def _text(found: Sequence[Chunk]) -> str:
    return " ".join(chunk.text for chunk in found if chunk.text)


_S: Final = "(DET|DROP)*"
_NP: Final = "(OBJ|REGION|CAM|IMG|ME)"
_PREP: Final = "(FROM|TO|OF|REL|THAN|AT|BETWEEN|AMONG|LOC|FACE|HOLD|SIDEOF)"

_FIXED: Final = (
    Rule(
        "(SIZE|LENGTH|WIDTH|HEIGHT|DEPTH)((COMMA|AND|OR)+DET?(SIZE|LENGTH|WIDTH|HEIGHT|DEPTH))+",
        become("DIMS"),
    ),
    Rule("COUNT(?=DROP*DIMS)", drop),
    Rule("(AUX|PRON)IMGN(?!NUM|NUMW|ONE)", _shot),
    Rule("SUM(?=OBJ|NOUN)", _total),
    Rule("SAME(?=ROOM)", drop),
    Rule(f"DROP{_S}OBJ LOC{_S}(?=OBJ)", _with),
    Rule(f"DROP(?=FROM{_S}OBJ TO{_S}OBJ)", _measure),
    Rule("HOWMUCH(?=BETWEEN|FROM)", _tape),
    Rule(f"DET OF{_S}(?=IMGN|ORD)", _that),
    Rule(
        f"ONE DET?TAKE(?={_S}(IMGN|ORD))", lambda found: (Chunk("CAMW", None, "camera"), *found[1:])
    ),
)

_RULES: Final = (
    # Regions and kinds.
    Rule("OBJ(AREA|ZONE)", _region),
    Rule("WHICH OBJ(?!POSS)", _class),
    # "camera 2's position relative to camera 1" asks by itself.
    Rule(f"(?<=NUM|NUMW|ONE|CAMW|IMGN)POSS PLACE(?={_S}REL)", lambda _: (Chunk("DIRQ"),)),
    # Images.
    Rule(f"IMGSN {_S}(NUM|NUMW|ONE)((COMMA|AND|OR)+(NUM|NUMW|ONE))+", _images),
    Rule("IMGN COUNT?(NUM|NUMW|ONE|FRAMEID)", _image),
    Rule("ORD(IMGN|ONE)", _image),
    Rule("ORD(CAMW|PLACE)(PLACE|CAMW)*", _camera),
    Rule("CAMW(NUM|NUMW|ONE)(POSS?(CAMW|PLACE))*", _camera),
    Rule("ORD", _image),
    Rule("WHICH ONE?(OF)?(DET|NUMW|NUM|DROP|AND)*(IMGN|IMGSN|CAMSW)(?!IMG|CAM)", become("IMGQ")),
    Rule("(IMGN|IMGSN)WHICH", become("IMGQ")),
    Rule(f"(NUMW|NUM)?{_S}(IMGSN|IMGN)", become("IMGS")),
    Rule(f"IMGS {_S}OF {_S}IMG", keep("IMG")),
    Rule(f"CAMW {_S}(OF|LOC|TAKE){_S}IMGS", keep("CAMW")),
    Rule("NUMW", lambda found: (Chunk("TALLY", found[0].value, found[0].text),)),
    # Cameras: what stands for "the place from which an image was taken".
    Rule(f"CAMW POSS?(PLACE|CAMW)|CAMW {_S}OF {_S}CAMW", become("CAMW")),
    Rule(f"IMG POSS{_S}(CAMW|PLACE)(PLACE|CAMW|POSS)*(?<!POSS)|IMG CAMW+", _camera),
    Rule("CAMW(DET|DROP|LOC|OF|TAKE|AUX|STAND|HOLD|AT|VIS|SEE)*IMG(AUX*TAKE)?", _camera),
    Rule(f"WHERE{_S}(PRON|PERSON)?(AUX)*TAKE {_S}(IMGS|IMG)(FROM|AT)?", _camera),
    Rule(f"WHERE{_S}(IMGS|IMG)AUX*TAKE(FROM|AT)?", _camera),
    Rule(
        f"PLACE {_S}(FROM|AT|LOC|OF)?{_S}(WHICH|WHERE)?{_S}PRON?"
        f"((IMGS|IMG)AUX*TAKE(FROM|AT)?|AUX*TAKE {_S}(IMGS|IMG)(FROM|AT)?)",
        _camera,
    ),
    Rule(f"CAMW WHICH {_S}PRON?(IMGS|IMG)AUX*TAKE|CAMW WHICH AUX*TAKE {_S}IMG", _camera),
    Rule("IMG AUX*TAKE(FROM|AT)?", _camera),
    Rule(f"TAKE {_S}IMG", _camera),
    Rule(f"{_PREP}{_S}PLACE {_S}((OF|LOC){_S})?(IMGS|IMG|CAMW|CAM)", _led_camera),
    Rule(f"(FROM|AT|REL|TO){_S}PLACE {_S}OF(?={_S}OBJ)", lambda found: found[:1]),
    Rule(f"PLACE(?=OF{_S}IMG)", become("DIRQ")),
    Rule(f"CAMW {_S}(OF|LOC){_S}CAM|CAM POSS?{_S}(CAMW|PLACE)+", _camera),
    Rule(f"COORD {_S}OF {_S}(CAM)", lambda found: (found[-1], Chunk("ASREF"))),
    Rule(f"(CAM|IMG)POSS?{_S}COORD", lambda found: (found[0], Chunk("ASREF"))),
    Rule("(?<=CAMW)(AUX|DET|DROP|LOC|AT)*WHEN(PRON|AUX|DET|DROP)*(?=CAM|IMG)", drop),
    Rule("CAMW(?=CAM|IMG)", drop),
    Rule("WHEN(PRON|AUX|DET|DROP)*(?=CAM)", become("AT")),
    Rule("CAMW", rename("CAMW", "CAM")),
    Rule("CAMSW", drop),
    Rule(f"LOC(?!{_S}OBJ)", drop),
    Rule(f"THAN{_S}(AT|OF|FROM)(?={_S}(CAM|IMG))", lambda found: found[:1]),
    Rule(f"OBJ[^STOP]*REL WHERE?{_S}PRON{_S}AUX+{_S}(CAM|IMG)", _moved),
    Rule(f"(THAN|REL)WHERE?{_S}PRON{_S}AUX+(?={_S}(CAM|IMG))", lambda found: found[:1]),
    Rule(f"(REL|TO|ABOVE|BELOW|FROM){_S}OF(?={_S}(CAM|IMG))", lambda found: found[:1]),
    Rule(f"CAM{_S}AT{_S}CAM", _observer),
    Rule("(CAM|IMG)(COMMA|BRK)?OR DET?(CAM|IMG)", _against),
    Rule("(?<=CAM)AND DET?IMG", lambda found: (Chunk("CAM", found[-1].value, found[-1].text),)),
    Rule(f"STAND{_S}(?=CAM)", become("AT")),
    Rule(f"(FACE|LOOK){_S}IMG AUX", lambda found: (Chunk("AT"), found[-2])),
    Rule(f"(?<=FROM|AT|TO|REL)WHERE{_S}(CAM|CAMW)AUX", keep("CAM", "CAMW")),
    Rule(f"HOLD {_S}(?=CAM)", become("AT")),
    Rule("CAM(AUX|DROP)*SEE", lambda found: (found[0], Chunk("ASREF"))),
    Rule("SEE", rename("SEE", "VIS")),
    # People.
    Rule(f"(FROM|REL|TO|OF|AT|THAN){_S}PERSON", drop),
    Rule(f"(FROM|REL|TO|OF|THAN|BETWEEN){_S}PRON", _me),
    Rule(f"DIR {_S}PRON", keep("DIR")),
    # What one faces.
    Rule(f"FACE(?={_S}(IMGS|IMG|ROOM))", drop),
    Rule("FACE(?!DET*(OBJ|REGION|CAM))", rename("FACE", "LOOK")),
    Rule(f"(DIRQ|WHERE|HOW)AUX+{_S}CAM(AUX|DROP)*LOOK", refuse("where a camera points")),
    Rule("CAM(AUX|DROP)*LOOK", lambda found: (found[0], Chunk("ASREF"))),
    Rule("LOOK", drop),
    # Sides.
    Rule(f"SIDEQ{_S}OF(?={_S}{_NP})", lambda _: (Chunk("DIRQ"), Chunk("SIDEOF"))),
    Rule(f"DIR {_S}OF(?={_S}{_NP})", lambda found: (found[0], Chunk("SIDEOF"))),
    Rule("DIR(?=DET?(OBJ|CAM|REGION))", lambda found: (found[0], Chunk("SIDEOF"))),
    Rule("SIDEQ|WHERE|PLACE", become("DIRQ")),
    # References.
    Rule(f"LOC?{_S}(OBJ|CAM|IMG)(AUX|DROP|DET)*(ASREF|ASFACE|ASSTART|ASEND)",
         keep("OBJ", "CAM", "IMG", "ASREF", "ASFACE", "ASSTART", "ASEND")),
    Rule(f"AFTER(?!{_S}(CAM|IMG))", drop),
    # Prepositions that lead nowhere, and "nearest the desk".
    Rule(f"(FROM|TO|OF|REL|THAN|AT|BETWEEN|AMONG)(?!{_S}{_NP})", drop),
    Rule("NEAR(?=DET*(OBJ|CAM))", lambda found: (found[0], Chunk("TO"))),
    # Lists.
    Rule("OBJ(COMMA|AND|OR|BRK|DET|DROP)*(COMMA|AND|OR)(COMMA|AND|OR|BRK|DET|DROP)*(?=OBJ)",
         lambda found: (found[0], _sign(found))),
    Rule("(COMMA|AND|OR)(?!OBJ)|(?<!OBJ)(COMMA|AND|OR)", drop),
    Rule("DET|AUX|PRON|DROP|ONE|PERSON|POSS|BRK|WHEN|STAND|HOLD|TAKE|COORD", drop),
    # The room as what is asked about, not as where things are.
    Rule("(SIZE|LENGTH|AREA)ROOM", rename("ROOM", "FLOOR")),
    Rule("ROOM(?=SIZE|AREA)", rename("ROOM", "FLOOR")),
)  # fmt: skip
