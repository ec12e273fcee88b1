# SPDX-License-Identifier: Apache-2.0
"""The observation term of the questioner's reward: precision, path and form of what is claimed.

    p = clip((T - 2 F) / max(T + F, 3), 0, 1); at most 0.5 without a true relation or count
    g = 1: the first sentence names the surroundings and the last names what is asked about;
        0.5: only the last does; else 0
    l = 1: of readable length, few things in a sentence, mostly claims; else 0
    value = p g l, rounded down to 0, 0.3, 0.6 or 1

T and F count distinct claims that the oracle finds true, and all others. A true claim counts for
nothing where it says that something common exists, or is the question's own truth: a claim made
in vain costs nothing, a false one always does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from spatialevo_dge import DEFAULT, Policy, Ruling, Scene
from spatialevo_dge.parsing.words import MAX_CHARS
from spatialevo_rl.observation.claims import Claim, ClaimKind, Verdict
from spatialevo_rl.observation.reading import Reading, Said, read
from spatialevo_rl.observation.sights import sights
from spatialevo_rl.observation.subject import gives_away, targets
from spatialevo_rl.observation.verdicts import judge_claim

LEVELS: Final = (1.0, 0.6, 0.3)
"""The values other than 0: those of the seed's judge."""
FULL_AT: Final = 3
"""True claims that earn everything."""
FALSE_COSTS: Final = 2
"""A claim that is not true costs two that are: guessing one of two earns less than silence."""
BARE: Final = 0.5
"""Most that mere existence earns."""
SURROUNDINGS: Final = 2
"""Things beside the targets that the first sentence names, as far as there are any."""
MIN_WORDS: Final = 6
MAX_WORDS: Final = 120
MAX_THINGS: Final = 3
"""Most things in a sentence: more is a list. The last may name as many as there are targets."""
MIN_CLAIMED: Final = 0.6
"""Least share of words that stand inside claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationScore:
    """How good an observation is.

    Attributes:
        value: 0, 0.3, 0.6 or 1.
        precision: p, in [0, 1].
        path: g: 0, 0.5 or 1.
        form: l: 0 or 1.
        claims: Every distinct claim and what became of it: ``true``, ``false``, ``unknown``,
            ``common`` (true, but so common that it earns nothing), ``asked`` (true, but the
            question's own truth).
    """

    value: float
    precision: float
    path: float
    form: float
    claims: tuple[tuple[str, str], ...] = ()


NOTHING: Final = ObservationScore(value=0.0, precision=0.0, path=0.0, form=0.0)


def score_observation(
    text: str,
    ruling: Ruling,
    scene: Scene,
    frames: tuple[str, ...],
    common_labels: frozenset[str],
    policy: Policy = DEFAULT,
) -> ObservationScore:
    """Score an observation that leads to a question. Total in the text, and deterministic.

    Args:
        text: The observation.
        ruling: On its question: says what the targets are, and the truth not to give away. Where
            it has no entities nothing can be led to, and the value is 0.
        scene: The scene.
        frames: Ids of the frames shown, in order.
        common_labels: Labels so frequent in training views that naming one says nothing.
        policy: Thresholds.

    Raises:
        KeyError: A frame is not in the scene.
    """
    if len(text) > MAX_CHARS or ruling.entities is None:
        return NOTHING
    reading = read(text, scene, policy)
    if not reading.sentences or reading.words > MAX_WORDS:
        return NOTHING
    claims = _distinct((c for said in reading.sentences for c in said.claims), len(frames))
    judged = [
        (claim, _outcome(claim, judge_claim(claim, scene, frames, policy), ruling, common_labels))
        for claim in claims
    ]
    aims = targets(ruling.entities, scene)
    available = _surroundings(scene, frames, policy, aims)
    p = precision(judged)
    g = path(reading, aims, available)
    l = form(reading, len(aims))  # noqa: E741  (the formula's name)
    value = next((level for level in LEVELS if p * g * l >= level - 1e-9), 0.0)
    said = tuple((str(claim), outcome) for claim, outcome in judged)
    return ObservationScore(value=value, precision=p, path=g, form=l, claims=said)


def _distinct(claims: Iterable[Claim], images: int) -> tuple[Claim, ...]:
    """Keep each claim once; of a single image "in image 1" says nothing more."""
    single = (
        replace(claim, image=None) if images == 1 and claim.image == 1 else claim
        for claim in claims
    )
    return tuple(dict.fromkeys(single))


def _outcome(claim: Claim, verdict: Verdict, ruling: Ruling, common: frozenset[str]) -> str:
    if verdict is not Verdict.TRUE:
        return verdict.value
    if gives_away(claim, ruling):
        return "asked"
    is_common = claim.kind is ClaimKind.EXISTS and claim.first.name in common
    return "common" if is_common else verdict.value


def precision(judged: Iterable[tuple[Claim, str]]) -> float:
    """Return p of distinct claims and what became of each, as in `ObservationScore.claims`."""
    outcomes = tuple(judged)
    true = {claim for claim, outcome in outcomes if outcome == Verdict.TRUE}
    told = {claim for claim in true if not _is_implied(claim, true)}
    false = sum(outcome in {Verdict.FALSE, Verdict.UNKNOWN} for _, outcome in outcomes)
    share = (len(told) - FALSE_COSTS * false) / max(len(told) + false, FULL_AT)
    detailed = any(claim.kind is not ClaimKind.EXISTS for claim in told)
    return min(max(share, 0.0), 1.0 if detailed else BARE)


def _is_implied(claim: Claim, others: set[Claim]) -> bool:
    """Whether another claim says the same and more: in which image, or how many."""
    if claim.kind is ClaimKind.EXISTS and any(
        other.kind is ClaimKind.COUNT
        and other.first == claim.first
        and claim.image in {None, other.image}
        for other in others
    ):
        return True
    return claim.image is None and any(
        other.image is not None and replace(other, image=None) == claim for other in others
    )


def _surroundings(
    scene: Scene, frames: tuple[str, ...], policy: Policy, aims: tuple[frozenset[str], ...]
) -> frozenset[str]:
    """Return the labels shown that are no target."""
    return frozenset(sights(scene, frames, policy).shown).difference(*aims)


def path(reading: Reading, aims: tuple[frozenset[str], ...], available: frozenset[str]) -> float:
    """Return g.

    Args:
        reading: The observation, of at least one sentence.
        aims: The targets, as `targets` gives them; without any, all hangs on the first sentence.
        available: Labels in view that are no target.
    """
    first, last = reading.sentences[0].names, reading.sentences[-1].names
    opens = len(first & available) >= min(SURROUNDINGS, len(available))
    if not all(aim & last for aim in aims):
        return 0.0
    return 1.0 if opens else 0.5 if aims else 0.0


def form(reading: Reading, aims: int) -> float:
    """Return l of an observation that leads to a number of targets."""
    most = [MAX_THINGS] * (len(reading.sentences) - 1) + [max(MAX_THINGS, aims)]
    readable = MIN_WORDS <= reading.words <= MAX_WORDS
    listed = any(_things(said) > limit for said, limit in zip(reading.sentences, most, strict=True))
    return float(readable and not listed and reading.claimed >= MIN_CLAIMED * reading.words)


def _things(said: Said) -> int:
    return len({thing.name for thing in said.things})
