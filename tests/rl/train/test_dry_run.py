# SPDX-License-Identifier: Apache-2.0
"""A dry run builds what a run is built of, with the real weights or with a stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny

from spatialevo_rl.plan.architecture import architecture_of
from spatialevo_rl.train.dry_run import dry_run
from spatialevo_rl.train.session import play_steps

FLAGS = (
    "--scenes lab --scene_count 6 --trained_tasks object_counting,motion_camera "
    "--scheduler uniform --scenes_per_step 2 --num_generations 4 --per_device_train_batch_size 8 "
    "--lora_r 4 --max_completion_length 8"
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save_base(tmp_path_factory.mktemp("models") / "base")


@pytest.mark.parametrize("layers", [None, 1])
def test_everything_is_built(base: Path, layers: int | None) -> None:
    flags = [*FLAGS.split(), "--model_name_or_path", str(base)]
    text = "\n".join(dry_run("lab", flags, layers))
    assert "layout: 2 scenes × (1 + 2) groups × 4 rows" in text
    assert "questioner's prompt: " in text
    whole = architecture_of(str(base)).layers
    count = (layers or whole) * 7 * 2  # two tensors for each of seven adapted maps of a layer
    assert f"gradients in {count} of {count} trained tensors" in text
    assert text.endswith("nothing is left behind")


def test_steps_are_played_without_training(base: Path) -> None:
    flags = [*FLAGS.split(), "--model_name_or_path", str(base)]
    text = list(play_steps("lab", flags, 1))
    assert sum(line.startswith("step 0, slot ") for line in text) == 2
    assert sum(line.startswith("  Q ") for line in text) == 8
