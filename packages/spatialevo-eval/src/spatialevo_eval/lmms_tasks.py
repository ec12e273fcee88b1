# SPDX-License-Identifier: Apache-2.0
"""Our benchmarks as task files of lmms-eval, which then loads the model and asks.

    spatialevo-eval lmms-tasks dge -o tasks
    python -m lmms_eval --include_path tasks --tasks spatialevo_dge --model qwen2_5_vl …

Items, images, prompts, scores and tables stay ours: a task file calls back into this package.
lmms-eval puts all images before the text, so an item whose images stand between its words is asked
in another order than `run` asks it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Final

from PIL import Image

from spatialevo_dge.viewing.files import write_whole
from spatialevo_eval.benchmark import Benchmark, Item, LoadOptions
from spatialevo_eval.benchmarks import benchmark_named
from spatialevo_eval.images import open_images

__all__ = ["Bridge", "write_task"]

_CONFIG: Final = """\
# Written by spatialevo-eval; the items are named in docs.jsonl beside this file.
task: {task}
dataset_path: json
dataset_kwargs:
  data_files:
    test: {docs}
test_split: test
output_type: generate_until
doc_to_visual: !function utils.doc_to_visual
doc_to_text: !function utils.doc_to_text
doc_to_target: reference
process_results: !function utils.process_results
generation_kwargs:
  max_new_tokens: {max_tokens}
  temperature: {temperature}
  do_sample: {sampled}
metric_list:
  - metric: score
    aggregation: !function utils.aggregate
    higher_is_better: true
metadata:
  - version: {version}
"""
_UTILS: Final = '''\
"""Calls back into spatialevo-eval, which wrote this file."""

from spatialevo_eval.lmms_tasks import Bridge

BRIDGE = Bridge.of({benchmark!r}, {options!r})


def doc_to_visual(doc):
    return BRIDGE.visual(doc)


def doc_to_text(doc, lmms_eval_specific_kwargs=None):
    return BRIDGE.text(doc)


def process_results(doc, results):
    return BRIDGE.process(doc, results)


def aggregate(results):
    return BRIDGE.aggregate(results)
'''


class Bridge:
    """A benchmark as lmms-eval's task functions see it.

    A document is ``{"id": …, "reference": …}``; the rest of an item is loaded when the first is
    asked about.
    """

    def __init__(self, benchmark: Benchmark, options: LoadOptions) -> None:
        """Take a benchmark; nothing is loaded."""
        self._benchmark = benchmark
        self._options = options

    @classmethod
    def of(cls, name: str, options: Mapping[str, object]) -> Bridge:
        """Return the bridge that a written task file names.

        Raises:
            ValueError: There is no such benchmark.
        """
        given = json.loads(json.dumps(options))
        media = given.pop("media")
        kinds = tuple(given.pop("kinds"))
        load = LoadOptions(kinds=kinds, media=None if media is None else Path(media), **given)
        return cls(benchmark_named(name), load)

    @cached_property
    def _items(self) -> Mapping[str, Item]:
        return {item.id: item for item in self._benchmark.load(self._options)}

    def visual(self, doc: Mapping[str, str]) -> list[Image.Image]:
        """Return an item's images, opened."""
        return open_images(self._items[doc["id"]].images)

    def text(self, doc: Mapping[str, str]) -> str:
        """Return an item's texts, a line each."""
        content = self._items[doc["id"]].content()
        return "\n".join(part for part in content if isinstance(part, str))

    def process(self, doc: Mapping[str, str], results: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return what `aggregate` needs of a reply."""
        return {"score": {"id": doc["id"], "reply": results[0]}}

    def aggregate(self, results: Sequence[Mapping[str, str]]) -> float:
        """Return the benchmark's overall value of replies, with its own aggregation."""
        items = [self._items[each["id"]] for each in results]
        replies = [each["reply"] for each in results]
        score = self._benchmark.score
        scored = [(item, score(item, reply)) for item, reply in zip(items, replies, strict=True)]
        return self._benchmark.aggregate(scored).overall


def write_task(benchmark: Benchmark, folder: Path, options: LoadOptions | None = None) -> Path:
    """Write a task's folder and return its YAML file.

    Raises:
        ValueError: The options hold rows, which a task file cannot.
        OSError: A file cannot be written.
    """
    load = options or LoadOptions()
    if load.records is not None:
        raise ValueError("records: a task file names a benchmark, and cannot hold rows")
    task = f"spatialevo_{benchmark.id}"
    place = folder / task
    place.mkdir(parents=True, exist_ok=True)
    docs = place / "docs.jsonl"
    lines = (
        json.dumps({"id": item.id, "reference": str(item.reference)})
        for item in benchmark.load(load)
    )
    write_whole(docs, "".join(f"{line}\n" for line in lines).encode())
    kept = {name: value for name, value in asdict(load).items() if name != "records"}
    kept["media"] = None if load.media is None else str(load.media)
    utils = _UTILS.format(benchmark=benchmark.id, options=kept)
    write_whole(place / "utils.py", utils.encode())
    generation = benchmark.generation
    config = _CONFIG.format(
        task=task,
        docs=json.dumps(str(docs.resolve())),
        max_tokens=generation.max_tokens,
        temperature=generation.temperature,
        sampled=str(generation.temperature > 0).lower(),
        version=1,
    )
    path = place / f"{task}.yaml"
    write_whole(path, config.encode())
    return path
