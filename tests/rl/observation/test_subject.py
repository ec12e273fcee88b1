# SPDX-License-Identifier: Apache-2.0
"""The targets of every shape of question, and claims that would give its answer away."""

import pytest

from spatialevo_dge import Legal, Question, Scene, judge
from spatialevo_dge.entities import (
    Among,
    Attribute,
    Cameras,
    Category,
    Comparator,
    Comparison,
    Entities,
    FrameRef,
    FromCamera,
    Gap,
    Noun,
    One,
    RegionFromCamera,
    Relation,
    Room,
    Shown,
    Standing,
    Travel,
    Unit,
)
from spatialevo_rl.observation import score_observation
from spatialevo_rl.observation.reading import read
from spatialevo_rl.observation.subject import gives_away, targets

BED, DESK, TV, SOFA = (Noun(text=name, label=name) for name in ("bed", "desk", "tv", "sofa"))
FIRST = FrameRef(ordinal=1)


@pytest.mark.parametrize(
    ("entities", "names"),
    [
        (Category(category=BED), "bed"),
        (Room(), ""),
        (One(object=BED, unit=Unit.METRES), "bed"),
        (Gap(first=BED, second=DESK), "bed desk"),
        (Among(anchor=BED, candidates=(DESK, TV, SOFA)), "bed desk tv sofa"),
        (Standing(stand=BED, face=DESK, query=TV), "bed desk tv"),
        (Relation(reference=BED, target=DESK), "bed desk"),
        (Comparison(first=BED, second=DESK, comparator=Comparator.NEARER), "bed desk"),
        (
            Comparison(
                first=BED, second=DESK, comparator=Comparator.LARGER, attribute=Attribute.VOLUME
            ),
            "bed desk",
        ),
        (Cameras(), ""),
        (Travel(), ""),
        (Shown(object=BED), "bed"),
        (FromCamera(object=BED, reference=FIRST), "bed"),
        (RegionFromCamera(region="desk area", reference=FIRST, object=DESK), "desk"),
        (One(object=Noun(text="piano", label=None), unit=Unit.METRES), "piano"),
    ],
)
def test_targets(entities: Entities, names: str, scene: Scene) -> None:
    assert targets(entities, scene) == tuple(frozenset({name}) for name in names.split())


def test_a_region_is_named_by_itself_or_by_what_makes_it(scene: Scene) -> None:
    (aim,) = targets(RegionFromCamera(region="sleeping area", reference=FIRST), scene)
    assert aim == {"sleeping area", "bed"}


@pytest.mark.parametrize(
    ("question", "frames", "text", "asked"),
    [
        ("How many chairs are in this room?", ("004", "001"), "There are two chairs.", True),
        ("How many chairs are in this room?", ("004", "001"), "I see two chairs in image 2.", True),
        ("How many chairs are in this room?", ("004", "001"), "I see one desk.", False),
        ("How many chairs are in this room?", ("004", "001"), "I see a chair.", False),
        ("Which is closer to the camera, the chair or the plant?", ("004",),
         "The chair is nearer than the plant.", True),
        ("Which is farther from the camera, the chair or the plant?", ("004",),
         "The plant is farther than the chair.", True),
        ("Which is closer to the camera, the chair or the plant?", ("004",),
         "The chair is left of the plant.", False),
        ("Which is closer to the camera, the chair or the plant?", ("004",),
         "The chair is nearer than the desk.", False),
        ("Where is the plant relative to the desk?", ("004",),
         "The desk is left of the plant.", True),
        ("Where is the plant relative to the desk?", ("004",),
         "The desk is nearer than the plant.", True),
        ("Where is the tv relative to the desk?", ("004",), "The tv is on the desk.", True),
        ("Where is the plant relative to the desk?", ("004",),
         "The chair is left of the desk.", False),
        ("Which is closest to the desk: the tv, the bed or the plant?", (),
         "The tv is on the desk.", True),
        ("What is the distance between the tv and the bed in metres?", (),
         "The tv is on the desk.", False),
        ("Which image shows more of the bed, image 1 or image 2?", ("004", "001"),
         "I see a bed in image 2.", True),
        ("Which image shows more of the bed, image 1 or image 2?", ("004", "001"),
         "I see a bed.", False),
        ("Which image shows more of the bed, image 1 or image 2?", ("004", "001"),
         "I see a sofa in image 2.", False),
    ],
)  # fmt: skip
def test_what_gives_the_answer_away(
    question: str, frames: tuple[str, ...], text: str, asked: bool, scene: Scene
) -> None:
    ruling = judge(Question(question, frames), scene)
    assert isinstance(ruling, Legal), ruling
    (claim,) = read(text, scene).sentences[0].claims
    assert gives_away(claim, ruling) is asked
    found = score_observation(text, ruling, scene, frames, frozenset())
    assert [outcome for _, outcome in found.claims] == ["asked" if asked else "true"]


def test_the_wrong_count_is_false_and_not_merely_unearned(scene: Scene) -> None:
    frames = ("004", "001")
    ruling = judge(Question("How many chairs are in this room?", frames), scene)
    found = score_observation("I see three chairs.", ruling, scene, frames, frozenset())
    assert found.claims == (("count(chair, 3)", "false"),)


def test_of_an_illegal_question_nothing_is_given_away(scene: Scene) -> None:
    illegal = judge(Question("How many pianos are in this room?", ("004",)), scene)
    assert not illegal.legal
    (claim,) = read("I see two chairs.", scene).sentences[0].claims
    assert not gives_away(claim, illegal)
