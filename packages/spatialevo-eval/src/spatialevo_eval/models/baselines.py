# SPDX-License-Identifier: Apache-2.0
"""What every score is held against: questions without their images, and the commonest answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from spatialevo_eval.benchmark import Benchmark, Item, Json
from spatialevo_eval.models.protocol import Reply, Request

__all__ = ["MOST_FREQUENT", "MostFrequent", "without_images"]

MOST_FREQUENT: Final = "most frequent answer"


def without_images(request: Request) -> Request:
    """Return a request from which the images are withheld; the texts are what they were."""
    texts = tuple(part for part in request.content if isinstance(part, str))
    return replace(request, content=texts)


class MostFrequent:
    """Answers each question type with the reference that is right most often in the benchmark.

    As VSI-Bench's "chance level (frequency)" does (arXiv 2412.14171, section 4.2). Of equally
    frequent answers the one that comes first in the benchmark is given.
    """

    name = MOST_FREQUENT
    together = 1

    def __init__(self, benchmark: Benchmark, items: Iterable[Item]) -> None:
        """Count the references of the items that are asked."""
        counts: dict[str, Counter[str]] = {}
        kinds = {}
        for item in items:
            counts.setdefault(item.kind, Counter())[str(item.reference)] += 1
            kinds[item.id] = item.kind
        best = {kind: each.most_common(1)[0][0] for kind, each in counts.items()}
        self._replies = {key: benchmark.answer_form(best[kind]) for key, kind in kinds.items()}

    @property
    def settings(self) -> Mapping[str, Json]:
        """Nothing but its name: the replies follow from the benchmark."""
        return {"backend": MOST_FREQUENT}

    def generate(self, requests: Iterable[Request]) -> Iterator[Reply]:
        """Yield the commonest answer of each item's kind.

        Raises:
            KeyError: A request is of no item that was counted.
        """
        for request in requests:
            yield Reply(text=self._replies[request.id])
