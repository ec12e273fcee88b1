# SPDX-License-Identifier: Apache-2.0
"""The record that a result carries."""

import json
import sys
from importlib import metadata

from typer.testing import CliRunner

from spatialevo_eval.cli import app
from spatialevo_eval.provenance import here


def test_the_record_names_every_distribution_that_can_change_a_score() -> None:
    versions = dict(here().versions)
    assert versions.keys() == {"spatialevo-geometry", "spatialevo-dge", "spatialevo-eval"}
    assert len(set(versions.values())) == 1


def test_the_command_prints_the_record_as_json() -> None:
    result = CliRunner().invoke(app, ["provenance"])
    record = json.loads(result.output)
    assert record["versions"]["spatialevo-dge"] == metadata.version("spatialevo-dge")
    assert record["python"].endswith(".".join(map(str, sys.version_info[:3])))


def test_the_command_prints_the_installed_version() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert result.output.strip() == f"spatialevo-eval {metadata.version('spatialevo-eval')}"
