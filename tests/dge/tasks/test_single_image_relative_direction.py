# SPDX-License-Identifier: Apache-2.0
"""Where is one object from another, as the viewer sees it? Decision 9."""

import math

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Policy, Rule, Scene
from spatialevo_dge.entities import Noun, Relation
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.truth import MarginKind
from support.build import Sighting, frame, item, noun, pose, scene
from support.ruled import illegal, legal, measured, outcome, rules, value

TASK = "single_image_relative_direction"
LAMP_FROM_SOFA = Relation(reference=noun("sofa"), target=noun("lamp"))
SIZE = (0.5, 0.5, 0.5)


def offset(
    left: float,
    deeper: float,
    up: float = 0.0,
    *,
    heading: float = 0.0,
    pitch: float = -20.0,
    roll: float = 0.0,
    noise: NoiseModel | None = None,
) -> Scene:
    """A lamp at an offset from a sofa, in the viewer's horizontal axes and along gravity."""
    h = math.radians(heading)
    ahead, leftward = (math.cos(h), math.sin(h)), (-math.sin(h), math.cos(h))
    sofa = (3 * ahead[0], 3 * ahead[1], 0.5)
    lamp = (
        sofa[0] + deeper * ahead[0] + left * leftward[0],
        sofa[1] + deeper * ahead[1] + left * leftward[1],
        0.5 + up,
    )
    return scene(
        [item(1, "sofa", sofa, SIZE), item(2, "lamp", lamp, SIZE)],
        [frame("a", pose((0, 0, 1.5), heading, pitch, roll))],
        noise=noise or NoiseModel(),
    )


@pytest.mark.parametrize("camera", [{}, {"heading": 130.0, "pitch": 35.0, "roll": 25.0}])
@pytest.mark.parametrize(
    ("left", "deeper", "word", "paper"),
    [
        (1, 0, "left", "left"),
        (-1, 0, "right", "right"),
        (0, 1, "back", "front"),
        (0, -1, "front", "back"),
        (1, 1, "back-left", "front-left"),
        (-1, 1, "back-right", "front-right"),
        (1, -1, "front-left", "back-left"),
        (-1, -1, "front-right", "back-right"),
    ],
)
def test_front_is_nearer_and_for_paper_deeper(
    left: float, deeper: float, word: str, paper: str, camera: dict[str, float]
) -> None:
    seen = offset(left, deeper, **camera)
    assert value(TASK, LAMP_FROM_SOFA, seen, "a") == word
    assert value(TASK, LAMP_FROM_SOFA, seen, "a", policy=VSI) == word
    assert value(TASK, LAMP_FROM_SOFA, seen, "a", policy=PAPER) == paper


def test_the_inverse_question_has_the_opposite_answer() -> None:
    sofa_from_lamp = Relation(reference=noun("lamp"), target=noun("sofa"))
    assert value(TASK, sofa_from_lamp, offset(1, -1), "a") == "back-right"


@pytest.mark.parametrize("up", [2.0, -2.0])
def test_up_and_down_stand_alone_and_in_paper_with_the_stronger_way(up: float) -> None:
    word = "up" if up > 0 else "down"
    for left, deeper, paper in (
        (1, 0.2, "left"),
        (-1, 0.2, "right"),
        (0.2, 1, "front"),
        (0.2, -1, "back"),
    ):
        seen = offset(left, deeper, up)
        assert value(TASK, LAMP_FROM_SOFA, seen, "a") == word
        assert value(TASK, LAMP_FROM_SOFA, seen, "a", policy=PAPER) == f"{word}-{paper}"


def test_straight_above_is_up_and_for_paper_has_no_way() -> None:
    seen = offset(0, 0, 1.0)
    assert value(TASK, LAMP_FROM_SOFA, seen, "a") == "up"
    assert value(TASK, LAMP_FROM_SOFA, offset(0.01, 0, 1.0), "a") == "up"
    assert outcome(TASK, LAMP_FROM_SOFA, seen, "a", policy=PAPER) is Rule.DEGENERATE


def test_one_centre_in_the_other_is_no_direction() -> None:
    for policy in (DEFAULT, PAPER, VSI):
        assert outcome(TASK, LAMP_FROM_SOFA, offset(0, 0), "a", policy=policy) is Rule.DEGENERATE


@pytest.mark.parametrize(
    ("policy", "ratio", "expected"),
    [
        (DEFAULT, 0.799, "left"),
        (DEFAULT, 0.801, Rule.BORDERLINE),
        (DEFAULT, 1.0, Rule.BORDERLINE),
        (DEFAULT, 1.249, Rule.BORDERLINE),
        (DEFAULT, 1.251, "up"),
        (VSI, 0.999, "left"),
        (VSI, 1.001, "up"),
        (PAPER, 0.499, "left"),
        (PAPER, 0.501, "up-left"),
    ],
)
def test_vertical_dominates_from_a_ratio_on(policy: Policy, ratio: float, expected: object) -> None:
    assert outcome(TASK, LAMP_FROM_SOFA, offset(1, 0, ratio), "a", policy=policy) == expected


def test_words_offered() -> None:
    eight = {
        *("front", "back", "left", "right"),
        *("front-left", "front-right", "back-left", "back-right"),
    }
    assert set(legal(TASK, LAMP_FROM_SOFA, offset(1, 0), "a").answer.options) == {
        *eight,
        "up",
        "down",
    }
    level = legal(TASK, LAMP_FROM_SOFA, offset(1, 0), "a", policy=PAPER).answer.options
    steep = legal(TASK, LAMP_FROM_SOFA, offset(1, 0, 1), "a", policy=PAPER).answer.options
    assert level == steep
    assert set(level) == eight | {
        f"{way}-{word}" for way in ("up", "down") for word in ("left", "right", "front", "back")
    }


@pytest.mark.parametrize("edge", [22.5, 67.5, 112.5, 157.5, -22.5, -67.5, -112.5, -157.5])
@pytest.mark.parametrize("side", [1, -1])
def test_ten_degrees_from_an_edge(edge: float, side: int) -> None:
    def at(azimuth: float) -> Scene:
        angle = math.radians(azimuth)
        return offset(math.sin(angle), -math.cos(angle))

    near, far = at(edge + side * 9.99), at(edge + side * 10.01)
    broken = illegal(TASK, LAMP_FROM_SOFA, near, "a").violation
    assert broken.rule is Rule.BORDERLINE
    assert (broken.measured, broken.threshold) == (pytest.approx(9.99), 10.0)
    assert isinstance(outcome(TASK, LAMP_FROM_SOFA, far, "a"), str)
    assert outcome(TASK, LAMP_FROM_SOFA, far, "a") is not Rule.BORDERLINE
    assert outcome(TASK, LAMP_FROM_SOFA, near, "a", policy=PAPER) is not Rule.BORDERLINE


@pytest.mark.parametrize(
    ("policy", "away", "expected"),
    [
        (DEFAULT, 0.3001, "left"),
        (DEFAULT, 0.2999, Rule.DEGENERATE),
        (PAPER, 0.2999, Rule.DEGENERATE),
        (VSI, 0.01, "left"),
    ],
)
def test_thirty_centimetres_of_horizontal_range(
    policy: Policy, away: float, expected: object
) -> None:
    assert outcome(TASK, LAMP_FROM_SOFA, offset(away, 0), "a", policy=policy) == expected


def test_trace_and_margin() -> None:
    truth = legal(TASK, LAMP_FROM_SOFA, offset(2, 0, 0.5), "a").truth
    assert truth.trace["frame"] == "a"
    assert truth.trace["object_ids"] == [1, 2]
    assert truth.trace["reference_in_world"] == [3, 0, 0.5]
    assert truth.trace["target_in_world"] == [3, 2, 1.0]
    assert truth.trace["azimuth_from_front_deg"] == pytest.approx(90.0)
    assert truth.trace["horizontal_m"] == pytest.approx(2.0)
    assert truth.trace["rise_m"] == pytest.approx(0.5)
    # 22.5 degrees to the next word; 45 - atan(0.25) = 30.96 degrees to "up".
    assert truth.margin.kind is MarginKind.BOUNDARY
    assert (truth.margin.value, truth.margin.unit) == (pytest.approx(22.5), "deg")
    high = legal(TASK, LAMP_FROM_SOFA, offset(2, 0, 1.5), "a").truth
    assert high.margin.value == pytest.approx(45 - math.degrees(math.atan(0.75)))


@pytest.mark.parametrize(("azimuth", "expected"), [(79.0, "left"), (78.0, Rule.BORDERLINE)])
def test_four_sds_where_they_are_more_than_ten_degrees(azimuth: float, expected: object) -> None:
    """Both centres are off by 7 cm: over 2 m the azimuth by sqrt(2) 0.035 rad, 2.836 degrees.

    Four of them are 11.34 degrees; the edge at 67.5 is 11.5 and 10.5 degrees away.
    """
    angle = math.radians(azimuth)
    noisy = offset(
        2 * math.sin(angle), -2 * math.cos(angle), noise=NoiseModel(object_offset_sigma=0.07)
    )
    assert outcome(TASK, LAMP_FROM_SOFA, noisy, "a") == expected
    truth = measured(TASK, LAMP_FROM_SOFA, noisy, "a")
    assert truth.margin.sd == pytest.approx(math.degrees(math.sqrt(2) * 0.035))
    assert value(TASK, LAMP_FROM_SOFA, noisy, "a", policy=VSI) == "left"


def test_height_does_not_make_an_azimuth_more_certain() -> None:
    """The same horizontal offset as above, raised by 1.4 m: the span is 2.44 m, the azimuth as
    uncertain as before."""
    angle = math.radians(78.0)
    noisy = offset(
        2 * math.sin(angle), -2 * math.cos(angle), 1.4, noise=NoiseModel(object_offset_sigma=0.07)
    )
    assert outcome(TASK, LAMP_FROM_SOFA, noisy, "a") is Rule.BORDERLINE


@pytest.mark.parametrize(("ratio", "expected"), [(1.5, Rule.BORDERLINE), (1.6, "up")])
def test_four_sds_from_where_vertical_dominates(ratio: float, expected: object) -> None:
    """1 m aside and `ratio` up: the direction is off by sqrt(2) 7 cm over hypot(1, ratio)."""
    sd = math.degrees(math.sqrt(2) * 0.07 / math.hypot(1, ratio))
    beyond = math.degrees(math.atan(ratio)) - 45
    assert (beyond < 4 * sd) is (expected is Rule.BORDERLINE)
    noisy = offset(1, 0, ratio, noise=NoiseModel(object_offset_sigma=0.07))
    assert outcome(TASK, LAMP_FROM_SOFA, noisy, "a") == expected


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
@pytest.mark.parametrize(("pitch", "defined"), [(-79.9, True), (-80.1, False), (-90.0, False)])
def test_a_camera_that_looks_straight_down_has_no_left(
    pitch: float, defined: bool, policy: Policy
) -> None:
    seen = offset(1, 0, pitch=pitch)
    assert outcome(TASK, LAMP_FROM_SOFA, seen, "a", policy=policy) == (
        "left" if defined else Rule.DEGENERATE
    )
    if not defined:
        broken = illegal(TASK, LAMP_FROM_SOFA, seen, "a", policy=policy).violation
        assert (broken.measured, broken.threshold) == (pytest.approx(-pitch), 80.0)


def test_roles_are_checked_in_order() -> None:
    seen = scene(
        [item(1, "sofa", (3, 0, 0), SIZE), item(2, "lamp", (3, 1, 0), SIZE)],
        [frame("a", pose((0, 0, 1)))],
        {(0, 1): Sighting(share=0.05)},
    )
    broken = illegal(TASK, LAMP_FROM_SOFA, seen, "a")
    assert (broken.violation.entity, broken.also[0].entity) == ("sofa", "lamp")
    assert broken.also[0].measured == 0.0
    itself = Relation(reference=noun("sofa"), target=Noun(text="couch", label="sofa"))
    assert rules(TASK, itself, offset(1, 0), "a") == (Rule.SAME_OBJECT,)
