# SPDX-License-Identifier: Apache-2.0
"""The training stack as declared and as found."""

from importlib import metadata

import pytest
from packaging.specifiers import SpecifierSet
from typer.testing import CliRunner

from spatialevo_rl import stack
from spatialevo_rl.cli.app import app
from spatialevo_rl.recipe import load_recipe
from spatialevo_rl.stack import Component, components, extras_of, refuse_missing


def component(installed: str | None) -> Component:
    return Component(
        extra="train", name="torch", required=SpecifierSet(">=2.13,<3"), installed=installed
    )


@pytest.mark.parametrize(
    ("installed", "satisfied"),
    [("2.13.0", True), ("2.13.0+cpu", True), ("2.12.9", False), ("3.0.0", False), (None, False)],
)
def test_a_component_is_satisfied_by_the_versions_it_requires(
    installed: str | None, satisfied: bool
) -> None:
    assert component(installed).satisfied is satisfied


def test_every_extra_is_listed_and_the_core_dependencies_are_not() -> None:
    listed = components()
    extras = {part.extra for part in listed}
    assert extras == {"train", "programs", "deepspeed", "judge", "vllm"}
    assert {"torch", "trl", "peft", "vllm"} <= {part.name for part in listed}
    assert not {"typer", "spatialevo-dge"} & {part.name for part in listed}


def test_the_command_shows_a_row_per_component() -> None:
    result = CliRunner().invoke(app, ["stack"])
    assert result.exit_code == 0
    assert all(part.name in result.output for part in components())


def test_the_command_prints_the_installed_version() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert result.output.strip() == f"spatialevo-rl {metadata.version('spatialevo-rl')}"


def test_a_recipe_says_which_extras_it_needs() -> None:
    assert extras_of(load_recipe("lab")) == ("train",)
    assert extras_of(load_recipe("spatialevo-7b")) == ("train", "deepspeed", "vllm")
    assert extras_of({**load_recipe("spatialevo-7b"), "use_vllm": False}) == ("train", "deepspeed")


def test_what_is_missing_is_told_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "OPTIONAL", {"use_vllm": "no_such_engine"})
    refuse_missing({"use_vllm": False})
    with pytest.raises(ValueError, match=r"pip install 'spatialevo-rl\[train,no_such_engine\]'"):
        refuse_missing({"use_vllm": True})
