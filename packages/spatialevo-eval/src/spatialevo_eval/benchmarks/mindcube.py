# SPDX-License-Identifier: Apache-2.0
"""MindCube: scenes from few views, asked after turning or moving (Yin et al., arXiv 2506.21458)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
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
from spatialevo_eval.replies.letters import last_by_pattern

__all__ = ["FULL", "TINY"]

_HARNESS: Final = "lmms-eval 0.7.3, lmms_eval/tasks/mindcube"
_SETTINGS: Final = ("rotation", "among", "around")


def _items(benchmark: str, rows: Iterable[Record], _options: LoadOptions) -> Iterator[Item]:
    """Ask with the row's own prompt, images at its marks (utils.py `mindcube_doc_to_messages`)."""
    for row in rows:
        name = text(row, "id")
        yield Item(
            id=name,
            benchmark=benchmark,
            prompt=text(row, "input_prompt"),
            images=images(row, "images", name),
            options=options_in(text(row, "question")),
            reference=text(row, "gt_answer"),
            kind=_setting(name),
            interleaved=True,
        )


def _setting(name: str) -> str:
    """Return the setting that an id begins with, as utils.py `mindcube_process_results` does."""
    first = name.partition("_")[0]
    if first in {"around", "aroundnew"}:
        return "around"
    return first if first in _SETTINGS else "other"


def _table(scored: Sequence[Scored]) -> Table:
    return by_item(scored, rows_by(scored, lambda item: item.kind, _SETTINGS))


def _benchmark(name: str, title: str, config: str) -> Benchmark:
    return Benchmark(
        id=name,
        title=title,
        dataset=Dataset(
            hub_id="oscarqjh/MindCube_lmmseval", config=config, split="combined", licence="mit"
        ),
        source=(
            "arXiv 2506.21458; code of mll-lab-nu/MindCube; rows of MLL-Lab/MindCube",
            f"{_HARNESS}/_default_template_yaml: 4,096 tokens, greedy",
            f"{_HARNESS}/utils.py: interleaved prompt, last letter by pattern, accuracy over items",
        ),
        generation=Generation(max_tokens=4096),
        to_items=partial(_items, name),
        score=letter_scorer(last_by_pattern, letters="ABCDE"),
        aggregate=_table,
        variants={"lmms-eval": letter_scorer(last_by_pattern, correct=False)},
    )


FULL: Final = _benchmark("mindcube", "MindCube", "full")
TINY: Final = _benchmark("mindcube_tiny", "MindCube (tiny)", "tiny")
