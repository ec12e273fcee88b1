# SPDX-License-Identifier: Apache-2.0
"""What became of every scene of an import: printed at the end, and kept beside the scenes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from spatialevo_dge.cli.console import messages
from spatialevo_dge.cli.quantities import counted
from spatialevo_dge.errors import SceneError
from spatialevo_dge.importers.checks import Suspect, read_checks, suspects
from spatialevo_dge.scene import Scene

SUFFIX = ".import-report.json"


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What an import did so far.

    Attributes:
        written: Names of the scenes written.
        there: Names of the scenes that were there already, whole.
        failed: Why others were not imported.
        suspicious: Numbers that no honest scan has, by scene.
        skipped_frames: Frames left out, by scene and frame, each with the reason.
    """

    written: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    suspicious: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    skipped_frames: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, name: str, scene: Scene) -> None:
        """Note a scene that was written."""
        self.written.append(name)
        if scene.skipped_frames:
            self.skipped_frames[name] = dict(scene.skipped_frames)
        found = suspects_of(scene)
        if found:
            self.suspicious[name] = [_suspect(item) for item in found]

    def fail(self, name: str, error: Exception) -> None:
        """Note a scene that was not."""
        record = {"scene": name, "error": " ".join(str(error).split())}
        if isinstance(error, SceneError):
            record |= {"file": error.source, "field": error.field, "problem": error.problem}
        self.failed.append(record)

    def write(self, output: Path) -> Path:
        """Write the report beside the output folder, whole or not at all, and return its path."""
        path = output.with_name(output.name + SUFFIX)
        record = {
            "imported": self.written,
            "there_already": self.there,
            "failed": self.failed,
            "suspicious": self.suspicious,
            "skipped_frames": self.skipped_frames,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        partial.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
        partial.replace(path)
        return path

    def show(self, path: Path) -> None:
        """Print a summary, every failure, and where the rest is."""
        screen = messages()
        screen.print(
            f"{counted(len(self.written), 'scene')} imported, {len(self.there):,} there already, "
            f"{len(self.failed):,} failed; report: {path}"
        )
        for name, found in self.suspicious.items():
            for item in found:
                screen.print(f"  {name}: look at {item['name']}: {item['value']}")
        for record in self.failed:
            named = record["scene"] in record["error"]
            screen.print(
                f"  {record['error']}" if named else f"  {record['scene']}: {record['error']}"
            )


def suspects_of(scene: Scene) -> tuple[Suspect, ...]:
    """Return the numbers of an import that no honest scan has."""
    checks = read_checks(scene)
    return () if checks is None else suspects(checks)


def _suspect(item: Suspect) -> dict[str, object]:
    value: object = item.value if item.value not in (float("inf"), float("-inf")) else "inf"
    return {
        "name": item.name,
        "value": value,
        "plausible": [item.plausible.low, item.plausible.high],
        "unit": item.plausible.unit,
    }
