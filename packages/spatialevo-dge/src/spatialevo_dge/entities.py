# SPDX-License-Identifier: Apache-2.0
"""What a question can name: objects, categories, regions, images, and how it asks.

The parser fills these shapes, the checks resolve them against a scene, the renderer writes them
as text again. Sixteen tasks share eight shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Comparator(StrEnum):
    """Which end of an order the question asks for."""

    NEAREST = "nearest"
    FARTHEST = "farthest"
    NEARER = "nearer"
    FARTHER = "farther"
    MORE = "more"
    LESS = "less"
    LARGER = "larger"
    SMALLER = "smaller"


class Attribute(StrEnum):
    """What of an object is compared."""

    LONGEST_SIDE = "longest_side"
    HEIGHT = "height"
    VOLUME = "volume"


class Motion(StrEnum):
    """Which part of a camera's motion is asked for."""

    TURN = "turn"
    TILT = "tilt"
    MOVE = "move"
    OPEN = "open"


class SectorForm(StrEnum):
    """How finely a direction is asked for."""

    EIGHT = "eight"
    QUADRANT = "quadrant"
    LEFT_RIGHT_BACK = "left_right_back"
    LEFT_RIGHT = "left_right"


class Unit(StrEnum):
    """The unit a question asks its answer in."""

    METRES = "m"
    CENTIMETRES = "cm"
    SQUARE_METRES = "m2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """A phrase that names an object category of the scene, or fails to.

    Attributes:
        text: The phrase as written, without article, lower case.
        label: The scene's label it means, or None when the scene has none such.
        rivals: Labels of the scene that share the phrase as their head noun ("table" beside
            "coffee table"); not empty means that the phrase alone does not single out one label.
        close: For an unknown phrase, labels of the scene that are spelt alike (evidence only).
    """

    text: str
    label: str | None
    rivals: tuple[str, ...] = ()
    close: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRef:
    """An image that a question names: by 1-based position among those shown, or by scene id."""

    ordinal: int | None = None
    frame_id: str | None = None

    def __str__(self) -> str:
        return f"image {self.ordinal}" if self.ordinal is not None else f"frame {self.frame_id}"


FIRST_IMAGE = FrameRef(ordinal=1)
SECOND_IMAGE = FrameRef(ordinal=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """Counting: every instance of one category."""

    category: Noun


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The room as a whole; nothing is named."""

    unit: Unit = Unit.SQUARE_METRES


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """One object, measured (its size, or its distance from the camera)."""

    object: Noun
    unit: Unit
    frame: FrameRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Two objects whose distance is asked."""

    first: Noun
    second: Noun
    unit: Unit = Unit.METRES


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """An anchor and the candidates that compete to be nearest to it (or farthest from it)."""

    anchor: Noun
    candidates: tuple[Noun, ...]
    comparator: Comparator = Comparator.NEAREST


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An observer at one object, facing a second, asked where a third is."""

    stand: Noun
    face: Noun
    query: Noun
    form: SectorForm = SectorForm.EIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Where the target lies from the reference, both in one image."""

    reference: Noun
    target: Noun
    form: SectorForm = SectorForm.EIGHT
    frame: FrameRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two objects of which one is chosen.

    Attributes:
        attribute: What is compared; None for a depth order.
        offers_same: Whether the text offers "the same" as an answer.
    """

    first: Noun
    second: Noun
    comparator: Comparator
    attribute: Attribute | None = None
    offers_same: bool = False
    frame: FrameRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cameras:
    """Two images: from `reference`, where (or how high) is the camera of `target`."""

    reference: FrameRef = FIRST_IMAGE
    target: FrameRef = SECOND_IMAGE
    form: SectorForm = SectorForm.EIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """The camera's motion from one image to another."""

    start: FrameRef = FIRST_IMAGE
    end: FrameRef = SECOND_IMAGE
    asks: Motion = Motion.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One object and the two images that compete to show more (or less) of it."""

    object: Noun
    first: FrameRef = FIRST_IMAGE
    second: FrameRef = SECOND_IMAGE
    comparator: Comparator = Comparator.MORE
    offers_same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FromCamera:
    """Where an object lies in the horizontal plane of one image's camera."""

    object: Noun
    reference: FrameRef
    form: SectorForm = SectorForm.EIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionFromCamera:
    """Where a functional region lies in the horizontal plane of one image's camera.

    `region` is the phrase as written, without article, lower case ("dining area"). When it names
    an object's own area ("desk area"), `object` is that object's noun.
    """

    region: str
    reference: FrameRef
    object: Noun | None = None
    form: SectorForm = SectorForm.EIGHT


Entities: TypeAlias = (
    Category
    | Room
    | One
    | Gap
    | Among
    | Standing
    | Relation
    | Comparison
    | Cameras
    | Travel
    | Shown
    | FromCamera
    | RegionFromCamera
)
