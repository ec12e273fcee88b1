# SPDX-License-Identifier: Apache-2.0
"""The Deterministic Geometric Environment: an exact oracle for spatial questions about 3D scenes.

    from spatialevo_dge import Question, Scene, judge

    ruling = judge(Question("How far is the chair from the desk?"), Scene.load("scene0000_00"))
    print(ruling.answer if ruling.legal else ruling.why)

Read in order, the modules are the paper: scene, view, question, parsing, entities, verdict, answer,
task, judge.
"""

from __future__ import annotations

from spatialevo_dge.answer import (
    Answer,
    Centimetres,
    Choice,
    Count,
    Direction,
    Metres,
    SquareMetres,
)
from spatialevo_dge.enumerate_questions import enumerate_questions, feasible_tasks
from spatialevo_dge.errors import SceneError
from spatialevo_dge.judge import judge, judge_many, rule_on
from spatialevo_dge.question import Question
from spatialevo_dge.ruling import Illegal, Legal, Ruling
from spatialevo_dge.scene import Scene
from spatialevo_dge.scoring import score
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.tasks import TASKS
from spatialevo_dge.thresholds import DEFAULT, PAPER, POLICIES, VSI, Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.view import View, ViewKind

__version__ = "0.1.0"

__all__ = [
    "DEFAULT",
    "PAPER",
    "POLICIES",
    "TASKS",
    "VSI",
    "Answer",
    "Centimetres",
    "Choice",
    "Count",
    "Direction",
    "Forms",
    "Illegal",
    "Legal",
    "Metres",
    "Policy",
    "Question",
    "Rule",
    "Ruling",
    "Scene",
    "SceneError",
    "SpatialTask",
    "SquareMetres",
    "Truth",
    "View",
    "ViewKind",
    "Violation",
    "enumerate_questions",
    "feasible_tasks",
    "judge",
    "judge_many",
    "rule_on",
    "score",
]
