# SPDX-License-Identifier: Apache-2.0
"""What a benchmark is: items, how a reply to one is scored, and how scores become a table.

A benchmark is one `Benchmark` value in a file of its own under `benchmarks`; another package adds
one as an entry point in the group `spatialevo_eval.benchmarks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from PIL import Image

from spatialevo_eval.images import FrameSampling, ImageRef

__all__ = [
    "IMAGE_MARK",
    "Benchmark",
    "Dataset",
    "Generation",
    "Item",
    "ItemScore",
    "Json",
    "LoadOptions",
    "Record",
    "Row",
    "Scored",
    "Table",
]

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
Record: TypeAlias = Mapping[str, object]  # a row of a data set, as it comes from the hub
IMAGE_MARK: Final = "<image>"
"""In the prompt of an interleaved item: here the next image is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question.

    Attributes:
        id: Unique within the benchmark.
        benchmark: The benchmark's id.
        prompt: What the model is asked, byte for byte.
        images: What it is shown, in order.
        options: The offered answers as the prompt writes them; empty for open questions.
        reference: The right answer: a letter, a word or a number.
        kind: The question's type; tables have a row for each.
        interleaved: Whether each `IMAGE_MARK` in the prompt stands for the next image. Otherwise
            all images come before the prompt.
        meta: What scoring or a report needs beside: strings, numbers and lists of them.
    """

    id: str
    benchmark: str
    prompt: str
    images: tuple[ImageRef, ...] = ()
    options: tuple[str, ...] = ()
    reference: str | float
    kind: str
    interleaved: bool = False
    meta: Mapping[str, Json] = field(default_factory=dict)

    def content(self) -> tuple[str | ImageRef, ...]:
        """Return texts and images in the order in which the model gets them.

        Marks beyond the last image are dropped, and so are texts that hold only white space; kept
        texts lose it at their ends (lmms-eval 0.7.3, mindcube/utils.py).
        """
        if not self.interleaved:
            return (*self.images, self.prompt)
        parts: list[str | ImageRef] = []
        texts = self.prompt.split(IMAGE_MARK)
        for position, text in enumerate(texts):
            if stripped := text.strip():
                parts.append(stripped)
            if position < min(len(texts) - 1, len(self.images)):
                parts.append(self.images[position])
        return tuple(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemScore:
    """How good a reply is.

    Attributes:
        value: 0 (wrong or unreadable) to 1.
        parsed: What was read; None when the reply is unreadable.
        why: One sentence.
        correction: Where the reading differs on purpose from lmms-eval's, the name of the reason
            (`spatialevo_eval.replies.CORRECTIONS`); empty otherwise.
    """

    value: float
    parsed: str | float | None
    why: str
    correction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a table.

    Attributes:
        name: The question type, task or group of them.
        value: 0 to 1.
        count: Items behind the value.
        metric: ``"accuracy"`` or ``"mra"``, or what the benchmark calls its own.
    """

    name: str
    value: float
    count: int
    metric: str = "accuracy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A benchmark's result.

    Attributes:
        rows: The benchmark's own rows, in its own order; types without an item have none.
        overall: The number that the benchmark is quoted by, 0 to 1.
        count: Items scored.
        rule: How `overall` comes from the rows or the items, in one sentence.
    """

    rows: tuple[Row, ...]
    overall: float
    count: int
    rule: str


Scored: TypeAlias = tuple[Item, ItemScore]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Where a benchmark's rows live.

    Attributes:
        hub_id: ``owner/name`` on the Hugging Face hub; empty where the rows are made here.
        config: The data set's configuration, None where it has one alone.
        split: The split.
        revision: Commit, tag or branch that is loaded unless a run asks for another; the run's
            configuration holds the commit that was found.
        licence: As the data set's card says; empty where it says nothing.
        archives: Names or patterns of the repository's ZIP files that hold videos or images.
        media: Folder under ``$HF_HOME`` into which they are unpacked once, as lmms-eval names it.
    """

    hub_id: str
    config: str | None = None
    split: str = "test"
    revision: str = "main"
    licence: str = ""
    archives: tuple[str, ...] = ()
    media: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """How the benchmark asks for replies.

    Attributes:
        max_tokens: Tokens that a reply may have.
        temperature: 0 is greedy.
    """

    max_tokens: int
    temperature: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """What of a benchmark is loaded, and from where.

    Attributes:
        limit: Items at most, from the front.
        kinds: Only these question types; empty: all.
        records: Rows to use in place of the hub's; for tests and for data already on disk.
        revision: Commit, tag or branch in place of the benchmark's own.
        media: Folder with the unpacked videos or images; None: where they unpack by default.
        frames: Frames of a video, in place of the benchmark's own number.
    """

    limit: int | None = None
    kinds: tuple[str, ...] = ()
    records: Iterable[Record] | None = None
    revision: str | None = None
    media: Path | None = None
    frames: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A benchmark as one value.

    Attributes:
        id: Its name on the command line.
        title: Its name in a table.
        dataset: Where the rows live.
        source: Where prompt, answer form, metric and aggregation come from, each with a citation.
        generation: How replies are asked for.
        to_items: Turns rows into items, lazily and in order.
        score: Scores a reply to an item.
        aggregate: Makes the table of what was scored.
        variants: Other ways to score, by name: ``"lmms-eval"`` reads replies exactly as lmms-eval
            0.7.3 does, ``"paper"`` takes the metric as the paper prints it.
        answer_form: Writes a reference as a reply that scores 1: for baselines and tests.
        rows: Yields the rows where they are not on the hub; None: they are.
        frame_sampling: For videos; None where the benchmark shows images.
        evidence: Draws why an item's reference is right, for reports; None where nothing is known
            but the reference, and its result is None where one item cannot be drawn.
    """

    id: str
    title: str
    dataset: Dataset
    source: tuple[str, ...]
    generation: Generation
    to_items: Callable[[Iterable[Record], LoadOptions], Iterator[Item]]
    score: Callable[[Item, str], ItemScore]
    aggregate: Callable[[Sequence[Scored]], Table]
    variants: Mapping[str, Callable[[Item, str], ItemScore]] = field(default_factory=dict)
    answer_form: Callable[[str], str] = str
    rows: Callable[[LoadOptions], Iterator[Record]] | None = None
    frame_sampling: FrameSampling | None = None
    evidence: Callable[[Item], Image.Image | None] | None = None

    def load(self, options: LoadOptions | None = None) -> Iterator[Item]:
        """Yield the items that `options` ask for, lazily and in the data set's order.

        Videos and images in archives are fetched and unpacked first, unless `options.media` says
        where they are.

        Raises:
            ValueError: A row is not of the data set's form, or a kind is unknown to it.
        """
        from spatialevo_eval.hub import fetch_media, hub_rows  # noqa: PLC0415 - needs these types

        asked = options or LoadOptions()
        if asked.records is not None:
            rows: Iterable[Record] = asked.records
        else:
            rows = hub_rows(self.dataset, asked) if self.rows is None else self.rows(asked)
            if self.dataset.archives and asked.media is None:
                fetch_media(self.dataset, asked)
        given = 0
        for item in self.to_items(rows, asked):
            if asked.limit is not None and given >= asked.limit:
                return
            if not asked.kinds or item.kind in asked.kinds:
                given += 1
                yield item
