# SPDX-License-Identifier: Apache-2.0
"""From slots to entities: questions about objects and rooms."""

from __future__ import annotations

from spatialevo_dge.entities import (
    FIRST_IMAGE,
    SECOND_IMAGE,
    Among,
    Attribute,
    Category,
    Comparator,
    Comparison,
    Entities,
    FrameRef,
    Gap,
    Noun,
    One,
    Relation,
    Room,
    Standing,
    Unit,
)
from spatialevo_dge.parsing.slots import (
    Filled,
    Refused,
    Slots,
    ask,
    ask_direction,
    distinct,
    key,
    unlike,
)


def category(slots: Slots) -> Entities:
    """Read what is counted."""
    ask(slots, "count")
    return Category(category=slots.one("category"))


def room(slots: Slots) -> Entities:
    """Read a question for the room's size."""
    ask(slots, "size", "quantity")
    _quantity(slots)
    floor = any("floor" in chunk.text for item in slots.all("size") for chunk in item.chunks)
    spoken = slots.kinds("UNIT") and "quantity" in slots  # "how many square metres is it in here"
    if "room" not in slots and not floor and not spoken:
        raise Refused("no room is named")
    return Room(unit=slots.unit(Unit.SQUARE_METRES))


def one(slots: Slots) -> Entities:
    """Read the object that is measured, by itself or from the camera."""
    _quantity(slots)
    if slots.has("camera", "me", "distance"):
        ask(slots, "distance", "quantity")
        ask(slots, "camera", "me")
        unit = slots.unit(Unit.METRES, Unit.CENTIMETRES)
        return One(object=slots.one("object"), unit=unit, frame=_frame(slots))
    ask(slots, "size")
    if "biggest" in slots and not slots.kinds("DIMS"):
        raise Refused("the largest of what is not said")
    unit = slots.unit(Unit.CENTIMETRES, Unit.METRES)
    return One(object=slots.one("object"), unit=unit)


def gap(slots: Slots) -> Entities:
    """Read the two objects whose distance is asked."""
    _quantity(slots)
    ask(slots, "distance", "unit")
    if "distance" not in slots:
        ask(slots, "quantity")
    first, second = slots.pair(slots.sentences("distance", "quantity"), "ends")
    return Gap(first=first, second=second, unit=slots.unit(Unit.METRES, Unit.CENTIMETRES))


def among(slots: Slots) -> Entities:
    """Read the anchor and the candidates."""
    sign = _nearness(slots)
    if slots.interrogative("distance"):
        raise Refused("a distance and the nearer thing are asked for")
    comparator = Comparator.NEAREST if sign < 0 else Comparator.FARTHEST
    lists = slots.all("candidates")
    if "anchored" in slots:
        anchors = [noun for item in lists for noun in item.nouns]
        lists = slots.all("anchored")
    else:
        anchors = slots.nouns("anchor")
    if len(distinct(anchors)) != 1:
        raise Refused("one object to measure from was expected")
    candidates = distinct(noun for item in lists for noun in item.nouns)
    if not candidates:
        raise Refused("no candidates are named")
    if len(candidates) == 1 and slots.kinds("DIST") and not slots.has("near", "far"):
        raise Refused("the distance of one thing is asked for")
    if len(lists) > 1 and not _one_list(lists, candidates):
        raise Refused("more than one list of candidates")
    repeated = [noun for item in lists for noun in item.nouns] if len(lists) == 1 else candidates
    return Among(anchor=anchors[0], candidates=tuple(repeated), comparator=comparator)


def _one_list(lists: tuple[Filled, ...], candidates: list[Noun]) -> bool:
    """Whether lists name the same things, or each one known thing ("is a closer, or is b?")."""
    if all(len(distinct(item.nouns)) == len(candidates) for item in lists):
        return True
    return all(len(item.nouns) == 1 and item.nouns[0].label is not None for item in lists)


def standing(slots: Slots) -> Entities:
    """Read where one stands, what one faces and what is looked for."""
    ask_direction(slots)
    if slots.frames("observer"):
        raise Refused("an image's camera is named, not a place to stand")
    face, stand = slots.one("face"), slots.one("stand")
    beside = slots.nouns("beside")
    if any(key(noun) not in {key(face), key(stand)} for noun in beside):
        raise Refused("left or right of an object neither stood by nor faced")
    return Standing(stand=stand, face=face, query=slots.one("query"), form=slots.form())


def relation(slots: Slots) -> Entities:
    """Read the object looked for and the one it is related to."""
    ask_direction(slots)
    references, targets = distinct(slots.nouns("reference")), slots.nouns("target")
    toward = slots.nouns("toward")
    # "from the desk to the door" goes to the target; "the relation of the desk to the door" starts
    # at it.
    if toward and references:
        targets += toward
    elif toward:
        references = distinct(toward)
    targets = distinct(targets)
    if not targets and len(mentioned := slots.nouns("mention")) == 2 and references:
        targets = [noun for noun in mentioned if key(noun) != key(references[0])]
    if len(references) != 1 or len(targets) != 1:
        raise Refused("one object and one reference were expected")
    used = {key(references[0]), key(targets[0])}
    if any(key(noun) not in used for noun in slots.nouns("mention")):
        raise Refused("a third object is named")
    frame = _frame(slots, "frame", "observer")
    return Relation(reference=references[0], target=targets[0], form=slots.form(), frame=frame)


def comparison(slots: Slots) -> Entities:
    """Read the two objects compared, by depth or by size."""
    if slots.has("ordered", "reached"):
        if "reached" in slots and ("ordered" in slots or "camera" not in slots):
            raise Refused("the distance to an object, not from the camera, is compared")
        comparator = Comparator.NEARER if _nearness(slots) < 0 else Comparator.FARTHER
        asking = slots.sentences("near", "far", "larger", "smaller")
        first, second = slots.pair(asking, "ordered", "reached")
        return Comparison(
            first=first,
            second=second,
            comparator=comparator,
            offers_same="same" in slots,
            frame=_frame(slots, "frame", "camera"),
        )
    attribute, comparator = _attribute(slots)
    asking = slots.sentences(
        "larger", "smaller", "taller", "longer", "shorter", "higher", "lower", "less_tall"
    )
    first, second = slots.pair(asking, "candidates")
    return Comparison(
        first=first,
        second=second,
        comparator=comparator,
        attribute=attribute,
        offers_same="same" in slots,
        frame=_beyond_two(slots.frames("frames")),
    )


def _attribute(slots: Slots) -> tuple[Attribute, Comparator]:
    """Return what is compared and which end is asked for."""
    larger = slots.has("larger", "taller", "longer", "higher")
    smaller = slots.has("smaller", "shorter", "lower", "less_tall")
    named = {
        attribute
        for attribute, words in (
            (Attribute.HEIGHT, ("height", "taller", "less_tall")),
            (Attribute.VOLUME, ("volume",)),
        )
        if slots.has(*words)
    }
    if slots.kinds("MORE", "LESS") and not (named or "longest" in slots):
        raise Refused("more or less of what is not said")
    if slots.kinds("BIG", "SMALL") and slots.has("taller", "less_tall"):
        raise Refused("two comparisons are asked for")
    if slots.has("longest") and named and not _only_size(slots):
        raise Refused("two attributes are compared")
    if len(named) > 1 or larger == smaller:
        raise Refused("one comparison was expected")
    if slots.has("higher", "lower") and not named:
        raise Refused("higher or lower in what is not said")
    attribute = named.pop() if named else Attribute.LONGEST_SIDE
    return attribute, Comparator.LARGER if larger else Comparator.SMALLER


def _only_size(slots: Slots) -> bool:
    return all("size" in chunk.text for item in slots.all("longest") for chunk in item.chunks)


def _nearness(slots: Slots) -> int:
    """Return -1 where the nearer is asked for and +1 where the farther is."""
    signs = set()
    larger, smaller = slots.has("larger"), slots.has("smaller")
    if larger and smaller:
        raise Refused("both ends are asked for")
    if "nearness" in slots:  # "less close"
        if larger == smaller:
            raise Refused("nearer or farther is not said")
        return 1 if smaller else -1
    if "near" in slots:
        signs.add(-1)
    if "far" in slots:
        signs.add(1)
    if larger or smaller:
        if not slots.has("distance", "near", "far"):
            raise Refused("larger or smaller in what is not said")
        signs.add(1 if larger else -1)
    if len(signs) != 1:
        raise Refused("nearer or farther is not said")
    return signs.pop()


def _frame(slots: Slots, *names: str) -> FrameRef | None:
    """Return the one image named, if one is.

    Raises:
        Refused: Several are named.
    """
    refs = unlike(slots.frames(*(names or ("frame", "camera"))))
    if len(refs) > 1:
        raise Refused("one image was expected")
    return refs[0] if refs else None


def _beyond_two(refs: list[FrameRef]) -> FrameRef | None:
    """Return an image named that two images cannot hold, for the checks to refuse."""
    return next((ref for ref in refs if ref not in (FIRST_IMAGE, SECOND_IMAGE)), None)


def _quantity(slots: Slots) -> None:
    """Require that "how many" asks for a number of units, and "how large" for the distance."""
    if not slots.sentences("extent") <= slots.sentences("distance"):
        raise Refused("a size is asked for")
    if slots.interrogative("extent") and slots.interrogative("distance"):
        raise Refused("a size and a distance are asked for")
    if "quantity" in slots and not slots.has("unit", "size", "distance"):
        raise Refused("how many of what is not said")
