# SPDX-License-Identifier: Apache-2.0
"""The DGE benchmark: held-out synthetic rooms, sixteen tasks, legal and illegal questions.

Works offline: rooms, images, questions and truths come from the oracle and its generator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from spatialevo_dge import score
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
from spatialevo_eval.dge.kept import Drawn, drawn
from spatialevo_eval.dge.prompts import FULL, SMALL, SMALL_WORDS, PromptSet
from spatialevo_eval.dge.questions import Portion
from spatialevo_eval.dge.refusals import answer_text, named_rule
from spatialevo_eval.dge.rooms import RoomFrame
from spatialevo_eval.fields import strings, text
from spatialevo_eval.metrics import mean, rows_by

__all__ = ["DGE", "DGE_PAINTED"]

ILLEGAL: Final = "illegal"
_TASKS: Final = tuple(task.id for task in TASKS)
_NONE: Final = Portion(legal=0, illegal=0)
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
    """What makes one benchmark out of the oracle.

    Attributes:
        id: Of the benchmark.
        plan: Name of the rooms' plan.
        tasks: Those that its score is the mean of.
        portion: Questions of each of them.
        others: Further tasks, which its models are not trained on: they have rows of their own.
        others_portion: Questions of each of these.
        prompts: How questions are put.
    """

    id: str
    plan: str
    tasks: tuple[str, ...]
    portion: Portion
    others: tuple[str, ...] = ()
    others_portion: Portion = _NONE
    prompts: PromptSet


def _rows(kit: _Kit, _options: LoadOptions) -> Iterator[Record]:
    """Yield the drawn questions, task by task."""
    portions = [*((task, kit.portion) for task in kit.tasks)]
    portions += [(task, kit.others_portion) for task in kit.others]
    for task, portion in portions:
        for place, asked in enumerate(drawn(kit.plan, task, portion)):
            yield {"place": place, "asked": asked}


def _items(kit: _Kit, rows: Iterable[Record], _options: LoadOptions) -> Iterator[Item]:
    for row in rows:
        asked = row["asked"]
        if not isinstance(asked, Drawn):
            raise TypeError(f"asked: expected a drawn question, got {asked!r}")
        prompt = kit.prompts.answer(asked.task, asked.text, len(asked.frames), legal=asked.legal)
        yield Item(
            id=f"{asked.task}/{row['place']}",
            benchmark=kit.id,
            prompt=prompt,
            images=tuple(
                RoomFrame(plan=kit.plan, seed=asked.seed, frame=frame) for frame in asked.frames
            ),
            reference=asked.reference,
            kind=asked.task if asked.legal else ILLEGAL,
            meta={
                **asked.truth, "scene": f"{kit.plan}-{asked.seed}", "seed": asked.seed,
                "frames": asked.frames, "task": asked.task, "question": asked.text,
                "group": asked.group,
            },
        )  # fmt: skip


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
        rules = _seen(strings(item.meta, "rules"))
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
    return tuple(dict.fromkeys((*rules, *alike))) if set(alike) & set(rules) else rules


def _table(kit: _Kit, scored: Sequence[Scored]) -> Table:
    """Average by task, and tell how often questions are refused, rightly and wrongly."""
    legal = [pair for pair in scored if pair[0].kind not in {ILLEGAL, *kit.others}]
    illegal = [pair for pair in scored if pair[0].kind == ILLEGAL]
    tasks = rows_by(legal, lambda item: item.kind, _TASKS)
    others = rows_by(
        [pair for pair in scored if pair[0].kind in kit.others], lambda item: item.kind, _TASKS
    )
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
    rows += [replace(row, name=f"{row.name} (not trained)") for row in others]
    apart = "refusals and tasks not trained apart" if kit.others else "refusals apart"
    return Table(
        rows=tuple(rows),
        overall=mean(row.value for row in tasks),
        count=len(scored),
        rule=f"mean over tasks, legal questions; {apart}",
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
        aggregate=partial(_table, kit),
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
        others=tuple(task for task in _TASKS if task not in SMALL_WORDS),
        others_portion=Portion(legal=20, illegal=0, plain=True),
        prompts=SMALL,
    ),
    "DGE (painted rooms)",
    48,
)
"""For models of the lab's size: its rooms, wordings and prompts; its own tasks make the score, and
the others tell whether anything carries over."""
