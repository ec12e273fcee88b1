# SPDX-License-Identifier: Apache-2.0
"""One benchmark, one model, one folder: asked, scored and written item by item."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

from spatialevo_eval.benchmark import Benchmark, Generation, Item, ItemScore, Json, LoadOptions
from spatialevo_eval.kept_images import KeptImages
from spatialevo_eval.models import Finish, Model, Reply, Request, request_of
from spatialevo_eval.models.baselines import without_images
from spatialevo_eval.models.chunks import chunks
from spatialevo_eval.provenance import here
from spatialevo_eval.records import (
    CONFIG,
    RECORDS,
    ItemRecord,
    RunError,
    append_records,
    claim,
    prompt_hash,
    record_of,
    start,
    write_end,
)
from spatialevo_eval.replies.reasoning import without_reasoning

__all__ = ["Outcome", "RunOptions", "config_of", "run_benchmark"]

_QUOTED: Final = 3
"""Failed items that a message names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What of a benchmark is asked, and how.

    Attributes:
        load: Which items.
        name: What tables call the model; empty: its own name.
        generation: In place of the benchmark's own; None: as the benchmark says.
        seed: Of sampling.
        blind: Whether the images are withheld.
        scoring: One of the benchmark's variants; empty: its own scoring.
        keep_images: Whether the first failures keep their images for a report's gallery.
        dataset: The commit of the data set that is read; None where it is not on the hub.
    """

    load: LoadOptions = field(default_factory=LoadOptions)
    name: str = ""
    generation: Generation | None = None
    seed: int = 0
    blind: bool = False
    keep_images: bool = True
    scoring: str = ""
    dataset: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run left.

    Attributes:
        folder: Where.
        records: In the benchmark's order.
        asked: How many of them were asked for now, the others being there already.
        failed: Items without a reply, each with the reason; run again to ask them again.
    """

    folder: Path
    records: tuple[ItemRecord, ...]
    asked: int
    failed: tuple[tuple[str, str], ...]

    def complaint(self) -> str:
        """Say which items failed, in one line; empty where none did."""
        if not self.failed:
            return ""
        first = "; ".join(f"{item}: {why}" for item, why in self.failed[:_QUOTED])
        count = f"{len(self.failed)} items have no reply; run again to ask them again"
        return f"{self.folder}: {count} ({first})"


def config_of(benchmark: Benchmark, model: Model, options: RunOptions) -> Mapping[str, Json]:
    """Return everything that changes a score, as JSON."""
    load, data = options.load, benchmark.dataset
    generation = options.generation or benchmark.generation
    sampling = benchmark.frame_sampling
    frames = load.frames if load.frames is not None else sampling.count if sampling else None
    return {
        "benchmark": benchmark.id,
        "dataset": {
            "hub_id": data.hub_id,
            "config": data.config,
            "split": data.split,
            "commit": options.dataset,
        },
        "items": {"limit": load.limit, "kinds": list(load.kinds), "frames": frames},
        "generation": {**asdict(generation), "seed": options.seed},
        "images": "withheld" if options.blind else "shown",
        "scoring": options.scoring,
        "name": options.name or model.name,
        "model": dict(model.settings),
        "versions": {name: version for name, version in here().versions if "geometry" not in name},
    }


def run_benchmark(
    benchmark: Benchmark,
    model: Model,
    folder: Path,
    options: RunOptions,
    advance: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Ask a model every item that a folder does not hold yet, and write a record of each.

    Args:
        benchmark: What is asked.
        model: Who is asked.
        folder: Where the run is, or is to be.
        options: Which items, and how.
        advance: Told after each item how many are done, of how many.

    Raises:
        RunError: The folder holds another run, or the benchmark's items are not those of the run.
        ModelError: The model cannot be loaded or reached; what was answered is kept.
        ValueError: The benchmark has no such scoring, or two items of one id.
    """
    scorer(benchmark, options.scoring)
    asking = _Asking(benchmark=benchmark, model=model, folder=folder, options=options)
    with claim(folder):
        config = config_of(benchmark, model, options)
        if (folder / CONFIG).exists():
            start(folder, config)  # refused before items are loaded
        known = _index(asking)  # a run of no items leaves no configuration behind
        held = {each.item: each for each in start(folder, config)}
        _check_held(folder, held, known)
        before, failed = len(held), []
        images = KeptImages(folder, benchmark, held.values())
        if advance:
            advance(len(held), len(known))
        # What was computed together is written together: a run that goes on after a kill forms
        # the same batches, so that their replies are what they would have been.
        for batch in chunks(_ask(asking, frozenset(held)), model.together):
            records = []
            for item, reply in batch:
                if reply.finish is Finish.FAILED:
                    failed.append((item.id, reply.problem))
                    continue
                held[item.id] = record = _score(asking, item, reply)
                if options.keep_images:
                    images.keep(item, record)
                records.append(record)
            _write(folder / RECORDS, records)
            if advance:
                advance(len(held), len(known))
        write_end(folder, len(known))
    found = tuple(held[item] for item in known if item in held)
    asked = len(held) - before
    return Outcome(folder=folder, records=found, asked=asked, failed=tuple(failed))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """A run's parts."""

    benchmark: Benchmark
    model: Model
    folder: Path
    options: RunOptions

    def request(self, item: Item) -> Request:
        """Return what the model is asked about an item."""
        generation = self.options.generation or self.benchmark.generation
        request = request_of(item, generation, self.options.seed)
        return without_images(request) if self.options.blind else request

    def items(self) -> Iterator[Item]:
        """Yield the items that are asked, loading them anew."""
        return self.benchmark.load(self.options.load)


def _index(asking: _Asking) -> Mapping[str, str]:
    """Return the hash of each item's prompt, in order; the items themselves may be large."""
    known: dict[str, str] = {}
    for item in asking.items():
        if item.id in known:
            raise ValueError(f"{asking.benchmark.id}: two items of the id {item.id!r}")
        known[item.id] = prompt_hash(asking.request(item).content)
    asked = asking.options.load
    if asked.kinds and (asked.limit is None or not known):
        _check_kinds(asking.benchmark, asked)
    if not known:
        raise ValueError(f"{asking.benchmark.id}: no item is left of what was asked for")
    return known


def _check_kinds(benchmark: Benchmark, asked: LoadOptions) -> None:
    """Refuse question types that no item is of."""
    kinds = dict.fromkeys(
        each.kind for each in benchmark.load(replace(asked, kinds=(), limit=None))
    )
    unknown = [kind for kind in asked.kinds if kind not in kinds]
    if unknown:
        there = ", ".join(kinds) or "none"
        raise ValueError(f"kind: {benchmark.id} has no {unknown[0]!r}; there is {there}")


def _check_held(folder: Path, held: Mapping[str, ItemRecord], known: Mapping[str, str]) -> None:
    for item, record in held.items():
        if item not in known:
            raise RunError(f"{folder}: holds item {item!r}, which the benchmark no longer has")
        if record.prompt_hash != known[item]:
            raise RunError(f"{folder}: item {item!r} was asked with another prompt or images")


def _ask(asking: _Asking, held: frozenset[str]) -> Iterator[tuple[Item, Reply]]:
    """Yield the items that are not held, in order, each with its reply."""
    waiting: deque[Item] = deque()

    def requests() -> Iterator[Request]:
        for item in asking.items():
            if item.id not in held:
                waiting.append(item)
                yield asking.request(item)

    for reply in asking.model.generate(requests()):
        yield waiting.popleft(), reply


def _score(asking: _Asking, item: Item, reply: Reply) -> ItemRecord:
    score = scorer(asking.benchmark, asking.options.scoring)
    return record_of(item, asking.request(item), reply, score(item, without_reasoning(reply.text)))


def scorer(benchmark: Benchmark, scoring: str) -> Callable[[Item, str], ItemScore]:
    """Return how a benchmark scores: its own way, or a variant by name.

    Raises:
        ValueError: It has no such variant.
    """
    if not scoring:
        return benchmark.score
    if scoring not in benchmark.variants:
        known = ", ".join(benchmark.variants) or "none but its own"
        raise ValueError(f"scoring: {benchmark.id} has no {scoring!r}; there is {known}")
    return benchmark.variants[scoring]


def _write(path: Path, records: Sequence[ItemRecord]) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        append_records(file, records)
    finally:
        os.close(file)
