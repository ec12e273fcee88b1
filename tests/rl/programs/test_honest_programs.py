# SPDX-License-Identifier: Apache-2.0
"""Programs that mean well: right against numbers worked by hand, and against the oracle."""

import math
import re
from dataclasses import replace
from itertools import islice

import pytest

from program_agreement import drawn, tally
from spatialevo_dge import (
    TASKS,
    Answer,
    Centimetres,
    Choice,
    Count,
    Direction,
    Metres,
    Scene,
    SquareMetres,
    enumerate_questions,
)
from spatialevo_dge.directions import EIGHT_WORDS
from spatialevo_dge.scene import FloorPlan, FloorSource
from spatialevo_rl.programs import Ran, Sandbox, Verdict, compare, program_for
from support.build import Sighting, frame, item, pose, scene

# A bed at the origin, a desk 3 m east of it, two chairs north and south; a camera 4 m south that
# looks north, another 1 m to its right that is turned 30 degrees left and 0.5 m higher.
BUILT = scene(
    (
        item(1, "bed", (0.0, 0.0, 0.25), (2.0, 1.0, 0.5)),
        item(2, "desk", (3.0, 0.0, 0.4), (1.0, 0.6, 0.8), yaw_degrees=90.0),
        item(3, "chair", (0.0, 2.0, 0.5), (0.5, 0.5, 1.0)),
        item(4, "chair", (0.0, -2.0, 0.5), (0.5, 0.5, 1.0)),
        item(5, "lamp", (0.0, 0.0, 2.0), (0.2, 0.2, 0.4)),
    ),
    (
        frame("south", pose((0.0, -4.0, 1.5), heading=90.0)),
        frame("right", pose((1.0, -4.0, 2.0), heading=120.0, pitch=-10.0)),
    ),
    {
        (0, 1): Sighting(share=0.8, nearest=3.5, median=4.0),
        (0, 2): Sighting(share=0.05, nearest=4.4, median=4.6),
        (0, 4): Sighting(share=0.9, nearest=1.75, median=2.0),
        (1, 1): Sighting(share=0.4, nearest=3.4, median=3.9),
    },
    floor=FloorPlan(area=24.5, source=FloorSource.CONSTRUCTION),
)
SHOWN = ("south", "right")

BY_HAND: tuple[tuple[str, Answer], ...] = (
    ("count(len(objects('chair')))", Count(2)),
    ("count(len(objects()))", Count(5)),
    ("count(len({item.label for item in objects()}))", Count(4)),
    ("count(len([c for c in objects('chair') if c.centre_in_world_m[1] > 0]))", Count(1)),
    ("count(len(images()))", Count(2)),
    ("centimetres(100 * max(only('bed').size_m))", Centimetres(200.0)),
    ("metres(only('desk').size_m[0])", Metres(1.0)),
    ("metres(only('desk').height_m)", Metres(0.8)),
    ("metres(only('desk').heading_in_world_deg)", Metres(90.0)),
    ("metres(only('bed').heading_in_world_deg)", Metres(0.0)),
    ("import math\nsquare_metres(math.prod(only('bed').size_m[:2]))", SquareMetres(2.0)),
    ("square_metres(floor_area())", SquareMetres(24.5)),
    # from the bed's edge at x = 1 to the desk's at x = 3 - 0.6/2
    ("metres(distance(only('bed'), only('desk')))", Metres(1.7)),
    ("a, b = objects('chair')\nmetres(distance(a, b))", Metres(3.5)),
    ("metres(min([distance(only('bed'), c) for c in objects('chair')]))", Metres(1.25)),
    # straight down 1.25 m from the lens to the top of the bed's height, and 3.5 m along
    ("metres(camera_distance(image(1), only('bed')))", Metres(math.hypot(3.5, 1.0))),
    ("metres(near_depth(image(1), only('bed')))", Metres(3.5)),
    ("metres(visible_fraction(image(1), only('bed')))", Metres(0.8)),
    ("metres(surface_fraction(image(2), only('bed')))", Metres(0.4)),
    ("metres(visible_fraction(image(2), only('desk')))", Metres(0.0)),
    ("metres(only('bed').visible_fractions[1])", Metres(0.4)),
    ("metres(only_shown('chair').centre_in_world_m[2])", Metres(0.5)),
    ("metres(image(2).camera_in_world_m[2] - image(1).camera_in_world_m[2])", Metres(0.5)),
    ("metres(image(2).heading_in_world_deg - image(1).heading_in_world_deg)", Metres(30.0)),
    ("metres(-image(2).pitch_up_deg)", Metres(10.0)),
    ("metres(camera_motion(image(1), image(2)).turn_left_deg)", Metres(30.0)),
    ("metres(-camera_motion(image(1), image(2)).tilt_up_deg)", Metres(10.0)),
    ("metres(camera_motion(image(1), image(2)).move_m)", Metres(math.hypot(1.0, 0.5))),
    ("metres(camera_motion(image(1), image(2)).move_horizontal_m)", Metres(1.0)),
    ("metres(camera_motion(image(1), image(2)).move_up_m)", Metres(0.5)),
    # the second camera is to the first one's right
    ("metres(-camera_motion(image(1), image(2)).move_azimuth_deg)", Metres(90.0)),
    ("metres(-bearing_from_camera(image(1), image(2)).azimuth_deg)", Metres(90.0)),
    ("metres(bearing_from_camera(image(1), only('bed')).azimuth_deg)", Metres(0.0)),
    ("metres(bearing_from_camera(image(1), only('bed')).horizontal_m)", Metres(4.0)),
    ("metres(-bearing_from_camera(image(1), only('bed')).up_m)", Metres(1.25)),
    # at the bed, facing the desk (east): north is left
    (
        ("c = [c for c in objects('chair') if c.centre_in_world_m[1] > 0][0]\n"
        "metres(bearing_between(only('bed'), only('desk'), c).azimuth_deg)"),
        Metres(90.0),
    ),
    ("metres(offset_in_image(image(1), only('bed'), only('lamp')).up_m)", Metres(1.75)),
    # the desk is to the viewer's right of the bed, no nearer and no farther
    ("metres(-offset_in_image(image(1), only('bed'), only('desk')).azimuth_deg)", Metres(90.0)),
    ("metres(project(image(1), (0.0, 0.0, 1.5)).u_px)", Metres(159.5)),
    ("metres(project(image(1), (0.0, 0.0, 1.5)).depth_m)", Metres(4.0)),
    ("metres(project(image(1), (1.0, 0.0, 1.5)).u_px)", Metres(159.5 + 300.0 / 4.0)),
    ("count(1 if project(image(1), (0, -9, 0)) is None else 0)", Count(1)),
    ("direction(direction_word(44.0))", Direction("front-left", EIGHT_WORDS)),
    ("direction(direction_word(-100.0))", Direction("right", EIGHT_WORDS)),
    (
        "direction(direction_word(200.0, 'left_right_back'), direction_words('left_right_back'))",
        Direction("back", ("left", "right", "back")),
    ),
    (
        ("gaps = {name: distance(only('bed'), only(name)) for name in ['desk', 'lamp']}\n"
        "near = min(gaps, key=lambda name: gaps[name])\n"
        "choice(near, ['desk', 'lamp'])"),
        Choice("lamp", ("desk", "lamp")),
    ),
    (
        ("from collections import Counter\n"
        "name, _ = Counter([item.label for item in objects()]).most_common(1)[0]\n"
        "choice(name, ['bed', 'chair'])"),
        Choice("chair", ("bed", "chair")),
    ),
    (
        ("from itertools import combinations\n"
        "metres(max([distance(a, b) for a, b in combinations(objects(), 2)]))"),
        Metres(3.5),
    ),
    (
        ("from functools import reduce\n"
        "metres(reduce(max, [item.height_m for item in objects()], 0.0))"),
        Metres(1.0),
    ),
    (
        ("def centre(item):\n"
        "    return item.centre_in_world_m\n"
        "import math\n"
        "metres(math.dist(centre(only('bed')), centre(only('desk'))))"),
        Metres(math.dist((0.0, 0.0, 0.25), (3.0, 0.0, 0.4))),
    ),
    ("count(len(own_region(only('desk')).object_ids))", Count(1)),
    ("metres(own_region(only('desk')).centre_in_world_m[0])", Metres(3.0)),
    ("count(len(regions('sleeping area')))", Count(1)),
    ("if len(objects('bed')) == 1:\n    word = 'left'\nelse:\n    word = 'right'\ndirection(word)",
     Direction("left", EIGHT_WORDS)),
)  # fmt: skip


def test_there_are_fifty_by_hand() -> None:
    assert len(BY_HAND) >= 50


@pytest.mark.parametrize(("program", "answer"), BY_HAND, ids=range(len(BY_HAND)))
def test_programs_are_right_by_hand(sandbox: Sandbox, program: str, answer: Answer) -> None:
    outcome = sandbox.run(program, BUILT, SHOWN)
    assert isinstance(outcome, Ran), outcome
    if isinstance(answer, Count | Direction | Choice):
        assert outcome.answer == answer
    else:
        assert type(outcome.answer) is type(answer)
        assert outcome.answer.value == pytest.approx(answer.value, abs=1e-9)


def test_written_programs_agree_with_the_oracle(sandbox: Sandbox, rooms: tuple[Scene, ...]) -> None:
    tasks = set()
    for seed, room in enumerate(rooms):
        for asked in drawn(room, seed, 1):
            question, ruling = asked.question, asked.ruling
            program = program_for(ruling, room, question.frames)
            outcome = sandbox.run(program, room, question.frames)
            assert isinstance(outcome, Ran), (program, outcome)
            assert type(outcome.answer) is type(ruling.answer)
            agreement = compare(outcome.answer, question, room)
            assert agreement.verdict is Verdict.AGREES, (question, agreement, program)
            if isinstance(ruling.answer, Direction | Choice):
                assert outcome.answer == ruling.answer
            tasks.add(ruling.task)
    assert tasks == {task.id for task in TASKS}


def test_a_written_program_does_not_depend_on_the_answer(room: Scene) -> None:
    for asked in drawn(room, 1, 1):
        ruling, frames = asked.ruling, asked.question.frames
        program = program_for(ruling, room, frames)
        other = replace(
            ruling, answer=Count(0), truth=replace(ruling.truth, answer=None, trace={"x": 0.0})
        )
        assert program_for(other, room, frames) == program
        assert not re.search(r"\d\.\d{2}", program)


@pytest.mark.slow
def test_the_table_of_agreement_has_no_disagreement() -> None:
    found, notes = tally(rooms=50, questions=2, first=100)
    assert notes == []
    assert {task for task, _ in found} == {task.id for task in TASKS}


def test_written_programs_look(sandbox: Sandbox, rooms: tuple[Scene, ...]) -> None:
    """A program of a question about the floor counts as a truth, since rooms differ."""
    for question, ruling in islice(enumerate_questions(rooms[0], "room_size"), 1):
        program = program_for(ruling, rooms[0], question.frames)
        others = [(other, ()) for other in rooms[1:]]
        assert isinstance(sandbox.check(program, rooms[0], (), others), Ran)


def test_no_program_is_written_for_a_strange_task(room: Scene) -> None:
    _, ruling = next(enumerate_questions(room, "room_size"))
    with pytest.raises(ValueError, match="no program is written"):
        program_for(replace(ruling, task="other"), room, ())
    with pytest.raises(ValueError, match="no frame 'x'"):
        program_for(ruling, room, ("x",))
