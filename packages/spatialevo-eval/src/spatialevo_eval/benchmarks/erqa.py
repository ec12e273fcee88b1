# SPDX-License-Identifier: Apache-2.0
"""ERQA: embodied reasoning, 400 questions (Gemini Robotics Team, arXiv 2503.20020)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from spatialevo_eval.benchmark import (
    Benchmark,
    Dataset,
    Generation,
    Item,
    LoadOptions,
    Record,
    Scored,
    Table,
)
from spatialevo_eval.fields import images, text
from spatialevo_eval.metrics import by_item, rows_by
from spatialevo_eval.options import letter_scorer, options_in
from spatialevo_eval.replies.letters import ranked

__all__ = ["ERQA"]

_ID: Final = "erqa"
_HARNESS: Final = "lmms-eval 0.7.3, lmms_eval/tasks/erqa"


def _items(rows: Iterable[Record], _options: LoadOptions) -> Iterator[Item]:
    """Ask the question as it is written: it says itself how to answer."""
    for row in rows:
        name, question = text(row, "question_id"), text(row, "question")
        yield Item(
            id=name,
            benchmark=_ID,
            prompt=question,
            images=images(row, "images", name),
            options=options_in(question),
            reference=text(row, "answer"),
            kind=text(row, "question_type"),
        )


def _table(scored: Sequence[Scored]) -> Table:
    return by_item(scored, rows_by(scored, lambda item: item.kind))


ERQA: Final = Benchmark(
    id=_ID,
    title="ERQA",
    dataset=Dataset(hub_id="FlagEval/ERQA"),
    source=(
        "arXiv 2503.20020; github.com/embodiedreasoning/ERQA: 400 questions",
        f"{_HARNESS}/_default_template_yaml: 1,024 tokens",
        f"{_HARNESS}/utils.py: the question alone, letters by mcq_extract, accuracy over items",
    ),
    generation=Generation(max_tokens=1024),
    to_items=_items,
    score=letter_scorer(ranked),
    aggregate=_table,
    variants={"lmms-eval": letter_scorer(ranked, correct=False)},
)
