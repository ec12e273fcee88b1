# SPDX-License-Identifier: Apache-2.0
"""Advantages and row weights by hand; the loss against its formula."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_rl.records import Role
from spatialevo_rl.settings import LayoutSettings, RoleWeighting
from spatialevo_rl.train.loss import (
    LossOptions,
    RoleCounts,
    TokenTensors,
    group_advantages,
    joint_loss,
    row_weight,
    token_loss,
)

PLAIN = LossOptions(beta=0.0, epsilon_low=0.2, epsilon_high=0.2, delta=None, kl_importance=False)


def test_advantages_by_hand() -> None:
    # mean 0.5, unbiased variance (3 * 0.25 ** 2 + 0.75 ** 2) / 3 = 0.25
    rewards = torch.tensor([0.25, 0.25, 0.25, 1.25, 0.7, 0.7, 0.7, 0.71])
    advantages, flat = group_advantages(rewards, 4, 0.02)
    std = 0.5 + 1e-4
    assert advantages[:4].tolist() == pytest.approx([-0.25 / std] * 3 + [0.75 / std], abs=1e-6)
    assert advantages[4:].tolist() == [0.0] * 4
    assert flat.tolist() == [False, True]


def test_a_row_without_reward_is_left_out_of_its_groups_mean() -> None:
    nan = math.nan
    advantages, flat = group_advantages(
        torch.tensor([0.0, 1.0, nan, nan, nan, nan, 1.0, nan]), 4, 0.02
    )
    # mean 0.5, unbiased standard deviation sqrt(0.5); one reward alone says nothing
    assert advantages[:2].tolist() == pytest.approx([-0.70701, 0.70701], abs=1e-4)
    assert advantages[2:].tolist() == [0.0] * 6
    assert flat.tolist() == [False, True]


@given(st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_advantages_sum_to_zero_in_each_group(rewards: list[float]) -> None:
    advantages, _ = group_advantages(torch.tensor(rewards, dtype=torch.float64), 4, 0.02)
    assert advantages.view(2, 4).sum(dim=1).abs().max() < 1e-9


def test_row_weights_of_each_weighting() -> None:
    roles = [Role.QUESTIONER, Role.QUESTIONER, Role.SOLVER, Role.EXPLAINER, Role.SOLVER, Role.VOID]
    lengths = [10, 30, 2, 3, 5, 9]
    counts = RoleCounts.of(RoleCounts.local(roles, lengths))
    weights = {
        kind: [
            row_weight(role, length, counts, LayoutSettings(role_weighting=kind))
            for role, length in zip(roles, lengths, strict=True)
        ]
        for kind in RoleWeighting
    }
    assert weights[RoleWeighting.BALANCED] == pytest.approx([0.25, 0.25, *[1 / 6] * 3, 0.0])
    assert weights[RoleWeighting.ROWS] == pytest.approx([*[0.2] * 5, 0.0])
    assert weights[RoleWeighting.TOKENS] == pytest.approx([0.2, 0.6, 0.04, 0.06, 0.1, 0.0])


def test_the_loss_of_a_token_by_hand() -> None:
    logps = torch.tensor([[-1.0, -2.0]], dtype=torch.float64)
    ratios = torch.tensor([[1.5, 0.5]], dtype=torch.float64)
    tensors = TokenTensors(
        logps=logps,
        mask=torch.ones(1, 2),
        advantages=torch.tensor([2.0], dtype=torch.float64),
        old_logps=logps - ratios.log(),
        ref_logps=logps + 0.3,
    )
    options = LossOptions(
        beta=0.1, epsilon_low=0.2, epsilon_high=0.2, delta=None, kl_importance=False
    )
    terms = token_loss(tensors, options)
    kl = math.exp(0.3) - 0.3 - 1
    # a positive advantage is clipped from above only
    assert terms.loss[0].tolist() == pytest.approx([-2.4 + 0.1 * kl, -1.0 + 0.1 * kl])
    assert terms.kl[0].tolist() == pytest.approx([kl, kl])
    assert terms.clipped[0].tolist() == [True, False]


def test_rows_of_zeros_have_no_part() -> None:
    per_token = torch.tensor([[1.0, 3.0], [5.0, 100.0], [7.0, 7.0]])
    mask = torch.tensor([[1, 1], [1, 0], [0, 0]])
    weights = torch.tensor([0.5, 0.25, 0.25])
    assert joint_loss(per_token, mask, weights).item() == pytest.approx(0.5 * 2 + 0.25 * 5)


def test_on_policy_the_gradient_is_the_policy_gradient() -> None:
    logps = torch.tensor([[-1.0, -2.0], [-0.5, -0.1]], requires_grad=True)
    tensors = TokenTensors(logps=logps, mask=torch.ones(2, 2), advantages=torch.tensor([1.5, -2.0]))
    token_loss(tensors, PLAIN).loss.sum().backward()
    assert logps.grad is not None
    assert logps.grad.tolist() == [[-1.5, -1.5], [2.0, 2.0]]
