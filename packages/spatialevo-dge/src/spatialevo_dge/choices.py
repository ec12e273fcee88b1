# SPDX-License-Identifier: Apache-2.0
"""Choosing the greater or the lesser of two quantities, or calling them the same.

One decision for depth orders, visibility comparisons and size comparisons: certified "same" inside
the band, certified difference outside it, borderline between.
"""

from __future__ import annotations

from dataclasses import dataclass

from spatialevo_dge.answer import Choice
from spatialevo_dge.thresholds import RESOLUTION, Policy
from spatialevo_dge.truth import Margin
from spatialevo_dge.uncertainty import boundary
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.visibility import Visibility

SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Two quantities that compete.

    Attributes:
        names: What the answer calls the two sides.
        values: The quantities.
        greater_wins: Whether the greater one is asked for.
        band: Differences up to this are "the same".
        sd: Standard deviation of the difference.
        unit: Unit of values, band and sd.
        offers_same: Whether the text offers "same".
    """

    names: tuple[str, str]
    values: tuple[float, float]
    greater_wins: bool
    band: float
    sd: float
    unit: str
    offers_same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The choice (None: an exact tie), its margin, and the doubt that it is no choice at all."""

    choice: Choice | None
    margin: Margin
    doubts: tuple[Violation, ...]


def decide(contest: Contest, policy: Policy) -> Outcome:
    """Choose between the two sides of a contest."""
    first, second = contest.values
    difference = abs(first - second)
    allowed = contest.offers_same or policy.same_always_allowed
    options = (*contest.names, SAME) if allowed else contest.names
    first_wins = (first > second) == contest.greater_wins
    margin = boundary(abs(difference - contest.band), contest.unit, contest.sd)
    if difference <= contest.band and allowed:
        return Outcome(
            choice=Choice(SAME, options), margin=margin, doubts=_close(contest, margin, policy)
        )
    choice = Choice(contest.names[0] if first_wins else contest.names[1], options)
    if difference <= contest.band:
        return Outcome(
            choice=choice if difference > RESOLUTION else None,
            margin=margin,
            doubts=(_inside_band(contest, difference),),
        )
    return Outcome(choice=choice, margin=margin, doubts=_close(contest, margin, policy))


def _close(contest: Contest, margin: Margin, policy: Policy) -> tuple[Violation, ...]:
    limit = policy.certainty * contest.sd
    if margin.value >= limit:
        return ()
    return (
        Violation(
            rule=Rule.BORDERLINE,
            entity=" and ".join(contest.names),
            why=(
                f"{margin.value:.3g} {margin.unit} from another answer; "
                f"{limit:.3g} {margin.unit} is needed to be certain."
            ),
            measured=margin.value,
            threshold=limit,
            unit=margin.unit,
        ),
    )


def _inside_band(contest: Contest, difference: float) -> Violation:
    return Violation(
        rule=Rule.BORDERLINE,
        entity=" and ".join(contest.names),
        why=(
            f"they differ by {difference:.3g} {contest.unit}, within {contest.band:.3g} "
            f"{contest.unit} of each other, and the question does not offer 'same'."
        ),
        measured=difference,
        threshold=contest.band,
        unit=contest.unit,
    )


def crossed(names: tuple[str, ...], first: Visibility, second: Visibility) -> tuple[Violation, ...]:
    """Doubt an order that near edges and medians do not share."""
    near = first.nearest_depth - second.nearest_depth
    middle = first.median_depth - second.median_depth
    if near * middle >= 0.0:
        return ()
    return (
        Violation(
            rule=Rule.BORDERLINE,
            entity=f"{names[0]} and {names[1]}",
            why=(f"their near edges differ by {near:+.2f} m but their medians by {middle:+.2f} m."),
            measured=middle,
            threshold=0.0,
            unit="m",
        ),
    )
