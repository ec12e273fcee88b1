# SPDX-License-Identifier: Apache-2.0
"""What is overridden is private in TRL: these are the signatures this trainer was written for."""

import inspect

import pytest
from trl import GRPOTrainer
from trl.models import unwrap_model_for_generation
from trl.models.utils import disable_gradient_checkpointing

from spatialevo_rl.train.trainer import SelfEvolutionTrainer

PINNED = {
    "_generate_and_score_completions": ["self", "inputs"],
    "_generate_single_turn": [
        "self", "prompt_ids", "images", "multimodal_fields", "num_generations", "has_tool_images",
    ],
    "_prepare_inputs": ["self", "generation_batch"],
    "_compute_loss": ["self", "model", "inputs"],
    "_get_train_sampler": ["self", "dataset"],
    "_save_checkpoint": ["self", "model", "trial"],
}  # fmt: skip
CALLED = {
    "_calculate_rewards": ["self", "inputs", "prompts", "completions", "completion_ids_list"],
    "_get_per_token_logps_and_entropies": [
        "self", "model", "input_ids", "attention_mask", "logits_to_keep", "batch_size",
        "compute_entropy", "compute_aux_loss", "pixel_values", "image_grid_thw", "num_images",
        "pixel_attention_mask", "spatial_shapes", "num_tiles", "image_sizes", "token_type_ids",
        "mm_token_type_ids", "image_position_ids",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", [*PINNED, *CALLED])
def test_trl_has_the_signatures_this_was_written_for(name: str) -> None:
    wanted = {**PINNED, **CALLED}[name]
    assert list(inspect.signature(getattr(GRPOTrainer, name)).parameters) == wanted


@pytest.mark.parametrize("name", PINNED)
def test_what_is_overridden_keeps_its_signature(name: str) -> None:
    ours = inspect.signature(getattr(SelfEvolutionTrainer, name)).parameters
    assert list(ours) == PINNED[name]
    assert name in vars(SelfEvolutionTrainer)


def test_helpers_of_trl_are_where_they_were() -> None:
    for helper in (unwrap_model_for_generation, disable_gradient_checkpointing):
        assert callable(helper)
    assert GRPOTrainer.loss_is_scaled_for_ga is True


def test_the_trainer_stays_small() -> None:
    assert len(inspect.getsource(inspect.getmodule(SelfEvolutionTrainer)).splitlines()) <= 300
