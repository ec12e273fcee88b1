# SPDX-License-Identifier: Apache-2.0
"""Let vLLM reply to the same prompts from the same folder, and compare.

    python -m vllm_agreement.served FOLDER

Fails where a prompt has another number of tokens, where fewer than 95 % of the greedy replies are
the same, or where one differs at a token that was no tie. Fails as well where grey images get the
same replies: then nothing was compared that depends on what is shown.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image
from vllm import LLM, SamplingParams

from vllm_agreement.records import LENGTH, Case, Replies, Reply, read

LEAST: Final = 0.95
"""Least share of the prompts whose replies are the same."""
TIE: Final = 1e-3
"""Two tokens are a tie where their log-probabilities differ by less, in both engines."""
CONTEXT: Final = 2048
GREY: Final = (127, 127, 127)


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


def serve(replies: Replies) -> tuple[list[Reply], list[Reply]]:
    """Let vLLM reply to all prompts in one call; it expands the placeholders on its own.

    Returns:
        Its replies, and those to the same prompts with grey images.
    """
    engine = LLM(
        model=replies.model,
        dtype="float32",
        enforce_eager=True,
        max_model_len=CONTEXT,
        limit_mm_per_prompt={"image": max(len(case.images) for case in replies.cases), "video": 0},
    )
    images = [Image.open(io.BytesIO(image)).convert("RGB") for image in replies.images]
    grey = [Image.new("RGB", image.size, GREY) for image in images]
    prompts = [
        {"prompt": case.text, "multi_modal_data": {"image": [shown[at] for at in case.images]}}
        for shown in (images, grey)
        for case in replies.cases
    ]
    sampling = SamplingParams(temperature=0.0, max_tokens=LENGTH, logprobs=2)
    made = [_reply(output) for output in engine.generate(prompts, sampling)]
    return made[: len(replies.cases)], made[len(replies.cases) :]


def _reply(output: Any) -> Reply:
    (made,) = output.outputs
    best = [sorted((each.logprob for each in at.values()), reverse=True) for at in made.logprobs]
    return Reply(
        length=len(output.prompt_token_ids),
        tokens=tuple(made.token_ids),
        logprobs=tuple(values[0] for values in best),
        gaps=tuple(values[0] - values[1] for values in best),
    )


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
    return max(
        abs(case.reply.logprobs[at] - reply.logprobs[at])
        for case, reply in pairs
        for at in range(shared(case.reply, reply))
    )


def main() -> int:
    """Read the command line, serve and compare."""
    parser = argparse.ArgumentParser(description="Compare vLLM's replies with transformers'.")
    parser.add_argument("folder", type=Path, help="where `reference` wrote")
    replies = read(parser.parse_args().folder.resolve())
    return 0 if report(replies.cases, *serve(replies)) else 1


if __name__ == "__main__":
    sys.exit(main())
