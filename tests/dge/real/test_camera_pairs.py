# SPDX-License-Identifier: Apache-2.0
"""Camera tasks on 750 real relative poses, against trigonometry in the first camera's own axes.

The pairs come without gravity, so the test states it: the first camera is level, up is its −y.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from spatialevo_dge import DEFAULT, Illegal, Rule, Scene, rule_on
from spatialevo_dge.directions import EIGHT_WORDS
from spatialevo_dge.entities import Cameras, Motion, Travel
from spatialevo_dge.tasks import task_named
from support.build import frame, scene, view

WORLD_FROM_LEVEL_CAMERA = np.array(
    [[1.0, 0, 0, 0], [0, 0, 1.0, 0], [0, -1.0, 0, 0], [0, 0, 0, 1.0]]
)


@dataclass(frozen=True)
class Pair:
    second_from_first: NDArray[np.float64]

    @property
    def centre_in_first(self) -> NDArray[np.float64]:
        pose = np.linalg.inv(self.second_from_first)
        return pose[:3, 3]

    @property
    def axis_in_first(self) -> NDArray[np.float64]:
        return np.linalg.inv(self.second_from_first)[:3, 2]

    @property
    def built(self) -> Scene:
        first_from_second = np.linalg.inv(self.second_from_first)
        return scene(
            [],
            [
                frame("a", WORLD_FROM_LEVEL_CAMERA),
                frame("b", WORLD_FROM_LEVEL_CAMERA @ first_from_second),
            ],
        )


@pytest.fixture(scope="module")
def pairs(test_data: Callable[[str], Path]) -> list[Pair]:
    path = test_data("camera_pairs") / "pairs_with_gt.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    matrices = [np.array(line.split()[-16:], dtype=float).reshape(4, 4) for line in lines]
    return [Pair(matrix) for matrix in matrices]


def test_all_pairs_are_there(pairs: list[Pair]) -> None:
    assert len(pairs) == 750


def test_positions_agree_with_trigonometry(pairs: list[Pair]) -> None:
    task = task_named("position_cam_cam")
    worst, words, degenerate = 0.0, 0, 0
    for pair in pairs:
        x, y, z = pair.centre_in_first
        azimuth = math.degrees(math.atan2(-x, z))
        built = pair.built
        truth = task.measure(Cameras(), view(built, "a", "b"), DEFAULT)
        off = (truth.trace["azimuth_deg"] - azimuth + 180.0) % 360.0 - 180.0
        worst = max(worst, abs(math.radians(off)))
        worst = max(worst, abs(truth.trace["horizontal_range_m"] - math.hypot(x, z)))
        worst = max(worst, abs(truth.trace["rise_m"] + y))
        if math.hypot(x, z) < DEFAULT.min_range_cameras:
            degenerate += 1
            ruling = rule_on("position_cam_cam", Cameras(), built, ("a", "b"))
            assert isinstance(ruling, Illegal)
            assert ruling.rule is Rule.DEGENERATE
            continue
        words += truth.answer.value == EIGHT_WORDS[math.floor((azimuth + 22.5) / 45.0) % 8]
    print(
        f"\nposition_cam_cam: worst difference {worst:.1e}, {words} words, {degenerate} degenerate"
    )
    assert worst < 1e-9
    assert words == len(pairs) - degenerate


def test_motions_agree_with_trigonometry(pairs: list[Pair]) -> None:
    task = task_named("motion_camera")
    worst, turns = 0.0, 0
    for pair in pairs:
        x, y, z = pair.centre_in_first
        ahead = pair.axis_in_first / np.linalg.norm(pair.axis_in_first)
        turn = math.atan2(-ahead[0], ahead[2])
        tilt = math.asin(-ahead[1])
        truth = task.measure(Travel(asks=Motion.TURN), view(pair.built, "a", "b"), DEFAULT)
        worst = max(
            worst,
            abs(math.radians(truth.trace["turn_deg"]) - turn),
            abs(math.radians(truth.trace["tilt_deg"]) - tilt),
            abs(truth.trace["move_m"] - math.hypot(x, y, z)),
        )
        if 10.0 <= abs(math.degrees(turn)) <= 150.0:
            turns += 1
            assert truth.answer.value == ("left" if turn > 0 else "right")
    print(f"\nmotion_camera: worst difference {worst:.1e}, {turns} turns")
    assert worst < 1e-9
    assert turns > 300
