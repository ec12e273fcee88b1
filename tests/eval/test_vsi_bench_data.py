# SPDX-License-Identifier: Apache-2.0
"""VSI-Bench's own questions: prompts, baselines and table against an independent reckoning."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spatialevo_eval.benchmark import Item, LoadOptions
from spatialevo_eval.benchmarks import BENCHMARKS
from spatialevo_eval.benchmarks.vsi_bench import CHOICE, DIRECTIONS, NUMERIC

VSI = BENCHMARKS["vsi_bench"]


@pytest.fixture(scope="module")
def items(test_data: Callable[[str], Path]) -> list[Item]:
    with (test_data("vsibench") / "questions.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    records: list[dict[str, object]] = [
        {**row, "id": int(row["id"]), "options": options_of(row["options"])} for row in rows
    ]
    return list(VSI.load(LoadOptions(records=records)))


def options_of(written: str) -> list[str] | None:
    """Read what an array of texts prints as: blanks between, single or double quotes round each."""
    found = re.findall(r"""(?:^\[|\s)(['"])([A-D]\. .*?)\1(?=\s+['"]|\]$)""", written, re.DOTALL)
    return [text for _, text in found] or None


def reckon(replies: dict[str, str], items: list[Item]) -> tuple[float, dict[str, float]]:
    """Score and average as arXiv 2412.14171 and its code say, without any of the package's code."""
    thresholds = np.linspace(0.5, 0.95, 10)
    types: dict[str, list[float]] = defaultdict(list)
    for item in items:
        said, truth = replies[item.id], str(item.reference)
        if item.kind in NUMERIC:
            off = abs(float(said) - float(truth)) / float(truth)
            types[item.kind].append(float((off <= 1 - thresholds).mean()))
        else:
            types[item.kind].append(float(said == truth))
    rows = {kind: float(np.mean(values)) for kind, values in types.items()}
    levels = [rows.pop(level) for level in DIRECTIONS]
    rows["object_rel_direction"] = float(np.mean(levels))
    return float(np.mean(list(rows.values()))), rows


def test_every_question_is_read(items: list[Item]) -> None:
    assert len(items) == 2747
    assert {item.kind for item in items} == {*NUMERIC, *CHOICE}
    for item in items:
        if item.kind in CHOICE:
            assert [option[0] for option in item.options] == list("ABCD")[: len(item.options)]
            assert item.reference in {option[0] for option in item.options}
        else:
            assert float(str(item.reference)) > 0
        assert len(item.images) == 32


@pytest.mark.parametrize("constant", ["first", "most frequent"])
def test_baselines_make_the_table_that_the_paper_describes(
    items: list[Item], constant: str
) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        counts[item.kind][str(item.reference)] += 1
    common = {kind: each.most_common(1)[0][0] for kind, each in counts.items()}
    first = {kind: "A" if kind in CHOICE else "2" for kind in counts}
    chosen = common if constant == "most frequent" else first
    replies = {item.id: chosen[item.kind] for item in items}

    table = VSI.aggregate([(item, VSI.score(item, replies[item.id])) for item in items])
    overall, rows = reckon(replies, items)
    assert table.overall == pytest.approx(overall, abs=1e-12)
    assert {row.name: row.value for row in table.rows} == pytest.approx(rows, abs=1e-12)
    assert sum(row.count for row in table.rows) == len(items)
    if constant == "most frequent":  # the paper's chance level by frequency: 34.0, 62.1 on counts
        assert 0.32 < table.overall < 0.36
        assert rows["object_counting"] == pytest.approx(0.621, abs=0.02)


def test_a_subset_without_a_direction_level_has_a_table(items: list[Item]) -> None:
    some = [item for item in items if item.kind not in DIRECTIONS[:2]]
    table = VSI.aggregate([(item, VSI.score(item, str(item.reference))) for item in some])
    assert table.overall == 1.0
    assert "object_rel_direction" in {row.name for row in table.rows}
