# SPDX-License-Identifier: Apache-2.0
"""SpatialViz-Bench: mental rotation, folding, penetration and animation (arXiv 2507.07610)."""

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
from spatialevo_eval.fields import media_folder, strings, text
from spatialevo_eval.images import FileImage
from spatialevo_eval.metrics import by_item, choice_score, rows_by
from spatialevo_eval.options import lettered, texts_by_letter
from spatialevo_eval.replies import Reading, corrected
from spatialevo_eval.replies.letters import ambiguous_letters

__all__ = ["SPATIALVIZ"]

_ID: Final = "spatialviz"
_HARNESS: Final = "lmms-eval 0.7.3, lmms_eval/tasks/spatialviz"
_LEAD: Final = (
    "You should first provide a reasoning process, then provide a single option(A, B, C or D) as "
    "the final answer. The reasoning process and the answer are enclosed within <think></think> "
    "and <answer></answer> tags, respectively, i.e., <think>reasoning process</think>, "
    "<answer>answer</answer>.\n"
)


def _items(rows: Iterable[Record], options: LoadOptions) -> Iterator[Item]:
    """Ask as utils.py `spatialviz_doc_to_text` does: every option ends its line."""
    folder = media_folder(options, "spatialviz")
    for row in rows:
        place = "/".join(text(row, name) for name in ("Category", "Task", "Level", "Image_id"))
        offered = lettered(strings(row, "Choices"))
        question = f"{_LEAD}Question: {text(row, 'Question')}\n"
        yield Item(
            id=place,
            benchmark=_ID,
            prompt=question + "".join(f"{option}\n" for option in offered),
            images=(FileImage(path=folder / f"{place}.png", name=place),),
            options=offered,
            reference=text(row, "Answer"),
            kind=text(row, "Task"),
            meta={"category": text(row, "Category"), "level": text(row, "Level")},
        )


def _score(item: Item, reply: str, *, correct: bool = True) -> ItemScore:
    """Score as utils.py `spatialviz_process_results`: one letter in the final answer."""
    found = ambiguous_letters(reply)
    texts = texts_by_letter(item)
    if correct and found:
        readings = [corrected(each, each.text, texts) for each in found]
        misread = [reading for reading in readings if reading.correction]
        if misread:
            return choice_score(misread[0], item.reference)
    said = {each.letter for each in found}
    return choice_score(Reading(value=said.pop() if len(said) == 1 else None), item.reference)


def _table(scored: Sequence[Scored]) -> Table:
    return by_item(scored, rows_by(scored, lambda item: item.kind))


SPATIALVIZ: Final = Benchmark(
    id=_ID,
    title="SpatialViz-Bench",
    dataset=Dataset(
        hub_id="PLM-Team/Spatial-Visualization-Benchmark",
        archives=("images.zip",),
        media="spatialviz",
    ),
    source=(
        "arXiv 2507.07610: 1,180 questions, twelve tasks of four abilities",
        f"{_HARNESS}/_default_template_yaml: 8,192 tokens, greedy",
        f"{_HARNESS}/utils.py: lead, tags and phrases, accuracy over items",
    ),
    generation=Generation(max_tokens=8192),
    to_items=_items,
    score=_score,
    aggregate=_table,
    variants={"lmms-eval": partial(_score, correct=False)},
    answer_form=lambda answer: f"<think>Seen.</think> <answer>{answer}</answer>",
)
