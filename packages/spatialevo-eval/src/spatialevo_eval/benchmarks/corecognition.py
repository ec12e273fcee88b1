# SPDX-License-Identifier: Apache-2.0
"""CoreCognition: twelve concepts of early cognition, in stages (Li et al., arXiv 2410.10855)."""

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
from spatialevo_eval.options import options_in, texts_by_letter
from spatialevo_eval.replies import Reading, corrected
from spatialevo_eval.replies.words import cleaned, template

__all__ = ["CORECOGNITION"]

_ID: Final = "corecognition"
_HARNESS: Final = "lmms-eval 0.7.3, lmms_eval/tasks/corecognition"
_LETTERS: Final = ("A", "B", "C", "D", "E", "F")
_WORDS: Final = ("YES", "NO")


def _items(rows: Iterable[Record], _options: LoadOptions) -> Iterator[Item]:
    """Ask with the row's own prompt, as utils.py `corecognition_doc_to_text` does."""
    for place, row in enumerate(rows):
        prompt = text(row, "prompt") or text(row, "question")
        binary = text(row, "type").strip().upper() == "TF"
        yield Item(
            id=str(place),
            benchmark=_ID,
            prompt=prompt,
            images=image(row, "images", str(place)),
            options=() if binary else options_in(prompt),
            reference=text(row, "answer").strip().upper(),
            kind=text(row, "concept"),
            meta={"binary": binary, "stage": text(row, "stage")},
        )


def _score(item: Item, reply: str, *, correct: bool = True) -> ItemScore:
    """Score as utils.py `corecognition_process_results` without a judge."""
    said = cleaned(reply)
    answers = _WORDS if item.meta["binary"] else _LETTERS
    found = template(said, answers)
    if found is None:
        alone = said.upper()
        return choice_score(Reading(value=alone or None), item.reference)
    if not correct:
        return choice_score(Reading(value=found.letter), item.reference)
    words = {"YES": "yes", "NO": "no"}
    texts = words if item.meta["binary"] else texts_by_letter(item, "ABCDEF")
    return choice_score(corrected(found, said, texts), item.reference)


def _table(scored: Sequence[Scored]) -> Table:
    return by_item(scored, rows_by(scored, lambda item: item.kind))


CORECOGNITION: Final = Benchmark(
    id=_ID,
    title="CoreCognition",
    dataset=Dataset(hub_id="williamium/CoreCognition", config="frame-combined", split="train"),
    source=(
        "arXiv 2410.10855: twelve concepts, hybrid matching of answers",
        f"{_HARNESS}/_default_template_yaml: the row's prompt alone, 16 tokens, greedy, no judge",
        f"{_HARNESS}/utils.py: templates, accuracy over items and by concept",
    ),
    generation=Generation(max_tokens=16),
    to_items=_items,
    score=_score,
    aggregate=_table,
    variants={"lmms-eval": partial(_score, correct=False)},
)
