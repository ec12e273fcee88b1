# SPDX-License-Identifier: Apache-2.0
"""Both roles learn, each from its own reward, in one update a step."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny
from toy import ToyOracle

from spatialevo_rl.rollout_log import StepRecord, TimingRecord
from spatialevo_rl.train.run import prepare


@pytest.mark.slow
def test_both_roles_improve_on_their_own_rewards(tmp_path: Path) -> None:
    steps: list[StepRecord] = []

    def keep(record: StepRecord, timing: TimingRecord) -> None:
        steps.append(record)

    config = tiny.config(
        tmp_path / "run", tiny.save_base(tmp_path / "base"), max_steps=24, learning_rate=1e-2,
        max_completion_length=10, num_generations=8, per_device_train_batch_size=16, beta=0.0,
        lora_r=8, lora_alpha=16, flat_group_std=0.0,
    )  # fmt: skip
    prepare(config, keep, oracle=ToyOracle()).train()

    def mean(values: list[float | None]) -> float:
        return sum(value for value in values if value is not None) / len(values)

    asks = [one.questioner_reward for one in steps]
    solves = [one.solver_reward for one in steps]
    assert mean(asks[-4:]) > mean(asks[:4]) + 0.2
    assert mean(solves[-4:]) > mean(solves[:4]) + 0.2
