# SPDX-License-Identifier: Apache-2.0
"""ReVSI: VSI-Bench's types asked anew, answers checked for what the shown frames support.

arXiv 2604.24300. One benchmark for each number of frames: questions and truths differ.
"""

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
    Row,
    Scored,
    Table,
)
from spatialevo_eval.fields import media_folder, strings, text
from spatialevo_eval.images import FrameSampling, video_frames
from spatialevo_eval.metrics import by_row, choice_score, mean, number_score, rows_by
from spatialevo_eval.replies import Reading
from spatialevo_eval.replies.letters import first_token
from spatialevo_eval.replies.numbers import first_token_number

__all__ = ["REVSI"]

_HARNESS: Final = "lmms-eval 0.7.3, lmms_eval/tasks/revsi"
_GROUPS: Final = {
    "object_abs_distance": ("object_abs_distance",),
    "object_counting": ("object_counting_single", "object_counting_multiple"),
    "object_size_estimation": ("object_size_estimation",),
    "room_size_estimation": ("room_size_estimation_single", "room_size_estimation_multiple"),
    "object_rel_direction": tuple(
        f"object_rel_direction_{way}_{level}"
        for level in ("easy", "hard")
        for way in ("forward", "backward")
    ),
    "object_rel_distance": ("object_rel_distance_closest", "object_rel_distance_farthest"),
    "route_planning": ("route_planning",),
}
_NUMERIC_GROUPS: Final = tuple(_GROUPS)[:4]
_GROUP_OF: Final = {kind: group for group, kinds in _GROUPS.items() for kind in kinds}
_LEAD: Final = "These are frames of a video."
_ASK_NUMBER: Final = "Answer the question using a single integer or decimal number."
_ASK_LETTER: Final = "Answer with the option's letter from the given choices directly."
_ALL: Final = 32
"""Frames shown of a whole video: the benchmark leaves it to the model, as VSI-Bench's default."""


def _items(name: str, frames: int, rows: Iterable[Record], options: LoadOptions) -> Iterator[Item]:
    """Ask as utils.py `revsi_doc_to_text` does with the default arguments."""
    folder = media_folder(options, "revsi")
    sampling = FrameSampling(count=frames if options.frames is None else options.frames)
    for place, row in enumerate(rows):
        kind, question = text(row, "question_type"), text(row, "question")
        if kind not in _GROUP_OF:
            raise ValueError(f"question_type: {kind!r} is none of {', '.join(_GROUP_OF)}")
        offered = strings(row, "options")
        lines = (question, "Options:", *offered, _ASK_LETTER)
        if _GROUP_OF[kind] in _NUMERIC_GROUPS:
            offered, lines = (), (question, _ASK_NUMBER)
        scene = text(row, "scene_id")
        video = folder / f"{row['num_frames']}_frame" / f"{scene}.mp4"
        yield Item(
            id=f"{scene}/{place}",
            benchmark=name,
            prompt="\n".join((_LEAD, *lines)).strip(),
            images=video_frames(video, sampling),
            options=offered,
            reference=text(row, "ground_truth"),
            kind=kind,
            meta={"scene": scene, "question": question},
        )


def _score(item: Item, reply: str, *, strict: bool = False) -> ItemScore:
    """Score as utils.py `revsi_process_results`: the first token, be it a letter or a number."""
    if _GROUP_OF[item.kind] in _NUMERIC_GROUPS:
        return number_score(first_token_number(reply), item.reference, strict=strict)
    token = first_token(reply.strip())
    return choice_score(Reading(value=token or None), item.reference)


def _table(scored: Sequence[Scored]) -> Table:
    """Average by type, types of a group into a row, then the rows.

    utils.py `_compute_all_subscores`.
    """
    types = {row.name: row for row in rows_by(scored, lambda item: item.kind)}
    rows = []
    for group, kinds in _GROUPS.items():
        inside = [types[kind] for kind in kinds if kind in types]
        if inside:
            rows.append(
                Row(
                    name=group,
                    value=mean(row.value for row in inside),
                    count=sum(row.count for row in inside),
                    metric="mra" if group in _NUMERIC_GROUPS else "accuracy",
                )
            )
    return by_row(rows, "mean over seven groups, each the mean of its question types")


def _benchmark(frames: int | None) -> Benchmark:
    shown = "all" if frames is None else str(frames)
    count = _ALL if frames is None else frames
    name = f"revsi_{shown}_frame"
    return Benchmark(
        id=name,
        title=f"ReVSI ({shown} frames)",
        dataset=Dataset(
            hub_id="3dlg-hcvc/ReVSI", config=f"{shown}_frame", archives=("*.zip",), media="revsi"
        ),
        source=(
            "arXiv 2604.24300: the types, answers by number of frames",
            f"{_HARNESS}/_default_template_yaml: lead, closing sentences, 16 tokens, greedy",
            f"{_HARNESS}/utils.py: first token, mean relative accuracy, groups of types",
        ),
        generation=Generation(max_tokens=16),
        to_items=partial(_items, name, count),
        score=_score,
        aggregate=_table,
        variants={"lmms-eval": _score, "paper": partial(_score, strict=True)},
        frame_sampling=FrameSampling(count=count),
    )


REVSI: Final = tuple(_benchmark(frames) for frames in (16, 32, 64, None))
