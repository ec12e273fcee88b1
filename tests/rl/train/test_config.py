# SPDX-License-Identifier: Apache-2.0
"""Recipes and flags become settings; what does not fit is one line that says what does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spatialevo_rl.recipe import load_recipe, recipe_names
from spatialevo_rl.settings import Judged, PromptSet, RoleWeighting, SchedulerKind
from spatialevo_rl.train.compatibility import refuse_unsupported
from spatialevo_rl.train.config import RunConfig, build, fixed_settings, parse

ON_CPU = ["--use_cpu", "--bf16=false", "--deepspeed=null", "--use_vllm=false"]


LOOPS = tuple(name for name in recipe_names() if name.startswith("ouroboros-"))


@pytest.mark.parametrize("name", LOOPS)
def test_every_loop_has_whole_rounds_of_the_papers_batch(name: str) -> None:
    config = parse(name, ON_CPU)
    args = config.train
    assert args.per_device_train_batch_size * args.gradient_accumulation_steps == 64
    assert args.max_steps % config.ouroboros.rounds == 0


@pytest.mark.parametrize("name", sorted(set(recipe_names()) - set(LOOPS)))
def test_every_recipe_is_a_run(name: str) -> None:
    config = parse(name, ON_CPU)
    refuse_unsupported(config.train)
    block = (1 + config.layout.solver_groups) * config.train.num_generations
    share = config.train.per_device_train_batch_size * config.train.gradient_accumulation_steps
    assert share % block == 0
    assert config.layout.scenes_per_step % (share // block) == 0


def test_the_seed_numbers() -> None:
    config = parse("spatialevo-7b", ON_CPU)
    args = config.train
    assert (config.layout.scenes_per_step, args.num_generations, config.layout.solver_groups) == (
        8,
        8,
        4,
    )
    assert (config.model.lora_r, args.learning_rate, args.beta, args.temperature) == (
        64,
        1e-5,
        0.04,
        0.7,
    )
    assert (config.episode.alpha, config.episode.novelty, args.max_steps) == (0.1, False, 3000)
    assert args.lr_scheduler_type == "cosine"
    assert load_recipe("spatialevo-7b")["deepspeed"] == "zero2"
    assert load_recipe("paper-exact")["solver_groups"] == args.num_generations
    released = parse("released-code", ON_CPU)
    assert not released.model.use_peft
    assert (released.train.learning_rate, released.train.beta, released.train.temperature) == (
        1e-6,
        0.01,
        1.0,
    )
    assert released.layout.role_weighting is RoleWeighting.TOKENS
    assert released.scheduler.scheduler is SchedulerKind.LIFETIME


def test_flags_override_the_recipe() -> None:
    config = parse(
        "lab",
        [
            "--alpha",
            "0.2",
            "--learning-rate=3e-4",
            "--no_novelty",
            "--observation",
            "off",
            "--use_cpu",
        ],
    )
    assert config.episode.alpha == 0.2
    assert config.train.learning_rate == 3e-4
    assert config.episode.novelty is False
    assert config.episode.observation is Judged.OFF
    assert config.episode.prompt_set is PromptSet.COMPACT


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            ["--learing_rate", "1"],
            "learing_rate: there is no such setting; did you mean 'learning_rate'?",
        ),
        (["--prompt_set", "ful"], "prompt_set: expected one of full, compact, got 'ful'"),
        (["--alpha", "much"], "alpha: expected float, got 'much'"),
        (["--solver_groups", "two"], "solver_groups: expected int, got 'two'"),
        (["--novelty", "maybe"], "novelty: expected bool, got 'maybe'"),
        (["--dtype", "float3"], "dtype: expected one of float32, bfloat16, float16, got 'float3'"),
        (["--max_steps"], "max_steps: expected int behind --max_steps, got none"),
        (["--report_to", "nonsense"], "report_to: 'nonsense' is none of azure_ml, "),
        (["--report_to", "comet_ml"], "report_to: comet_ml is not installed"),
        (["--num_generations", "1"], "num_generations: expected a number of at least 2"),
        (["--hub_token", "abc"], "hub_token: keys belong into the environment"),
        (["lab"], "lab: expected --key before a value"),
    ],
)
def test_what_does_not_fit_is_one_line(flags: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("?", r"\?")) as caught:
        parse("lab", [*ON_CPU, *flags])
    assert "\n" not in str(caught.value)


def test_a_recipe_that_there_is_not_is_named_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean 'spatialevo-7b'"):
        load_recipe("spatialevo7b")


def test_recipes_extend_each_other_but_not_in_a_circle(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(f"extends: {two}\nalpha: 0.3\n")
    two.write_text("extends: lab\nalpha: 0.2\nbeta: 1e-2\n")
    assert load_recipe(str(one))["alpha"] == 0.3
    assert load_recipe(str(one))["beta"] == 0.01
    two.write_text(f"extends: {one}\n")
    with pytest.raises(ValueError, match="extend each other"):
        load_recipe(str(one))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("loss_type", "dapo"),
        ("num_iterations", 2),
        ("entropy_coef", 0.1),
        ("steps_per_generation", 1),
    ],
)
def test_options_without_effect_are_refused(field: str, value: object) -> None:
    config = parse("lab", ON_CPU, **{field: value})
    with pytest.raises(ValueError, match=field):
        refuse_unsupported(config.train)


def test_where_a_run_is_written_may_change_and_what_it_computes_may_not() -> None:
    def settings(**more: object) -> dict[str, object]:
        return fixed_settings(build({**load_recipe("lab"), **more}))

    assert settings() == settings(output_dir="elsewhere", save_steps=7, run_name="x")
    assert settings() != settings(alpha=0.2)
    assert isinstance(build(load_recipe("lab")), RunConfig)


@pytest.mark.parametrize(
    ("flag", "wanted"),
    [
        ("--scenes_per_step=0", "scenes_per_step: expected a number of at least 1, got 0"),
        ("--seed=-1", "seed: expected a number of at least 0, got -1"),
        ("--learning_rate=-1", "learning_rate: expected a number of at least 0, got -1"),
        ("--learning_rate=nan", "learning_rate: expected a finite number, got nan"),
        ("--alpha=7", "alpha: expected a number of at most 1, got 7"),
        ("--scorer=best", "scorer: 'best' is not a valid Scorer"),
        ("--seed=[", "seed: not YAML: "),
    ],
)
def test_a_value_without_sense_is_named(flag: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(wanted)}"):
        parse("lab", [flag])


def test_a_run_without_a_step_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^max_steps: expected at least 1, got -1"):
        refuse_unsupported(parse("lab", ["--max_steps=-1"]).train)
