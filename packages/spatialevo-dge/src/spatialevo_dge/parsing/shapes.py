# SPDX-License-Identifier: Apache-2.0
"""From slots to entities: one function for each shape of question.

A function refuses rather than guesses: every role filled once, nothing left over, one polarity,
one unit, and words that really ask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from spatialevo_dge.entities import (
    FIRST_IMAGE,
    SECOND_IMAGE,
    Among,
    Attribute,
    Cameras,
    Category,
    Comparator,
    Comparison,
    Entities,
    FrameRef,
    FromCamera,
    Gap,
    Motion,
    Noun,
    One,
    RegionFromCamera,
    Relation,
    Room,
    Shown,
    Standing,
    Travel,
    Unit,
)
from spatialevo_dge.parsing.slots import Filled, Refused, Slots, distinct, key


def entities_of(shape: type[Any], slots: Slots) -> Entities:
    """Make the entities of a shape out of what the text says.

    Raises:
        Refused: The text does not ask such a question.
        TypeError: The shape is none of those that questions have.
    """
    make = _MAKERS.get(shape)
    if make is None:
        raise TypeError(f"shape: {shape!r} is none of {', '.join(s.__name__ for s in _MAKERS)}")
    return make(slots)


def possible(shape: type[Any], kinds: frozenset[str]) -> bool:
    """Whether tokens of these kinds can make a question of a shape; most cannot, at little cost."""
    return all(not kinds.isdisjoint(needed) for needed in _NEEDS.get(shape, ()))


def _category(slots: Slots) -> Entities:
    _ask(slots, "count")
    return Category(category=slots.one("category"))


def _room(slots: Slots) -> Entities:
    _ask(slots, "size", "quantity")
    _quantity(slots)
    floor = any("floor" in chunk.text for item in slots.all("size") for chunk in item.chunks)
    if "room" not in slots and not floor:
        raise Refused("no room is named")
    return Room(unit=slots.unit(Unit.SQUARE_METRES))


def _one(slots: Slots) -> Entities:
    _quantity(slots)
    if slots.has("camera", "me", "distance"):
        _ask(slots, "distance", "quantity")
        _ask(slots, "camera", "me")
        unit = slots.unit(Unit.METRES, Unit.CENTIMETRES)
        return One(object=slots.one("object"), unit=unit, frame=_frame(slots))
    _ask(slots, "size")
    unit = slots.unit(Unit.CENTIMETRES, Unit.METRES)
    return One(object=slots.one("object"), unit=unit)


def _gap(slots: Slots) -> Entities:
    _quantity(slots)
    _ask(slots, "distance", "unit")
    if "distance" not in slots:
        _ask(slots, "quantity")
    first, second = slots.pair(slots.sentences("distance", "quantity"), "ends")
    return Gap(first=first, second=second, unit=slots.unit(Unit.METRES, Unit.CENTIMETRES))


def _among(slots: Slots) -> Entities:
    sign = _nearness(slots)
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
    if len(lists) > 1 and not _one_list(lists, candidates):
        raise Refused("more than one list of candidates")
    repeated = [noun for item in lists for noun in item.nouns] if len(lists) == 1 else candidates
    return Among(anchor=anchors[0], candidates=tuple(repeated), comparator=comparator)


def _one_list(lists: tuple[Filled, ...], candidates: list[Noun]) -> bool:
    """Whether lists name the same things, or each one known thing ("is a closer, or is b?")."""
    if all(len(distinct(item.nouns)) == len(candidates) for item in lists):
        return True
    return all(len(item.nouns) == 1 and item.nouns[0].label is not None for item in lists)


def _standing(slots: Slots) -> Entities:
    _ask_direction(slots)
    if slots.frames("observer"):
        raise Refused("an image's camera is named, not a place to stand")
    face, stand = slots.one("face"), slots.one("stand")
    beside = slots.nouns("beside")
    if any(key(noun) != key(face) for noun in beside):
        raise Refused("left or right of another object than the one faced")
    return Standing(stand=stand, face=face, query=slots.one("query"), form=slots.form())


def _relation(slots: Slots) -> Entities:
    _ask_direction(slots)
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


def _comparison(slots: Slots) -> Entities:
    if slots.has("ordered", "reached"):
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


def _cameras(slots: Slots) -> Entities:
    if slots.has("baseline", "raised", "above"):
        return _elevation(slots)
    _ask_direction(slots)
    if not slots.has("reference", "target"):
        raise Refused("no camera is named")
    told = slots.all("reference", "target", "reference_image", "target_image")
    asking = slots.sentences("asked", "offer")
    reference, target = _two_roles(told, asking, ("reference", "reference_image"))
    return Cameras(reference=reference, target=target, form=slots.form())


def _elevation(slots: Slots) -> Entities:
    higher = slots.kinds("HIGHER", "ABOVE", "BIG", "MORE")
    if higher != slots.kinds("LOWER", "BELOW", "SMALL", "LESS"):
        raise Refused("higher or lower: only one of them is offered")
    if not higher or slots.kinds("BIG", "SMALL", "MORE", "LESS"):
        _ask(slots, "height")
    told = slots.all("baseline", "raised", "above")
    asking = slots.sentences("higher", "lower", "height", "above")
    reference, target = _two_roles(told, asking, ("baseline", "above"))
    return Cameras(reference=reference, target=target)


def _two_roles(
    told: tuple[Filled, ...], asking: frozenset[int], referring: tuple[str, ...]
) -> tuple[FrameRef, FrameRef]:
    """Return the image referred to and the other one.

    A camera that a sentence without a question only mentions takes the role left open.

    Raises:
        Refused: A role stays open, is filled twice, or a third image is named.
    """
    references = _unlike(r for item in told if item.slot in referring for r in item.frames)
    others = [item for item in told if item.slot not in referring]
    targets = _unlike(r for item in others if item.sentence in asking for r in item.frames)
    mentioned = _unlike(r for item in others if item.sentence not in asking for r in item.frames)
    if not targets:
        targets = [ref for ref in mentioned if ref not in references] or targets
    if not references:
        references = [ref for ref in mentioned if ref not in targets]
    if len(references) != 1 or len(targets) != 1:
        raise Refused("two cameras with a role each were expected")
    if any(ref not in (references[0], targets[0]) for ref in mentioned):
        raise Refused("a third image is named")
    return references[0], targets[0]


def _shown(slots: Slots) -> Entities:
    larger, smaller = slots.has("larger"), slots.has("smaller")
    if larger == smaller:
        raise Refused("one comparison was expected")
    refs = slots.frames("frames")
    _ask(slots, "images", "frames")
    if not slots.has("images") and len(refs) < 2:
        raise Refused("no images are compared")
    if len(refs) != 2:
        refs = _unlike(refs)
    if len(refs) not in {0, 2}:
        raise Refused("two images were expected")
    first, second = refs or (FIRST_IMAGE, SECOND_IMAGE)
    return Shown(
        object=slots.one("object"),
        first=first,
        second=second,
        comparator=Comparator.MORE if larger else Comparator.LESS,
        offers_same="same" in slots,
    )


def _from_camera(slots: Slots) -> Entities:
    _ask_direction(slots)
    reference = _camera_of(slots)
    return FromCamera(object=slots.one("object"), reference=reference, form=slots.form())


def _region(slots: Slots) -> Entities:
    _ask_direction(slots)
    reference = _camera_of(slots)
    named = {c.text: c.value for f in slots.all("region") for c in f.chunks if c.kind == "REGION"}
    if len(named) != 1:
        raise Refused("one region was expected")
    ((text, value),) = named.items()
    noun = value if isinstance(value, Noun) else None
    return RegionFromCamera(region=text, reference=reference, object=noun, form=slots.form())


def _camera_of(slots: Slots) -> FrameRef:
    """Return the image whose camera is asked about.

    Raises:
        Refused: None is named, or several.
    """
    if any(c.kind == "CAM" and c.value is None for f in slots.all("bare_camera") for c in f.chunks):
        # "has the camera been moved": the camera is what is spoken of, not where one looks from.
        raise Refused("no image's camera is named")
    cameras = _unlike(slots.frames("camera", "bare_camera"))
    if not cameras and slots.has("camera", "me"):
        cameras = _unlike(slots.frames("image"))
    if len(cameras) != 1:
        raise Refused("the camera of one image was expected")
    return cameras[0]


def _travel(slots: Slots) -> Entities:
    asks = _motion(slots)
    starts, ends = _unlike(slots.frames("start")), _unlike(slots.frames("end"))
    mentions = slots.frames("mention")
    if len(mentions) > 2:
        mentions = _unlike(mentions)
    for ref in mentions:
        if ref in starts + ends and len(starts + ends) >= 2:
            continue
        (ends if starts or ref == SECOND_IMAGE and len(mentions) == 1 else starts).append(ref)
    if len(starts) > 1 or len(ends) > 1:
        raise Refused("one image to start from and one to end at were expected")
    start, end = (starts or [None])[0], (ends or [None])[0]
    if start is None:
        start = FIRST_IMAGE if end != FIRST_IMAGE else SECOND_IMAGE
    if end is None:
        end = SECOND_IMAGE if start != SECOND_IMAGE else FIRST_IMAGE
    return Travel(start=start, end=end, asks=asks)


def _motion(slots: Slots) -> Motion:
    """Return which part of the motion is asked for."""
    kinds = [kind for kind in ("turn", "tilt", "move") if kind in slots]
    sideways = {c.value for item in slots.all("offer") for c in item.chunks}
    words = " ".join(c.text for name in ("pitch", *kinds) for f in slots.all(name) for c in f.chunks)
    heights = {side for side in ("up", "down", "higher", "lower") if side in words}
    asks = slots.kinds("DIRQ", "HOW", "WHICH") or "direction" in words
    if kinds and not asks and max(len(sideways), len(heights)) < 2:
        # "Did the camera turn left?" wants yes or no.
        raise Refused("one direction is no choice")
    if len(kinds) > 1 or not kinds:
        if not kinds and "change" not in slots:
            raise Refused("no motion is asked for")
        if kinds and len(kinds) < 3 and "change" not in slots:
            raise Refused("two kinds of motion are asked for")
        return Motion.OPEN
    if kinds == ["tilt"] and sideways & {"left", "right"}:
        raise Refused("a tilt to the side is a roll")
    if kinds == ["turn"] and "pitch" in slots and not sideways:
        return Motion.TILT
    return Motion(kinds[0])


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
    refs = _unlike(slots.frames(*(names or ("frame", "camera"))))
    if len(refs) > 1:
        raise Refused("one image was expected")
    return refs[0] if refs else None


def _beyond_two(refs: list[FrameRef]) -> FrameRef | None:
    """Return an image named that two images cannot hold, for the checks to refuse."""
    return next((ref for ref in refs if ref not in (FIRST_IMAGE, SECOND_IMAGE)), None)


def _unlike(refs: object) -> list[FrameRef]:
    return list(dict.fromkeys(refs))  # type: ignore[call-overload, no-any-return]


def _ask(slots: Slots, *words: str) -> None:
    if not slots.has(*words):
        raise Refused(f"{words[0]} is not asked for")


def _ask_direction(slots: Slots) -> None:
    if not slots.directions:
        raise Refused("no direction is asked for")


def _quantity(slots: Slots) -> None:
    """Require that "how many" asks for a number of units, and "how large" for the distance."""
    if not slots.sentences("extent") <= slots.sentences("distance"):
        raise Refused("a size is asked for")
    if "quantity" in slots and not slots.has("unit", "size", "distance"):
        raise Refused("how many of what is not said")


_DIRECTION: Final = frozenset({"DIRQ", "DIR", "HOW"})
_CAMERA: Final = frozenset({"CAM", "IMG", "ME"})
_ENDS: Final = frozenset({"BIG", "SMALL", "MORE", "LESS", "LONGER", "SHORTER", "HIGHER", "LOWER"})
_OBJECT: Final = frozenset({"OBJ"})

_NEEDS: Final[Mapping[type[Any], tuple[frozenset[str], ...]]] = MappingProxyType(
    {
        Category: (_OBJECT, frozenset({"COUNT"})),
        Room: (frozenset({"SIZE", "AREA", "COUNT", "HOWMUCH"}), frozenset({"ROOM", "FLOOR", "AREA"})),
        One: (_OBJECT, frozenset({"SIZE", "LENGTH", "LONGEST", "DIMS", "LONGER", "DIST", "COUNT", "HOWMUCH"})),
        Gap: (_OBJECT, frozenset({"DIST", "COUNT", "HOWMUCH"})),
        Among: (_OBJECT, frozenset({"NEAR", "FAR", "DIST", "FARADJ", "NEARADJ"})),
        Standing: (_OBJECT, _DIRECTION, frozenset({"FACE", "ASFACE"})),
        Relation: (_OBJECT, _DIRECTION, frozenset({"FROM", "REL", "SIDEOF", "ASREF", "TO"})),
        Comparison: (_OBJECT, _ENDS | {"NEAR", "FAR", "NEARADJ", "TALLER", "TALLADJ"}),
        Cameras: (_CAMERA, _DIRECTION | {"HIGHER", "LOWER", "ABOVE", "BELOW", "HEIGHT"}),
        Travel: (frozenset({"TURN", "TILT", "MOVE", "MOTION", "CHANGE"}),),
        Shown: (_OBJECT, _ENDS, frozenset({"IMG", "CAM", "IMGS", "IMGQ", "NUM"})),
        FromCamera: (_OBJECT, _DIRECTION, _CAMERA),
        RegionFromCamera: (frozenset({"REGION"}), _DIRECTION, _CAMERA),
    }
)

_MAKERS: Final[Mapping[type[Any], Callable[[Slots], Entities]]] = MappingProxyType(
    {
        Category: _category,
        Room: _room,
        One: _one,
        Gap: _gap,
        Among: _among,
        Standing: _standing,
        Relation: _relation,
        Comparison: _comparison,
        Cameras: _cameras,
        Travel: _travel,
        Shown: _shown,
        FromCamera: _from_camera,
        RegionFromCamera: _region,
    }
)
