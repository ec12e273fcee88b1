# SPDX-License-Identifier: Apache-2.0
"""From slots to entities: questions about cameras and what is seen from them."""

from __future__ import annotations

from itertools import pairwise

from spatialevo_dge.entities import (
    FIRST_IMAGE,
    SECOND_IMAGE,
    Cameras,
    Comparator,
    Entities,
    FrameRef,
    FromCamera,
    Motion,
    Noun,
    RegionFromCamera,
    Shown,
    Travel,
)
from spatialevo_dge.parsing.slots import Filled, Refused, Slots, ask, ask_direction, unlike


def cameras(slots: Slots) -> Entities:
    """Read the two cameras, for a direction or a height."""
    if slots.has("baseline", "raised", "above"):
        return _elevation(slots)
    ask_direction(slots)
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
        ask(slots, "height")
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
    references = unlike(r for item in told if item.slot in referring for r in item.frames)
    others = [item for item in told if item.slot not in referring]
    targets = unlike(r for item in others if item.sentence in asking for r in item.frames)
    mentioned = unlike(r for item in others if item.sentence not in asking for r in item.frames)
    if not targets:
        targets = [ref for ref in mentioned if ref not in references] or targets
    if not references:
        references = [ref for ref in mentioned if ref not in targets]
    if not targets and len(references) == 2:
        references, targets = _then(told, referring)
    if len(references) != 1 or len(targets) != 1:
        raise Refused("two cameras with a role each were expected")
    if any(ref not in (references[0], targets[0]) for ref in mentioned):
        raise Refused("a third image is named")
    return references[0], targets[0]


def _then(
    told: tuple[Filled, ...], referring: tuple[str, ...]
) -> tuple[list[FrameRef], list[FrameRef]]:
    """Tell the two images of "when I took image 2, where was I relative to camera 1".

    The moment says whose camera is looked for; what it is relative to is the reference.
    """
    led = {
        chunk.kind: item.frames
        for item in told
        if item.slot in referring
        for chunk in item.chunks[:1]
        if chunk.kind == "REL" or (chunk.kind == "AT" and "when" in chunk.text.split())
    }
    both = led.keys() == {"AT", "REL"}
    return (unlike(led["REL"]), unlike(led["AT"])) if both else ([], [])


def shown(slots: Slots) -> Entities:
    """Read the object and the two images that may show more of it."""
    larger, smaller = slots.has("larger"), slots.has("smaller")
    if larger == smaller:
        raise Refused("one comparison was expected")
    if not slots.kinds("MORE", "LESS") and not _share(slots):
        raise Refused("larger or smaller in the image is not the share that is visible")
    refs = slots.frames("frames")
    ask(slots, "images", "frames")
    if not slots.has("images") and len(refs) < 2:
        raise Refused("no images are compared")
    if len(refs) != 2:
        refs = unlike(refs)
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


def _share(slots: Slots) -> bool:
    """Whether a share of the object is compared, or how visible it is."""
    said = [chunk for item in slots.all("shows") for chunk in item.chunks]
    return any(chunk.kind in {"PART", "AREA"} or chunk.text == "visibility" for chunk in said)


def from_camera(slots: Slots) -> Entities:
    """Read the object looked for from a camera."""
    ask_direction(slots)
    reference = _camera_of(slots)
    return FromCamera(object=slots.one("object"), reference=reference, form=slots.form())


def region(slots: Slots) -> Entities:
    """Read the region looked for from a camera."""
    ask_direction(slots)
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
    cameras = unlike(slots.frames("camera", "bare_camera"))
    if not cameras and slots.has("camera", "me"):
        cameras = unlike(slots.frames("image"))
    if len(cameras) != 1:
        raise Refused("the camera of one image was expected")
    return cameras[0]


def travel(slots: Slots) -> Entities:
    """Read the ends of a motion and which part of it is asked for."""
    compared = any(chunk.kind == "REL" for item in slots.all("start") for chunk in item.chunks)
    if _own_motion(slots) and not compared:
        raise Refused("the motion of one image's own camera is asked for")
    start, end = _ends(slots)
    return Travel(start=start, end=end, asks=_motion(slots))


def _own_motion(slots: Slots) -> bool:
    """Whether the camera of one image is what moves: "did the second camera move"."""
    verbs = ("turn", "tilt", "move", "change")
    told = slots.all("mention", "start", "end", *verbs)
    return any(
        item.slot == "mention"
        and _is_camera(item)
        and after.slot in verbs
        and item.sentence == after.sentence
        for item, after in pairwise(told)
    )


def _is_camera(item: Filled) -> bool:
    """Whether a phrase names the camera of one image and no preposition leads to it."""
    chunk = item.chunks[0]
    alone = len(item.chunks) == 1 and chunk.kind == "CAM" and bool(item.frames)
    words = set(chunk.text.split())
    taking = words & {"took", "take", "takes", "taking"} and not words & {"that", "which"}
    return alone and not taking


def _ends(slots: Slots) -> tuple[FrameRef, FrameRef]:
    """Return the image that a motion starts from and the one that it ends at.

    Images that are only mentioned fill what is open, in order; one that alone is named is the
    second's end or the first's start, and the other image of the pair is the other end.

    Raises:
        Refused: An end is named twice.
    """
    starts, ends = unlike(slots.frames("start")), unlike(slots.frames("end"))
    mentions = slots.frames("mention")
    if len(mentions) > 2:
        mentions = unlike(mentions)
    for ref in mentions:
        if ref in starts + ends and len(starts + ends) >= 2:
            continue
        at_the_end = bool(starts) or (ref == SECOND_IMAGE and len(mentions) == 1)
        (ends if at_the_end else starts).append(ref)
    if len(starts) > 1 or len(ends) > 1:
        raise Refused("one image to start from and one to end at were expected")
    if starts and ends:
        return starts[0], ends[0]
    if starts:
        return starts[0], FIRST_IMAGE if starts[0] == SECOND_IMAGE else SECOND_IMAGE
    end = ends[0] if ends else SECOND_IMAGE
    return (SECOND_IMAGE if end == FIRST_IMAGE else FIRST_IMAGE), end


def _motion(slots: Slots) -> Motion:
    """Return which part of the motion is asked for.

    Raises:
        Refused: None is, two are, or the text wants yes or no.
    """
    kinds = [kind for kind in ("turn", "tilt", "move") if kind in slots]
    if not kinds and "change" not in slots:
        raise Refused("no motion is asked for")
    if len(kinds) != 1:
        if kinds and len(kinds) < 3 and "change" not in slots:
            raise Refused("two kinds of motion are asked for")
        return Motion.OPEN
    sideways = {str(chunk.value) for item in slots.all("offer") for chunk in item.chunks}
    said = " ".join(chunk.text for item in slots.all("pitch", *kinds) for chunk in item.chunks)
    heights = {side for side in ("up", "down", "higher", "lower") if side in said}
    asks_way = slots.kinds("DIRQ", "DIR", "WHICH")
    asks = slots.kinds("DIRQ", "HOW", "WHICH") or "direction" in said
    if not asks and max(len(sideways), len(heights)) < 2:
        raise Refused("one direction is no choice")
    openly = slots.has("overall") or (
        slots.kinds("HOW") and not heights and "direction" not in said
    )
    if openly and kinds == ["move"] and not asks_way:
        return Motion.OPEN
    if kinds == ["turn"] and len(heights) > 1 and {"left", "right"} <= sideways:
        raise Refused("two kinds of motion are asked for")
    if kinds == ["tilt"] and slots.kinds("HORIZ"):
        raise Refused("a tilt to the side is a roll")
    if kinds == ["tilt"] and sideways & {"left", "right"}:
        raise Refused("a tilt to the side is a roll")
    if kinds == ["turn"] and "pitch" in slots and not sideways:
        return Motion.TILT
    return Motion(kinds[0])
