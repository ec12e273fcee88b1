# SPDX-License-Identifier: Apache-2.0
"""V*Bench: small details in large photographs (Wu and Xie, arXiv 2312.14135)."""

from __future__ import annotations

import re
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
from spatialevo_eval.fields import image, text
from spatialevo_eval.metrics import by_item, rows_by
from spatialevo_eval.options import letter_scorer, lettered
from spatialevo_eval.replies.letters import upper_cascade

__all__ = ["VSTAR"]

_ID: Final = "vstar"
_HARNESS: Final = "lmms-eval 0.7.3, lmms_eval/tasks/vstar_bench"
_ASK: Final = "\nAnswer with the option's letter from the given choices directly."
_OPTION: Final = re.compile(r"\([A-D]\)\s*([^()]+?)(?=\s*\([A-D]\)|$)")


def _items(rows: Iterable[Record], _options: LoadOptions) -> Iterator[Item]:
    """Ask as utils.py `vstar_doc_to_text` does: inline "(A) …" become lines "A. …"."""
    for row in rows:
        name, question = str(row["question_id"]), text(row, "text")
        offered = lettered([found.strip() for found in _OPTION.findall(question)][:4])
        if offered:
            question = "\n".join((question.split("(A)", maxsplit=1)[0].strip(), *offered))
        yield Item(
            id=f"{text(row, 'category')}/{name}",
            benchmark=_ID,
            prompt=question + _ASK,
            images=image(row, "image", name),
            options=offered,
            reference=text(row, "label").strip().upper(),
            kind=text(row, "category"),
        )


def _table(scored: Sequence[Scored]) -> Table:
    names = ("direct_attributes", "relative_position")
    return by_item(scored, rows_by(scored, lambda item: item.kind, names))


VSTAR: Final = Benchmark(
    id=_ID,
    title="V*Bench",
    dataset=Dataset(hub_id="lmms-lab-encoder/vstar-bench"),
    source=(
        "arXiv 2312.14135: 191 questions, two categories; rows of craigwu/vstar_bench",
        f"{_HARNESS}/_default_template_yaml: 16 tokens, greedy, the closing sentence",
        f"{_HARNESS}/utils.py: options in lines, the cascade of patterns, accuracy over items",
    ),
    generation=Generation(max_tokens=16),
    to_items=_items,
    score=letter_scorer(upper_cascade),
    aggregate=_table,
    variants={"lmms-eval": letter_scorer(upper_cascade, correct=False)},
)
