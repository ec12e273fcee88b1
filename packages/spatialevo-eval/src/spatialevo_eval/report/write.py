# SPDX-License-Identifier: Apache-2.0
"""Runs read, worked out and written as a page and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spatialevo_dge.viewing.files import write_whole
from spatialevo_eval.records import read_end
from spatialevo_eval.report.facts import Facts, gather
from spatialevo_eval.report.markdown import markdown
from spatialevo_eval.report.page import page
from spatialevo_eval.results import find_runs, read_result
from spatialevo_eval.statistics import RESAMPLES

__all__ = ["write_report"]


def write_report(
    folders: Sequence[Path], path: Path, title: str, resamples: int = RESAMPLES
) -> Facts:
    """Write a page, and the same as Markdown beside it, and return what they show.

    Args:
        folders: Runs, or folders that hold them; the first model is what others are paired with.
        path: The page.
        title: Its heading.
        resamples: Of each interval and test.

    Raises:
        RunError: A folder is no run's, or two runs cannot be told apart.
        OSError: A file cannot be written.
    """
    runs = dict.fromkeys(run for folder in folders for run in find_runs(folder))
    facts = gather([(read_result(run), read_end(run)) for run in runs], resamples)
    write_whole(path, page(facts, title).encode("utf-8"))
    write_whole(path.with_suffix(".md"), markdown(facts, title).encode("utf-8"))
    return facts
