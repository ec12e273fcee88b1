# SPDX-License-Identifier: Apache-2.0
"""f_explain, and what constant explanations earn."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_dge import Illegal, Rule, Violation
from spatialevo_rl.rewards.explanation import (
    RULE_ONLY,
    balanced_quality,
    broken_pairs,
    constant_floor,
    explanation_quality,
    read_refusal,
    same_entity,
)
from support.episodes import ROOM_SEEDS, room, rule

SCENE = room()
ALL = tuple(frame.id for frame in SCENE.frames)


def illegal(text: str, task: str = "absolute_distance", frames: tuple[str, ...] = ALL) -> Illegal:
    ruling = rule(text, SCENE, task, frames)
    assert isinstance(ruling, Illegal)
    return ruling


def quality(text: str, ruling: Illegal, frames: tuple[str, ...] = ALL) -> float:
    return explanation_quality(read_refusal(text), ruling, frames)


UNKNOWN = illegal("How far is the unicorn from the couch?")
"""No unicorn, and no couch either."""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("UNKNOWN_OBJECT: unicorn", 1.0),
        ("UNKNOWN_OBJECT: the unicorns", 1.0),
        ("unknown object : Unicorn .", 1.0),
        ("Unknown-object: 'unicorn'", 1.0),
        ("UNKNOWN_OBJECT: couch", 1.0),
        ("UNKNOWN_OBJECT: bed", RULE_ONLY),
        ("UNKNOWN_OBJECT: unicorn, couch", RULE_ONLY),
        ("UNKNOWN_OBJECT:", RULE_ONLY),
        ("UNKNOWN_OBJECT", RULE_ONLY),
        ("NOT_VISIBLE: unicorn", 0.0),
        ("UNKNOWN_OBJECT: unicorn; NOT_VISIBLE: unicorn", 0.0),
        ("NOT_VISIBLE, UNKNOWN_OBJECT: unicorn", 0.0),
        ("NOT_VISIBLE UNKNOWN_OBJECT: unicorn", 0.0),
        ("UNKNOWN_OBJECT: unicorn not visible", 0.0),
        ("the unicorn is unknown", 0.0),
        ("2 m", 0.0),
        ("unicorn", 0.0),
        ("", 0.0),
    ],
)
def test_f_explain(text: str, value: float) -> None:
    assert quality(text, UNKNOWN) == value


def test_every_broken_rule_counts() -> None:
    both = illegal("How far is the chair from the unicorn?")
    assert {item.rule for item in (both.violation, *both.also)} == {
        Rule.AMBIGUOUS_OBJECT,
        Rule.UNKNOWN_OBJECT,
    }
    assert quality("AMBIGUOUS_OBJECT: chair", both) == 1.0
    assert quality("UNKNOWN_OBJECT: unicorn", both) == 1.0
    assert quality("UNKNOWN_OBJECT: chair", both) == RULE_ONLY
    assert quality("AMBIGUOUS_OBJECT: unicorn", both) == RULE_ONLY


def test_an_object_may_be_called_by_the_phrase_or_by_the_label() -> None:
    ruling = illegal("How far is the bookcase from the bookshelf?")
    named = {name for _, names in broken_pairs(ruling) for name in names}
    assert quality("SAME_OBJECT: bookshelf", ruling) == 1.0
    assert named <= {"bookcase", "bookshelf"}


def test_a_frame_may_be_called_by_its_place() -> None:
    broken = Violation(rule=Rule.DEGENERATE, entity=f"frame {ALL[1]}", why="it looks down")
    ruling = replace(UNKNOWN, violation=broken, also=(), entities=None)
    assert quality("DEGENERATE: image 2", ruling) == 1.0
    assert quality(f"DEGENERATE: frame {ALL[1]}", ruling) == 1.0
    assert quality("DEGENERATE: image 1", ruling) == RULE_ONLY


def test_the_order_of_two_does_not_matter() -> None:
    assert same_entity("desk and the bed") == same_entity("The bed, desk") == "bed, desk"
    assert same_entity("bed and desk") != same_entity("bed and lamp")


def test_wrong_task_is_named_by_its_id() -> None:
    ruling = illegal("How many chairs are there?")
    assert quality("WRONG_TASK: absolute_distance", ruling) == 1.0
    assert quality("wrong task: absolute distance", ruling) == 1.0
    assert quality("WRONG_TASK: object_counting", ruling) == RULE_ONLY


@given(st.text(max_size=40) | st.sampled_from([f"{rule}: bed" for rule in Rule]))
def test_reading_is_total(text: str) -> None:
    assert quality(text, UNKNOWN) in {0.0, RULE_ONLY, 1.0}


def test_balanced_quality_gives_every_rule_one_vote() -> None:
    scored = [(Rule.NOT_VISIBLE, 1.0)] * 9 + [(Rule.SAME_OBJECT, 0.0)]
    assert balanced_quality(scored) == 0.5
    with pytest.raises(ValueError, match="at least one"):
        balanced_quality([])


def spoilt(count: int) -> list[Illegal]:
    """Return illegal questions of the kinds that questioners write."""
    dice = random.Random(7)
    found: list[Illegal] = []
    words = ("bed", "desk", "chair", "lamp", "wardrobe", "nightstand", "piano", "harp", "yak")
    while len(found) < count:
        scene = room(dice.choice(ROOM_SEEDS))
        frames = tuple(frame.id for frame in scene.frames)
        first, second = dice.choice(words), dice.choice(words)
        if dice.random() < 0.5:
            text, task, shown = (
                f"How far is the {first} from the {second}?",
                "absolute_distance",
                frames,
            )
        else:
            text, task, shown = (
                f"Which is closer to the camera, the {first} or the {second}?",
                "depth_order_obj_obj",
                (dice.choice(frames),),
            )
        ruling = rule(text, scene, task, shown)
        if isinstance(ruling, Illegal):
            found.append(ruling)
    return found


def test_constant_explanations_earn_little() -> None:
    """The floor that an explainer must beat: the best constant, and the best of each rule alone."""
    rulings = spoilt(300)
    constant, floor = constant_floor(rulings)
    table = {
        name: sum(explanation_quality(read_refusal(name), item) for item in rulings) / len(rulings)
        for name in (rule.value for rule in Rule)
    }
    assert floor == pytest.approx(
        sum(explanation_quality(constant, item) for item in rulings) / len(rulings)
    )
    assert floor >= max(table.values())
    assert 0.1 < floor < 0.5
    assert max(table.values()) <= RULE_ONLY
    balanced = balanced_quality(
        (item.rule, explanation_quality(constant, item)) for item in rulings
    )
    assert balanced < 0.35


def test_perfect_explanations_earn_all() -> None:
    for item in spoilt(60):
        assert quality(f"{item.rule}: {item.violation.entity}", item) == 1.0
