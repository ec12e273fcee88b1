# SPDX-License-Identifier: Apache-2.0
"""The held-out table: skill before and after with intervals, and only what they show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spatialevo_rl.evaluation_record import BlankCheck, Evaluation
from spatialevo_rl.gains import Interval, TaskGain, gains
from spatialevo_rl.report.chart import Chart, Series, finite
from spatialevo_rl.report.curves import task_colours
from spatialevo_rl.report.markup import text
from spatialevo_rl.report.run import Run

MOST_BLANK: Final = 0.6
"""A questioner that scores more than this share of its score without seeing does not look (D4)."""
_DOT_WIDTH: Final = 220.0
_FORMS: Final = {"gain": "good", "loss": "bad"}


def gains_of(run: Run, *, greedy: bool = False) -> tuple[TaskGain, ...]:
    """Compare the first and the last evaluation of a run; none where there is no evaluation.

    Raises:
        ValueError: They are not of the same questions.
    """
    if not run.evaluations:
        return ()
    last = run.evaluations[-1] if len(run.evaluations) > 1 else None
    return gains(run.evaluations[0], last, greedy=greedy)


def headline(run: Run) -> str:
    """Say in one sentence what the held-out questions show."""
    rows = gains_of(run)
    if not rows:
        return "Held-out skill: not measured."
    row = next((each for each in rows if each.task == "trained"), rows[0])
    name = "the trained tasks" if row.task == "trained" else row.task
    if row.after is None or row.gain is None:
        return f"Held-out skill on {name}: {row.before.value:.3f}, before training only."
    return (
        f"Held-out skill on {name}: {row.before.value:.3f} → {row.after.value:.3f} "
        f"({_difference(row.gain)}): {row.words}"
    )


def summary(run: Run) -> Iterator[str]:
    """Yield the held-out questions as lines of text: one a task, then the sentence."""
    for row in gains_of(run):
        after = "" if row.after is None else f" -> {row.after.value:6.3f}"
        shown = "" if row.gain is None else f"  {_difference(row.gain)}: {row.words}"
        other = "" if row.trained else " (not trained)"
        name = f"mean, {row.task}" if row.task in {"trained", "not trained"} else row.task + other
        yield f"{name:<46} floor {row.floor:.3f}  skill {row.before.value:6.3f}{after}{shown}"
    yield headline(run)


def held_out(run: Run) -> Iterator[str]:
    """Yield the table."""
    if not run.evaluations:
        yield "<p>Not measured: the run holds no evaluation.</p>\n"
        return
    first, last = run.evaluations[0], run.evaluations[-1]
    yield f'<p class="quiet">{text(_explain(first, last))}</p>\n'
    yield '<div class="scroll"><table class="rows tall"><thead><tr><th>task</th><th>questions</th>'
    yield "<th>floor</th><th>skill before</th><th>skill after</th><th>difference</th>"
    yield "<th></th><th>shown</th><th>greedy skill</th></tr></thead>\n<tbody>\n"
    greedy = {each.task: each for each in gains_of(run, greedy=True)}
    for row in gains_of(run):
        yield from _row(row, greedy[row.task])
    yield "</tbody></table></div>\n"


def _explain(first: Evaluation, last: Evaluation) -> str:
    span = f"step {first.step:,} and step {last.step:,}" if first is not last else "one evaluation"
    return (
        f"Split “{first.split}”, {span}; {first.samples} samples a question at temperature 1. "
        "Skill is (mean score − floor) / (1 − floor), the floor being the score of the best "
        "constant reply. Brackets: 95 % bootstrap intervals over scenes, paired for the "
        "difference. “gain” and “loss” stand only where the interval excludes 0: of twenty tasks "
        "without any effect one does by chance, and this is one seed."
    )


def _row(row: TaskGain, greedy: TaskGain) -> Iterator[str]:
    mean = row.task in {"trained", "not trained"}
    name = f"<b>mean, {row.task}</b>" if mean else text(row.task)
    other = "" if mean or row.trained else " <small>not trained</small>"
    yield f"<tr{' class=mean' if mean else ''}><td>{name}{other}</td>"
    yield f"<td>{row.questions:,}<br><small>{row.scenes:,} scenes</small></td>"
    yield f"<td>{row.floor:.3f}</td><td>{_interval(row.before)}</td>"
    yield f"<td>{_interval(row.after)}</td><td>{_interval(row.gain, signed=True)}</td>"
    yield f"<td>{_dot(row)}</td>"
    yield f'<td class="{_FORMS.get(row.words, "quiet")}">{row.words}</td>'
    after = "" if greedy.after is None else f" → {greedy.after.value:.3f}"
    yield f"<td>{greedy.before.value:.3f}{after}</td></tr>\n"


def _interval(value: Interval | None, *, signed: bool = False) -> str:
    if value is None:
        return "–"
    form = "+.3f" if signed else ".3f"
    said = f"{value.value:{form}}"
    if value.low is not None and value.high is not None:
        said += f"<br><small>[{value.low:{form}}, {value.high:{form}}]</small>"
    return said.replace("-", "−")


def _difference(gain: Interval) -> str:
    said = f"{gain.value:+.3f}"
    if gain.low is not None and gain.high is not None:
        said += f", 95 % interval {gain.low:+.3f} to {gain.high:+.3f}"
    return said.replace("-", "−")


def _dot(row: TaskGain) -> str:
    """Draw the difference and its interval on an axis from -0.5 to 0.5."""
    if row.gain is None:
        return ""

    def at(value: float) -> float:
        return _DOT_WIDTH * (min(0.5, max(-0.5, value)) + 0.5)

    middle = _DOT_WIDTH / 2
    colour = {"gain": "#00694b", "loss": "#b00020"}.get(row.words, "#7f8b99")
    found = f'<svg class="dot" viewBox="0 0 {_DOT_WIDTH:g} 18" role="img" '
    found += f'aria-label="difference {row.gain.value:+.3f}">'
    found += f'<line x1="{middle:g}" x2="{middle:g}" y1="0" y2="18" stroke="#b8c2ce"/>'
    if row.gain.low is not None and row.gain.high is not None:
        ends = f'x1="{at(row.gain.low):.1f}" x2="{at(row.gain.high):.1f}"'
        found += f'<line {ends} y1="9" y2="9" stroke="{colour}" stroke-width="2.5"/>'
    return found + f'<circle cx="{at(row.gain.value):.1f}" cy="9" r="4" fill="{colour}"/></svg>'


def progress(run: Run) -> tuple[Chart, ...]:
    """Return held-out skill over the steps, where a run was evaluated on its way."""
    found = run.watched or run.evaluations
    if len(found) < 3:
        return ()
    first = found[0]
    by_step = [gains(first, each) for each in found[1:]]
    names = [row.task for row in by_step[0]]
    colours = {**task_colours(run), "trained": "#1d2733", "not trained": "#9aa5b1"}
    series = []
    for place, name in enumerate(names):
        later = [rows[place].after for rows in by_step]
        values = [by_step[0][place].before.value, *(each.value if each else None for each in later)]
        said = f"mean, {name}" if name in {"trained", "not trained"} else name
        series.append(Series(name=said, values=finite(values), colour=colours[name]))
    chart = Chart(
        title="Held-out skill over the steps",
        steps=tuple(each.step for each in found),
        series=tuple(series),
        note=f"Split “{first.split}”. 0 is the best constant reply, 1 is perfect.",
    )
    return (chart,)


def blank_ratio(real: float, blank: float) -> float:
    """Return what share of a score is left without seeing; 0 where there is no score."""
    return blank / real if real > 0 else 0.0


def looks(check: BlankCheck) -> bool:
    """Whether the questioner needs the images for both of its scores."""
    return (
        blank_ratio(check.real_validity, check.blank_validity) <= MOST_BLANK
        and blank_ratio(check.real_observation, check.blank_observation) <= MOST_BLANK
    )


def blanks(run: Run) -> Iterator[str]:
    """Yield the questioner's scores with images beside those with grey ones."""
    checked = [each for each in run.evaluations if each.blank is not None]
    if not checked:
        yield '<p class="quiet">Not measured: no evaluation tried grey images.</p>\n'
        return
    yield '<table class="rows"><thead><tr><th>step</th><th>validity</th><th>with grey images</th>'
    yield "<th>ratio</th><th>f_obs</th><th>with grey images</th><th>ratio</th></tr></thead>"
    yield "<tbody>\n"
    for each in checked:
        if each.blank is not None:
            yield f"<tr><td>{each.step:,}</td>"
            yield _ratio(each.blank.real_validity, each.blank.blank_validity)
            yield _ratio(each.blank.real_observation, each.blank.blank_observation) + "</tr>\n"
    yield "</tbody></table>\n"
    final = checked[-1].blank
    if final is not None and not looks(final):
        yield '<p class="warning">Without seeing anything the questioner still earns more than '
        yield f"{MOST_BLANK:.0%} of a score: it learnt the data, not to look.</p>\n"


def _ratio(real: float, blank: float) -> str:
    ratio = blank_ratio(real, blank)
    kind = "bad" if ratio > MOST_BLANK else "good"
    return f'<td>{real:.3f}</td><td>{blank:.3f}</td><td class="{kind}">{ratio:.2f}</td>'
