# SPDX-License-Identifier: Apache-2.0
"""What a question asks is read, not assumed: polarity, unit, form, options, roles, collisions."""

from __future__ import annotations

import pytest

from dge.corpus_scene import make_scene, scenes
from spatialevo_dge.entities import (
    FIRST_IMAGE,
    SECOND_IMAGE,
    Among,
    Attribute,
    Cameras,
    Category,
    Comparator,
    Comparison,
    Gap,
    Motion,
    Noun,
    One,
    Relation,
    SectorForm,
    Standing,
    Travel,
    Unit,
)
from spatialevo_dge.parsing import Parse, Reading, read
from spatialevo_dge.scene import Scene
from spatialevo_dge.tasks import TASKS

OFFICE, LIVING, KITCHEN = (scenes()[name] for name in ("office", "living", "kitchen"))


def parsed(text: str, scene: Scene = LIVING) -> Parse:
    return read(text, scene, TASKS)


def only(text: str, scene: Scene = LIVING) -> Reading:
    readings = parsed(text, scene).readings
    assert len(readings) == 1, readings
    return readings[0]


def nouns_of(reading: Reading) -> list[Noun]:
    values = (getattr(reading.entities, name) for name in reading.entities.__dataclass_fields__)
    return [value for value in values if isinstance(value, Noun)]


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("Which is closer to the camera, the sofa or the piano?", Comparator.NEARER),
        ("Which is farther from the camera, the sofa or the piano?", Comparator.FARTHER),
        ("Which is less far from the camera, the sofa or the piano?", Comparator.NEARER),
        ("Which is less close to the camera, the sofa or the piano?", Comparator.FARTHER),
        ("Which has the smaller depth, the sofa or the piano?", Comparator.NEARER),
        ("Which has the greater distance to the camera, sofa or piano?", Comparator.FARTHER),
    ],
)
def test_depth_order_reads_polarity(text: str, comparator: Comparator) -> None:
    entities = only(text).entities
    assert isinstance(entities, Comparison)
    assert entities.comparator is comparator


@pytest.mark.parametrize(
    ("word", "attribute", "comparator"),
    [
        ("larger", Attribute.LONGEST_SIDE, Comparator.LARGER),
        ("smaller", Attribute.LONGEST_SIDE, Comparator.SMALLER),
        ("longer", Attribute.LONGEST_SIDE, Comparator.LARGER),
        ("shorter", Attribute.LONGEST_SIDE, Comparator.SMALLER),
        ("taller", Attribute.HEIGHT, Comparator.LARGER),
        ("less tall", Attribute.HEIGHT, Comparator.SMALLER),
        ("shorter in height", Attribute.HEIGHT, Comparator.SMALLER),
        ("lower in height", Attribute.HEIGHT, Comparator.SMALLER),
        ("greater in volume", Attribute.VOLUME, Comparator.LARGER),
        ("smaller in volume", Attribute.VOLUME, Comparator.SMALLER),
    ],
)
def test_sizes_are_compared_as_asked(
    word: str, attribute: Attribute, comparator: Comparator
) -> None:
    entities = only(f"Which is {word}, the sofa or the piano?").entities
    assert isinstance(entities, Comparison)
    assert (entities.attribute, entities.comparator) == (attribute, comparator)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Did the camera rotate up or down from image 1 to image 2?", Motion.TILT),
        ("Did the camera turn left or right from image 1 to image 2?", Motion.TURN),
        ("Which way did the camera move from image 1 to image 2?", Motion.MOVE),
        ("How did the camera change from image 1 to image 2?", Motion.OPEN),
        ("How did the camera move from image 1 to image 2?", Motion.OPEN),
        ("How did the camera move from image 1 to image 2: left or right?", Motion.MOVE),
        ("How has the camera turned in image 2 compared to where it was in image 1?", Motion.TURN),
        ("When moving from image 1 to image 2, which way does the camera turn?", Motion.TURN),
    ],
)
def test_motion_reads_its_kind(text: str, asks: Motion) -> None:
    assert only(text).entities == Travel(asks=asks)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("in metres", Unit.METRES),
        ("in cm", Unit.CENTIMETRES),
        ("(in centimeters)", Unit.CENTIMETRES),
        ("", Unit.METRES),
    ],
)
def test_units_are_read(unit: str, expected: Unit) -> None:
    entities = only(f"How far is the sofa from the piano {unit}?").entities
    assert isinstance(entities, Gap)
    assert entities.unit is expected


def test_each_measure_has_its_own_default_unit() -> None:
    size, range_ = only("How long is the piano?"), only("How far is the piano from the camera?")
    assert isinstance(size.entities, One)
    assert isinstance(range_.entities, One)
    assert (size.entities.unit, range_.entities.unit) == (Unit.CENTIMETRES, Unit.METRES)


@pytest.mark.parametrize(
    "unit", "feet inches yards miles mm kilometres parsecs kilograms ft degrees percent".split()
)
@pytest.mark.parametrize(
    "text",
    [
        "How far is the sofa from the piano in {unit}?",
        "How many {unit} are there between the sofa and the piano?",
        "How long is the piano, measured in {unit}?",
        "What is the size of this room in square {unit}?",
        "How far is the sofa from the camera, in {unit}?",
    ],
)
def test_other_units_are_not_read(text: str, unit: str) -> None:
    assert not parsed(text.format(unit=unit)).readings


@pytest.mark.parametrize(
    ("offer", "form"),
    [
        ("", SectorForm.EIGHT),
        (": left or right", SectorForm.LEFT_RIGHT),
        ("? Options: A. left B. right", SectorForm.LEFT_RIGHT),
        (" (left, right, or behind)", SectorForm.LEFT_RIGHT_BACK),
        ("? Choose from front-left, front-right, back-left, back-right.", SectorForm.QUADRANT),
        ("? (a) front left (b) front right (c) back left (d) back right", SectorForm.QUADRANT),
        (": front, front-right, right, back-right, back, back-left, left or front-left",
         SectorForm.EIGHT),
    ],
)  # fmt: skip
def test_options_say_the_form(offer: str, form: SectorForm) -> None:
    text = f"Standing by the sofa and facing the tv, in which direction is the piano{offer}?"
    entities = only(text).entities
    assert isinstance(entities, Standing)
    assert entities.form is form


@pytest.mark.parametrize(
    "offer", ["left", "left or back", "front, back, left or right", "up or left"]
)
def test_options_of_no_form_are_not_read(offer: str) -> None:
    text = f"Standing by the sofa and facing the tv, is the piano to the {offer}?"
    assert not parsed(text).readings


def test_the_note_on_directions_must_fit_the_options() -> None:
    ask = "If I am standing by the sofa and facing the tv, is the piano to my {}? {}"
    back = (
        "An object is to my back if I would have to turn at least 135 degrees in order to face it."
    )
    assert parsed(ask.format("left, right, or back", back)).readings
    assert not parsed(ask.format("left or right", back)).readings


def test_left_of_another_object_than_the_one_faced_is_not_read() -> None:
    ask = "If I stand by the sofa and face the tv, is the piano to the left or the right of the {}?"
    assert parsed(ask.format("tv")).readings
    assert not parsed(ask.format("rug")).readings


@pytest.mark.parametrize(
    "text",
    [
        "Where is the sofa relative to the piano?",
        "What is the direction of the sofa from the piano?",
        "From the piano, which way is the sofa?",
        "In which direction would you go from the piano to the sofa?",
        "With the piano as the reference, where is the sofa?",
        "On which side of the piano is the sofa?",
        "What is the relation of the sofa to the piano? Give the direction.",
    ],
)
def test_roles_are_said_by_words_and_not_by_order(text: str) -> None:
    entities = only(text).entities
    assert isinstance(entities, Relation)
    assert (entities.reference.label, entities.target.label) == ("piano", "sofa")


@pytest.mark.parametrize(
    "text",
    [
        "When taking image 2, where was the camera relative to its position for image 1?",
        "When you took the second photo, where were you relative to where you took the first one?",
        "In image 2, where is the camera relative to where it was in image 1?",
        "Camera 2's position relative to camera 1?",
    ],
)
def test_the_moment_of_a_photo_says_whose_place_is_asked(text: str) -> None:
    assert only(text).entities == Cameras(reference=FIRST_IMAGE, target=SECOND_IMAGE)


@pytest.mark.parametrize(
    "text",
    [
        "Where is the sofa in image 2 relative to where it was in image 1?",
        "In image 2, where is the sofa relative to where it was in image 1?",
    ],
)
def test_how_a_thing_has_moved_is_not_read(text: str) -> None:
    assert not parsed(text).readings


def test_a_verb_is_no_part_of_a_name() -> None:
    entities = only("Where does the tv stand relative to the sofa?").entities
    assert isinstance(entities, Relation)
    assert entities.target.label == "tv"
    entities = only("Where is the tv stand relative to the sofa?").entities
    assert isinstance(entities, Relation)
    assert entities.target.label == "tv stand"


def test_a_back_against_a_thing_is_no_direction_offered() -> None:
    text = "With my back against the piano, facing the sofa, is the rug to my left or right?"
    entities = only(text).entities
    assert isinstance(entities, Standing)
    assert (entities.stand.label, entities.form) == ("piano", SectorForm.LEFT_RIGHT)


def test_same_is_offered_only_where_it_is_said() -> None:
    for end, offered in (("?", False), (", or are they equal?", True), (' or "same"?', True)):
        entities = only(f"Which is larger, the sofa or the piano{end}").entities
        assert isinstance(entities, Comparison)
        assert entities.offers_same is offered


@pytest.mark.parametrize(
    "text",
    [
        "Is the sofa larger than the piano?",
        "Is the sofa closer to the camera than the piano?",
        "Is the sofa to the left of the piano?",
        "Is camera 2 higher than camera 1?",
        "Did the camera turn left between image 1 and image 2?",
        "Is the sofa more visible in image 1 than in image 2?",
        "Is the sofa more visible in image 1 than it is in image 2?",
        "Is the sofa far from the piano?",
        "Are there four pillows in this room?",
    ],
)
def test_questions_for_yes_or_no_are_not_read(text: str) -> None:
    assert not parsed(text).readings


@pytest.mark.parametrize(
    "text",
    [
        "How many red pillows are there?",
        "How many pillows are on the sofa?",
        "How many pillows are left?",
        "How many kinds of pillows are there?",
        "How many pillow covers are there?",
        "How big is the sofa cover?",
        "How tall is the piano?",
        "What is the width of the sofa?",
        "How long is the room?",
        "How far is the nearest armchair from the sofa?",
        "How far is the end of the sofa from the piano?",
        "How far is the top of the sofa from the piano?",
        "How long does it take to walk from the sofa to the piano?",
        "Which is second closest to the sofa: the piano, the tv or the rug?",
        "Which is closer to the sofa or the tv, the piano or the rug?",
        "If I stand by the sofa and face away from the tv, is the piano to my left or right?",
        "Which image shows more curtains?",
        "Did the camera tilt left or right between image 1 and image 2?",
        "How big is the sofa? How far is the sofa from the piano?",
        "Where is the sofa relative to the piano and the tv?",
        "Which is larger, the sofa, the piano or the rug?",
        "Which is wider, the sofa or the piano?",
        "What is the temperature of the sofa?",
    ],
)
def test_what_no_task_asks_is_not_read(text: str) -> None:
    assert not parsed(text).readings


@pytest.mark.parametrize("word", "not never without except n't".split())
@pytest.mark.parametrize(
    "text",
    [
        "Which is {} closer to the camera, the sofa or the piano?",
        "How far is the sofa {} from the piano?",
        "How many pillows are {} in this room?",
        "Where is the sofa {} relative to the piano?",
    ],
)
def test_negation_is_not_read(text: str, word: str) -> None:
    said = text.replace(" {}", word) if word == "n't" else text.format(word)
    assert not parsed(said).readings


def test_no_name_is_ever_replaced_by_one_spelt_alike() -> None:
    entities = only("How many monitros are there?", OFFICE).entities
    assert entities == Category(category=Noun(text="monitro", label=None, close=("monitor",)))
    assert only("How far is the cupboard from the sink?", KITCHEN).entities == Gap(
        first=Noun(text="cupboard", label=None),
        second=Noun(text="sink", label="sink"),
    )


def test_keywords_may_name_what_the_scene_has_not() -> None:
    for text, name in (
        ("How many pictures are there?", "picture"),
        ("How many pans are there?", "pan"),
        ("How big is the salt and pepper shaker?", "salt and pepper shaker"),
        ("How big is the floor lamp?", "floor lamp"),
    ):
        named = next(iter(nouns_of(only(text, KITCHEN))))
        assert (named.text, named.label) == (name, None)


def test_a_head_noun_names_its_rivals() -> None:
    entities = only("How big is the table?").entities
    assert isinstance(entities, One)
    assert entities.object == Noun(text="table", label=None, rivals=("coffee table", "side table"))


def test_a_synonym_never_merges_two_labels_of_a_scene() -> None:
    scene = make_scene("bins", {"trash can": 1, "trash bin": 1, "couch": 1, "sofa": 1})
    for label in scene.objects_by_label:
        assert only(f"How big is the {label}?", scene).entities == One(
            object=Noun(text=label, label=label), unit=Unit.CENTIMETRES
        )
    entities = only("How big is the dustbin?", scene).entities
    assert isinstance(entities, One)
    assert entities.object.label is None
    assert entities.object.rivals == ("trash bin", "trash can")


def test_labels_win_over_keywords_by_length_and_by_place() -> None:
    scene = make_scene(
        "collisions",
        {"picture": 1, "front door": 1, "left speaker": 1, "camera": 1, "pan": 1, "desk": 1,
         "floor lamp": 1, "view finder": 1, "salt and pepper shaker": 1},
    )  # fmt: skip
    for text, first, second in (
        ("How far is the picture from the desk?", "picture", "desk"),
        ("How far is the front door from the left speaker?", "front door", "left speaker"),
        ("How far is the desk from the floor lamp?", "desk", "floor lamp"),
        ("What is the distance between the salt and pepper shaker and the desk?",
         "salt and pepper shaker", "desk"),
    ):  # fmt: skip
        entities = only(text, scene).entities
        assert isinstance(entities, Gap)
        assert (entities.first.label, entities.second.label) == (first, second)
    entities = only("In the picture, where is the desk relative to the pan?", scene).entities
    assert isinstance(entities, Relation)
    assert (entities.target.label, entities.reference.label) == ("desk", "pan")
    entities = only(
        "Which of these (pan, picture, desk) is closest to the front door?", scene
    ).entities
    assert isinstance(entities, Among)
    assert [noun.label for noun in entities.candidates] == ["pan", "picture", "desk"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("How many zorbs of pillows are there?", "category"),
        ("Zorble the pillows.", "zorble"),
        ("How far is the red sofa from the piano?", "red"),
        ("How far is the velvety sofa from the piano?", "velvety"),
        ("How far is the sofa from the piano in feet?", "feet"),
        ("Which is not closer to the camera, the sofa or the piano?", "not"),
        ("", "empty"),
        ("x" * 1001, "1000"),
    ],
)
def test_why_says_what_could_not_be_read(text: str, part: str) -> None:
    parse = parsed(text)
    assert not parse.readings
    assert part in parse.why
