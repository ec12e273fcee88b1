# SPDX-License-Identifier: Apache-2.0
"""The two generations of a step, in order: ask, be judged, answer, be scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spatialevo_rl.records import Role
from spatialevo_rl.train.batch import Row
from spatialevo_rl.train.play import Completion, Play, Prompt
from spatialevo_rl.train.step_log import StepLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """What was written in a step.

    Attributes:
        rows: One for every local row of the slot table; None where the slot is void.
        lengths: Of every completion that was used: its tokens, and whether it was cut.
    """

    rows: list[Row | None]
    lengths: list[tuple[int, bool]]


def take_turns(
    play: Play,
    roll: Callable[[Sequence[Prompt], Role], list[list[Row]]],
    read: Callable[[Row], Completion],
    log: StepLog,
    fill: bool,
) -> Turns:
    """Play a step.

    Args:
        play: The step.
        roll: Samples a group for each prompt.
        read: Turns a row into text.
        log: Clocks the oracle.
        fill: Whether void groups are sampled too, and thrown away: with several processes, each
            has to sample the same number of rows, at least one.
    """
    settings = play.stage.settings
    asked: list[list[Row]] = []
    if settings.episode.asks:
        asked = roll(play.asks(), Role.QUESTIONER)
        with log.clock("oracle"):
            play.judge([[read(row) for row in group] for group in asked])
    else:
        play.enumerate()
    prompts = play.answers()
    answered = _answer(prompts, play.asks()[0] if fill else None, roll)
    with log.clock("oracle"):
        play.score([None if g is None else [read(row) for row in g] for g in answered])
    void: list[Row | None] = [None] * settings.rows
    rows: list[Row | None] = []
    count = settings.solver_groups
    for slot in range(len(play.assignments)):
        rows.extend(asked[slot] if asked else void)
        for group in answered[slot * count : (slot + 1) * count]:
            rows.extend(void if group is None else group)
    lengths = [(len(row.completion), read(row).truncated) for row in rows if row is not None]
    return Turns(rows=rows, lengths=lengths)


def _answer(
    prompts: Sequence[Prompt | None],
    spare: Prompt | None,
    roll: Callable[[Sequence[Prompt], Role], list[list[Row]]],
) -> list[list[Row] | None]:
    shown = [p or spare for p in prompts]
    wanted = [p for p in shown if p is not None]
    written = iter(roll(wanted, Role.SOLVER) if wanted else ())
    groups = [None if p is None else next(written) for p in shown]
    return [None if p is None else g for p, g in zip(prompts, groups, strict=True)]
