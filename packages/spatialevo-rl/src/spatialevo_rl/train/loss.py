# SPDX-License-Identifier: Apache-2.0
"""The joint loss of both roles, and advantages within groups.

    L = sum over roles of w_role * mean over the role's rows of mean over the row's tokens of l
    l = -min(rho * A, clip(rho, 1 - eps_low, 1 + eps_high) * A) + beta * KL
    KL = exp(ref - logp) - (ref - logp) - 1          (Schulman's k3 estimator)

Means run over all processes and all micro-batches of an update: row weights are worked out once for
the whole step, so how the rows are cut into micro-batches does not change the gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from spatialevo_rl.records import Role
from spatialevo_rl.settings import LayoutSettings, RoleWeighting

STD_EPSILON = 1e-4
"""Added to a group's standard deviation, as in TRL's GRPOTrainer."""


def group_advantages(rewards: Tensor, rows: int, flat_std: float) -> tuple[Tensor, Tensor]:
    """Return advantages within contiguous groups, and which groups are flat.

    A = (r - mean) / (std + 1e-4) over the group's rewards that are not NaN, with the unbiased
    standard deviation; 0 where the reward is NaN, and for every row of a flat group.

    Args:
        rewards: Shape (groups * rows,); NaN leaves a row out.
        rows: Rows of a group.
        flat_std: Groups whose standard deviation is less have no advantage.

    Returns:
        Advantages, shape (groups * rows,), and flags of flat groups, shape (groups,). A group with
        fewer than two rewards is flat.
    """
    grouped = rewards.view(-1, rows)
    known = ~grouped.isnan()
    count = known.sum(dim=1, keepdim=True)
    mean = grouped.nan_to_num(0.0).sum(dim=1, keepdim=True) / count.clamp(min=1)
    centred = torch.where(known, grouped - mean, 0.0)
    std = (centred.square().sum(dim=1, keepdim=True) / (count - 1).clamp(min=1)).sqrt()
    flat = (std < flat_std) | (count < 2)
    advantages = torch.where(flat, 0.0, centred / (std + STD_EPSILON))
    return advantages.reshape(-1), flat.reshape(-1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCounts:
    """How much of each role takes part in an update, over all processes.

    Attributes:
        questioner_rows: Rows that ask.
        solver_rows: Rows that answer or explain.
        questioner_tokens: Their completion tokens.
        solver_tokens: Their completion tokens.
    """

    questioner_rows: float
    solver_rows: float
    questioner_tokens: float
    solver_tokens: float

    @staticmethod
    def local(roles: Sequence[Role], lengths: Sequence[int]) -> Tensor:
        """Count one process's rows: shape (4,), to be summed over processes."""
        asks = [r is Role.QUESTIONER for r in roles]
        solves = [r in {Role.SOLVER, Role.EXPLAINER} for r in roles]
        return torch.tensor(
            [
                sum(asks),
                sum(solves),
                sum(n for n, a in zip(lengths, asks, strict=True) if a),
                sum(n for n, s in zip(lengths, solves, strict=True) if s),
            ],
            dtype=torch.float64,
        )

    @classmethod
    def of(cls, counts: Tensor) -> RoleCounts:
        """Read summed counts, shape (4,)."""
        asks, solves, ask_tokens, solve_tokens = counts.tolist()
        return cls(
            questioner_rows=asks,
            solver_rows=solves,
            questioner_tokens=ask_tokens,
            solver_tokens=solve_tokens,
        )


def row_weight(role: Role, length: int, counts: RoleCounts, settings: LayoutSettings) -> float:
    """Return what a row's mean token loss is multiplied by in the joint loss.

    Args:
        role: The row's role; VOID weighs nothing.
        length: Its completion tokens.
        counts: What takes part in the update, over all processes.
        settings: `role_weighting`, and w_Q and w_A for `balanced`.
    """
    if role is Role.VOID or length == 0:
        return 0.0
    asks = role is Role.QUESTIONER
    if settings.role_weighting is RoleWeighting.ROWS:
        return 1.0 / (counts.questioner_rows + counts.solver_rows)
    if settings.role_weighting is RoleWeighting.TOKENS:
        return length / (counts.questioner_tokens + counts.solver_tokens)
    rows = counts.questioner_rows if asks else counts.solver_rows
    return (settings.questioner_weight if asks else settings.solver_weight) / rows


@dataclass(frozen=True, slots=True, kw_only=True)
class LossOptions:
    """Numbers of the policy loss, all of them TRL's.

    Attributes:
        beta: Weight of the KL term.
        epsilon_low: Lower clip of the ratio.
        epsilon_high: Upper clip of the ratio.
        delta: Upper bound of the ratio before clipping (two-sided clipping), or None.
        kl_importance: Whether the KL term is multiplied by the ratio (`use_bias_correction_kl`).
    """

    beta: float
    epsilon_low: float
    epsilon_high: float
    delta: float | None
    kl_importance: bool

    @classmethod
    def of(cls, args: Any) -> LossOptions:
        """Read GRPOConfig."""
        return cls(
            beta=args.beta,
            epsilon_low=args.epsilon,
            epsilon_high=args.epsilon if args.epsilon_high is None else args.epsilon_high,
            delta=args.delta,
            kl_importance=args.use_bias_correction_kl,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTensors:
    """What the loss of a micro-batch needs; shape (rows, tokens) but `advantages`, (rows,).

    Attributes:
        logps: Log-probabilities under the policy.
        old_logps: The same when sampled; None on policy.
        ref_logps: The same under the reference; None without KL.
        mask: 1 for the completion's tokens.
        advantages: One a row.
        correction: Importance ratio between training and rollout engines, (rows, 1 or tokens).
    """

    logps: Tensor
    mask: Tensor
    advantages: Tensor
    old_logps: Tensor | None = None
    ref_logps: Tensor | None = None
    correction: Tensor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLoss:
    """Per-token terms, shape (rows, tokens); `kl` is zero without a reference."""

    loss: Tensor
    kl: Tensor
    clipped: Tensor


def token_loss(tensors: TokenTensors, options: LossOptions) -> TokenLoss:
    """Return the loss of every token: the clipped policy term plus beta times the KL."""
    logps = tensors.logps
    old = logps.detach() if tensors.old_logps is None else tensors.old_logps
    ratio = torch.exp(logps - old)
    bounded = ratio if options.delta is None else ratio.clamp(max=options.delta)
    advantages = tensors.advantages.to(logps.dtype).unsqueeze(1)
    clipped = ratio.clamp(1 - options.epsilon_low, 1 + options.epsilon_high)
    loss = -torch.min(bounded * advantages, clipped * advantages)
    if tensors.correction is not None:
        loss = loss * tensors.correction
    kl = torch.zeros_like(logps)
    if tensors.ref_logps is not None and options.beta:
        gap = tensors.ref_logps - logps
        kl = torch.exp(gap) - gap - 1
        loss = loss + options.beta * (kl * ratio if options.kl_importance else kl)
    outside = ((ratio < 1 - options.epsilon_low) & (advantages < 0)) | (
        (ratio > 1 + options.epsilon_high) & (advantages > 0)
    )
    return TokenLoss(loss=loss, kl=kl.detach(), clipped=outside.detach())


def joint_loss(per_token: Tensor, mask: Tensor, weights: Tensor) -> Tensor:
    """Return the weighted sum over rows of the mean over each row's tokens.

    Args:
        per_token: Token losses, shape (rows, tokens).
        mask: 1 for completion tokens; a row of zeros has no part.
        weights: Row weights of `row_weight`, shape (rows,).
    """
    means = (per_token * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
    return (means * weights.to(means.dtype)).sum()
