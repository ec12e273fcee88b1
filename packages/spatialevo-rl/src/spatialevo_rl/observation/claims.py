# SPDX-License-Identifier: Apache-2.0
"""What an observation can claim: a closed set of kinds over things and images.

Claims are canonical: "right of" is "left of" with its two things swapped, "farther" likewise
"nearer", so that two wordings of one fact are one claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ClaimKind(StrEnum):
    """What is said of one or two things."""

    EXISTS = "exists"  # an image shows one or more
    COUNT = "count"  # the images show exactly so many
    LEFT = "left"  # the first is left of the second in an image
    NEARER = "nearer"  # the first is nearer to the camera of an image
    ON = "on"  # the first rests on the second
    IN = "in"  # the first is inside the second


RELATIONS = frozenset({ClaimKind.LEFT, ClaimKind.NEARER, ClaimKind.ON, ClaimKind.IN})
"""Kinds of claims about two things."""


class Verdict(StrEnum):
    """What the oracle says of a claim."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"  # an ambiguous name, or too close to call


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What a noun phrase names.

    Attributes:
        name: The scene's label, or the phrase where the scene has none such.
        known: Whether the scene has the label.
        rivals: Whether other labels share the phrase as their head noun ("table" beside "coffee
            table").
        described: Whether a word describes it that no list knows ("paisley chair"): nothing says
            whether that is so.
    """

    name: str
    known: bool
    rivals: bool = False
    described: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim.

    Attributes:
        kind: What is said.
        first: Of what.
        second: The other thing of a relation.
        image: 1-based position of the image named; None: any of those shown.
        number: How many a count claims.
    """

    kind: ClaimKind
    first: Thing
    second: Thing | None = None
    image: int | None = None
    number: int = 0

    @property
    def things(self) -> tuple[Thing, ...]:
        """Every thing it is about."""
        return (self.first,) if self.second is None else (self.first, self.second)

    @property
    def names(self) -> frozenset[str]:
        """Names of the things it is about."""
        return frozenset(thing.name for thing in self.things)

    def __str__(self) -> str:
        """Write the claim for a log: ``left(bed, plant) in image 2``."""
        parts = [thing.name for thing in self.things]
        if self.kind is ClaimKind.COUNT:
            parts.append(str(self.number))
        place = "" if self.image is None else f" in image {self.image}"
        return f"{self.kind}({', '.join(parts)}){place}"
