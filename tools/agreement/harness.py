# SPDX-License-Identifier: Apache-2.0
"""lmms-eval's own task code, loaded by path: its prompts, scores and aggregation."""

from __future__ import annotations

import copy
import importlib.util
import inspect
import sys
import tempfile
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import yaml

from spatialevo_eval.benchmark import Benchmark

__all__ = ["STUBS", "TASKS", "VERSION", "Task", "load", "without_reasoning"]

VERSION: Final = "0.7.3"
STUBS: Final = (
    "lmms_eval, lmms_eval.tasks: their __init__ is not run, modules below load by path",
    "huggingface_hub.snapshot_download: gives an empty folder (spatialviz fetches at import)",
    "lmms_eval.llm_judge: no client is made (stare imports it, its judge is off)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Where a task's parts are.

    Attributes:
        folder: Under lmms_eval/tasks.
        config: The task's YAML file.
        prefix: Of its functions.
        value: Path to the score in what `process_results` returns.
        aggregate: Function and key of results for the number that the benchmark is quoted by.
        scale: What that number is multiplied with.
    """

    folder: str
    config: str
    prefix: str
    value: tuple[str, ...]
    aggregate: tuple[str, str] | None
    scale: float = 1.0


TASKS: Final[Mapping[str, Names]] = {
    "vsi_bench": Names(
        folder="vsibench", config="vsibench.yaml", prefix="vsibench", value=("vsibench_overall",),
        aggregate=("vsibench_aggregate_overall", "vsibench_overall"),
    ),
    "realworldqa": Names(
        folder="realworldqa", config="realworldqa.yaml", prefix="realworldqa",
        value=("exact_match",), aggregate=None,
    ),
    "embspatial": Names(
        folder="embspatial", config="embspatial.yaml", prefix="embspatial",
        value=("embspatial_acc", "is_correct"),
        aggregate=("embspatial_aggregate_results", "embspatial_acc"),
    ),
    "spatialviz": Names(
        folder="spatialviz", config="spatialviz.yaml", prefix="spatialviz",
        value=("spatialviz_score", "is_correct"),
        aggregate=("spatialviz_aggregate_results", "spatialviz_score"),
    ),
    "stare": Names(
        folder="stare", config="stare.yaml", prefix="stare", value=("stare_score", "is_correct"),
        aggregate=("stare_aggregate_results", "stare_score"),
    ),
    "corecognition": Names(
        folder="corecognition", config="corecognition.yaml", prefix="corecognition",
        value=("accuracy",), aggregate=None,
    ),
    "viewspatial": Names(
        folder="viewspatial", config="viewspatial.yaml", prefix="viewspatial",
        value=("overall_accuracy", "score"),
        aggregate=("viewspatial_aggregate_results", "overall_accuracy"),
    ),
    "vstar": Names(
        folder="vstar_bench", config="vstar_bench.yaml", prefix="vstar",
        value=("vstar_overall_acc", "score"),
        aggregate=("vstar_aggregate_results", "vstar_overall_acc"), scale=100.0,
    ),
    "mmstar": Names(
        folder="mmstar", config="mmstar.yaml", prefix="mmstar", value=("average", "score"),
        aggregate=("mmstar_aggregate_results", "average"),
    ),
    "mindcube": Names(
        folder="mindcube", config="mindcube_full.yaml", prefix="mindcube",
        value=("overall_accuracy", "score"),
        aggregate=("mindcube_aggregate_results", "overall_accuracy"),
    ),
    "erqa": Names(
        folder="erqa", config="erqa.yaml", prefix="erqa", value=("erqa_acc", "is_correct"),
        aggregate=("erqa_aggregate_results", "erqa_acc"),
    ),
    "mmsi_bench": Names(
        folder="mmsi_bench", config="msr_bench.yaml", prefix="msr", value=("average", "score"),
        aggregate=("msr_aggregate_results", "average"),
    ),
    "revsi_32_frame": Names(
        folder="revsi", config="revsi_32_frame.yaml", prefix="revsi", value=("overall_acc", "acc"),
        aggregate=("revsi_aggregate_overall", "overall_acc"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task of lmms-eval.

    Attributes:
        names: Where its parts are.
        module: Its utils.py.
        arguments: Its default `lmms_eval_specific_kwargs`.
        config: Its YAML file, with what it includes.
    """

    names: Names
    module: types.ModuleType
    arguments: Mapping[str, Any]
    config: Mapping[str, Any]

    def other_settings(self, ours: Benchmark) -> Iterator[str]:
        """Yield what of our data set and generation is not as the task file has it."""
        generation = self.config["generation_kwargs"] if "generation_kwargs" in self.config else {}
        limit = (generation or {}).get("max_new_tokens")
        for name, theirs, mine in (
            ("dataset", self.config["dataset_path"], ours.dataset.hub_id),
            ("config", self.config.get("dataset_name"), ours.dataset.config),
            ("split", self.config["test_split"], ours.dataset.split),
            ("tokens", limit or ours.generation.max_tokens, ours.generation.max_tokens),
            ("temperature", (generation or {}).get("temperature", 0), ours.generation.temperature),
        ):
            if (theirs or None) != (mine or None):
                yield f"{name} is {mine!r}, there {theirs!r}"

    def prompt(self, record: Mapping[str, object]) -> str:
        """Return what lmms-eval asks about a record."""
        function = getattr(self.module, f"{self.names.prefix}_doc_to_text")
        takes_arguments = len(inspect.signature(function).parameters) > 1
        text = function(dict(record), dict(self.arguments)) if takes_arguments else function(record)
        return str(text)

    def result(self, record: Mapping[str, object], reply: str) -> dict[str, Any]:
        """Return what lmms-eval makes of a reply."""
        function = getattr(self.module, f"{self.names.prefix}_process_results")
        result: dict[str, Any] = function(copy.copy(dict(record)), [reply])
        return result

    def value(self, result: Mapping[str, Any]) -> float:
        """Return the score in a result."""
        found: Any = result
        for key in self.names.value:
            found = found[key]
        if isinstance(found, dict):  # VSI-Bench keeps one of two metrics in the record itself
            found = found["accuracy"] if "accuracy" in found else found["MRA:.5:.95:.05"]
        return float(found)

    def overall(self, results: Sequence[Mapping[str, Any]]) -> float:
        """Return the number that the benchmark is quoted by, 0 to 1."""
        if self.names.aggregate is None:  # the harness's own "mean"
            return sum(self.value(result) for result in results) / len(results)
        name, key = self.names.aggregate
        function: Callable[[list[Any]], float] = getattr(self.module, name)
        return float(function([result[key] for result in results])) / self.names.scale


def without_reasoning(reply: str) -> str:
    """Return what lmms-eval hands to a task's scoring, its command line's defaults given."""
    _stub(_root())
    reasoning = importlib.import_module("lmms_eval.api.reasoning")
    pairs = [["<think>", "</think>"], ["<analysis>", "</analysis>"]]
    return str(reasoning.strip_reasoning_tags(reply, pairs))


def load(benchmark: str) -> Task:
    """Load a task as it is installed.

    Raises:
        RuntimeError: Another version is installed.
    """
    if metadata.version("lmms-eval") != VERSION:
        raise RuntimeError(f"lmms-eval {metadata.version('lmms-eval')} is not {VERSION}")
    root = _root()
    _stub(root)
    names = TASKS[benchmark]
    folder = root / "tasks" / names.folder
    spec = importlib.util.spec_from_file_location(f"harness_{benchmark}", folder / "utils.py")
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{folder}: no utils.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    config = _config(folder / names.config)
    given = config["lmms_eval_specific_kwargs"] if "lmms_eval_specific_kwargs" in config else {}
    return Task(
        names=names,
        module=module,
        arguments=given["default"] if "default" in given else {},
        config=config,
    )


def _root() -> Path:
    located = metadata.distribution("lmms-eval").locate_file("lmms_eval")
    return Path(str(located))


def _stub(root: Path) -> None:
    """Put what `STUBS` lists in place."""
    if "lmms_eval" in sys.modules:
        return
    for name in ("lmms_eval", "lmms_eval.tasks"):
        package = types.ModuleType(name)
        package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package
    judge, protocol = types.ModuleType("lmms_eval.llm_judge"), types.ModuleType("protocol")
    vars(judge)["get_server"] = None
    vars(protocol)["ServerConfig"] = vars(protocol)["Request"] = None
    sys.modules["lmms_eval.llm_judge"] = judge
    sys.modules["lmms_eval.llm_judge.protocol"] = protocol
    import huggingface_hub  # noqa: PLC0415 - patched before any task imports from it

    folder = tempfile.mkdtemp()
    vars(huggingface_hub)["snapshot_download"] = lambda **_: folder


class _Loader(yaml.SafeLoader):
    """YAML with `!function` tags, which are left out."""


_Loader.add_constructor("!function", lambda _loader, _node: None)


def _config(path: Path) -> dict[str, Any]:
    """Read a task's YAML with what it includes."""
    config: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506
    if "include" in config:
        return {**_config(path.parent / config["include"]), **config}
    return config
