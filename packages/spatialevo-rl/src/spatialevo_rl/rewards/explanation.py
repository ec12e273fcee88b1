# SPDX-License-Identifier: Apache-2.0
"""f_explain: does an explanation name the rule that a question breaks, and what breaks it?

    f_explain = 1    "RULE: entity" where the question breaks that rule with that entity
                0.3  the rule alone is right
                0    anything else: no rule, several, a wrong one, an answer

A question may break several rules; every broken pair counts. Rules are read in any case, with
blanks or hyphens for underscores ("not visible: the chair"), since small tokenizers have no others.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Final

from spatialevo_dge import Illegal, Rule
from spatialevo_dge.entities import Noun
from spatialevo_dge.labels import canonical, singular

RULE_ONLY: Final = 0.3
"""f_explain where the rule is right and what breaks it is not."""

_FORM: Final = re.compile(r"\s*([A-Za-z][A-Za-z_ \-]*?)\s*:\s*(.*?)\s*", re.DOTALL)
_GAPS: Final = re.compile(r"[\s_\-]+")
_RULES: Final = {rule.value: rule for rule in Rule}
_ANY_RULE: Final = re.compile(
    r"\b(?:" + "|".join(_GAPS.sub(r"[\\s_\\-]+", rule.value) for rule in Rule) + r")\b",
    re.IGNORECASE,
)
_AND: Final = re.compile(r"\s*,\s*(?:and )?|\s+and\s+")
_MARKS: Final = " .,;:!?\"'()[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What an explanation says: one rule, and what breaks it (may be empty)."""

    rule: Rule
    entity: str


def read_refusal(text: str) -> Refusal | None:
    """Read `RULE: entity`; None where the text is no such thing or names several rules."""
    match = _FORM.fullmatch(text)
    name, entity = (match[1], match[2]) if match is not None else (text, "")
    rule = _GAPS.sub("_", name.strip(_MARKS)).upper()
    if rule not in _RULES or _ANY_RULE.search(entity) is not None:
        return None
    return Refusal(rule=_RULES[rule], entity=same_entity(entity))


def same_entity(text: str) -> str:
    """Fold an entity: case, articles, quotes, marks, number, and the order of "a and b"."""
    parts = (canonical(part.strip(_MARKS)) for part in _AND.split(" ".join(text.split())))
    return ", ".join(sorted(singular(part) for part in parts if part))


def broken_pairs(
    ruling: Illegal, frames: tuple[str, ...] = ()
) -> tuple[tuple[Rule, frozenset[str]], ...]:
    """Return every rule broken, with all folded names of what breaks it.

    An object has the question's phrase and the scene's label for names, a frame its id and its
    place among the images.

    Args:
        ruling: What the oracle said.
        frames: Ids of the frames shown, in order.
    """
    names = _same_names(ruling, frames)
    return tuple(
        (item.rule, names[same_entity(item.entity)] | {same_entity(item.entity)})
        for item in (ruling.violation, *ruling.also)
    )


def explanation_quality(
    refusal: Refusal | None, ruling: Illegal, frames: tuple[str, ...] = ()
) -> float:
    """Return f_explain: the formula of this module.

    Args:
        refusal: What the explanation says; None where it says nothing that can be read.
        ruling: What the oracle said.
        frames: Ids of the frames shown, in order.
    """
    if refusal is None:
        return 0.0
    named = [names for rule, names in broken_pairs(ruling, frames) if rule is refusal.rule]
    if any(refusal.entity in names for names in named):
        return 1.0
    return RULE_ONLY if named else 0.0


def balanced_quality(scored: Iterable[tuple[Rule, float]]) -> float:
    """Return the mean over rules of the mean quality of explanations, so that no rule dominates.

    Args:
        scored: Of each explanation the rule of highest precedence that its question breaks, and its
            quality.

    Raises:
        ValueError: There are none.
    """
    by_rule: defaultdict[Rule, list[float]] = defaultdict(list)
    for rule, quality in scored:
        by_rule[rule].append(quality)
    if not by_rule:
        raise ValueError("scored: at least one explanation is needed")
    return sum(sum(values) / len(values) for values in by_rule.values()) / len(by_rule)


def constant_floor(rulings: Sequence[Illegal]) -> tuple[Refusal, float]:
    """Return the constant explanation that does best on some questions, and its mean quality.

    Raises:
        ValueError: There are none.
    """
    counts = Counter(
        (rule, name) for ruling in rulings for rule, names in broken_pairs(ruling) for name in names
    )
    if not counts:
        raise ValueError("rulings: at least one illegal question is needed")
    constants = [Refusal(rule=rule, entity=name) for rule, name in sorted(counts)]
    means = [
        sum(explanation_quality(constant, ruling) for ruling in rulings) / len(rulings)
        for constant in constants
    ]
    best = max(range(len(constants)), key=means.__getitem__)
    return constants[best], means[best]


def _same_names(ruling: Illegal, frames: tuple[str, ...]) -> defaultdict[str, frozenset[str]]:
    """Return, by each name of an entity, all of them."""
    found: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    images = [(f"frame {frame}", f"image {place}") for place, frame in enumerate(frames, start=1)]
    for several in (*_nouns(ruling), *images):
        names = frozenset(same_entity(name) for name in several)
        for name in names:
            found[name] |= names
    return found


def _nouns(ruling: Illegal) -> Iterator[tuple[str, ...]]:
    """Yield the names of every object of a question: its phrase, and its label if it has one."""
    if ruling.entities is None:
        return
    for item in fields(ruling.entities):
        value = getattr(ruling.entities, item.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Noun):
                yield (part.text,) if part.label is None else (part.text, part.label)
