# SPDX-License-Identifier: Apache-2.0
"""p, g and l worked by hand, and whole observations of one picture."""

import pytest

from spatialevo_dge import Illegal, Question, Ruling, Scene, judge
from spatialevo_rl.observation import Claim, ClaimKind, ObservationScore, Thing, score_observation
from spatialevo_rl.observation.reading import read
from spatialevo_rl.observation.scoring import form, path, precision

A, B, C, D = (Claim(kind=ClaimKind.EXISTS, first=Thing(name=name, known=True)) for name in "abcd")
LEFT = Claim(
    kind=ClaimKind.LEFT, first=Thing(name="a", known=True), second=Thing(name="b", known=True)
)


@pytest.mark.parametrize(
    ("judged", "expected"),
    [
        ([], 0.0),
        ([(A, "true")], 1 / 3),
        ([(LEFT, "true")], 1 / 3),
        ([(A, "true"), (LEFT, "true")], 2 / 3),
        ([(A, "true"), (B, "true"), (LEFT, "true")], 1.0),
        ([(A, "true"), (B, "true"), (C, "true")], 0.5),  # bare existence
        ([(A, "true"), (B, "true"), (C, "true"), (D, "true"), (LEFT, "true")], 1.0),
        ([(A, "true"), (B, "true"), (LEFT, "false")], 0.0),  # (2 - 2) / 3
        ([(A, "true"), (B, "true"), (LEFT, "unknown")], 0.0),
        ([(A, "true"), (B, "true"), (LEFT, "true"), (C, "false")], 1 / 4),  # (3 - 2) / 4
        ([(A, "true"), (B, "true"), (C, "true"), (LEFT, "true"), (D, "false")], 2 / 5),
        ([(A, "false"), (B, "false"), (LEFT, "true")], 0.0),  # clipped
        ([(A, "common"), (B, "common"), (LEFT, "true")], 1 / 3),
        ([(A, "true"), (B, "true"), (C, "true"), (LEFT, "asked")], 0.5),
        ([(A, "common"), (B, "false")], 0.0),
    ],
)
def test_precision(judged: list[tuple[Claim, str]], expected: float) -> None:
    assert precision(judged) == pytest.approx(expected)


def test_a_claim_that_another_implies_counts_once() -> None:
    chair = Thing(name="chair", known=True)
    some = Claim(kind=ClaimKind.EXISTS, first=chair)
    here = Claim(kind=ClaimKind.EXISTS, first=chair, image=1)
    there = Claim(kind=ClaimKind.EXISTS, first=chair, image=2)
    two = Claim(kind=ClaimKind.COUNT, first=chair, number=2)
    assert precision([(some, "true"), (here, "true")]) == pytest.approx(1 / 3)
    assert precision([(some, "true"), (two, "true")]) == pytest.approx(1 / 3)
    assert precision([(here, "true"), (two, "true")]) == pytest.approx(2 / 3)
    assert precision([(here, "true"), (there, "true"), (some, "true")]) == 0.5


AIMS = (frozenset({"plant"}),)
AROUND = frozenset({"chair", "desk", "tv"})


@pytest.mark.parametrize(
    ("text", "aims", "available", "expected"),
    [
        ("I see a chair and a desk. I see a plant.", AIMS, AROUND, 1.0),
        ("I see a chair, a desk and a plant.", AIMS, AROUND, 1.0),  # first and last are one
        ("I see a chair. I see a plant.", AIMS, AROUND, 0.5),
        ("I see a chair. I see a plant.", AIMS, frozenset({"chair"}), 1.0),
        ("I see a plant.", AIMS, frozenset(), 1.0),
        ("I see a plant and a sofa. I see a plant.", AIMS, AROUND, 0.5),  # a target, a thing unseen
        ("I see a plant. I see a chair and a desk.", AIMS, AROUND, 0.0),
        ("I see a chair and a desk.", AIMS, AROUND, 0.0),
        ("I see a chair and a desk. It is near the plant.", AIMS, AROUND, 1.0),  # no claim
        ("I see a chair and a desk. I see a plant.", (*AIMS, frozenset({"tv"})), AROUND, 0.0),
        ("I see a chair and a desk. The plant is left of the tv.", (*AIMS, frozenset({"tv"})),
         frozenset({"chair", "desk"}), 1.0),
        ("I see a chair and a desk.", (), AROUND, 1.0),
        ("I see a chair.", (), AROUND, 0.0),
        ("I see a couch and a television. I see a plant.", AIMS, frozenset({"sofa", "tv"}), 1.0),
        (
            "I see a chair and a desk. I see the sleeping area.",
            (frozenset({"sleeping area", "bed"}),), AROUND, 1.0,
        ),
        (
            "I see a chair and a desk. I see a bed.",
            (frozenset({"sleeping area", "bed"}),), AROUND, 1.0,
        ),
    ],
)  # fmt: skip
def test_path(
    text: str,
    aims: tuple[frozenset[str], ...],
    available: frozenset[str],
    expected: float,
    scene: Scene,
) -> None:
    assert path(read(text, scene), aims, available) == expected


@pytest.mark.parametrize(
    ("text", "aims", "expected"),
    [
        ("I see a chair and a desk.", 0, 1.0),
        ("I see a chair, a desk and a tv.", 0, 1.0),
        ("I see a chair, a desk, a tv and a plant.", 0, 0.0),  # four things
        ("I see a chair, a desk, a tv and a plant.", 4, 1.0),  # the last may name its targets
        ("I see a chair, a desk, a tv and a plant. I see a chair and a desk.", 4, 0.0),
        ("I see a chair.", 0, 0.0),  # four words
        ("I see a chair . " * 30, 0, 1.0),  # 120 words
        ("I see a chair . " * 31, 0, 0.0),
        ("I see a chair and a desk. The plant is near the tv.", 0, 0.0),  # 7 of 13 words
        ("I see a chair and a desk and a tv. The plant is near the tv.", 0, 1.0),  # 10 of 16
    ],
)
def test_form(text: str, aims: int, expected: float, scene: Scene) -> None:
    assert form(read(text, scene), aims) == expected


QUESTION = Question("How far is the plant from the camera in metres?", ("004",))


@pytest.fixture(scope="module")
def ruling(scene: Scene) -> Ruling:
    found = judge(QUESTION, scene)
    assert found.legal
    return found


def score(text: str, ruling: Ruling, scene: Scene, common: str = "") -> ObservationScore:
    return score_observation(text, ruling, scene, ("004",), frozenset(common.split()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I see a chair and a tv. The chair is left of the plant.", 1.0),
        ("i see a chair and a tv . the chair is left of the plant", 1.0),
        ("I see a chair and a television. The plant is behind the chair.", 1.0),
        ("There is one chair and a tv on a desk. I see a plant.", 1.0),
        ("I see a chair and a desk. The tv is on the desk. I see a plant.", 1.0),
        ("I see a chair and a tv. I see a plant in the corner.", 0.3),  # bare: 0.5
        ("I see a chair. The chair is left of the plant. I see a tv.", 0.0),  # does not lead to it
        ("I see a chair. The plant is right of the chair.", 0.3),  # 2/3 x 1/2
        ("The desk is right of the chair. The plant is right of the desk.", 0.6),  # 2/3
        ("I see a chair and a tv. The chair is right of the plant.", 0.0),
        ("I see a chair and a sofa. The chair is left of the plant.", 0.0),
        ("I see a chair and a tv. There are two chairs. The chair is left of the plant.", 0.0),
        (
            "I see a chair and a tv. The chair is left of the plant and the chair is right of it.",
            1.0,
        ),
        ("I see a chair and a tv. The chair is left of the plant or the tv is not.", 0.0),
        ("chair tv plant desk", 0.0),
        ("", 0.0),
    ],
)
def test_observations_of_one_picture(
    text: str, expected: float, ruling: Ruling, scene: Scene
) -> None:
    assert score(text, ruling, scene).value == expected


def test_what_is_common_earns_nothing(ruling: Ruling, scene: Scene) -> None:
    text = "I see a chair and a tv. The chair is left of the plant."
    found = score(text, ruling, scene, common="chair")
    assert (found.value, found.precision) == (0.6, pytest.approx(2 / 3))
    assert found.claims == (
        ("exists(chair)", "common"),
        ("exists(tv)", "true"),
        ("left(chair, plant)", "true"),
    )
    # Naming it falsely still costs.
    text = "I see a sofa and a tv. The chair is left of the plant and the desk."
    assert score(text, ruling, scene, common="sofa").precision == pytest.approx(1 / 4)


def test_the_claims_are_kept_for_the_log(ruling: Ruling, scene: Scene) -> None:
    found = score("I see a piano. The tv is left of the desk in image 1.", ruling, scene)
    assert found.claims == (("exists(piano)", "false"), ("left(tv, desk)", "unknown"))
    assert (found.value, found.precision, found.path, found.form) == (0.0, 0.0, 0.0, 1.0)


def test_an_image_that_is_the_only_one_makes_no_second_claim(ruling: Ruling, scene: Scene) -> None:
    text = "I see a chair. I see a chair in image 1. The chair is left of the plant."
    assert score(text, ruling, scene).precision == pytest.approx(2 / 3)


def test_a_question_that_was_not_read_leads_nowhere(scene: Scene) -> None:
    unread = judge(Question("What is the meaning of life?", ("004",)), scene)
    assert isinstance(unread, Illegal)
    assert unread.entities is None
    assert (
        score("I see a chair and a tv. The chair is left of the plant.", unread, scene).value == 0
    )


def test_an_illegal_question_has_targets_too(scene: Scene) -> None:
    """The ablation that leaves legality out of the reward still wants a path."""
    illegal = judge(Question("How far is the piano from the camera in metres?", ("004",)), scene)
    assert not illegal.legal
    text = "I see a chair and a tv. The chair is left of the desk. {} is near the {}."
    assert score(text.format("It", "piano"), illegal, scene).path == 1.0
    assert score(text.format("It", "sofa"), illegal, scene).path == 0.0
