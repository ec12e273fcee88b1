# SPDX-License-Identifier: Apache-2.0
"""EmbSpatial-Bench: six relations of objects in embodied views (Du et al., arXiv 2406.05756)."""

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
from spatialevo_eval.fields import image, strings, text, whole
from spatialevo_eval.metrics import by_item, rows_by
from spatialevo_eval.options import letter_scorer
from spatialevo_eval.replies.letters import first_letter

__all__ = ["EMBSPATIAL"]

_ID: Final = "embspatial"
_HARNESS: Final = "lmms-eval 0.7.3, lmms_eval/tasks/embspatial"
_LEAD: Final = (
    "Note: You only need to respond with A, B, C, D without providing any additional information.\n"
)
_RELATIONS: Final = ("above", "below", "left", "right", "close", "far")


def _items(rows: Iterable[Record], _options: LoadOptions) -> Iterator[Item]:
    """Ask as utils.py `embspatial_doc_to_text` does with the default arguments."""
    for row in rows:
        name = text(row, "question_id")
        texts = strings(row, "answer_options")
        offered = tuple(f"{chr(ord('A') + place)}) {each}" for place, each in enumerate(texts))
        yield Item(
            id=name,
            benchmark=_ID,
            prompt="\n".join((_LEAD + text(row, "question"), *offered)),
            images=image(row, "image", name),
            options=offered,
            reference="ABCD"[whole(row, "answer")],
            kind=text(row, "relation"),
            meta={"data_source": text(row, "data_source")},
        )


def _table(scored: Sequence[Scored]) -> Table:
    return by_item(scored, rows_by(scored, lambda item: item.kind, _RELATIONS))


EMBSPATIAL: Final = Benchmark(
    id=_ID,
    title="EmbSpatial-Bench",
    dataset=Dataset(hub_id="FlagEval/EmbSpatial-Bench"),
    source=(
        "arXiv 2406.05756: 3,640 questions, six relations",
        f"{_HARNESS}/_default_template_yaml: lead, 1,024 tokens, accuracy over items",
        f"{_HARNESS}/utils.py: options as 'A) …', the reply's first letter",
    ),
    generation=Generation(max_tokens=1024),
    to_items=_items,
    score=letter_scorer(first_letter),
    aggregate=_table,
    variants={"lmms-eval": letter_scorer(first_letter, correct=False)},
)
