# SPDX-License-Identifier: Apache-2.0
"""What a run's folder holds, read for a report; an unfinished run is a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from spatialevo_rl.evaluation_record import EVALUATION, Evaluation, read_evaluations
from spatialevo_rl.json_records import RecordError
from spatialevo_rl.ouroboros.records import RoundRecord
from spatialevo_rl.ouroboros.rounds import finished
from spatialevo_rl.rollout_log import LOG, STEPS, Offsets, RolloutLog, StepRecord, TimingRecord

CONFIG: Final = "config.yaml"
STATE: Final = "run_state.json"
"""Of a checkpoint: what is not weights."""


class NotARunError(ValueError):
    """A folder that no run was written into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run, without its rows: those are read step by step.

    Attributes:
        folder: Where it lies.
        config: Its settings as text, by name; empty where there is no config.yaml.
        steps: One record a step, ascending; of a step written twice the later.
        timing: What the steps cost, by step.
        evaluations: Those of the split that the base was held to first, in order of steps: what
            is compared before and after.
        watched: Those of the other split, which watches the run on its way.
        rewritten: Steps that were written more than once.
        rounds: Of a loop of proposer and solver, its finished rounds.
        damaged: Lines of log.jsonl that are no records and are left out.
    """

    folder: Path
    config: Mapping[str, str]
    steps: tuple[StepRecord, ...]
    timing: Mapping[int, TimingRecord]
    evaluations: tuple[Evaluation, ...]
    watched: tuple[Evaluation, ...] = ()
    rewritten: int = 0
    rounds: tuple[RoundRecord, ...] = ()
    damaged: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.resolve().name

    @property
    def damage(self) -> str:
        """What is left out of log.jsonl, in one sentence; empty where nothing is."""
        if not self.damaged:
            return ""
        count = len(self.damaged)
        lines = "1 line is" if count == 1 else f"{count:,} lines are"
        return f"{LOG}: {lines} damaged and left out, the first of them line {self.damaged[0]:,}"

    @property
    def planned(self) -> int | None:
        """Steps that the settings ask for; None where they do not say."""
        found = self.config.get("max_steps", "")
        return int(found) if found.isdigit() and int(found) > 0 else None

    @property
    def log(self) -> RolloutLog:
        """Its rows."""
        return RolloutLog(self.folder)


def read_run(folder: Path) -> Run:
    """Read what a run wrote so far.

    Raises:
        NotARunError: There is no such folder, or nothing of a run in it.
        RecordError: A file is damaged.
        OSError: A file cannot be read.
    """
    if not folder.is_dir():
        what = "a file" if folder.is_file() else "no such folder"
        raise NotARunError(f"{folder}: {what}; give the folder that a run was written to")
    if not any((folder / name).exists() for name in (CONFIG, STEPS, LOG, EVALUATION)):
        names = f"{CONFIG}, {STEPS} and {LOG}"
        raise NotARunError(f"{folder}: not the folder of a run: it holds none of {names}")
    log = RolloutLog(folder)
    log.require(_sealed_offsets(folder))
    written = list(log.steps())
    by_step = {each.step: each for each in written}
    found = sorted(read_evaluations(folder), key=lambda each: each.step)
    return Run(
        folder=folder,
        config=read_config(folder / CONFIG),
        steps=tuple(by_step[step] for step in sorted(by_step)),
        timing={each.step: each for each in log.timing()},
        evaluations=tuple(each for each in found if each.split == found[0].split),
        watched=tuple(each for each in found if each.split != found[0].split),
        rewritten=len(written) - len(by_step),
        rounds=finished(folder),
        damaged=log.damaged(),
    )


def _sealed_offsets(folder: Path) -> Offsets:
    """Return how long the logs were when the newest checkpoint was sealed; 0 without one.

    Raises:
        RecordError: The checkpoint's state is damaged.
    """
    sealed = sorted((folder / "checkpoints").glob("step-*"), key=lambda path: int(path.name[5:]))
    if not sealed or not (sealed[-1] / STATE).is_file():
        return Offsets()
    path = sealed[-1] / STATE
    try:
        return Offsets(**json.loads(path.read_text(encoding="utf-8"))["offsets"])
    except (ValueError, LookupError, TypeError) as error:
        raise RecordError(str(path), "offsets", f"not readable: {error}") from error


def read_config(path: Path) -> Mapping[str, str]:
    """Read settings as text; a setting inside another is named ``"outer.inner"``.

    Raises:
        RecordError: The file is not YAML, or not a mapping.
    """
    if not path.exists():
        return {}
    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecordError(str(path), "", f"not YAML: {error}") from error
    if not isinstance(value, dict):
        raise RecordError(str(path), "", "expected settings by name")
    return dict(_flat("", value))


def _flat(prefix: str, record: Mapping[object, object]) -> list[tuple[str, str]]:
    found = []
    for name, value in record.items():
        if isinstance(value, Mapping):
            found += _flat(f"{prefix}{name}.", value)
        elif isinstance(value, list):
            found.append((f"{prefix}{name}", ", ".join(str(item) for item in value)))
        else:
            found.append((f"{prefix}{name}", "" if value is None else str(value)))
    return found
