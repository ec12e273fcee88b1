# SPDX-License-Identifier: Apache-2.0
"""RealWorldQA: photographs, many from vehicles; letters and short answers (xAI, 2024)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from spatialevo_eval.benchmark import (
    Benchmark,
    Dataset,
    Generation,
    Item,
    ItemScore,
    LoadOptions,
    Record,
    Scored,
    Table,
)
from spatialevo_eval.fields import image, text
from spatialevo_eval.metrics import by_item, choice_score, rows_by
from spatialevo_eval.options import letter_scorer, options_in
from spatialevo_eval.replies import Reading
from spatialevo_eval.replies.letters import ranked

__all__ = ["REALWORLDQA"]

_ID: Final = "realworldqa"
_HARNESS: Final = "lmms-eval 0.7.3, lmms_eval/tasks/realworldqa"


def _items(rows: Iterable[Record], _options: LoadOptions) -> Iterator[Item]:
    """Ask the question as it is written: it says itself how to answer."""
    for place, row in enumerate(rows):
        answer, question = text(row, "answer").strip(), text(row, "question").strip()
        lettered = answer.upper() in {"A", "B", "C", "D"}
        yield Item(
            id=str(place),
            benchmark=_ID,
            prompt=question,
            images=image(row, "image", str(place)),
            options=options_in(question) if lettered else (),
            reference=answer.upper() if lettered else answer,
            kind="choice" if lettered else "open",
        )


def _score(item: Item, reply: str, *, correct: bool = True) -> ItemScore:
    """Score as utils.py `realworldqa_process_results`."""
    if item.kind == "choice":
        return letter_scorer(ranked, correct=correct)(item, reply)
    said = reply.lower().strip().rstrip(".")
    return choice_score(Reading(value=said or None), item.reference)


def _table(scored: Sequence[Scored]) -> Table:
    return by_item(scored, rows_by(scored, lambda item: item.kind, ("choice", "open")))


REALWORLDQA: Final = Benchmark(
    id=_ID,
    title="RealWorldQA",
    dataset=Dataset(hub_id="lmms-lab-encoder/RealWorldQA", licence="cc-by-nd-4.0"),
    source=(
        "x.ai/blog/grok-1.5v: 765 questions; rows of xai-org/RealworldQA",
        f"{_HARNESS}/realworldqa.yaml: the question alone, 16 tokens, greedy, mean over items",
        f"{_HARNESS}/utils.py: letters by mcq_extract, other answers as they are written",
    ),
    generation=Generation(max_tokens=16),
    to_items=_items,
    score=_score,
    aggregate=_table,
    variants={"lmms-eval": partial(_score, correct=False)},
)
