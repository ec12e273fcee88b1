# SPDX-License-Identifier: Apache-2.0
"""What each benchmark asks, frozen: a changed prompt is another benchmark."""

from collections.abc import Callable, Iterator

import pytest

from agreement.records import RECORDS
from spatialevo_eval.benchmark import Benchmark, Item, LoadOptions
from spatialevo_eval.benchmarks import BENCHMARKS
from spatialevo_eval.images import VideoFrame

ALIKE = {
    "vsi_bench_debiased": "vsi_bench",
    "vsi_bench_pruned": "vsi_bench",
    "mindcube_tiny": "mindcube",
    "revsi_16_frame": "revsi_32_frame",
    "revsi_64_frame": "revsi_32_frame",
    "revsi_all_frame": "revsi_32_frame",
}
HUB = [name for name, each in BENCHMARKS.items() if each.rows is None]


def items_of(name: str) -> list[Item]:
    records = RECORDS[ALIKE[name] if name in ALIKE else name]
    return list(BENCHMARKS[name].load(LoadOptions(records=records)))


def described(benchmark: Benchmark, items: list[Item]) -> Iterator[str]:
    dataset, generation = benchmark.dataset, benchmark.generation
    yield f"{benchmark.title}: {dataset.hub_id}, {dataset.config}, {dataset.split}"
    yield f"{generation.max_tokens} tokens, temperature {generation.temperature:g}"
    if benchmark.frame_sampling:
        yield f"{benchmark.frame_sampling.count} frames of a video, evenly spread"
    yield from (f"source: {line}" for line in benchmark.source)
    seen = set()
    for item in items:
        if item.kind not in seen:
            seen.add(item.kind)
            yield f"\n--- {item.kind}; item {item.id}, {len(item.images)} images"
            yield f"{item.prompt!r}"
            yield f"options {list(item.options)}, reference {item.reference!r}"


@pytest.mark.parametrize("name", HUB)
def test_prompts_are_what_they_were(name: str, golden: Callable[[str, str], None]) -> None:
    text = "\n".join(described(BENCHMARKS[name], items_of(name)))
    golden(f"eval/golden/prompts/{name}.txt", f"{text}\n")


@pytest.mark.parametrize("name", HUB)
def test_a_right_answer_scores_one_and_an_unreadable_one_nothing(name: str) -> None:
    benchmark = BENCHMARKS[name]
    for item in items_of(name):
        reply = benchmark.answer_form(str(item.reference))
        for score in (benchmark.score, *benchmark.variants.values()):
            assert score(item, reply).value == 1.0, (item, reply)
            for nothing in ("", " ", "...", "?!"):
                assert score(item, nothing).value == 0.0


@pytest.mark.parametrize("name", HUB)
def test_a_perfect_run_makes_a_table_of_ones(name: str) -> None:
    benchmark, items = BENCHMARKS[name], items_of(name)
    table = benchmark.aggregate(
        [
            (item, benchmark.score(item, benchmark.answer_form(str(item.reference))))
            for item in items
        ]
    )
    assert table.overall == pytest.approx(1.0)
    assert {row.value for row in table.rows} == {1.0}
    assert sum(row.count for row in table.rows) == table.count == len(items)


@pytest.mark.parametrize("name", HUB)
def test_ids_are_unique_and_images_named(name: str) -> None:
    items = items_of(name)
    assert len({item.id for item in items}) == len(items)
    for item in items:
        assert all(image.name for image in item.images)
        for image in item.images:
            if not isinstance(image, VideoFrame) and name != "spatialviz":
                assert image.open().size == (1, 1)


@pytest.mark.parametrize("name", HUB)
def test_a_row_of_another_form_is_refused_by_its_field(name: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        list(BENCHMARKS[name].load(LoadOptions(records=[{"nothing": 1}])))


def test_limits_and_kinds_choose_items() -> None:
    vsi = BENCHMARKS["vsi_bench"]
    asked = LoadOptions(records=RECORDS["vsi_bench"], limit=2, kinds=("object_abs_distance",))
    assert [item.kind for item in vsi.load(asked)] == ["object_abs_distance"] * 2


def test_interleaved_prompts_put_images_at_their_marks() -> None:
    item = items_of("mindcube")[0]
    first, one, second, two, question = item.content()
    assert (first, second) == ("View 1:", "View 2:")
    assert (one, two) == item.images
    assert str(question).startswith("Turning right")


def test_other_prompts_come_after_their_images() -> None:
    item = items_of("mmsi_bench")[0]
    assert item.content() == (*item.images, item.prompt)
