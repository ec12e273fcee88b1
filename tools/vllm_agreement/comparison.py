# SPDX-License-Identifier: Apache-2.0
"""Compare the replies of two engines to the same prompts, and say whether they agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from vllm_agreement.records import Case, Reply

LEAST: Final = 0.95
"""Least share of the prompts whose replies are the same."""
TIE: Final = 1e-3
"""Two tokens are a tie where their log-probabilities differ by less, in both engines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where two replies part.

    Attributes:
        at: Place of the first token that differs.
        gaps: By how much its likeliest token leads there, in transformers and in vLLM.
    """

    at: int
    gaps: tuple[float, float]

    @property
    def is_tie(self) -> bool:
        """Whether rounding decides which token is the likeliest."""
        return max(self.gaps) < TIE


def difference(ours: Reply, theirs: Reply) -> Difference | None:
    """Find where two replies part; None where they are the same."""
    if ours.tokens == theirs.tokens:
        return None
    at = shared(ours, theirs)
    gaps = [reply.gaps[at] if at < len(reply.gaps) else float("inf") for reply in (ours, theirs)]
    return Difference(at=at, gaps=(gaps[0], gaps[1]))


def shared(ours: Reply, theirs: Reply) -> int:
    """Return how many tokens two replies begin with in common."""
    pairs = zip(ours.tokens, theirs.tokens, strict=False)
    same = (place for place, (one, other) in enumerate(pairs) if one != other)
    return next(same, min(len(ours.tokens), len(theirs.tokens)))


def table(cases: Sequence[Case], served: Sequence[Reply]) -> Iterator[str]:
    """Yield one line for each number of images and role, and one for all."""
    yield "images  role        prompts  tokens of prompt    count same  reply same  tokens written"
    pairs = list(zip(cases, served, strict=True))
    for images, role in sorted({(len(case.images), case.role) for case in cases}):
        part = [(c, r) for c, r in pairs if (len(c.images), c.role) == (images, role)]
        yield f"{images:>6}  {role:<10}" + _numbers(part)
    yield f"{'all':>6}  {'':<10}" + _numbers(pairs)


def _numbers(pairs: Sequence[tuple[Case, Reply]]) -> str:
    lengths = [case.reply.length for case, _ in pairs]
    counted = sum(case.reply.length == reply.length for case, reply in pairs)
    same = sum(case.reply.tokens == reply.tokens for case, reply in pairs)
    written = sum(len(case.reply.tokens) for case, _ in pairs)
    spread = f"{min(lengths)} to {max(lengths)}"
    return f"{len(pairs):>9}  {spread:>16}{counted:>14}{same:>12}{written:>16}"


def report(cases: Sequence[Case], served: Sequence[Reply], blind: Sequence[Reply]) -> bool:
    """Print the comparison and return whether it holds.

    Args:
        cases: The prompts, with the replies of transformers.
        served: vLLM's replies.
        blind: vLLM's replies to the same prompts with grey images.
    """
    pairs = list(zip(cases, served, strict=True))
    print("\n".join(table(cases, served)))
    counts = [describe_length(place, *pair) for place, pair in enumerate(pairs)]
    parts = [difference(case.reply, reply) for case, reply in pairs]
    lines = [describe(place, part) for place, part in enumerate(parts) if part is not None]
    for line in filter(None, (*counts, *lines)):
        print(line)
    print(f"log-probabilities of the same tokens differ by at most {furthest(pairs):.1e}")
    share = parts.count(None) / len(parts)
    unseen = sum(c.reply.tokens == r.tokens for c, r in zip(cases, blind, strict=True)) / len(cases)
    print(f"replies that are the same: {share:.1%}, at least {LEAST:.0%} wanted")
    print(f"replies that grey images get as well: {unseen:.1%}, less than {LEAST:.0%} wanted")
    ties = all(part is None or part.is_tie for part in parts)
    return not any(counts) and ties and share >= LEAST > unseen


def describe_length(place: int, case: Case, reply: Reply) -> str:
    """Describe a prompt that has another number of tokens; empty where it has the same."""
    if case.reply.length == reply.length:
        return ""
    return f"prompt {place}: {case.reply.length} tokens, {reply.length} in vLLM: {case.text}"


def describe(place: int, part: Difference) -> str:
    """Describe where the replies to a prompt part."""
    kind = "a tie" if part.is_tie else "NO TIE"
    return (
        f"prompt {place}: token {part.at} differs; the likeliest leads by {part.gaps[0]:.1e} in "
        f"transformers, by {part.gaps[1]:.1e} in vLLM: {kind}"
    )


def furthest(pairs: Sequence[tuple[Case, Reply]]) -> float:
    """Return the largest difference of log-probability of tokens that both engines wrote."""
    found = [
        abs(case.reply.logprobs[at] - reply.logprobs[at])
        for case, reply in pairs
        for at in range(shared(case.reply, reply))
    ]
    return max(found, default=0.0)
