# SPDX-License-Identifier: Apache-2.0
"""Checkpoints that are either whole or ignored, and what has to be equal to go on from one.

    RUN/checkpoints/step-N/     sealed: everything in it is listed in manifest.json
    RUN/checkpoints/checkpoint-N/   being written, or left by a kill: never resumed from

`Trainer` writes weights, optimizer, learning-rate schedule and generators; `run_state.json` adds
curriculum, memory of questions and the lengths of the logs. The manifest, with the size and hash of
every file, is written last and synced to disk, then the folder gets its final name. Data need no
position: what a slot works on follows from the step.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import torch

from spatialevo_rl.report.run import STATE
from spatialevo_rl.rollout_log import Offsets, RolloutLog

MANIFEST: Final = "manifest.json"
_FORMAT: Final = 1
_PACKAGES: Final = (
    "spatialevo-rl", "spatialevo-dge", "torch", "transformers", "trl", "peft", "accelerate",
    "numpy", "deepspeed",
)  # fmt: skip


class CheckpointError(Exception):
    """A run cannot go on from a checkpoint; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the numbers of a run depend on beside its settings.

    Attributes:
        processes: World size.
        threads: Threads of one process.
        device: Kind of device, such as ``"cpu"``.
        python: Version of Python.
        versions: Versions of the packages that compute.
    """

    processes: int
    threads: int
    device: str
    python: str
    versions: Mapping[str, str]

    @classmethod
    def here(cls, processes: int, device: torch.device) -> Surroundings:
        """Describe this process."""
        return cls(
            processes=processes,
            threads=torch.get_num_threads(),
            device=device.type,
            python=platform.python_version(),
            versions={name: found for name in _PACKAGES if (found := _version(name))},
        )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


class Checkpoints:
    """The checkpoints of one run.

    Args:
        folder: The run's folder.
        log: The run's log, whose lengths are part of a checkpoint.
        settings: Every setting of the run that its numbers depend on, as JSON values.
        surroundings: This process's.
        keep: How many are kept; the oldest go first. None keeps all.

    Attributes:
        dropped: Steps that `begin` found recorded, and no checkpoint of them.
        damaged: What `latest` found newer than what it returned, and what is wrong with it.
    """

    def __init__(
        self,
        folder: Path,
        log: RolloutLog,
        settings: Mapping[str, Any],
        surroundings: Surroundings,
        keep: int | None = None,
    ) -> None:
        self.folder = folder / "checkpoints"
        self._log = log
        self._settings = json.loads(json.dumps(settings))
        self._surroundings = json.loads(json.dumps(asdict(surroundings)))
        self._keep = keep
        self.more: dict[str, Any] = {}
        self.damaged: list[str] = []
        self.dropped = 0

    def seal(self, step: int, stage: Mapping[str, Any]) -> Path:
        """Turn what `Trainer` wrote for a step into a complete checkpoint.

        Args:
            step: Steps done.
            stage: State of curriculum and memory.

        Returns:
            The checkpoint's folder.
        """
        draft = self.folder / f"checkpoint-{step}"
        (draft / "training_args.bin").unlink(missing_ok=True)  # a pickle; settings are in the state
        state = {
            "step": step,
            "stage": stage,
            "more": self.more,
            "offsets": asdict(self._log.offset()),
            "settings": self._settings,
            "surroundings": self._surroundings,
        }
        _write(draft / STATE, json.dumps(state, indent=1).encode())
        _write(draft / MANIFEST, json.dumps(_manifest(draft), indent=1).encode())
        _sync(draft)
        sealed = self.folder / f"step-{step}"
        if sealed.exists():  # a replayed step after a resume from an older one
            shutil.rmtree(sealed)
        draft.rename(sealed)
        _sync(self.folder)
        self._forget()
        return sealed

    def latest(self) -> Path | None:
        """Return the newest complete checkpoint: all files are as its manifest says.

        A kill leaves nothing under a sealed name that is not whole: what is damaged was damaged
        later, and the checkpoints before it are gone on from.

        Returns:
            None where there is no checkpoint at all.

        Raises:
            CheckpointError: There are checkpoints, and none of them is whole.
        """
        sealed = self._sealed()
        self.damaged = []
        for folder in reversed(sealed):
            damage = damage_of(folder)
            if not damage:
                return folder
            self.damaged.append(f"{folder}: {damage}")
        if sealed:
            raise CheckpointError(
                f"{'; '.join(self.damaged)}; no checkpoint of the run is whole. Restore one, "
                f"choose another --output_dir, or remove {self.folder} to begin anew"
            )
        return None

    def begin(self) -> None:
        """Clear what a run that was killed before its first checkpoint left behind."""
        self.dropped = sum(1 for _ in self._log.steps())
        self._log.truncate(Offsets())
        self._clear(0)

    def resume(self, checkpoint: Path, *, main: bool) -> Mapping[str, Any]:
        """Check that a run may go on from a checkpoint, cut the logs to it, return its state.

        Args:
            checkpoint: A complete checkpoint.
            main: Whether this is the process that writes.

        Raises:
            CheckpointError: If settings, versions, threads or processes are not those of the run:
                its numbers would not be those of the run without the interruption.
        """
        state = json.loads((checkpoint / STATE).read_text(encoding="utf-8"))
        for title, here in (
            ("settings", self._settings),
            ("surroundings", self._surroundings),
        ):
            different = _differences(state[title], here)
            if different:
                raise CheckpointError(
                    f"{checkpoint}: cannot go on, this is another run: {'; '.join(different)}. "
                    "Start again with what it had, or start a new run from its adapter "
                    f"(--model_name_or_path of an export of {checkpoint})"
                )
        if main:
            self._log.truncate(Offsets(**state["offsets"]))
            self._clear(state["step"])
        self.more = dict(state["more"])
        found: Mapping[str, Any] = state
        return found

    def _clear(self, step: int) -> None:
        for left in self.folder.glob("checkpoint-*"):
            shutil.rmtree(left)
        for later in self._sealed():
            if _number(later) > step:
                shutil.rmtree(later)

    def _sealed(self) -> list[Path]:
        return sorted(self.folder.glob("step-*"), key=_number)

    def _forget(self) -> None:
        if self._keep is not None:
            for folder in self._sealed()[: -self._keep]:
                shutil.rmtree(folder)


def is_complete(checkpoint: Path) -> bool:
    """Return whether a checkpoint has a manifest and every file is as that says."""
    return not damage_of(checkpoint)


def damage_of(checkpoint: Path) -> str:
    """Say which file of a checkpoint is not as its manifest says; empty where it is whole."""
    try:
        wanted = json.loads((checkpoint / MANIFEST).read_text(encoding="utf-8"))
        listed = dict(wanted["files"])
    except (OSError, ValueError, LookupError, TypeError):
        return f"{MANIFEST} is missing or damaged"
    found = _manifest(checkpoint)
    if wanted.get("format") != found["format"]:
        return f"{MANIFEST} is of another format"
    for name in sorted({*listed, *found["files"]}):
        if name not in found["files"]:
            return f"{name} is missing"
        if listed.get(name) != found["files"][name]:
            return f"{name} is not as it was written"
    return ""


def _manifest(folder: Path) -> dict[str, Any]:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST)
    return {
        "format": _FORMAT,
        "files": {
            str(path.relative_to(folder)): {"bytes": path.stat().st_size, "blake2b": _hash(path)}
            for path in files
        },
    }


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Put a folder's files and names on the disk."""
    for path in [folder, *folder.rglob("*")]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _number(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])


def _differences(saved: Mapping[str, Any], here: Mapping[str, Any], at: str = "") -> list[str]:
    """Name the entries in which two settings differ."""
    found: list[str] = []
    for key in sorted({*saved, *here}):
        old, new = saved.get(key, "absent"), here.get(key, "absent")
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            found += _differences(old, new, f"{at}{key}.")
        elif old != new:
            found.append(f"{at}{key} was {old!r}, is {new!r}")
    return found
