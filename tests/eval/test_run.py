# SPDX-License-Identifier: Apache-2.0
"""A run folder: killed anywhere it resumes to the same records, and it mixes nothing."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from spatialevo_eval.benchmark import Generation, ItemScore, LoadOptions
from spatialevo_eval.kept_images import image_files
from spatialevo_eval.models import Reply, Request
from spatialevo_eval.records import CONFIG, RECORDS, RunError, claim, read_records
from spatialevo_eval.run import RunOptions, run_benchmark
from support.scripted_model import ScriptedModel
from support.small_benchmark import small_benchmark

COUNT = 24


def run(folder: Path, model: ScriptedModel | None = None, **options: object) -> ScriptedModel:
    asked = model or ScriptedModel()
    run_benchmark(small_benchmark(COUNT), asked, folder, RunOptions(**options))  # type: ignore[arg-type]
    return asked


def records(folder: Path) -> list[dict[str, object]]:
    return [{**asdict(each), "seconds": 0} for each in read_records(folder)]


def kill_at(folder: Path, at: int, together: int = 1) -> None:
    """Run in a process of its own that is killed while it is asked for its next reply."""
    child = os.fork()
    if child == 0:
        try:
            run(folder, ScriptedModel(killed_at=at, together=together))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def test_a_run_killed_at_ten_points_resumes_to_the_same_records(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    run(whole)
    for already, at in enumerate([0, 1, 2, 3, 1, 2, 4, 1, 5, 3]):
        before = len(list(read_records(killed))) if already else 0
        kill_at(killed, at)
        after = list(read_records(killed))
        assert len(after) == before + at
    resumed = run(killed)
    assert len(resumed.asked) == COUNT - 22
    assert records(killed) == records(whole)
    assert len(records(killed)) == COUNT


def test_a_batch_is_written_whole_so_that_a_resumed_run_forms_the_same_ones(tmp_path: Path) -> None:
    for at in (3, 6, 1, 9, 4):
        kill_at(tmp_path, at, together=4)
        held = len(list(read_records(tmp_path)))
        assert held % 4 == 0
    assert held == 4 + 8 + 4
    resumed = run(tmp_path, ScriptedModel(together=4))
    assert [each.id for each in resumed.asked] == [f"item-{k}" for k in range(held, COUNT)]


@pytest.mark.parametrize("kept", [0, 1, 40, 300])
def test_a_half_written_last_line_is_asked_again(tmp_path: Path, kept: int) -> None:
    run(tmp_path)
    before = records(tmp_path)
    lines = (tmp_path / RECORDS).read_bytes().splitlines(keepends=True)
    (tmp_path / RECORDS).write_bytes(b"".join(lines[:5]) + lines[5][:kept])
    again = run(tmp_path)
    assert len(again.asked) == COUNT - 5
    assert records(tmp_path) == before


def test_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    run(tmp_path)
    assert run(tmp_path).asked == []


def test_a_failed_item_has_no_record_and_is_asked_again(tmp_path: Path) -> None:
    benchmark = small_benchmark(COUNT)
    model = ScriptedModel(failing=frozenset({"item-3", "item-9"}))
    outcome = run_benchmark(benchmark, model, tmp_path, RunOptions())
    assert [item for item, _ in outcome.failed] == ["item-3", "item-9"]
    assert "2 items have no reply" in outcome.complaint()
    assert "the server refused it" in outcome.complaint()
    again = ScriptedModel()
    second = run_benchmark(benchmark, again, tmp_path, RunOptions())
    assert [each.id for each in again.asked] == ["item-3", "item-9"]
    assert second.asked == 2
    assert [each.item for each in second.records] == [f"item-{k}" for k in range(COUNT)]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"seed": 1}, "generation.seed was 0 and is 1"),
        ({"blind": True}, 'images was "shown" and is "withheld"'),
        ({"scoring": "lenient"}, 'scoring was "" and is "lenient"'),
        ({"load": LoadOptions(limit=3)}, "items.limit was null and is 3"),
        (
            {"generation": Generation(max_tokens=9, temperature=0.5)},
            "generation.max_tokens was 8 and is 9; generation.temperature was 0.0 and is 0.5",
        ),
        ({"dataset": "abc"}, 'dataset.commit was null and is "abc"'),
    ],
)
def test_a_changed_configuration_is_refused(
    tmp_path: Path, options: dict[str, object], said: str
) -> None:
    run(tmp_path)
    before = (tmp_path / RECORDS).read_bytes(), (tmp_path / CONFIG).read_bytes()
    with pytest.raises(RunError, match="another configuration") as caught:
        run(tmp_path, **options)
    assert said in str(caught.value)
    assert ((tmp_path / RECORDS).read_bytes(), (tmp_path / CONFIG).read_bytes()) == before


def test_another_model_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    run(tmp_path)
    with pytest.raises(RunError, match=r'model\.model was "scripted" and is "other"'):
        run(tmp_path, ScriptedModel(name="other"))


def test_changed_items_are_refused(tmp_path: Path) -> None:
    run(tmp_path)
    benchmark = small_benchmark(COUNT)

    def reworded(rows: object, options: LoadOptions) -> object:
        for item in benchmark.to_items(rows, options):  # type: ignore[arg-type]
            yield replace(item, prompt=f"Please: {item.prompt}")

    other = replace(benchmark, to_items=reworded)
    with pytest.raises(RunError, match="'item-0' was asked with another prompt"):
        run_benchmark(other, ScriptedModel(), tmp_path, RunOptions())
    with pytest.raises(RunError, match="which the benchmark no longer has"):
        run_benchmark(small_benchmark(3), ScriptedModel(), tmp_path, RunOptions())


def test_a_blind_run_shows_no_image(tmp_path: Path) -> None:
    asked = run(tmp_path, blind=True).asked
    assert not any(request.images for request in asked)
    assert [each["images"] for each in records(tmp_path)] == [()] * COUNT


def test_a_second_process_is_kept_out(tmp_path: Path) -> None:
    with claim(tmp_path), pytest.raises(RunError, match="another process"):
        run(tmp_path)


def test_a_damaged_folder_is_told_apart(tmp_path: Path) -> None:
    run(tmp_path)
    path = tmp_path / CONFIG
    whole = json.loads(path.read_text())
    whole["config"]["generation"]["seed"] = 7
    path.write_text(json.dumps(whole))
    with pytest.raises(RunError, match="edited"):
        run(tmp_path)
    path.unlink()
    with pytest.raises(RunError, match=r"without config\.json"):
        run(tmp_path)


def test_an_item_written_twice_is_found(tmp_path: Path) -> None:
    run(tmp_path)
    lines = (tmp_path / RECORDS).read_bytes().splitlines(keepends=True)
    (tmp_path / RECORDS).write_bytes(b"".join([*lines, lines[2]]))
    with pytest.raises(RunError, match="line 25: item 'item-2' is there twice"):
        list(read_records(tmp_path))


def test_two_items_of_one_id_are_refused(tmp_path: Path) -> None:
    rows = [{"place": 1}, {"place": 1}]
    options = RunOptions(load=LoadOptions(records=rows))
    with pytest.raises(ValueError, match="two items of the id 'item-1'"):
        run_benchmark(small_benchmark(), ScriptedModel(), tmp_path, options)


def test_the_first_failures_of_each_kind_keep_their_images(tmp_path: Path) -> None:
    run(tmp_path)
    failures = [each for each in read_records(tmp_path) if each.value < 0.5]
    for kind in ("colour", "distance"):
        shown = [bool(image_files(tmp_path, e.item)) for e in failures if e.kind == kind]
        assert shown[:4] == [True] * len(shown[:4])
        assert not any(shown[4:])


def test_an_unknown_scoring_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="small has no 'paper'; there is lenient"):
        run(tmp_path, scoring="paper")
    assert not (tmp_path / CONFIG).exists()


def test_an_unknown_kind_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    for kinds in (("colours",), ("colour", "colours")):
        with pytest.raises(ValueError, match="kind: small has no 'colours'; there is "):
            run(tmp_path, load=LoadOptions(kinds=kinds))
    assert not (tmp_path / CONFIG).exists()
    run(tmp_path)


def test_what_json_has_no_number_for_is_kept_as_a_word(tmp_path: Path) -> None:
    benchmark = replace(
        small_benchmark(2),
        score=lambda item, reply: ItemScore(value=0.0, parsed=float("inf"), why="Endless."),
    )
    run_benchmark(benchmark, ScriptedModel(), tmp_path, RunOptions())
    assert [each.parsed for each in read_records(tmp_path)] == ["inf", "inf"]


def test_replies_in_any_script_come_back_as_they_were(tmp_path: Path) -> None:
    said = 'a "b"\n\u2028\ud800 \x00 二つ'

    class Odd(ScriptedModel):
        def generate(self, requests: Iterable[Request]) -> Iterator[Reply]:
            yield from (Reply(text=said) for _ in requests)

    run_benchmark(small_benchmark(2), Odd(), tmp_path, RunOptions())
    assert [each.reply for each in read_records(tmp_path)] == [said, said]
