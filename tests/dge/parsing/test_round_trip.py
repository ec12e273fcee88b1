# SPDX-License-Identifier: Apache-2.0
"""Whatever a task writes about a scene reads back as the same entities, in every wording."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dge.corpus_scene import make_scene, scenes
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
    Motion,
    Noun,
    One,
    RegionFromCamera,
    Relation,
    Room,
    SectorForm,
    Shown,
    Standing,
    Travel,
    Unit,
)
from spatialevo_dge.parsing import Reading, read
from spatialevo_dge.parsing.nouns import find_noun
from spatialevo_dge.regions import REGIONS
from spatialevo_dge.scene import Scene
from spatialevo_dge.task import SpatialTask
from spatialevo_dge.tasks import TASKS
from spatialevo_dge.thresholds import DEFAULT
from spatialevo_dge.view import View, ViewKind

LABELS = """
    air conditioner; alarm clock; armchair; backpack; bath mat; bathtub; bed; blanket; book;
    bookshelf; bottle; bowl; box; bucket; cabinet; ceiling light; chair; clock; closet; coat
    hanger; coat rack; coffee table; computer mouse; computer tower; counter; crate; cup;
    curtain; cushion; cutting board; desk; dining table; dishwasher; door; doorframe; exhaust
    fan; fan; fireplace; floor lamp; guitar; headphones; heater; kettle; keyboard; lamp;
    laptop; laundry basket; light switch; mattress; microwave; mirror; monitor; nightstand;
    office chair; oven; pan; paper bag; piano; picture; pillow; plant; power strip; printer;
    radiator; refrigerator; rug; salt and pepper shaker; shelf; shoe rack; shoes; shower; sink;
    sofa; stool; stove; suitcase; table; table lamp; telephone; toaster; toilet; towel; trash
    can; tv; tv stand; washing machine; whiteboard; window
"""
SCENE = make_scene("all", {label.strip(): 1 for label in " ".join(LABELS.split()).split(";")})

nouns = st.sampled_from(sorted(SCENE.objects_by_label)).map(lambda label: find_noun(label, SCENE))
images = st.builds(FrameRef, ordinal=st.integers(min_value=1, max_value=9))
frame_ids = st.sampled_from([frame.id for frame in SCENE.frames]).map(
    lambda i: FrameRef(frame_id=i)
)
refs = images | frame_ids
forms = st.sampled_from(SectorForm)
lengths = st.sampled_from((Unit.METRES, Unit.CENTIMETRES))


def apart(count: int) -> st.SearchStrategy[tuple[Noun, ...]]:
    return st.lists(nouns, min_size=count, max_size=count, unique=True).map(tuple)


def two_refs() -> st.SearchStrategy[tuple[FrameRef, FrameRef]]:
    return st.tuples(refs, refs).filter(lambda pair: pair[0] != pair[1])


ENTITIES: dict[str, st.SearchStrategy[Any]] = {
    "object_counting": st.builds(Category, category=nouns),
    "object_size": st.builds(One, object=nouns, unit=lengths),
    "room_size": st.just(Room()),
    "absolute_distance": st.builds(
        lambda pair, unit: Gap(first=pair[0], second=pair[1], unit=unit), apart(2), lengths
    ),
    "relative_distance": st.builds(
        lambda found, comparator: Among(
            anchor=found[0], candidates=found[1:], comparator=comparator
        ),
        st.integers(min_value=3, max_value=6).flatmap(apart),
        st.sampled_from((Comparator.NEAREST, Comparator.FARTHEST)),
    ),
    "relative_direction_hard": st.builds(
        lambda found, form: Standing(stand=found[0], face=found[1], query=found[2], form=form),
        apart(3),
        forms,
    ),
    "single_image_relative_direction": st.builds(
        lambda found: Relation(reference=found[0], target=found[1]), apart(2)
    ),
    "distance_cam_obj": st.builds(One, object=nouns, unit=lengths),
    "depth_order_obj_obj": st.builds(
        lambda found, comparator, same: Comparison(
            first=found[0], second=found[1], comparator=comparator, offers_same=same
        ),
        apart(2),
        st.sampled_from((Comparator.NEARER, Comparator.FARTHER)),
        st.booleans(),
    ),
    "position_cam_cam": st.builds(
        lambda pair, form: Cameras(reference=pair[0], target=pair[1], form=form), two_refs(), forms
    ),
    "elevation_cam_cam": st.builds(
        lambda pair: Cameras(reference=pair[0], target=pair[1]), two_refs()
    ),
    "visibility_compare": st.builds(
        lambda noun, pair, comparator, same: Shown(
            object=noun, first=pair[0], second=pair[1], comparator=comparator, offers_same=same
        ),
        nouns,
        two_refs(),
        st.sampled_from((Comparator.MORE, Comparator.LESS)),
        st.booleans(),
    ),
    "position_cam_obj": st.builds(FromCamera, object=nouns, reference=refs, form=forms),
    "position_cam_reg": st.builds(
        RegionFromCamera,
        region=st.sampled_from([name for kind in REGIONS for name in kind.names]),
        reference=refs,
        form=forms,
    ),
    "motion_camera": st.builds(
        lambda pair, asks: Travel(start=pair[0], end=pair[1], asks=asks),
        two_refs(),
        st.sampled_from(Motion),
    ),
    "attribute_measurement": st.builds(
        lambda found, attribute, comparator, same: Comparison(
            first=found[0],
            second=found[1],
            comparator=comparator,
            attribute=attribute,
            offers_same=same,
        ),
        apart(2),
        st.sampled_from(Attribute),
        st.sampled_from((Comparator.LARGER, Comparator.SMALLER)),
        st.booleans(),
    ),
}


def check(task: SpatialTask[Any], entities: Entities, scene: Scene) -> None:
    for text in task.forms.phrase(entities):
        parse = read(text, scene, TASKS)
        assert parse.readings == (Reading(task_id=task.id, entities=entities),), (text, parse)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
@given(data=st.data())
def test_every_wording_reads_back(task: SpatialTask[Any], data: st.DataObject) -> None:
    check(task, data.draw(ENTITIES[task.id]), SCENE)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
@pytest.mark.parametrize("name", sorted(scenes()))
def test_what_a_task_proposes_reads_back(task: SpatialTask[Any], name: str) -> None:
    scene = scenes()[name]
    shown = {ViewKind.SCENE: 0, ViewKind.FRAME: 1, ViewKind.PAIR: 2}[task.view]
    view = View(scene, scene.frames[:shown])
    for entities in islice(task.propose(view, DEFAULT), 200):
        check(task, entities, scene)
