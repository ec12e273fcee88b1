# SPDX-License-Identifier: Apache-2.0
"""Rulings on entities, each held to the JSON contract on the way."""

import json
import math

from spatialevo_dge import DEFAULT, Illegal, Legal, Policy, Rule, Ruling, Scene, rule_on
from spatialevo_dge.scene import NoiseModel
from spatialevo_dge.tasks import task_named
from spatialevo_dge.truth import Truth
from support.build import view

SCAN_NOISE = NoiseModel(
    point_sigma=0.02,
    object_offset_sigma=0.01,
    pose_translation_sigma=0.02,
    pose_rotation_sigma=math.radians(1.0),
    depth_sigma_quadratic=0.0015,
)
"""What a hand-held scan has: 2 cm, 1 cm, 2 cm, 1 degree, 1.5 mm per square metre."""

KEYS = {"legal", "task", "answer", "margin", "rule", "why", "trace", "notes"}


def rule(
    task: str, entities: object, scene: Scene, *frames: str, policy: Policy = DEFAULT
) -> Ruling:
    """Rule, and check that the ruling can be written."""
    ruling = rule_on(task, entities, scene, frames, policy)
    assert ruling == rule_on(task, entities, scene, frames, policy)
    check_json(ruling, task)
    return ruling


def check_json(ruling: Ruling, task: str) -> None:
    """Check the record that other programs read."""
    record = json.loads(json.dumps(ruling.to_json(), allow_nan=False))
    assert set(record) == KEYS
    assert record["legal"] is ruling.legal
    assert record["task"] == task
    if isinstance(ruling, Legal):
        assert record["rule"] is None
        assert record["why"] is None
        assert record["answer"] == {
            "value": ruling.answer.value,
            "unit": ruling.answer.unit,
            "text": ruling.answer.render(),
        }
        assert set(record["margin"]) == {"kind", "value", "unit", "sd"}
        assert record["trace"]
    else:
        assert record["answer"] is None
        assert record["margin"] is None
        assert record["rule"] == ruling.rule.value
        assert record["why"] == ruling.why
        assert ruling.why[-1] == "."
        assert record["trace"]["violation"]["entity"]
        assert [each["rule"] for each in record["trace"]["also"]] == [
            violation.rule.value for violation in ruling.also
        ]


def legal(
    task: str, entities: object, scene: Scene, *frames: str, policy: Policy = DEFAULT
) -> Legal:
    """Rule on what has to be legal."""
    ruling = rule(task, entities, scene, *frames, policy=policy)
    assert isinstance(ruling, Legal), ruling
    return ruling


def illegal(
    task: str, entities: object, scene: Scene, *frames: str, policy: Policy = DEFAULT
) -> Illegal:
    """Rule on what has to be illegal."""
    ruling = rule(task, entities, scene, *frames, policy=policy)
    assert isinstance(ruling, Illegal), ruling
    order = [violation.rule.precedence for violation in (ruling.violation, *ruling.also)]
    assert order == sorted(order)
    return ruling


def value(
    task: str, entities: object, scene: Scene, *frames: str, policy: Policy = DEFAULT
) -> object:
    """Return the answer of what has to be legal."""
    return legal(task, entities, scene, *frames, policy=policy).answer.value


def rules(
    task: str, entities: object, scene: Scene, *frames: str, policy: Policy = DEFAULT
) -> tuple[Rule, ...]:
    """Return every rule broken, in the order reported."""
    ruling = illegal(task, entities, scene, *frames, policy=policy)
    return tuple(violation.rule for violation in (ruling.violation, *ruling.also))


def outcome(
    task: str, entities: object, scene: Scene, *frames: str, policy: Policy = DEFAULT
) -> object:
    """Return the answer of what is legal, or the rule that what is illegal breaks."""
    ruling = rule(task, entities, scene, *frames, policy=policy)
    return ruling.answer.value if isinstance(ruling, Legal) else ruling.rule


def measured(
    task: str, entities: object, scene: Scene, *frames: str, policy: Policy = DEFAULT
) -> Truth:
    """Measure whatever the rules say."""
    return task_named(task).measure(entities, view(scene, *frames), policy)
