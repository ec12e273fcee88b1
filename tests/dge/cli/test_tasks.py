# SPDX-License-Identifier: Apache-2.0
"""`tasks`: the list, one task in full, JSON; the examples can be asked as they are printed."""

import json
import shlex

import pytest

from spatialevo_dge import Rule
from spatialevo_dge.cli.requirements import needs, rules
from spatialevo_dge.tasks import TASKS, task_named

TASK_IDS = [task.id for task in TASKS]


def test_the_list_has_every_task_with_an_example(command) -> None:
    result = command("tasks")
    assert result.code == 0
    assert result.err == ""
    lines = result.out.splitlines()
    for task in TASKS:
        (place,) = (n for n, line in enumerate(lines) if line.split()[:1] == [task.id])
        assert task.title in lines[place]
        assert "answer: " in lines[place]
        assert lines[place + 1].startswith("    ")


def test_json_has_every_task(command) -> None:
    records = json.loads(command("tasks", "--json").out)
    assert [record["id"] for record in records] == TASK_IDS
    for record in records:
        assert record["wordings"]
        assert record["needs"]
        assert record["rules"]
        assert record["answer"]
        assert json.loads(command("tasks", record["id"], "--json").out) == record


@pytest.mark.parametrize("task", TASK_IDS)
def test_the_example_is_legal_as_printed(command, task: str) -> None:
    told = command("tasks", task).out.splitlines()
    (line,) = (line for line in told if line.startswith("  spatialevo-dge ask "))
    program, *words = shlex.split(line)
    assert program == "spatialevo-dge"
    ruling = json.loads(command(*words, "--json").out)
    assert ruling["legal"]
    assert ruling["task"] == task


def test_every_wording_is_told(command) -> None:
    record = json.loads(command("tasks", "absolute_distance", "--json").out)
    told = command("tasks", "absolute_distance").out
    assert len(record["wordings"]) == 4
    assert all(f"  {text}\n" in told for text in record["wordings"])


def test_a_slip_in_a_tasks_name_finds_its_neighbour(command) -> None:
    result = command("tasks", "rom_size")
    assert result.code == 2
    assert result.out == ""
    assert (
        result.err == "spatialevo-dge: task: 'rom_size' is not known; did you mean 'room_size'?\n"
    )


ALWAYS = {Rule.UNPARSED, Rule.WRONG_TASK, Rule.NOT_AVAILABLE, Rule.UNKNOWN_FRAME}
OBJECT = {Rule.UNKNOWN_OBJECT, Rule.AMBIGUOUS_OBJECT, Rule.NOT_VISIBLE}
DOUBT = {Rule.DEGENERATE, Rule.BORDERLINE}


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("object_counting", OBJECT | {Rule.DEGENERATE}),
        ("object_size", OBJECT | {Rule.TOO_FEW_POINTS, Rule.BORDERLINE}),
        ("room_size", {Rule.NOT_VISIBLE, Rule.BORDERLINE}),
        ("absolute_distance", OBJECT | DOUBT | {Rule.SAME_OBJECT, Rule.TOO_FEW_POINTS}),
        (
            "relative_distance",
            OBJECT | DOUBT | {Rule.SAME_OBJECT, Rule.TOO_FEW_POINTS, Rule.TOO_FEW_CANDIDATES},
        ),
        ("relative_direction_hard", OBJECT | DOUBT | {Rule.SAME_OBJECT, Rule.TOO_FEW_POINTS}),
        (
            "single_image_relative_direction",
            OBJECT
            | DOUBT
            | {Rule.SAME_OBJECT, Rule.TOO_FEW_POINTS, Rule.WRONG_VIEW, Rule.VIEWPOINT_DEPENDENT},
        ),
        ("distance_cam_obj", OBJECT | DOUBT | {Rule.TOO_FEW_POINTS, Rule.WRONG_VIEW}),
        (
            "depth_order_obj_obj",
            OBJECT | {Rule.BORDERLINE, Rule.SAME_OBJECT, Rule.TOO_FEW_POINTS, Rule.WRONG_VIEW},
        ),
        ("position_cam_cam", DOUBT | {Rule.WRONG_VIEW, Rule.SAME_FRAME}),
        ("elevation_cam_cam", DOUBT | {Rule.WRONG_VIEW, Rule.SAME_FRAME}),
        (
            "visibility_compare",
            OBJECT | {Rule.BORDERLINE, Rule.TOO_FEW_POINTS, Rule.WRONG_VIEW, Rule.SAME_FRAME},
        ),
        ("position_cam_obj", OBJECT | DOUBT | {Rule.TOO_FEW_POINTS, Rule.WRONG_VIEW}),
        ("position_cam_reg", OBJECT | DOUBT | {Rule.WRONG_VIEW}),
        ("motion_camera", DOUBT | {Rule.WRONG_VIEW, Rule.SAME_FRAME}),
        (
            "attribute_measurement",
            OBJECT | {Rule.BORDERLINE, Rule.SAME_OBJECT, Rule.TOO_FEW_POINTS, Rule.WRONG_VIEW},
        ),
    ],
)
def test_the_rules_a_task_can_break(task: str, expected: set[Rule]) -> None:
    found = rules(task_named(task))
    assert set(found) == expected | ALWAYS
    assert list(found) == sorted(found, key=lambda rule: rule.precedence)


def test_what_a_task_needs() -> None:
    assert needs(task_named("room_size"))[0] == "the floor's area"
    assert "posed images" in needs(task_named("motion_camera"))
    assert "labelled objects with boxes" not in needs(task_named("motion_camera"))
    assert "labelled objects with boxes" in needs(task_named("position_cam_reg"))
