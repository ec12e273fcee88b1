# SPDX-License-Identifier: Apache-2.0
"""MMStar: 1,500 questions that need the image, six abilities (Chen et al., arXiv 2403.20330)."""

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
    Row,
    Scored,
    Table,
)
from spatialevo_eval.fields import image, text
from spatialevo_eval.metrics import mean, rows_by
from spatialevo_eval.options import letter_scorer, options_in
from spatialevo_eval.replies.letters import ranked

__all__ = ["MMSTAR"]

_ID: Final = "mmstar"
_HARNESS: Final = "lmms-eval 0.7.3, lmms_eval/tasks/mmstar"
_ASK: Final = "\nAnswer with the option's letter from the given choices directly"
_DROPPED: Final = " Please answer yes or no."
_ABILITIES: Final = (
    "coarse perception", "fine-grained perception", "instance reasoning", "logical reasoning",
    "science & technology", "math",
)  # fmt: skip


def _items(rows: Iterable[Record], _options: LoadOptions) -> Iterator[Item]:
    """Ask as utils.py `mmstar_doc_to_text` does with the default arguments: no full stop."""
    for row in rows:
        name, question = str(row["index"]), text(row, "question").strip()
        yield Item(
            id=name,
            benchmark=_ID,
            prompt=question.replace(_DROPPED, "") + _ASK,
            images=image(row, "image", name),
            options=options_in(question),
            reference=text(row, "answer").strip().upper(),
            kind=text(row, "category"),
            meta={"l2_category": text(row, "l2_category")},
        )


def _table(scored: Sequence[Scored]) -> Table:
    """Average by axis, then over the axes of an ability, and over all axes.

    utils.py `mmstar_aggregate_results`.
    """
    rows = []
    for row in rows_by(scored, lambda item: item.kind, _ABILITIES):
        inside = [pair for pair in scored if pair[0].kind == row.name]
        rows.append(Row(name=row.name, value=_over_axes(inside), count=row.count))
    return Table(
        rows=tuple(rows),
        overall=_over_axes(scored),
        count=len(scored),
        rule="mean over the eighteen axes",
    )


def _over_axes(scored: Sequence[Scored]) -> float:
    return mean(row.value for row in rows_by(scored, lambda item: str(item.meta["l2_category"])))


MMSTAR: Final = Benchmark(
    id=_ID,
    title="MMStar",
    dataset=Dataset(hub_id="Lin-Chen/MMStar", split="val"),
    source=(
        "arXiv 2403.20330: 1,500 questions, six abilities, eighteen axes",
        f"{_HARNESS}/_default_template_yaml: the closing sentence; no token limit, so it is ours",
        f"{_HARNESS}/utils.py: letters by mcq_extract, means over axes",
    ),
    generation=Generation(max_tokens=1024),
    to_items=_items,
    score=letter_scorer(ranked),
    aggregate=_table,
    variants={"lmms-eval": letter_scorer(ranked, correct=False)},
)
