# SPDX-License-Identifier: Apache-2.0
"""The plan against numbers worked out by hand from the published configurations."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spatialevo_rl.plan.advice import plan_of
from spatialevo_rl.plan.architecture import KNOWN, architecture_of
from spatialevo_rl.plan.memory import When, memory_of
from spatialevo_rl.plan.step_time import passes, step_time, tokens_of
from spatialevo_rl.plan.text import lines
from spatialevo_rl.plan.workload import (
    Assumptions,
    Gpus,
    Workload,
    parse_gpus,
    usual_gpus,
    workload_of,
)
from spatialevo_rl.recipe import load_recipe

SEED: dict[str, Any] = {
    "model_name_or_path": "Qwen/Qwen2.5-VL-7B-Instruct",
    "dtype": "bfloat16",
    "lora_r": 64,
    "scene_views": 8,
    "image_size": 448,
    "scenes_per_step": 8,
    "solver_groups": 4,
    "num_generations": 8,
    "per_device_train_batch_size": 4,
    "gradient_accumulation_steps": 10,
    "max_completion_length": 1024,
    "beta": 0.04,
    "max_steps": 3000,
    "bf16": True,
    "gradient_checkpointing": True,
    "use_vllm": True,
    "vllm_mode": "colocate",
    "vllm_gpu_memory_utilization": 0.35,
    "deepspeed": "zero2",
}
"""The seed's numbers on eight A100-80GB."""
EIGHT = Gpus(count=8, memory=80.0)
ASSUMED = Assumptions()


def seed(**changes: Any) -> Workload:
    return workload_of({**SEED, **changes})


def sizes(work: Workload, gpus: Gpus = EIGHT) -> dict[str, float]:
    return {part.name: part.size for part in memory_of(work, gpus, ASSUMED).parts}


@pytest.mark.parametrize(
    ("name", "parameters", "vision"),
    [
        ("Qwen2.5-VL-3B", 3_754_622_976, 668_684_288),
        ("Qwen2.5-VL-7B", 8_292_166_656, 676_550_144),
        ("Qwen3-VL-4B", 4_437_815_808, 415_347_712),
        ("Qwen3-VL-8B", 8_767_123_696, 576_388_336),
    ],
)
def test_parameters_are_those_of_the_published_models(
    name: str, parameters: int, vision: int
) -> None:
    found = architecture_of(f"Qwen/{name}-Instruct")
    assert found.parameters == parameters
    assert found.vision_parameters == vision


def test_the_language_model_of_the_seed_by_hand() -> None:
    """Qwen2.5-7B: 28 layers of width 3584, 28 and 4 heads of 128, MLPs of 18,944."""
    attention = 2 * 3584 * 3584 + 3584 + 2 * (3584 * 512 + 512)
    mlp = 3 * 3584 * 18_944
    layers = 28 * (attention + mlp + 2 * 3584)
    assert KNOWN["Qwen2.5-VL-7B"].language_parameters == layers + 2 * 152_064 * 3584 + 3584


def test_adapters_by_hand() -> None:
    """Rank 64 on all seven maps: 64 numbers for each input and each output of a map."""
    ends = 2 * (3584 + 3584) + 2 * (3584 + 512) + 3 * (3584 + 18_944)
    assert seed().trained == 28 * 64 * ends == 161_480_704
    half = seed(lora_target_modules=r".*language_model.*\.(q_proj|v_proj)")
    assert half.trained == 28 * 64 * (3584 + 3584 + 3584 + 512)
    assert seed(use_peft=False).trained == 8_292_166_656


def test_visual_tokens_by_hand() -> None:
    """448 / 28 = 16 tokens a side; Qwen3's blocks are 32 pixels: 14 a side."""
    assert KNOWN["Qwen2.5-VL-7B"].image_tokens(448) == 256
    assert KNOWN["Qwen2.5-VL-7B"].image_patches(448) == 1024
    assert KNOWN["Qwen3-VL-8B"].image_tokens(448) == 196
    assert KNOWN["Qwen2.5-VL-7B"].image_tokens(450) == 256


def test_rows_and_tokens_of_a_step_by_hand() -> None:
    work = seed()
    assert work.rows == 8 * (1 + 4) * 8 == 320
    assert work.longest_row(ASSUMED) == 8 * 258 + 700 + 1024
    tokens = tokens_of(work, ASSUMED)
    views = 0.4 * 8 + 0.2 * 1 + 0.4 * 2
    assert tokens.visual == pytest.approx(320 * views * 258)
    assert tokens.prompts == pytest.approx(320 * views * 258 + 64 * 700 + 256 * 250)
    assert tokens.completions == pytest.approx(320 * 256)


def test_state_of_the_seed_by_hand() -> None:
    """ZeRO-2 shards gradients and optimizer states, not weights."""
    found = sizes(seed())
    assert found["weights"] == pytest.approx(16.584e9, rel=1e-4)
    assert found["adapters"] == 161_480_704 * 4
    assert found["gradients"] == pytest.approx(161_480_704 * 4 / 8)
    assert found["optimizer states"] == pytest.approx(161_480_704 * 8 / 8)
    assert found["vLLM's reserve"] == pytest.approx(28e9)
    assert "reference model" not in found


def test_activations_of_the_seed_by_hand() -> None:
    tokens = 4 * 3788
    found = sizes(seed())
    assert found["inputs of layers"] == pytest.approx(1.1 * 28 * tokens * 3584 * 2)
    values = 2 * (4 * 3584 + 2 * 3584 + 2 * 512 + 4 * 18_944)
    copies = 4 * (3 * 3584 + 3584 + 2 * 3584 + 18_944)
    assert found["one layer, recomputed"] == pytest.approx(2 * 1.1 * tokens * (values + copies))
    assert found["logits"] == 1024 * 152_064 * (2 + 4 + 4)
    assert found["pixels"] == 4 * 8 * 1024 * 1176 * 4


def test_full_training_under_zero3_by_hand() -> None:
    found = sizes(seed(use_peft=False, deepspeed="zero3"))
    share = 8_292_166_656 / 8
    assert found["weights"] == pytest.approx(2 * share)
    assert found["reference model"] == pytest.approx(2 * share)
    assert found["gradients"] == pytest.approx(2 * share)
    assert found["optimizer states"] == pytest.approx(12 * share)
    assert sum(found[name] for name in found if name != "runtime") < 80e9


def test_cache_of_a_token_by_hand() -> None:
    """Keys and values of 4 heads of 128 in 28 layers, two bytes each."""
    assert KNOWN["Qwen2.5-VL-7B"].cache_bytes == 2 * 4 * 128 * 28 * 2
    own = sizes(seed(use_vllm=False))
    assert own["KV cache"] == 32 * 3788 * 57_344


def test_phases_do_not_add_up() -> None:
    awake, asleep = (
        memory_of(seed(vllm_enable_sleep_mode=sleeps), EIGHT, ASSUMED) for sleeps in (False, True)
    )
    assert awake.during(When.UPDATE) - asleep.during(When.UPDATE) == pytest.approx(28e9)
    assert awake.during(When.ROLLOUT) == asleep.during(When.ROLLOUT)


def test_passes_of_an_update() -> None:
    assert passes(seed()) == 5  # forward, backward, forward again, reference, before the update
    assert passes(seed(beta=0.0, use_vllm=False, gradient_checkpointing=False)) == 2
    assert passes(seed(use_peft=False, beta=0.0, use_vllm=False)) == 4


def test_time_of_an_update_by_hand() -> None:
    """Operations over speed: 2 a parameter and token, 5 passes, 40 rows a GPU."""
    work = seed()
    length = 4.2 * 258 + (700 + 4 * 250) / 5 + 256
    multiplied = 8_292_166_656 - 676_550_144 - 152_064 * 3584 - 3584  # the embedding is looked up
    attention = 2 * 28 * 3584 * length
    operations = 5 * 40 * length * (2 * multiplied + attention)
    vision = 5 * 2 * 676_550_144 * 4.2 * 1024
    speed = 312e12 * 0.35
    assert step_time(work, EIGHT, ASSUMED).update == pytest.approx((operations + vision) / speed)


def test_time_of_decoding_by_hand() -> None:
    """Each token reads the weights and the rows' caches once."""
    quick = replace(ASSUMED, tflops=1e9)  # prompts cost nothing
    multiplied = KNOWN["Qwen2.5-VL-7B"].multiplied
    cache = 8 * (4.2 * 258 + 700 + 128) * 57_344
    expected = 512 * (2 * multiplied + cache) / (2039e9 * 0.6)
    assert step_time(seed(), EIGHT, quick).questioner == pytest.approx(expected, rel=1e-4)


def test_the_seed_fits() -> None:
    plan = plan_of(seed(), EIGHT, ASSUMED)
    assert plan.fits
    assert 50e9 < plan.memory.peak < 80e9
    assert list(lines(plan, "seed"))[-1].startswith("Fits: ")


def test_what_does_not_fit_names_knobs_that_help() -> None:
    small = Gpus(count=8, memory=40.0)
    plan = plan_of(seed(vllm_gpu_memory_utilization=0.48), small, ASSUMED)
    assert any("does not fit" in problem for problem in plan.problems)
    fitting = {name for name, size in plan.knobs if size <= 40.0}
    assert "vllm_enable_sleep_mode: true" in fitting
    turned = plan_of(
        seed(vllm_gpu_memory_utilization=0.48, vllm_enable_sleep_mode=True), small, ASSUMED
    )
    assert turned.fits
    assert turned.memory.peak / 1e9 == pytest.approx(
        dict(plan.knobs)["vllm_enable_sleep_mode: true"]
    )


def test_a_batch_that_does_not_divide_is_named() -> None:
    plan = plan_of(seed(), Gpus(count=4, memory=80.0), ASSUMED)
    (problem,) = plan.problems
    assert "4 GPUs × 4 × 10 rows are 160, but a step has 320" in problem
    assert "gradient_accumulation_steps: 20" in problem
    assert plan_of(seed(gradient_accumulation_steps=20), Gpus(count=4, memory=80), ASSUMED).fits


def test_a_reserve_too_small_for_the_weights_is_named() -> None:
    plan = plan_of(seed(vllm_gpu_memory_utilization=0.2), EIGHT, ASSUMED)
    assert (
        "does not hold the weights; vllm_gpu_memory_utilization: 0.24 at least"
        in (plan.problems[0])
    )


def test_nothing_helps_is_said() -> None:
    plan = plan_of(seed(), Gpus(count=1, memory=8.0), ASSUMED)
    assert "No setting tried makes it fit" in list(lines(plan, "seed"))[-1]


def test_a_local_configuration_is_read(tmp_path: Path) -> None:
    config = {
        "model_type": "qwen2_5_vl",
        "tie_word_embeddings": False,
        "text_config": {
            "hidden_size": 3584,
            "num_hidden_layers": 28,
            "num_attention_heads": 28,
            "num_key_value_heads": 4,
            "intermediate_size": 18_944,
            "vocab_size": 152_064,
        },
        "vision_config": {
            "depth": 32,
            "hidden_size": 1280,
            "intermediate_size": 3420,
            "patch_size": 14,
            "num_heads": 16,
            "spatial_merge_size": 2,
        },
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert replace(architecture_of(str(tmp_path)), name="Qwen2.5-VL-7B") == KNOWN["Qwen2.5-VL-7B"]
    del config["text_config"]["hidden_size"]  # type: ignore[attr-defined]
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match=r"config\.json: hidden_size is missing"):
        architecture_of(str(tmp_path))


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(ValueError, match=r"'llava'.*one of Qwen2\.5-VL-3B"):
        architecture_of("llava")


@pytest.mark.parametrize("text", ["8", "x80", "0x80", "8x0", "8x-1", "eightx80", "8xnan"])
def test_gpus_are_read_strictly(text: str) -> None:
    assert parse_gpus("8x80GB") == EIGHT
    with pytest.raises(ValueError, match="such as 8x80"):
        parse_gpus(text)


def test_a_value_without_sense_is_named() -> None:
    with pytest.raises(ValueError, match="dtype: expected one of float32"):
        seed(dtype="int4")
    with pytest.raises(ValueError, match="deepspeed: expected a name such as zero2"):
        seed(deepspeed="stage2.json")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("num_generations", 0),
        ("solver_groups", 0),
        ("per_device_train_batch_size", 0),
        ("image_size", -28),
        ("lora_r", 0),
        ("scene_views", "eight"),
        ("solver_groups", 1.5),
        ("beta", -0.1),
        ("view_scene", "half"),
    ],
)
def test_a_number_without_sense_is_named(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"^{key}: expected a .*number"):
        seed(**{key: value})


@pytest.mark.parametrize(
    ("recipe", "count", "memory"),
    [("lab", 1, 80.0), ("spatialevo-3b-24gb", 1, 24.0), ("spatialevo-7b", 8, 80.0)],
)
def test_a_recipe_is_planned_for_the_gpus_it_is_made_for(
    recipe: str, count: int, memory: float
) -> None:
    work = workload_of(load_recipe(recipe))
    gpus = usual_gpus(work, recipe)
    assert (gpus.count, gpus.memory) == (count, memory)
    assert plan_of(work, gpus, ASSUMED).fits
