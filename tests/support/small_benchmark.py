# SPDX-License-Identifier: Apache-2.0
"""A benchmark of a few items about coloured images, for tests of what runs and reports do."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence

from PIL import Image

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
from spatialevo_eval.images import BytesImage

KINDS = ("colour", "distance")


def picture(place: int, side: int = 32) -> BytesImage:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), (place * 37 % 256, place * 91 % 256, 128)).save(buffer, "PNG")
    return BytesImage(data=buffer.getvalue(), name=f"picture {place}")


def items(rows: Iterable[Record], options: LoadOptions) -> Iterator[Item]:
    for row in rows:
        place = int(str(row["place"]))
        kind = KINDS[place % 2]
        yield Item(
            id=f"item-{place}",
            benchmark="small",
            prompt=f"Question {place}: which {kind}?",
            images=tuple(picture(place + k) for k in range(place % 3 + 1)),
            reference="B" if kind == "colour" else 1.0 + place / 4,
            kind=kind,
            meta={"scene": f"scene-{place // 4}"},
        )


def score(item: Item, reply: str) -> ItemScore:
    if item.kind == "colour":
        right = reply.strip() == item.reference
        return ItemScore(value=float(right), parsed=reply.strip() or None, why="Compared.")
    try:
        value = float(reply)
    except ValueError:
        return ItemScore(value=0.0, parsed=None, why="No number could be read.")
    error = abs(value - float(item.reference)) / float(item.reference)
    return ItemScore(value=max(0.0, 1.0 - error), parsed=value, why=f"Off by {error:.0%}.")


def aggregate(scored: Sequence[Scored]) -> Table:
    rows = []
    for kind in KINDS:
        values = [each.value for item, each in scored if item.kind == kind]
        if values:
            metric = "accuracy" if kind == "colour" else "mra"
            mean = sum(values) / len(values)
            rows.append(Row(name=kind, value=mean, count=len(values), metric=metric))
    overall = sum(row.value for row in rows) / len(rows)
    return Table(rows=tuple(rows), overall=overall, count=len(scored), rule="mean over kinds")


def small_benchmark(count: int = 24) -> Benchmark:
    def rows(options: LoadOptions) -> Iterator[Record]:
        yield from ({"place": place} for place in range(count))

    return Benchmark(
        id="small",
        title="Small",
        dataset=Dataset(hub_id=""),
        source=("made for tests",),
        generation=Generation(max_tokens=8),
        to_items=items,
        score=score,
        aggregate=aggregate,
        variants={"lenient": lambda item, reply: ItemScore(value=1.0, parsed=reply, why="Kind.")},
        rows=rows,
    )
