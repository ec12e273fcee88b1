# SPDX-License-Identifier: Apache-2.0
"""Samples as cards: images, what was asked, what the oracle ruled and why, what was answered."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Final

from spatialevo_rl.records import Role
from spatialevo_rl.report.markup import block, long_text, text
from spatialevo_rl.report.run import Run
from spatialevo_rl.report.samples import Sample
from spatialevo_rl.rollout_log import AnswerRecord, QuestionRecord
from spatialevo_rl.thumbnails import thumbnail_path

_LONGEST_TRACE: Final = 6000
"""Characters of a trace that are written out."""
_VERDICTS: Final = ("true", "false", "unknown")


def gallery(run: Run, samples: tuple[Sample, ...]) -> Iterator[str]:
    """Yield the cards."""
    if not samples:
        yield '<p class="quiet">No question is logged yet.</p>\n'
    for sample in samples:
        yield from _card(run, sample)


def _card(run: Run, sample: Sample) -> Iterator[str]:
    first = sample.first
    yield '<article class="card">\n'
    yield f"<h3>Step {sample.step:,}, slot {sample.slot}: {text(first.task)}"
    yield f" <small>in {text(first.scene_id)}</small></h3>\n"
    yield '<div class="shots">\n'
    for place, frame in enumerate(first.frames, start=1):
        yield _image(run, first.scene_id, frame, place)
    yield "" if first.frames else '<p class="quiet">Asked without images.</p>'
    yield "</div>\n"
    if sample.asked:
        yield from _asked(sample.asked)
    else:
        yield '<p class="quiet">The oracle enumerated the questions: no questioner.</p>\n'
    for number, group in enumerate(sample.groups, start=1):
        yield from _answered(number, group, sample)
    yield "</article>\n"


def _image(run: Run, scene_id: str, frame: str, place: int) -> str:
    path = thumbnail_path(run.folder, scene_id, frame)
    caption = f"<figcaption>image {place}: frame {text(frame)}</figcaption>"
    if not path.is_file():
        return f'<figure><div class="missing">not kept</div>{caption}</figure>\n'
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    source = f'alt="frame {text(frame)}" src="data:image/jpeg;base64,{data}"'
    return f"<figure><img {source}>{caption}</figure>\n"


def _asked(asked: tuple[QuestionRecord, ...]) -> Iterator[str]:
    first = asked[0]
    wish = f"; to involve: {text(first.constraint)}" if first.constraint else ""
    yield f"<h4>Questioner, {len(asked)} completions{wish}</h4>\n"
    yield from _draw(first)
    yield '<div class="scroll"><table class="rows"><thead><tr><th>question</th><th>ruling</th>'
    yield "<th>format</th><th>valid</th><th>f_obs</th><th>novelty</th><th>reward</th>"
    yield "<th>advantage</th></tr></thead>\n<tbody>\n"
    for row in asked:
        terms = row.terms
        numbers = (terms.format, terms.valid, terms.observation, terms.novelty, terms.reward)
        yield f"<tr><td>{_question(row)}{_observation(row)}</td><td>{_ruling(row)}</td>"
        yield "".join(f"<td>{_number(value)}</td>" for value in numbers)
        yield f"<td>{_signed(row.advantage)}</td></tr>\n"
    yield "</tbody></table></div>\n"


def _draw(row: QuestionRecord) -> Iterator[str]:
    if not row.probabilities:
        return
    ranked = sorted(row.probabilities.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{text(task)} {probability:.2f}" for task, probability in ranked)
    yield f'<p class="quiet">Drawn from the feasible tasks: {shown}</p>\n'


def _question(row: QuestionRecord) -> str:
    if row.question:
        return f"<b>{long_text(row.question)}</b>"
    return f'<span class="bad">malformed</span> <code>{long_text(row.completion)}</code>'


def _observation(row: QuestionRecord) -> str:
    if not row.observation:
        return ""
    claims = "".join(
        f'<span class="claim {verdict if verdict in _VERDICTS else "unknown"}">'
        f"{text(claim)}: {text(verdict)}</span> "
        for claim, verdict in row.claims
    )
    return (
        f"<details><summary>observation</summary><p>{long_text(row.observation)}</p>"
        f"<p>{claims or 'no claim was read in it'}</p></details>"
    )


def _ruling(row: QuestionRecord) -> str:
    if row.legal is None:
        return f'<span class="bad">none</span><br><small>{text(row.why)}</small>'
    if row.legal:
        return f'<span class="good">{text(row.answer)}</span>{_trace(row)}'
    said = f'<span class="bad">{text(row.rule)}</span><br><small>{text(row.why)}</small>'
    return said + _trace(row)


def _trace(row: QuestionRecord) -> str:
    if not row.trace:
        return ""
    written = json.dumps(_shown(row.trace), ensure_ascii=False, indent=1)
    if len(written) > _LONGEST_TRACE:
        written = f"{written[:_LONGEST_TRACE]}\n… cut: {len(written):,} characters in all"
    return f"<details><summary>trace</summary><pre>{block(written)}</pre></details>"


def _shown(value: object) -> object:
    """Return JSON with numbers of four digits: a person reads it, the log keeps all of them."""
    if isinstance(value, Mapping):
        return {str(key): _shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _answered(number: int, group: tuple[AnswerRecord, ...], sample: Sample) -> Iterator[str]:
    first = group[0]
    origin = "enumerated by the oracle"
    if first.proposal >= 0:
        origin = f"completion {first.proposal + 1} of the questioner"
    name = "Solver" if first.role is Role.SOLVER else "Explainer"
    yield f"<h4>{name}, group {number} of {len(sample.groups)} <small>{origin}</small></h4>\n"
    yield f"<p><b>{long_text(first.question)}</b><br>"
    label = "truth" if first.role is Role.SOLVER else "rule broken"
    yield f'{label}: <span class="good">{text(first.truth)}</span>'
    if first.reference != first.truth:
        yield f"; compared with: {text(first.reference) or 'nothing'}"
    yield "</p>\n"
    yield '<div class="scroll"><table class="rows"><thead><tr><th>reply</th><th>scored</th>'
    yield "<th>format</th><th>quality</th><th>true</th><th>reward</th><th>advantage</th>"
    yield "</tr></thead>\n<tbody>\n"
    for row in group:
        terms = row.terms
        numbers = (terms.format, terms.quality, terms.true_quality, terms.reward)
        yield f"<tr><td>{_reply(row)}</td><td><small>{text(row.why)}</small></td>"
        yield "".join(f"<td>{_number(value)}</td>" for value in numbers)
        yield f"<td>{_signed(row.advantage)}</td></tr>\n"
    yield "</tbody></table></div>\n"


def _reply(row: AnswerRecord) -> str:
    if row.reply:
        return long_text(row.reply)
    return f'<span class="bad">malformed</span> <code>{long_text(row.completion)}</code>'


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _signed(value: float) -> str:
    kind = "good" if value > 0 else "bad" if value < 0 else "quiet"
    return f'<span class="{kind}">{value:+.2f}</span>'.replace("-", "−") if value else "0"
