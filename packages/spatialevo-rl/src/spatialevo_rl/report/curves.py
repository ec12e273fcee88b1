# SPDX-License-Identifier: Apache-2.0
"""The curves of a run, in the order a person asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from spatialevo_rl.report.chart import PALETTE, Chart, Series, Values, coloured, finite
from spatialevo_rl.report.run import Run
from spatialevo_rl.rollout_log import StepRecord, TimingRecord

Read: TypeAlias = Callable[[StepRecord], float | None]
Curve: TypeAlias = tuple[str, Read]

OWN: Final = "own: what the update used"


def task_colours(run: Run) -> Mapping[str, str]:
    """Give each task of the run the colour that it has in every chart."""
    named = {task for each in run.steps for task in each.scheduler_accuracy}
    named |= {task for each in run.steps for task in each.task_shares}
    named |= {task for each in run.evaluations for task in each.floors}
    return coloured(sorted(named))


def learning(run: Run) -> tuple[Chart, ...]:
    """Return what tells whether the run learns."""
    return (
        _chart(
            run,
            "Reward by role",
            ("questioner", lambda each: each.questioner_reward),
            ("solver", lambda each: each.solver_reward),
            ("explainer", lambda each: each.explainer_reward),
            high=1.0,
        ),
        _chart(
            run,
            "Solver: own reward and true reward",
            (OWN, lambda each: each.solver_reward),
            ("true: against the oracle", lambda each: each.solver_true_reward),
            wide=OWN,
            note="They part where labels are voted: own reward far above true is a collapse.",
            high=1.0,
        ),
        _chart(
            run,
            "Questioner: terms of the reward",
            ("format", lambda each: each.questioner_format),
            ("validity", lambda each: each.validity),
            ("observation (f_obs)", lambda each: each.observation),
            ("novelty", lambda each: each.novelty),
            high=1.0,
        ),
        _chart(
            run,
            "Solver: terms of the reward",
            ("format", lambda each: each.solver_format),
            ("accuracy, mean over tasks", _mean_accuracy),
            ("explanation (f_explain)", lambda each: each.explanation),
            high=1.0,
        ),
        _by_task(
            run,
            "Accuracy by task, in training",
            lambda each: each.accuracy,
            "On the questions that the questioner asked: they change as it learns. "
            "What was learnt is in the held-out table.",
        ),
    )


def curriculum(run: Run) -> tuple[Chart, ...]:
    """Return what the scheduler did."""
    return (
        _by_task(
            run,
            "Curriculum: share of each task",
            lambda each: each.task_shares,
            "Of the scene slots of a step.",
            stacked=True,
        ),
        _by_task(
            run,
            "Scheduler: running accuracy by task",
            lambda each: each.scheduler_accuracy,
            "The lower, the more often a task is drawn.",
        ),
        _rules(run),
    )


def health(run: Run) -> tuple[Chart, ...]:
    """Return what shows a collapse early."""
    return (
        _chart(run, "Entropy of the policy", ("entropy", lambda each: each.entropy), unit="nats"),
        _chart(run, "KL against the base model", ("KL", lambda each: each.kl), unit="nats"),
        _chart(
            run,
            "Groups without any advantage",
            ("questioner", lambda each: each.flat_questioner),
            ("solver", lambda each: each.flat_solver),
            high=1.0,
            unit="share",
            note="All replies of the group earn the same: nothing is learnt from them.",
        ),
        _chart(
            run,
            "Variety",
            ("most frequent question", lambda each: each.top_key_share),
            ("most frequent reply of a task", lambda each: each.top_answer_share),
            high=1.0,
            unit="share",
        ),
        _chart(run, "Different questions in a group", ("keys", lambda each: each.distinct_keys)),
        _chart(
            run,
            "Left out of the update",
            ("void solver groups", lambda each: float(each.void_slots)),
            ("rows without a reward", lambda each: float(each.dropped_rows)),
            ("questions the oracle failed on", lambda each: float(each.oracle_faults)),
            unit="a step",
        ),
    )


def machine(run: Run) -> tuple[Chart, ...]:
    """Return what the steps cost, and the optimizer's own numbers."""
    return (
        _times(run),
        _oracle_share(run),
        _chart(run, "Loss", ("loss", lambda each: each.loss)),
        _chart(run, "Norm of the gradient", ("norm", lambda each: each.grad_norm)),
        _chart(run, "Learning rate", ("rate", lambda each: each.learning_rate)),
        _chart(
            run,
            "Length of a completion",
            ("tokens", lambda each: each.completion_tokens),
            unit="tokens",
        ),
        _chart(
            run,
            "Completions cut at the limit",
            ("share", lambda each: each.truncated),
            unit="share",
            high=1.0,
        ),
    )


def _mean_accuracy(step: StepRecord) -> float | None:
    known = list(step.accuracy.values())
    return sum(known) / len(known) if known else None


def _numbers(run: Run) -> tuple[int, ...]:
    return tuple(each.step for each in run.steps)


def _chart(
    run: Run,
    title: str,
    *curves: Curve,
    note: str = "",
    unit: str = "",
    high: float | None = None,
    wide: str = "",
) -> Chart:
    series = tuple(
        Series(
            name=name,
            values=finite(map(read, run.steps)),
            colour=PALETTE[place],
            wide=name == wide,
        )
        for place, (name, read) in enumerate(curves)
    )
    return Chart(title=title, steps=_numbers(run), series=series, note=note, unit=unit, high=high)


def _by_task(
    run: Run,
    title: str,
    read: Callable[[StepRecord], Mapping[str, float]],
    note: str,
    *,
    stacked: bool = False,
) -> Chart:
    def values(task: str) -> Values:
        # A task that a step did not draw has a share of none, but no accuracy.
        missing = 0.0 if stacked else None
        return finite(read(each)[task] if task in read(each) else missing for each in run.steps)

    series = tuple(
        Series(name=task, values=values(task), colour=colour)
        for task, colour in task_colours(run).items()
        if any(task in read(each) for each in run.steps)
    )
    return Chart(
        title=title,
        steps=_numbers(run),
        series=series,
        note=note,
        high=1.0,
        low=0.0,
        stacked=stacked,
    )


def _rules(run: Run) -> Chart:
    names = sorted({rule for each in run.steps for rule in each.rules})
    colours = coloured(names)
    return Chart(
        title="Why questions are refused",
        unit="questions a step",
        note="MALFORMED: no ruling. TRAINING_RULE: legal, but training refuses it.",
        steps=_numbers(run),
        series=tuple(
            Series(
                name=name,
                values=finite(
                    float(each.rules[name]) if name in each.rules else 0.0 for each in run.steps
                ),
                colour=colours[name],
            )
            for name in names
        ),
        stacked=True,
    )


def _timed(run: Run, read: Callable[[TimingRecord], float]) -> Values:
    return finite(
        read(run.timing[each.step]) if each.step in run.timing else None for each in run.steps
    )


def _times(run: Run) -> Chart:
    parts: Iterable[tuple[str, Callable[[TimingRecord], float]]] = (
        ("generation", lambda each: each.generation_seconds),
        ("waiting for the oracle", lambda each: each.oracle_seconds),
        ("update", lambda each: each.update_seconds),
        ("the rest", rest_seconds),
    )
    return Chart(
        title="Time of a step",
        unit="seconds",
        steps=_numbers(run),
        series=tuple(
            Series(name=name, values=_timed(run, read), colour=PALETTE[place])
            for place, (name, read) in enumerate(parts)
        ),
        stacked=True,
    )


def rest_seconds(timing: TimingRecord) -> float:
    """Return what of a step is neither generation, oracle nor update; not below 0."""
    parts = timing.generation_seconds + timing.oracle_seconds + timing.update_seconds
    return max(0.0, timing.seconds - parts)


def _oracle_share(run: Run) -> Chart:
    return Chart(
        title="Oracle's share of a step's time",
        unit="%",
        steps=_numbers(run),
        series=(
            Series(
                name="share",
                values=_timed(
                    run,
                    lambda each: 100.0 * each.oracle_seconds / each.seconds if each.seconds else 0,
                ),
                colour=PALETTE[0],
            ),
        ),
    )
