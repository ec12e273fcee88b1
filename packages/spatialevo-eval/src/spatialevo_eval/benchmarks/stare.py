# SPDX-License-Identifier: Apache-2.0
"""STARE: visual simulation of transformations, folding nets and tangrams (arXiv 2506.04633)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from spatialevo_eval.benchmark import (
    IMAGE_MARK,
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
from spatialevo_eval.fields import images, text
from spatialevo_eval.metrics import by_item, rows_by
from spatialevo_eval.options import options_in
from spatialevo_eval.replies.words import boxed, is_expression, same_answer

__all__ = ["STARE"]

_ID: Final = "stare"
_HARNESS: Final = "lmms-eval 0.7.3, lmms_eval/tasks/stare"
_ASK: Final = (
    "\nAnswer with the option's letter from the given choices and put the letter in one "
    '"\\boxed{}". \nPlease solve the problem step by step.'
)


def _items(rows: Iterable[Record], _options: LoadOptions) -> Iterator[Item]:
    """Ask as utils.py `build_query` does with its chain-of-thought instruction.

    The marks stay in the text and the images come before it, as lmms-eval's `doc_to_text` has it.
    """
    for row in rows:
        name = text(row, "qid")
        shown = images(row, "images", name)
        question = text(row, "question")
        marked = question if IMAGE_MARK in question or not shown else f"{question}\n{IMAGE_MARK}"
        yield Item(
            id=name,
            benchmark=_ID,
            prompt=f"\n{marked}{_ASK}",
            images=shown,
            options=options_in(question),
            reference=text(row, "answer"),
            kind=text(row, "category"),
        )


def _score(item: Item, reply: str) -> ItemScore:
    """Score as utils.py `stare_process_results` without a judge: the boxed answer, compared."""
    said, truth = boxed(reply), str(item.reference)
    if not said:
        return ItemScore(value=0.0, parsed=None, why="No answer could be read.")
    right = same_answer(said, truth)
    return ItemScore(
        value=float(right),
        parsed=said,
        why=f"Read {said}; the answer is {truth}.",
        correction="computer-algebra" if not right and is_expression(said) else "",
    )


def _table(scored: Sequence[Scored]) -> Table:
    return by_item(scored, rows_by(scored, lambda item: item.kind))


STARE: Final = Benchmark(
    id=_ID,
    title="STARE",
    dataset=Dataset(hub_id="pangyyyyy/STARE", config="All", split="train"),
    source=(
        "arXiv 2506.04633; github.com/STARE-bench/STARE: instruction, boxed answers",
        f"{_HARNESS}/_default_template_yaml: 8,192 tokens, greedy, chain of thought, no judge",
        f"{_HARNESS}/utils.py: prompt, extraction, accuracy over items",
    ),
    generation=Generation(max_tokens=8192),
    to_items=_items,
    score=_score,
    aggregate=_table,
    variants={"lmms-eval": _score},
    answer_form=lambda answer: f"\\boxed{{{answer}}}",
)
