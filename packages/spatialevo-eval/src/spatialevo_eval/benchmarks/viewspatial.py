# SPDX-License-Identifier: Apache-2.0
"""ViewSpatial-Bench: directions from the camera's and from a person's view (arXiv 2505.21500)."""

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
from spatialevo_eval.fields import images, text
from spatialevo_eval.metrics import by_item, rows_by
from spatialevo_eval.options import letter_scorer, options_in
from spatialevo_eval.replies.letters import in_last_line

__all__ = ["VIEWSPATIAL"]

_ID: Final = "viewspatial"
_HARNESS: Final = "lmms-eval 0.7.3, lmms_eval/tasks/viewspatial"
_TYPES: Final = (
    "Camera perspective - Relative Direction",
    "Camera perspective - Object View Orientation",
    "Person perspective - Relative Direction",
    "Person perspective - Object View Orientation",
    "Person perspective - Scene Simulation Relative Direction",
)


def _items(rows: Iterable[Record], _options: LoadOptions) -> Iterator[Item]:
    """Ask as utils.py `viewspatial_doc_to_text` does, after the paper."""
    for place, row in enumerate(rows):
        choices, answer = text(row, "choices"), text(row, "answer")
        letter = re.search(r"\b([A-D])\b", answer, re.IGNORECASE)
        if letter is None:
            raise ValueError(f"answer: row {place} names none of A to D: {answer!r}")
        yield Item(
            id=str(place),
            benchmark=_ID,
            prompt=(
                f"Question: {text(row, 'question')}\nChoices: {choices}\n"
                "Reply only to the corresponding option.\nAnswer:"
            ),
            images=images(row, "images", str(place)),
            options=options_in(choices),
            reference=letter[1].upper(),
            kind=text(row, "question_type"),
        )


def _table(scored: Sequence[Scored]) -> Table:
    return by_item(scored, rows_by(scored, lambda item: item.kind, _TYPES))


VIEWSPATIAL: Final = Benchmark(
    id=_ID,
    title="ViewSpatial-Bench",
    dataset=Dataset(hub_id="oscarqjh/ViewSpatial_lmmseval", config="default"),
    source=(
        "arXiv 2505.21500: 5,712 questions, five types; rows of lidingm/ViewSpatial-Bench",
        f"{_HARNESS}/utils.py: prompt, the last line's first letter, accuracy over items",
        f"{_HARNESS}/viewspatial.yaml: no token limit; the one here is ours",
    ),
    generation=Generation(max_tokens=4096),
    to_items=_items,
    score=letter_scorer(in_last_line),
    aggregate=_table,
    variants={"lmms-eval": letter_scorer(in_last_line, correct=False)},
)
