# SPDX-License-Identifier: Apache-2.0
"""Questions, rulings, answers and rewards of a step, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spatialevo_dge.viewing.text import sentence
from spatialevo_rl.records import Role
from spatialevo_rl.rollout_log import AnswerRecord, QuestionRecord, RowRecord


def lines(rows: Sequence[RowRecord]) -> Iterator[str]:
    """Yield the rows of steps, slot by slot."""
    slot: tuple[int, int] | None = None
    group = -1
    for row in rows:
        if (row.step, row.slot) != slot:
            slot, group = (row.step, row.slot), -1
            frames = ", ".join(row.frames) or "no image"
            yield f"step {row.step}, slot {row.slot}: {row.task} in {row.scene_id} ({frames})"
        if isinstance(row, QuestionRecord):
            yield from _asked(row)
        else:
            if row.group != group:
                group = row.group
                yield from _heading(row)
            yield _answered(row)


def _asked(row: QuestionRecord) -> Iterator[str]:
    terms = row.terms
    if row.legal is None:
        yield f"  Q {_number(terms.reward)} malformed ({sentence(row.why)}): {_raw(row.completion)}"
        return
    ruling = sentence(row.answer) if row.legal else f"{row.rule}: {sentence(row.why)}"
    yield f"  Q {_number(terms.reward)} {sentence(row.question)} -> {ruling}"
    yield (
        f"         valid {_number(terms.valid)} seen {_number(terms.observation)} "
        f"new {_number(terms.novelty)}: {sentence(row.observation)}"
    )


def _heading(row: AnswerRecord) -> Iterator[str]:
    said = "truth" if row.role is Role.SOLVER else "breaks"
    yield f"  {row.role}: {sentence(row.question)} ({said}: {sentence(row.truth)})"


def _answered(row: AnswerRecord) -> str:
    reply = sentence(row.reply) if row.reply else f"malformed: {_raw(row.completion)}"
    return f"    A {_number(row.terms.reward)} {reply}"


def _raw(completion: str) -> str:
    return repr(completion[:200])


def _number(value: float | None) -> str:
    return " -  " if value is None else f"{value:.2f}"
