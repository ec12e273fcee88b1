# SPDX-License-Identifier: Apache-2.0
"""Compare prompts, scores and tables with lmms-eval's own code, reply by reply.

    python -m agreement

Fails where a difference is not on the list of corrections (`spatialevo_eval.replies`).
"""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from agreement.harness import STUBS, TASKS, VERSION, Task, load, without_reasoning
from agreement.records import RECORDS
from agreement.replies import Case, generate, items_of, read
from spatialevo_eval.benchmark import Item, ItemScore, LoadOptions
from spatialevo_eval.benchmarks import benchmark_named
from spatialevo_eval.replies import CORRECTIONS, reasoning

LEAST_EACH, LEAST_ALL, MOST_CLASSES = 500, 10_000, 20
SAME = 1e-9
ROUNDED = 1e-6  # lmms-eval rounds VSI-Bench's numbers to six decimals
SHOWN = 8
COMPARISONS = ("computer-algebra",)  # what no variant of ours can be made to do


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was found for one benchmark.

    Attributes:
        replies: Replies compared.
        agreed: Those with the same score.
        intended: Those with another score for a listed reason, by name.
        applied: Replies that a correction read anew, by name, whatever came of the score.
        unlisted: Descriptions of the others.
        prompts: Records, and those with the same prompt.
        tables: Whether the quoted number is the same.
        settings: What of data set and generation is not as lmms-eval's task file says.
    """

    replies: int = 0
    agreed: int = 0
    intended: Counter[str] = field(default_factory=Counter)
    applied: Counter[str] = field(default_factory=Counter)
    unlisted: list[str] = field(default_factory=list)
    prompts: tuple[int, int] = (0, 0)
    tables: bool = False
    settings: tuple[str, ...] = ()


def compare(benchmark: str, cases: list[Case]) -> Tally:
    """Compare one benchmark.

    With corrections off the two must agree on every reply (but for `COMPARISONS`); what differs
    with corrections on is then a correction's doing, and named.
    """
    task, ours, items = load(benchmark), benchmark_named(benchmark), items_of(benchmark)
    records = RECORDS[benchmark]
    same = [task.prompt(record) == item.prompt for record, item in zip(records, items, strict=True)]
    tally = Tally(replies=len(cases), prompts=(len(same), sum(same)))
    as_harness = ours.variants["lmms-eval"]
    results, faithful = [], []
    for case in cases:
        item, record = items[case.record], records[case.record]
        result = task.result(record, case.reply)
        plain, score = as_harness(item, case.reply), ours.score(item, case.reply)
        _note(tally, case, task.value(result), plain, score)
        results.append(result)
        faithful.append((item, plain))
    tally.settings = tuple(task.other_settings(ours))
    theirs, mine = task.overall(results), ours.aggregate(faithful).overall
    off = sum(tally.intended[name] for name in COMPARISONS) / len(cases)
    tally.tables = abs(theirs - mine) <= off + (ROUNDED if benchmark == "vsi_bench" else SAME)
    return tally


def _note(tally: Tally, case: Case, value: float, plain: ItemScore, score: ItemScore) -> None:
    if score.correction:
        tally.applied[score.correction] += 1
    known = score.correction in CORRECTIONS
    astray = abs(plain.value - value) > SAME and plain.correction not in CORRECTIONS
    if astray or (abs(score.value - value) > SAME and not known):
        tally.unlisted.append(
            f"{case.benchmark}[{case.record}] {case.reply!r}: theirs {value:g}, ours "
            f"{plain.value:g} without and {score.value:g} with corrections, read {score.parsed!r}"
        )
    elif abs(score.value - value) > SAME:
        tally.intended[score.correction] += 1
    else:
        tally.agreed += 1


def same_cut(case: Case) -> bool:
    """Tell whether the same is left of a reply once reasoning is cut out of it."""
    return reasoning.without_reasoning(case.reply) == without_reasoning(case.reply)


def zero_truths() -> Iterator[bool]:
    """Tell, for replies to questions whose truth is 0, whether lmms-eval fails or says another."""
    for benchmark in ("vsi_bench", "revsi_32_frame"):
        task, ours = load(benchmark), benchmark_named(benchmark)
        record = {**RECORDS[benchmark][0], "ground_truth": "0"}
        (item,) = _items(benchmark, record)
        for reply in ("0", "0.0", "1", "none"):
            mine = ours.score(item, reply).value
            try:
                yield abs(_quietly(task, record, reply) - mine) > SAME
            except ZeroDivisionError:
                yield True


def _items(benchmark: str, record: dict[str, object]) -> list[Item]:
    return list(benchmark_named(benchmark).to_items([record], LoadOptions()))


def _quietly(task: Task, record: dict[str, object], reply: str) -> float:
    return task.value(task.result(record, reply))


def report(tallies: dict[str, Tally], zeros: int) -> None:
    """Print the tables."""
    print(f"lmms-eval {VERSION}, loaded by path. Stubs:", *STUBS, sep="\n- ")
    print(f"\n{'benchmark':<16}{'replies':>8}{'agree':>8}{'intended':>9}{'unlisted':>9}  "
          f"{'prompts':>8}  number")  # fmt: skip
    for name, tally in tallies.items():
        records, same = tally.prompts
        print(f"{name:<16}{tally.replies:>8}{tally.agreed:>8}{tally.intended.total():>9}"
              f"{len(tally.unlisted):>9}  {f'{same}/{records}':>8}  "
              f"{'same' if tally.tables else 'DIFFERS'}")  # fmt: skip
    print(f"\n{'intended difference':<22}{'read anew':>10}{'other score':>12}  reason")
    intended = sum((tally.intended for tally in tallies.values()), Counter[str]())
    applied = sum((tally.applied for tally in tallies.values()), Counter[str]())
    intended["zero-truth"] = applied["zero-truth"] = zeros
    for name, correction in CORRECTIONS.items():
        print(f"{name:<22}{applied[name]:>10}{intended[name]:>12}  {correction.reason}")
    for name, tally in tallies.items():
        print(*(f"{name}: {line}\n" for line in tally.settings), sep="", end="")
        print(*tally.unlisted[:SHOWN], sep="\n", end="\n" if tally.unlisted else "")


def main() -> int:
    """Compare all benchmarks; return 1 where something is not as it must be."""
    logging.disable(logging.CRITICAL)
    _mute()
    cases = list(read())
    with contextlib.redirect_stdout(io.StringIO()):
        tallies = {
            name: compare(name, [case for case in cases if case.benchmark == name])
            for name in TASKS
        }
        zeros = sum(zero_truths())
    report(tallies, zeros)
    unlisted = sum(len(tally.unlisted) for tally in tallies.values())
    wrong = [
        message
        for message, holds in (
            ("unlisted differences", unlisted == 0),
            ("prompts differ", all(len(set(tally.prompts)) == 1 for tally in tallies.values())),
            ("quoted numbers differ", all(tally.tables for tally in tallies.values())),
            ("settings differ", not any(tally.settings for tally in tallies.values())),
            ("reasoning is cut otherwise", all(map(same_cut, cases))),
            ("too few replies", min(tally.replies for tally in tallies.values()) >= LEAST_EACH),
            ("too few replies in all", len(cases) >= LEAST_ALL),
            ("too many classes", len(CORRECTIONS) <= MOST_CLASSES),
            ("the committed replies are not the generator's", cases == list(generate())),
        )
        if not holds
    ]
    agreed = sum(tally.agreed for tally in tallies.values())
    print(f"\n{len(cases)} replies: {agreed} agree, {len(cases) - agreed - unlisted} differ as "
          f"intended in {len(CORRECTIONS)} classes, {unlisted} unlisted.")  # fmt: skip
    print(*(f"FAILED: {message}" for message in wrong), sep="\n", end="\n" if wrong else "")
    return int(bool(wrong))


def _mute() -> None:
    importlib.import_module("loguru").logger.remove()


if __name__ == "__main__":
    sys.exit(main())
