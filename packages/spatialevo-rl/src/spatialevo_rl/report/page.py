# SPDX-License-Identifier: Apache-2.0
"""The page: one file, no network, every text of a model escaped.

Its content security policy allows its own script, by its hash, and no request at all.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Final

from spatialevo_dge.viewing.files import write_whole
from spatialevo_rl.ouroboros.report import rounds_section
from spatialevo_rl.redaction import without_secrets
from spatialevo_rl.report.chart import Chart
from spatialevo_rl.report.curves import curriculum, health, learning, machine
from spatialevo_rl.report.gallery import gallery
from spatialevo_rl.report.held_out import blanks, headline, held_out, progress
from spatialevo_rl.report.markup import text
from spatialevo_rl.report.run import Run
from spatialevo_rl.report.samples import samples
from spatialevo_rl.report.svg import figure
from spatialevo_rl.rollout_log import Alarm

_FACTS: Final = (
    ("recipe", "recipe"),
    ("seed", "seed"),
    ("model", "model_name_or_path"),
    ("scenes", "scenes"),
    ("labels", "label_source"),
    ("scheduler", "scheduler"),
)
"""What the header says of the settings, where they say it."""


def write_page(run: Run, path: Path) -> None:
    """Write the page, all or nothing; the same folder gives the same bytes.

    Raises:
        RecordError: The log is damaged.
        ValueError: The evaluations are not of the same questions.
        OSError: The file cannot be written.
    """
    write_whole(path, page(run).encode("utf-8"))


def page(run: Run) -> str:
    """Return the page as HTML."""
    return document(f"{run.name}: self-evolution", "".join(_body(run)))


def document(title: str, body: str) -> str:
    """Return a page of its own: style and script in it, no request allowed.

    Args:
        title: Plain text.
        body: HTML, every text of a model in it escaped.
    """
    script = _resource("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    head = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n"
        f"<style>{_resource('report.css')}</style>\n</head>\n<body>\n"
    )
    tail = f"<script>{script}</script>\n</body>\n</html>\n"
    return head + without_secrets(body) + tail


def _resource(name: str) -> str:
    return files("spatialevo_rl.report").joinpath(name).read_text(encoding="utf-8")


def _body(run: Run) -> Iterator[str]:
    yield from _header(run)
    yield "<main>\n"
    yield from _section("Held-out questions", held_out(run))
    if run.rounds:
        content = rounds_section(run.rounds, run.evaluations)
        yield from _section("Rounds of proposer and solver", content)
    if run.steps:
        yield from _section("Alarms", _alarms(run))
        yield from _charts("Learning", (*progress(run), *learning(run)))
        yield from _charts("Curriculum", curriculum(run))
        yield from _section("Does the questioner look?", blanks(run))
        yield from _charts("Signs of collapse", health(run))
        yield from _charts("Cost and optimizer", machine(run))
        yield from _section("Samples", gallery(run, samples(run)))
    yield from _section("Settings", _settings(run))
    yield "</main>\n"
    version = metadata.version("spatialevo-rl")
    yield f"<footer>spatialevo-rl {text(version)}. Curves: faint as measured, strong smoothed; "
    yield "point at a chart for its numbers.</footer>\n"


def _header(run: Run) -> Iterator[str]:
    yield f"<header>\n<h1>{text(run.name)}</h1>\n"
    yield f'<p class="headline">{text(headline(run))}</p>\n'
    yield '<dl class="facts">\n'
    for name, said in _facts(run):
        yield f"<div><dt>{text(name)}</dt><dd>{text(said)}</dd></div>\n"
    yield "</dl>\n"
    if not run.steps and not run.rounds:
        yield '<p class="warning">No step of this run is finished yet. Curves and samples appear '
        yield "here once one is.</p>\n"
    elif run.steps and run.planned is not None and run.steps[-1].step + 1 < run.planned:
        done = f"{run.steps[-1].step + 1:,} of {run.planned:,}"
        yield f'<p class="warning">Unfinished: {done} steps are in the log.</p>\n'
    if run.rewritten:
        yield f'<p class="quiet">{run.rewritten:,} steps were written twice by a resumed run; '
        yield "the later record counts.</p>\n"
    yield "</header>\n"


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    for name, key in _FACTS:
        if run.config.get(key):
            yield name, run.config[key]
    if not run.steps:
        return
    last = run.steps[-1].step + 1
    yield "steps", f"{last:,}" if run.planned is None else f"{last:,} of {run.planned:,}"
    costs = [run.timing[each.step] for each in run.steps if each.step in run.timing]
    if not costs:
        return
    total = sum(each.seconds for each in costs)
    yield "time in steps", duration(total)
    yield "a step", f"{sorted(each.seconds for each in costs)[len(costs) // 2]:.2f} s (median)"
    if total > 0:
        yield "oracle's share", f"{sum(each.oracle_seconds for each in costs) / total:.2%}"
    yield "most memory", f"{max(each.peak_bytes for each in costs) / 2**30:.2f} GiB"
    ended = datetime.fromtimestamp(costs[-1].finished, UTC)
    yield "last step ended", f"{ended:%Y-%m-%d %H:%M} UTC"


def duration(seconds: float) -> str:
    """Write a time as a person says it: ``"47 s"``, ``"9 min 20 s"``, ``"3 h 05 min"``."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _section(title: str, content: Iterator[str]) -> Iterator[str]:
    yield f"<section><h2>{text(title)}</h2>\n"
    yield from content
    yield "</section>\n"


def _charts(title: str, charts: tuple[Chart, ...]) -> Iterator[str]:
    yield f'<section><h2>{text(title)}</h2>\n<div class="charts">\n'
    for chart in charts:
        yield figure(chart)
    yield "</div></section>\n"


def _alarms(run: Run) -> Iterator[str]:
    raised: dict[str, list[tuple[int, Alarm]]] = {}
    for each in run.steps:
        for alarm in each.alarms:
            raised.setdefault(alarm.name, []).append((each.step, alarm))
    if not raised:
        yield '<p class="good">None was raised.</p>\n'
        return
    yield '<table class="rows"><thead><tr><th>alarm</th><th>steps</th><th>last seen</th>'
    yield "<th>remedy</th></tr></thead><tbody>\n"
    for name, cases in raised.items():
        span = f"{len(cases):,}, from {cases[0][0]:,} to {cases[-1][0]:,}"
        message = cases[-1][1]
        yield f'<tr><td class="bad">{text(name)}</td><td>{span}</td>'
        yield f"<td>{text(message.message)}</td><td>{text(message.remedy)}</td></tr>\n"
    yield "</tbody></table>\n"


def _settings(run: Run) -> Iterator[str]:
    if not run.config:
        yield '<p class="quiet">The run holds no config.yaml.</p>\n'
        return
    yield "<details><summary>all of config.yaml</summary><table>\n"
    for name, value in run.config.items():
        yield f"<tr><th>{text(name)}</th><td>{text(value)}</td></tr>\n"
    yield "</table></details>\n"
