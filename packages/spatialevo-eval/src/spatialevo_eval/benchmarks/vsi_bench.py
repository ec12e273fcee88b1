# SPDX-License-Identifier: Apache-2.0
"""VSI-Bench: videos of rooms, four numeric and six multiple-choice question types.

Yang et al., Thinking in Space, arXiv 2412.14171. Three subsets: all questions, those that remain
when questions are left out that a text-only model answers (Brown et al., arXiv 2511.04655), and
those that were left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
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
from spatialevo_eval.images import FrameSampling, video_frames
from spatialevo_eval.metrics import by_row, choice_score, mean, number_score, rows_by
from spatialevo_eval.replies import Reading
from spatialevo_eval.replies.letters import first_token
from spatialevo_eval.replies.numbers import first_number

__all__ = ["DEBIASED", "FULL", "PRUNED", "table_of"]

NUMERIC: Final = (
    "object_counting", "object_abs_distance", "object_size_estimation", "room_size_estimation",
)  # fmt: skip
_DIRECTION: Final = "object_rel_direction"
DIRECTIONS: Final = tuple(f"{_DIRECTION}_{level}" for level in ("easy", "medium", "hard"))
CHOICE: Final = ("object_rel_distance", *DIRECTIONS, "route_planning", "obj_appearance_order")
_ROWS: Final = (
    *NUMERIC, "object_rel_distance", _DIRECTION, "route_planning",
    "obj_appearance_order",
)  # fmt: skip
_LEAD: Final = "These are frames of a video."
_ASK_NUMBER: Final = "Please answer the question using a single word or phrase."
_ASK_LETTER: Final = "Answer with the option's letter from the given choices directly."
_SAMPLING: Final = FrameSampling(count=32)
_HARNESS: Final = "lmms-eval 0.7.3, lmms_eval/tasks/vsibench"


def _prompt(row: Record) -> str:
    """Write a question as utils.py `vsibench_doc_to_text` does with the default arguments."""
    kind, question = text(row, "question_type"), text(row, "question")
    if kind in NUMERIC:
        return f"{_LEAD}\n{question}\n{_ASK_NUMBER}"
    if kind not in CHOICE:
        raise ValueError(f"question_type: {kind!r} is none of {', '.join((*NUMERIC, *CHOICE))}")
    return "\n".join((_LEAD, question, "Options:", *strings(row, "options"), _ASK_LETTER))


def _items(name: str, rows: Iterable[Record], options: LoadOptions) -> Iterator[Item]:
    folder = media_folder(options, "vsibench")
    sampling = _SAMPLING if options.frames is None else FrameSampling(count=options.frames)
    for row in rows:
        scene = f"{text(row, 'dataset')}/{text(row, 'scene_name')}"
        yield Item(
            id=str(row["id"]),
            benchmark=name,
            prompt=_prompt(row),
            images=video_frames(folder / f"{scene}.mp4", sampling),
            options=strings(row, "options"),
            reference=text(row, "ground_truth"),
            kind=text(row, "question_type"),
            meta={"scene": scene, "question": text(row, "question")},
        )


def _score(item: Item, reply: str, *, correct: bool = True, strict: bool = False) -> ItemScore:
    """Score as utils.py `vsibench_process_results`: the first token, or the first number."""
    if item.kind in CHOICE:
        token = first_token(reply)
        return choice_score(Reading(value=token.upper() if token else None), item.reference)
    return number_score(first_number(reply, correct=correct), item.reference, strict=strict)


def table_of(scored: Sequence[Scored]) -> Table:
    """Average by type, the three direction levels into one row, then the eight rows.

    utils.py `_compute_all_subscores`; there a missing direction level is an error, here the levels
    that are there count.
    """
    levels = [row.value for row in rows_by(scored, _level) if row.name]
    rows = rows_by(scored, _row, _ROWS, dict.fromkeys(NUMERIC, "mra"))
    averaged = tuple(
        replace(row, value=mean(levels)) if row.name == _DIRECTION else row for row in rows
    )
    return by_row(averaged, "mean over question types, direction levels averaged into one")


def _row(item: Item) -> str:
    return _DIRECTION if item.kind in DIRECTIONS else item.kind


def _level(item: Item) -> str:
    return item.kind if item.kind in DIRECTIONS else ""


REVISION: Final = "bdcadb3fea447621a828a24911801faba3587c12"
"""With `pruned_ids.txt`. Named in another project's manifest of files with their sizes, and not
loaded when it was written here: `--revision main` asks for the newest."""


def _benchmark(name: str, title: str, config: str) -> Benchmark:
    return Benchmark(
        id=name,
        title=title,
        dataset=Dataset(
            hub_id="nyu-visionx/VSI-Bench",
            config=config,
            revision=REVISION,
            licence="apache-2.0 (annotations); videos under their data sets' terms",
            archives=("arkitscenes.zip", "scannet.zip", "scannetpp.zip"),
            media="vsibench",
        ),
        source=(
            "arXiv 2412.14171, section 3: mean relative accuracy, the eight types",
            f"{_HARNESS}/utils.py: prompt, reading of replies, aggregation",
            f"{_HARNESS}/_default_template_yaml: 16 tokens, greedy",
            f"{_HARNESS}/multi_image_input: 32 frames, evenly spread",
        ),
        generation=Generation(max_tokens=16),
        to_items=partial(_items, name),
        score=_score,
        aggregate=table_of,
        variants={
            "lmms-eval": partial(_score, correct=False),
            "paper": partial(_score, strict=True),
        },
        frame_sampling=_SAMPLING,
    )


FULL: Final = _benchmark("vsi_bench", "VSI-Bench", "full")
DEBIASED: Final = _benchmark("vsi_bench_debiased", "VSI-Bench (debiased)", "debiased")
PRUNED: Final = _benchmark("vsi_bench_pruned", "VSI-Bench (pruned)", "pruned")
"""lmms-eval's task of this name loads the configuration "full" (vsibench_pruned.yaml)."""
