# SPDX-License-Identifier: Apache-2.0
"""Wordings and the claims they make; texts that must make none."""

from dataclasses import replace

import pytest

from spatialevo_dge import DEFAULT, PAPER, Scene
from spatialevo_dge.synthetic import make_room
from spatialevo_rl.observation.reading import read
from support.observed import SMALL


def claims(text: str, scene: Scene) -> list[str]:
    return [str(claim) for said in read(text, scene).sentences for claim in said.claims]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I see a bed and a desk.", "exists(bed) exists(desk)"),
        ("i see a bed and a desk .", "exists(bed) exists(desk)"),
        ("i can see a bed, a desk, and a sofa", "exists(bed) exists(desk) exists(sofa)"),
        ("There is a bed with a desk", "exists(bed) exists(desk)"),
        ("There's a bed.", "exists(bed)"),
        ("The image shows a large wooden bed.", "exists(bed)"),
        ("This room contains a bed and a tv.", "exists(bed) exists(tv)"),
        ("A bed and a desk are visible.", "exists(bed) exists(desk)"),
        ("The television can be seen", "exists(tv)"),
        ("I see a couch.", "exists(sofa)"),
        ("there are chairs", "exists(chair)"),
        ("there is a lamp in image 2", "exists(lamp) in image 2"),
        ("The second image shows a bed.", "exists(bed) in image 2"),
        ("In the first photo, I see a bed.", "exists(bed) in image 1"),
        ("image 3 contains two chairs", "count(chair, 2) in image 3"),
        ("the bed is in picture 2", "exists(bed) in image 2"),
        ("I see a bed and a desk in image 1", "exists(bed) in image 1 exists(desk) in image 1"),
        (
            "in image 1 i see a bed and in image 2 a desk",
            "exists(bed) in image 1 exists(desk) in image 2",
        ),
        (
            "In image 1 there is a bed and in image 2 there is a desk.",
            "exists(bed) in image 1 exists(desk) in image 2",
        ),
        ("there are two chairs", "count(chair, 2)"),
        ("I count 3 chairs and one desk.", "count(chair, 3) count(desk, 1)"),
        ("There are exactly two chairs in the room.", "count(chair, 2)"),
        ("there is a pair of chairs", "count(chair, 2)"),
        ("the chair is left of the plant .", "left(chair, plant)"),
        ("The chair is to the left of the plant.", "left(chair, plant)"),
        ("The chair stands on the left side of the plant", "left(chair, plant)"),
        ("chair left of plant", "left(chair, plant)"),
        ("The plant is to the right of the chair", "left(chair, plant)"),
        ("The chair is nearer to the camera than the plant.", "nearer(chair, plant)"),
        ("the chair is closer than the plant is", "nearer(chair, plant)"),
        ("the chair is in front of the plant", "nearer(chair, plant)"),
        ("the plant is behind the chair", "nearer(chair, plant)"),
        ("the plant is farther away from the camera than the chair", "nearer(chair, plant)"),
        ("the plant is further than the chair", "nearer(chair, plant)"),
        ("The tv is on top of the desk", "on(tv, desk)"),
        ("the tv sits on the desk", "on(tv, desk)"),
        ("the tv is inside the desk", "in(tv, desk)"),
        ("I see a tv on a desk", "exists(tv) on(tv, desk)"),
        (
            "i see a chair left of a plant and a bed",
            "exists(chair) left(chair, plant) exists(bed)",
        ),
        (
            "there is a tv which is on the desk in image 3",
            "exists(tv) in image 3 on(tv, desk) in image 3",
        ),
        ("the bed and the sofa are left of the tv", "left(bed, tv) left(sofa, tv)"),
        ("the bed is left of the tv and the plant", "left(bed, tv) left(bed, plant)"),
        (
            "the bed is left of the desk, right of the sofa, and nearer than the plant",
            "left(bed, desk) left(sofa, bed) nearer(bed, plant)",
        ),
        (
            "I see a bed, and the chair is left of the plant while the tv is on the desk.",
            "exists(bed) left(chair, plant) on(tv, desk)",
        ),
        ("To the left of the desk, there is a chair.", "exists(chair) left(chair, desk)"),
        ("Behind the chair is a desk.", "exists(desk) nearer(chair, desk)"),
        ("On the desk there is a TV.", "exists(tv) on(tv, desk)"),
        (
            "The plant is right of the TV and is farther from the camera than the chair.",
            "left(tv, plant) nearer(chair, plant)",
        ),
        (
            "The image depicts a room with a bed, a desk and two chairs.",
            "exists(bed) exists(desk) count(chair, 2)",
        ),
        ("The room is furnished with a bed and a sofa.", "exists(bed) exists(sofa)"),
        ("A bed, a sofa, and a desk are in the room.", "exists(bed) exists(sofa) exists(desk)"),
        (
            "In the room, there is a large bed against the wall, and a desk next to the window.",
            "exists(bed) exists(desk)",
        ),
        ("I see a plant near the sofa and a bed.", "exists(plant) exists(bed)"),
        ("Two chairs and a desk are present.", "count(chair, 2) exists(desk)"),
        ("We see a TV sitting on top of a desk.", "exists(tv) on(tv, desk)"),
        ("I see a floor lamp on the floor.", "exists(floor lamp)"),
        ("the chair is left of the floor lamp", "left(chair, floor lamp)"),
        ("I see a piano.", "exists(piano)"),
        ("I see a toy car.", "exists(toy car)"),
        ("I see a zorg.", "exists(zorg)"),
    ],
)
def test_wordings(text: str, expected: str, scene: Scene) -> None:
    assert " ".join(claims(text, scene)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "the bed is not left of the desk",
        "the bed isn't left of the desk",
        "there is no bed",
        "I do not see a bed",
        "I see a bed or a desk",
        "the bed or the desk is left of the plant",
        "maybe the bed is left of the desk",
        "if there is a bed",
        "the bed is near the desk",
        "the bed is on the left",
        "the desk is between the bed and the plant",
        "the second chair is left of the bed",
        "bed desk chair plant",
        "a bed, a desk, a chair",
        "the bed is wooden",
        "where is the bed",
        "how many chairs are there",
        "",
        " . . . ",
        "the",
        "I see",
        "left of left of left of",
    ],
)
def test_texts_that_claim_nothing(text: str, scene: Scene) -> None:
    assert claims(text, scene) == []


def test_words_inside_claims_are_counted(scene: Scene) -> None:
    reading = read("I see a bed and a desk. The chair is near the plant.", scene)
    assert (reading.words, reading.claimed) == (13, 7)
    # An adjective, and what a thing is near to, are said, but nothing judges them.
    reading = read("I see a wooden bed near the sofa in the room.", scene)
    assert (reading.words, reading.claimed) == (11, 7)
    assert reading.sentences[0].names == {"bed", "sofa"}


def test_a_sentence_names_things_outside_claims_too(scene: Scene) -> None:
    said = read("The chair is near the plant.", scene).sentences[0]
    assert said.names == {"chair", "plant"}
    assert said.claims == ()


def test_an_unknown_word_before_a_noun_leaves_it_open(scene: Scene) -> None:
    (claim,) = read("I see a paisley bed.", scene).sentences[0].claims
    assert claim.first.described
    (claim,) = read("I see a red bed.", scene).sentences[0].claims
    assert not claim.first.described


def test_a_shared_head_noun_has_rivals() -> None:
    options = replace(SMALL, labels={"table lamp": 1, "floor lamp": 1, "desk": 1})
    scene = make_room(1, options).scene
    (claim,) = read("I see a lamp.", scene).sentences[0].claims
    assert claim.first.rivals
    (claim,) = read("I see a table lamp.", scene).sentences[0].claims
    assert not claim.first.rivals


def test_front_is_what_the_policy_says(scene: Scene) -> None:
    text = "the chair is in front of the plant"
    (plain,) = read(text, scene, DEFAULT).sentences[0].claims
    (paper,) = read(text, scene, PAPER).sentences[0].claims
    assert (str(plain), str(paper)) == ("nearer(chair, plant)", "nearer(plant, chair)")
