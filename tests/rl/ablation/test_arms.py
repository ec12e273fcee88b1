# SPDX-License-Identifier: Apache-2.0
"""An arm differs from the method in the fields it names, and its recipe in no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from spatialevo_rl.ablation.arms import ARMS, BASE, Arm, Kind, arm_named, chosen_arms
from spatialevo_rl.ablation.plan import Job, Settings, jobs_of, recipe_and_flags
from spatialevo_rl.ablation.published import PUBLISHED, published_words
from spatialevo_rl.recipe import load_recipe, recipe_names

LAB = load_recipe("lab")
GRPO = [arm for arm in ARMS if arm.kind is Kind.GRPO and arm.name != "main"]


@pytest.mark.parametrize("arm", GRPO, ids=lambda arm: arm.name)
def test_a_recipe_is_the_labs_with_the_arms_fields(arm: Arm) -> None:
    recipe = load_recipe(f"lab-{arm.name}")
    differs = {key: value for key, value in recipe.items() if LAB.get(key) != value}
    differs.pop("output_dir")
    if arm.uses_questions:
        assert differs.pop("questions") == "questions.jsonl"
    else:
        assert len(differs) == 1
    assert differs == dict(arm.values)
    assert set(LAB) <= set(recipe)


def test_the_core_table_and_the_full_one() -> None:
    core = [arm.name for arm in chosen_arms((), full=False)]
    assert core == [
        "base", "main", "consensus", "consensus-full", "static-rl", "static-sft", "ouroboros",
        "ouroboros-no-feedback",
    ]  # fmt: skip
    assert chosen_arms((), full=True) == ARMS
    assert [arm.name for arm in chosen_arms(("consensus", "main"), full=False)] == [
        BASE, "main", "consensus",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="arm: 'mian' is none of base, main"):
        chosen_arms(("mian",), full=False)


def test_the_methods_run_is_the_plain_recipe(tmp_path: Path) -> None:
    job = Job(arm=arm_named("main"), seed=2)
    assert recipe_and_flags(job, Settings(), tmp_path) == (
        "lab",
        ("--seed", "2", "--eval_questions", "0", "--output_dir", f"{tmp_path}/main/seed-2"),
    )


def test_an_arm_of_another_recipe_is_flags(tmp_path: Path) -> None:
    job = Job(arm=arm_named("no-validity"), seed=0)
    recipe, flags = recipe_and_flags(
        job, Settings(recipe="lab-gpu", flags=("--beta", "0.1")), tmp_path
    )
    assert "lab-gpu-no-validity" not in recipe_names()
    assert recipe == "lab-gpu"
    assert flags[:4] == ("--beta", "0.1", "--validity", "false")
    assert recipe_and_flags(job, Settings(), tmp_path)[0] == "lab-no-validity"


def test_runs_go_seed_by_seed_and_static_sft_waits_for_the_method() -> None:
    jobs = jobs_of(chosen_arms(("main", "static-sft"), full=False), 2)
    assert [job.name for job in jobs] == [
        "main seed 0", "static-sft seed 0", "main seed 1", "static-sft seed 1",
    ]  # fmt: skip
    assert [[other.name for other in jobs if job.needs(other)] for job in jobs] == [
        [], ["main seed 0"], [], ["main seed 1"],
    ]  # fmt: skip


def test_other_settings_are_named() -> None:
    assert Settings().differences(Settings()) == ()
    assert Settings(held_out=50).differences(Settings()) == ("held_out was 1000, is 50",)


def test_published_numbers_are_consistent() -> None:
    assert set(PUBLISHED) <= {arm.name for arm in ARMS}
    full = PUBLISHED["main"].average
    assert full is not None
    for each in PUBLISHED.values():
        if each.change is not None and each.average is not None:
            assert each.average - full == pytest.approx(each.change, abs=0.06)
    assert published_words("consensus-full") == "avg 49.6 (−5.1); VSI 18.8"
    assert published_words("consensus") == "–"
