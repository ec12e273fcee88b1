# SPDX-License-Identifier: Apache-2.0
"""Task files for lmms-eval, read and called as lmms-eval reads and calls them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from spatialevo_eval.benchmark import Benchmark, LoadOptions
from spatialevo_eval.lmms_tasks import write_task

yaml = pytest.importorskip("yaml")


def read_task(path: Path) -> dict[str, Any]:
    """As lmms_eval.utils.load_yaml_config: `!function utils.name` is looked up beside the file."""

    def function(loader: Any, node: Any) -> Any:
        module, name = loader.construct_scalar(node).rsplit(".", 1)
        spec = importlib.util.spec_from_file_location(module, path.parent / f"{module}.py")
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        return getattr(made, name)

    class Loader(yaml.FullLoader):  # type: ignore[misc]
        """With the tag."""

    Loader.add_constructor("!function", function)
    return yaml.load(path.read_text(), Loader=Loader)


def docs_of(config: dict[str, Any]) -> list[dict[str, str]]:
    lines = Path(config["dataset_kwargs"]["data_files"]["test"]).read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_task_asks_and_scores_as_the_benchmark_does(small: Benchmark, tmp_path: Path) -> None:
    config = read_task(write_task(small, tmp_path))
    assert config["task"] == "spatialevo_small"
    assert config["generation_kwargs"]["max_new_tokens"] == 8
    items = list(small.load())
    docs = docs_of(config)
    assert [doc["id"] for doc in docs] == [item.id for item in items]
    results, scored = [], []
    for item, doc in zip(items, docs, strict=True):
        assert config["doc_to_text"](doc) == item.prompt
        shown = config["doc_to_visual"](doc)
        assert [image.tobytes() for image in shown] == [i.open().tobytes() for i in item.images]
        reply = doc["reference"] if item.kind == "colour" else "2"
        results.append(config["process_results"](doc, [reply])["score"])
        scored.append((item, small.score(item, reply)))
    (metric,) = config["metric_list"]
    assert metric["metric"] == "score"
    assert metric["aggregation"](results) == small.aggregate(scored).overall


def test_a_part_of_a_benchmark_stays_that_part(small: Benchmark, tmp_path: Path) -> None:
    load = LoadOptions(limit=5, kinds=("colour",))
    config = read_task(write_task(small, tmp_path, load))
    docs = docs_of(config)
    assert len(docs) == 5
    assert config["doc_to_text"](docs[-1]) == list(small.load(load))[-1].prompt
    with pytest.raises(ValueError, match="cannot hold rows"):
        write_task(small, tmp_path, LoadOptions(records=[]))
