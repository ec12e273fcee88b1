# SPDX-License-Identifier: Apache-2.0
"""The model card of an export: what the run says of itself, and nothing that was not measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import yaml

from spatialevo_rl.gains import Interval, TaskGain
from spatialevo_rl.redaction import without_secrets
from spatialevo_rl.report.held_out import gains_of
from spatialevo_rl.report.run import Run

_SETTINGS: Final = (
    "seed",
    "learning_rate",
    "lr_scheduler_type",
    "beta",
    "num_generations",
    "scenes_per_step",
    "solver_groups",
    "temperature",
    "max_completion_length",
    "lora_r",
    "lora_alpha",
    "label_source",
    "scheduler",
    "trained_tasks",
    "novelty",
    "prompt_set",
)
"""Settings that the card repeats, where the run states them."""
_DATA: Final = ("scenes", "scene_count", "scene_views", "image_size")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What the card describes beside the run.

    Attributes:
        step: Optimizer steps behind the weights.
        merged: Whether it is a model of its own; else an adapter.
        base: Name of the base model.
        parameters: Of the whole model.
        trained: Of them trained.
        versions: Of the packages that computed, by name.
    """

    step: int
    merged: bool
    base: str
    parameters: int
    trained: int
    versions: Mapping[str, str]


def model_card(run: Run, exported: Exported) -> str:
    """Write the card as Markdown with the hub's header.

    Raises:
        ValueError: The run's evaluations are not of the same questions.
    """
    return without_secrets("\n".join((*_header(exported), *_body(run, exported), "")))


def _header(exported: Exported) -> Iterator[str]:
    header = {
        "base_model": exported.base,
        "library_name": "transformers" if exported.merged else "peft",
        "pipeline_tag": "image-text-to-text",
        "tags": ["spatial-reasoning", "self-evolution", "grpo"],
    }
    yield "---"
    yield yaml.safe_dump(header, sort_keys=False).rstrip("\n")
    yield "---"


def _body(run: Run, exported: Exported) -> Iterator[str]:
    kind = "Merged model" if exported.merged else "LoRA adapter"
    yield f"\n# {_line(run.name)}\n"
    yield (
        f"{kind} from self-evolution on the SpatialEvo oracle: one model asks spatial questions "
        "about 3D scenes and answers them, and exact geometry rewards both. At inference there is "
        "no oracle and no extra cost.\n"
    )
    yield "## Model\n"
    yield f"- Base model: `{_line(exported.base)}`"
    share = exported.trained / exported.parameters
    yield f"- Parameters: {exported.parameters:,}; trained: {exported.trained:,} ({share:.2%})"
    yield f"- Optimizer steps: {_steps(run, exported)}"
    yield "\n## Data\n"
    yield from _settings(run, _DATA)
    yield (
        "- Every question was asked by the model itself and judged by the oracle from the scene's "
        "geometry; no human label and no other model's label was used."
        if run.config.get("label_source", "oracle") == "oracle"
        else "- Answers were compared with the model's own votes, not with the oracle."
    )
    yield "\n## Training\n"
    if "recipe" in run.config:
        yield f"- recipe: `{_line(run.config['recipe'])}`"
    yield from _settings(run, _SETTINGS)
    for name, version in exported.versions.items():
        yield f"- {_line(name)} {_line(version)}"
    yield "\n## Held-out questions\n"
    yield from _held_out(run, exported)
    yield "\n## Use\n"
    yield from _use(exported)
    yield "\n## Limits\n"
    yield (
        "Trained on spatial tasks, with the images and wordings of one data set: what it does "
        "elsewhere was not measured. The base model's licence and limits apply."
    )


def _steps(run: Run, exported: Exported) -> str:
    planned = "" if run.planned in {None, exported.step} else f" of {run.planned:,} planned"
    return f"{exported.step:,}{planned}"


def _settings(run: Run, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if run.config.get(name):
            yield f"- {name}: `{_line(run.config[name])}`"


def _held_out(run: Run, exported: Exported) -> Iterator[str]:
    rows = gains_of(run)
    if not rows:
        yield "Not measured."
        return
    first, last = run.evaluations[0], run.evaluations[-1]
    if last.step != exported.step:
        yield (
            f"Measured at step {last.step:,}; the weights here are of step {exported.step:,}, "
            "which was not measured.\n"
        )
    yield (
        f"Split `{_line(last.split)}`, {first.samples} samples a question at temperature 1. Skill "
        "is (score − floor) / (1 − floor), the floor being the best constant reply's score. "
        "Brackets: 95 % bootstrap intervals over scenes. One seed.\n"
    )
    yield "| task | questions | floor | skill before | skill after | difference | shown |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        yield _row(row)


def _row(row: TaskGain) -> str:
    name = f"mean, {row.task}" if row.task in {"trained", "not trained"} else row.task
    cells = (
        name,
        f"{row.questions:,}",
        f"{row.floor:.3f}",
        _interval(row.before),
        _interval(row.after),
        _interval(row.gain),
        row.words,
    )
    return f"| {' | '.join(cells)} |"


def _interval(value: Interval | None) -> str:
    if value is None:
        return "not measured"
    if value.low is None or value.high is None:
        return f"{value.value:.3f}"
    return f"{value.value:.3f} [{value.low:.3f}, {value.high:.3f}]"


def _use(exported: Exported) -> Iterator[str]:
    yield "```python"
    yield "from transformers import AutoModelForImageTextToText, AutoProcessor"
    yield ""
    if exported.merged:
        yield 'model = AutoModelForImageTextToText.from_pretrained("this folder")'
    else:
        yield f'base = AutoModelForImageTextToText.from_pretrained("{_line(exported.base)}")'
        yield "from peft import PeftModel"
        yield 'model = PeftModel.from_pretrained(base, "this folder")'
    yield 'processor = AutoProcessor.from_pretrained("this folder")  # needs torchvision'
    yield "```"
    yield "\nWithout torchvision, `spatialevo_rl.lab.processor.ImageOnlyQwenVLProcessor` reads the"
    yield "same files and makes the same tokens and pixels."
    if exported.merged:
        yield "\nor `vllm serve this-folder`."


def _line(words: str) -> str:
    """Return words on one line without what Markdown reads."""
    return " ".join(words.replace("`", "'").replace("|", "/").split())
