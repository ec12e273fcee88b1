# SPDX-License-Identifier: Apache-2.0
"""Load one of our benchmarks into lmms-eval itself, as a task, and have it scored there.

python -m agreement.tasks
"""

from __future__ import annotations

import importlib
import logging
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from spatialevo_eval.benchmark import LoadOptions
from spatialevo_eval.benchmarks import benchmark_named
from spatialevo_eval.lmms_tasks import write_task

BENCHMARK: Final = "dge_painted"
ITEMS: Final = 24


def main() -> int:
    """Compare prompts, images and scores; return 1 where lmms-eval has others."""
    logging.disable(logging.CRITICAL)
    importlib.import_module("loguru").logger.remove()
    ours, options = benchmark_named(BENCHMARK), LoadOptions(limit=ITEMS)
    items = list(ours.load(options))
    with tempfile.TemporaryDirectory() as folder:
        write_task(ours, Path(folder), options)
        task = loaded(folder)
        documents = list(task.test_docs())
        prompts = [task.doc_to_text(document) for document in documents]
        shown = [[image.tobytes() for image in task.doc_to_visual(each)] for each in documents]
        replies = [ours.answer_form(str(item.reference)) for item in items]
        replies[::2] = ["<answer>none</answer>"] * len(replies[::2])
        pairs = zip(documents, replies, strict=True)
        results = [task.process_results(document, [reply]) for document, reply in pairs]
        theirs = task.aggregation()["score"]([result["score"] for result in results])
    scored = [(item, ours.score(item, reply)) for item, reply in zip(items, replies, strict=True)]
    mine = ours.aggregate(scored).overall
    images = [[image.open().tobytes() for image in item.images] for item in items]
    same = (prompts == [item.prompt for item in items], shown == images, theirs == mine)
    print(f"{BENCHMARK} as a task of lmms-eval: {len(items)} items, prompts, images and number "
          f"the same: {same}; {mine:.3f}")  # fmt: skip
    return int(not all(same))


def loaded(folder: str) -> Any:
    """Return the written task as lmms-eval's own manager loads it."""
    tasks = importlib.import_module("lmms_eval.tasks")
    manager = tasks.TaskManager(include_path=folder, include_defaults=False)
    name = f"spatialevo_{BENCHMARK}"
    return tasks.get_task_dict([name], manager)[name]


if __name__ == "__main__":
    sys.exit(main())
