# SPDX-License-Identifier: Apache-2.0
"""MMSI-Bench: relations across several images, eleven types (Yang et al., arXiv 2505.23764)."""

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
from spatialevo_eval.replies.letters import in_backticks

__all__ = ["MMSI_BENCH"]

_ID: Final = "mmsi_bench"
_HARNESS: Final = "lmms-eval 0.7.3, lmms_eval/tasks/mmsi_bench"
_ASK: Final = (
    "\nAnswer with the option's letter from the given choices directly. Enclose the option's "
    "letter within ``."
)
_TYPES: Final = (
    *(
        f"Positional Relationship ({pair})"
        for pair in ("Cam.–Cam.", "Obj.–Obj.", "Reg.–Reg.", "Cam.–Obj.", "Obj.–Reg.", "Cam.–Reg.")
    ),
    "Attribute (Meas.)", "Attribute (Appr.)", "Motion (Cam.)", "Motion (Obj.)", "MSR",
)  # fmt: skip


def _items(rows: Iterable[Record], _options: LoadOptions) -> Iterator[Item]:
    """Ask as utils.py `msr_doc_to_text` does with the default arguments."""
    for row in rows:
        name, question = str(row["id"]), text(row, "question").strip()
        kind = text(row, "question_type")
        yield Item(
            id=name,
            benchmark=_ID,
            prompt=question + _ASK,
            images=images(row, "images", name),
            options=options_in(question),
            reference=text(row, "answer").strip().upper(),
            kind=kind.replace(".-", ".–"),  # rows spell the dash in two ways
        )


def _table(scored: Sequence[Scored]) -> Table:
    return by_item(scored, rows_by(scored, lambda item: item.kind, _TYPES))


MMSI_BENCH: Final = Benchmark(
    id=_ID,
    title="MMSI-Bench",
    dataset=Dataset(hub_id="RunsenXu/MMSI-Bench"),
    source=(
        "arXiv 2505.23764: 1,000 questions, eleven types",
        f"{_HARNESS}/msr_bench.yaml: the closing sentence, 2,048 tokens, greedy",
        f"{_HARNESS}/utils.py: letter in back-ticks, accuracy over items",
    ),
    generation=Generation(max_tokens=2048),
    to_items=_items,
    score=letter_scorer(in_backticks, letters="ABCDEF"),
    aggregate=_table,
    variants={"lmms-eval": letter_scorer(in_backticks, correct=False)},
    answer_form=lambda answer: f"``{answer}``",
)
