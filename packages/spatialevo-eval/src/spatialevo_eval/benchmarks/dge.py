# SPDX-License-Identifier: Apache-2.0
"""The DGE benchmark: held-out synthetic rooms, sixteen tasks, legal and illegal questions.

Works offline: rooms, images, questions and truths come from the oracle and its generator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from spatialevo_dge import Illegal, Legal, score
from spatialevo_dge.answer import (
    Answer,
    Centimetres,
    Choice,
    Count,
    Direction,
    Metres,
    SquareMetres,
)
from spatialevo_dge.tasks import TASKS
from spatialevo_dge.verdict import Rule
from spatialevo_eval.benchmark import (
    Benchmark,
    Dataset,
    Generation,
    Item,
    ItemScore,
    LoadOptions,
    Record,
    Row,
    Scored,
    Table,
)
from spatialevo_eval.dge.evidence import evidence
from spatialevo_eval.dge.prompts import FULL, SMALL, SMALL_WORDS, PromptSet
from spatialevo_eval.dge.questions import Asked, Portion, draw
from spatialevo_eval.dge.refusals import answer_text, named_rule
from spatialevo_eval.dge.rooms import RoomFrame
from spatialevo_eval.fields import strings, text
from spatialevo_eval.metrics import mean, rows_by

__all__ = ["DGE", "DGE_PAINTED"]

ILLEGAL: Final = "illegal"
_TASKS: Final = tuple(task.id for task in TASKS)
_LENGTHS: Final = {each.unit: each for each in (Metres, Centimetres, SquareMetres)}
_WORDS: Final = {each.unit: each for each in (Direction, Choice)}
_APART: Final = (
    re.compile(r" (?=[,.;:?!)\]])"),
    re.compile(r"(?<=\d) (?=\d)|(?<=\d\.) (?=\d)"),
    re.compile(r"(?<=[a-z]) (?=-)|(?<=[a-z]-) (?=[a-z])"),
)
"""Blanks that small tokenizers put round marks and digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kit:
    """What makes one benchmark out of the oracle."""

    id: str
    plan: str
    tasks: tuple[str, ...]
    portion: Portion
    prompts: PromptSet


def _rows(kit: _Kit, _options: LoadOptions) -> Iterator[Record]:
    """Yield the drawn questions, task by task."""
    for task in kit.tasks:
        for place, asked in enumerate(draw(kit.plan, task, kit.portion)):
            yield {"place": place, "asked": asked}


def _items(kit: _Kit, rows: Iterable[Record], _options: LoadOptions) -> Iterator[Item]:
    for row in rows:
        asked = row["asked"]
        if not isinstance(asked, Asked):
            raise TypeError(f"asked: expected a drawn question, got {asked!r}")
        legal = isinstance(asked.ruling, Legal)
        reference, meta = _truth(asked.ruling)
        yield Item(
            id=f"{asked.task}/{row['place']}",
            benchmark=kit.id,
            prompt=kit.prompts.answer(asked.task, asked.text, len(asked.frames), legal=legal),
            images=tuple(
                RoomFrame(plan=kit.plan, seed=asked.seed, frame=frame) for frame in asked.frames
            ),
            reference=reference,
            kind=asked.task if legal else ILLEGAL,
            meta={
                **meta, "scene": f"{kit.plan}-{asked.seed}", "seed": asked.seed,
                "frames": asked.frames, "task": asked.task, "question": asked.text,
                "group": asked.group,
            },
        )  # fmt: skip


def _truth(ruling: Legal | Illegal) -> tuple[str, Mapping[str, str | float | tuple[str, ...]]]:
    """Return the reference as text, and what scoring needs of the ruling."""
    if isinstance(ruling, Illegal):
        broken = tuple(dict.fromkeys(each.rule.value for each in (ruling.violation, *ruling.also)))
        return f"{ruling.rule.value}: {ruling.violation.entity}", {"rules": broken}
    answer = ruling.answer
    options = answer.options if isinstance(answer, Direction | Choice) else ()
    meta = {"unit": answer.unit, "value": answer.value, "options": options}
    return answer.render(), meta


def _answer(meta: Record) -> Answer:
    """Return the answer that an item's `meta` describes."""
    unit, value = text(meta, "unit"), meta["value"]
    if unit in _WORDS:
        return _WORDS[unit](str(value), strings(meta, "options"))
    if not isinstance(value, int | float):
        raise TypeError(f"value: expected a number, got {value!r}")
    return Count(int(value)) if unit == Count.unit else _LENGTHS[unit](float(value))


def _score(item: Item, reply: str, *, apart: bool) -> ItemScore:
    """Score an answer as the oracle does, and a refusal by the rule it names.

    Args:
        item: The question.
        reply: The reply.
        apart: Whether the model's tokenizer sets marks and digits apart.
    """
    said = answer_text(reply)
    for blank in _APART if apart else ():
        said = blank.sub("", said)
    rule = named_rule(said)
    if item.kind == ILLEGAL:
        rules = strings(item.meta, "rules")
        rules = _seen(rules)
        why = f"Named {rule.value if rule else 'no rule'}; broken: {', '.join(rules)}."
        value = float(rule is not None and rule.value in rules)
        return ItemScore(value=value, parsed=rule.value if rule else None, why=why)
    if rule is not None:
        return ItemScore(value=0.0, parsed=rule.value, why="Refused a legal question.")
    scored = score(said, _answer(item.meta))
    parsed = None if scored.parsed is None else scored.parsed.render()
    return ItemScore(value=scored.value, parsed=parsed, why=scored.why)


def _seen(rules: tuple[str, ...]) -> tuple[str, ...]:
    """Add what looks the same: images do not tell an absent object from one out of sight."""
    alike = (Rule.UNKNOWN_OBJECT.value, Rule.NOT_VISIBLE.value)
    return (*rules, *alike) if set(alike) & set(rules) else rules


def _table(scored: Sequence[Scored]) -> Table:
    """Average by task, and tell how often questions are refused, rightly and wrongly."""
    legal = [pair for pair in scored if pair[0].kind != ILLEGAL]
    illegal = [pair for pair in scored if pair[0].kind == ILLEGAL]
    tasks = rows_by(legal, lambda item: item.kind, _TASKS)
    rows = list(tasks)
    if illegal:
        refused = [float(score.parsed is not None) for _, score in illegal]
        named = [score.value for _, score in illegal]
        rows += [
            Row(name="illegal: refused", value=mean(refused), count=len(illegal), metric="share"),
            Row(name="illegal: right rule", value=mean(named), count=len(illegal)),
        ]
    if legal:
        kept = [float(not score.why.startswith("Refused")) for _, score in legal]
        rows.append(
            Row(name="legal: not refused", value=mean(kept), count=len(legal), metric="share")
        )
    return Table(
        rows=tuple(rows),
        overall=mean(row.value for row in tasks),
        count=len(scored),
        rule="mean over tasks, legal questions; refusals apart",
    )


def _benchmark(kit: _Kit, title: str, max_tokens: int) -> Benchmark:
    return Benchmark(
        id=kit.id,
        title=title,
        dataset=Dataset(hub_id="", split="held-out", revision="", licence="apache-2.0"),
        source=(
            "spatialevo-dge: rooms, questions, truths and rules are the oracle's own",
            "spatialevo_dge.scoring: counts and words exact, lengths by mean relative accuracy",
        ),
        generation=Generation(max_tokens=max_tokens),
        to_items=partial(_items, kit),
        score=partial(_score, apart=not kit.prompts.full),
        aggregate=_table,
        answer_form=lambda answer: f"<answer>{answer}</answer>",
        rows=partial(_rows, kit),
        evidence=evidence,
    )


DGE: Final = _benchmark(
    _Kit(
        id="dge",
        plan="room",
        tasks=_TASKS,
        portion=Portion(legal=24, illegal=12),
        prompts=FULL,
    ),
    "DGE",
    1024,
)
DGE_PAINTED: Final = _benchmark(
    _Kit(
        id="dge_painted",
        plan="painted",
        tasks=tuple(task for task in _TASKS if task in SMALL_WORDS),
        portion=Portion(legal=60, illegal=20, plain=True),
        prompts=SMALL,
    ),
    "DGE (painted rooms)",
    48,
)
"""For models of the lab's size: its rooms, tasks, wordings and prompts."""
