# SPDX-License-Identifier: Apache-2.0
"""TRL's reward functions, gated by role: each returns None off its role, and TRL logs it alone."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from spatialevo_rl.records import Role
from spatialevo_rl.train.play import Outcome

_SOLVES = frozenset({Role.SOLVER, Role.EXPLAINER})


def questioner_reward(
    role: Sequence[Role], reward: Sequence[float | None], **_: object
) -> list[float | None]:
    """Return r_Q of the rows that ask, None elsewhere."""
    return [r if who is Role.QUESTIONER else None for who, r in zip(role, reward, strict=True)]


def solver_reward(
    role: Sequence[Role], reward: Sequence[float | None], **_: object
) -> list[float | None]:
    """Return r_A of the rows that answer or explain, None elsewhere."""
    return [r if who in _SOLVES else None for who, r in zip(role, reward, strict=True)]


def columns(outcomes: Sequence[Outcome]) -> list[dict[str, Role | float | None]]:
    """Return what the reward functions read of each row."""
    return [{"role": one.role, "reward": one.reward} for one in outcomes]


def one_reward(by_function: Tensor) -> Tensor:
    """Return each row's reward, NaN where no function has one.

    Args:
        by_function: Shape (rows, functions), NaN off a function's role.
    """
    known = ~by_function.isnan().all(dim=1)
    return torch.where(known, by_function.nansum(dim=1), torch.nan)
