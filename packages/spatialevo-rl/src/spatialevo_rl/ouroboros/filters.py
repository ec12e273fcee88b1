# SPDX-License-Identifier: Apache-2.0
"""From checked proposals to samples: what is left, and how many each filter rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from spatialevo_rl.draws import dice
from spatialevo_rl.labelled import Labelled
from spatialevo_rl.ouroboros.records import Filtered, Proposed, Ran, Sample, Visited

MALFORMED: Final = "malformed"
NO_LOOKING: Final = "needs no looking"
CONTRADICTED: Final = "contradicts the frames"

Rejects: TypeAlias = Callable[[Sequence[Labelled]], Sequence[bool]]
"""Says of each sample whether a filter rejects it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A filter that needs a model.

    Attributes:
        name: What it is counted as.
        rejects: The filter.
    """

    name: str
    rejects: Rejects


def filtered(
    visits: Sequence[Visited], ran: Sequence[Ran], gates: Sequence[Gate]
) -> tuple[tuple[Sample, ...], Filtered]:
    """Filter a round's proposals; the first filter that rejects one counts it.

    Args:
        visits: What was proposed.
        ran: What the programs gave, visit by visit.
        gates: Filters that need a model, in their order.
    """
    rejected: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    left: list[Sample] = []
    asked = 0
    for visited, result in zip(visits, ran, strict=True):
        asked += len(visited.proposed) + len(visited.malformed)
        rejected[MALFORMED] += len(visited.malformed)
        for proposed, checked in zip(visited.proposed, result.checked, strict=True):
            verdicts.update([checked.verdict] if checked.verdict else [])
            if checked.fault:
                rejected[checked.fault] += 1
            else:
                left.append(_sample(visited, proposed, checked.task, checked.answer))
    for gate in gates:
        refused = gate.rejects([sample.labelled for sample in left]) if left else ()
        rejected[gate.name] += sum(refused)
        left = [sample for sample, out in zip(left, refused, strict=True) if not out]
    counts: Mapping[str, int] = {name: count for name, count in sorted(rejected.items()) if count}
    record = Filtered(asked=asked, rejected=counts, accepted=len(left), verdicts=dict(verdicts))
    return tuple(left), record


def _sample(visited: Visited, proposed: Proposed, task: str, answer: str) -> Sample:
    return Sample(
        visit=visited.visit.number,
        cell=proposed.cell,
        labelled=Labelled(
            scene_id=visited.visit.scene_id,
            frames=proposed.frames,
            task=task or proposed.task,
            question=proposed.question,
            answer=answer,
            source="program",
        ),
    )


def order_of_learning(samples: Sequence[Sample], seed: int, number: int) -> tuple[Sample, ...]:
    """Shuffle samples; those about one view stay together, since they share its computation.

    Args:
        samples: The accepted ones.
        seed: Of the run.
        number: The round.
    """
    views: dict[tuple[str, tuple[str, ...]], list[Sample]] = {}
    for sample in samples:
        shown = (sample.labelled.scene_id, sample.labelled.frames)
        views.setdefault(shown, []).append(sample)
    groups = list(views.values())
    order = dice(seed, number, "order of learning").permutation(len(groups))
    return tuple(sample for place in order for sample in groups[place])
