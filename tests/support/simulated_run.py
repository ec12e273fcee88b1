# SPDX-License-Identifier: Apache-2.0
"""A run as a trainer would write it: real rooms and rulings, a model that learns as told.

Questions, rulings, traces and images are the oracle's; what the model says is drawn, better with
every step. The records and the step's means are made by the code that the trainer uses.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image

from spatialevo_dge import Question, Ruling, ViewKind, judge
from spatialevo_dge.enumerate_questions import enumerate_questions, feasible_tasks
from spatialevo_dge.synthetic import RoomOptions, SyntheticRoom, make_room
from spatialevo_rl.draws import dice
from spatialevo_rl.evaluation_record import (
    BlankCheck,
    Evaluation,
    HeldOutScore,
    write_evaluations,
)
from spatialevo_rl.records import (
    Assignment,
    Attempt,
    Job,
    Proposal,
    QuestionerTerms,
    Role,
    SolverTerms,
)
from spatialevo_rl.rollout_log import Alarm, RolloutLog, RowRecord, TimingRecord
from spatialevo_rl.rows import Place, answer_record, question_record
from spatialevo_rl.step_means import UpdateNumbers, step_record
from spatialevo_rl.thumbnails import keep_thumbnail

TASKS = {
    "object_counting": (0.45, 0.25),
    "depth_order_obj_obj": (0.55, 0.20),
    "distance_cam_obj": (0.35, 0.15),
    "single_image_relative_direction": (0.40, 0.25),
}
"""Accuracy at the start, and what a whole run adds."""
FLOORS = {**dict.fromkeys(TASKS, 0.33), "room_size": 0.4, "motion_camera": 0.3}
VISITS = 2
GROUP = 4
ANSWER_GROUPS = 2


@dataclass(frozen=True)
class Life:
    """How far a run is, from 0 to 1, and the dice of one slot."""

    share: float
    chance: np.random.Generator

    def happens(self, start: float, gain: float) -> bool:
        return bool(self.chance.random() < start + gain * self.share)


@cache
def rooms() -> tuple[SyntheticRoom, ...]:
    options = RoomOptions(cameras=3, image_size=(160, 120))
    return tuple(make_room(seed, options) for seed in range(20, 25))


@cache
def questions(place: int, frame: str, task: str) -> tuple[tuple[Question, Ruling], ...]:
    found = enumerate_questions(rooms()[place].scene, task, (frame,))
    return tuple(pair for pair, _ in zip(found, range(8), strict=False))


@cache
def feasible(place: int, frame: str) -> tuple[str, ...]:
    return tuple(t for t in feasible_tasks(rooms()[place].scene, (frame,)) if t in TASKS)


def write_run(
    folder: Path, *, steps: int = 200, planned: int | None = None, collapse: bool = False
) -> Path:
    """Write a run of so many steps of `planned`; `collapse`: its own labels lead it astray."""
    folder.mkdir(parents=True, exist_ok=True)
    planned = steps if planned is None else planned
    config: dict[str, Any] = {"recipe": "lab", "seed": 7, "max_steps": planned}
    config |= {"scenes": "synthetic", "label_source": "consensus" if collapse else "oracle"}
    config |= {"num_generations": GROUP, "learning_rate": 1e-4, "lora": {"r": 16, "alpha": 32}}
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    log = RolloutLog(folder)
    skill = {task: [0.35, 2.0] for task in TASKS}
    for step in range(steps):
        rows = _rows(folder, step, step / max(1, planned - 1), skill, collapse)
        accuracy = {task: total / weight for task, (total, weight) in skill.items()}
        record = step_record(
            step,
            rows,
            _numbers(step, planned, collapse),
            accuracy,
            alpha=0.1,
            alarms=_alarms(step, planned) if collapse else (),
        )
        log.append((*rows, record, _timing(step)))
    return folder


def _rows(
    folder: Path, step: int, share: float, skill: dict[str, list[float]], collapse: bool
) -> list[RowRecord]:
    found: list[RowRecord] = []
    for slot in range(VISITS):
        chance = dice(7, step, "simulation", slot)
        place = int(chance.integers(len(rooms())))
        room = rooms()[place]
        number = int(chance.integers(len(room.pictures)))
        frame = room.scene.frames[number].id
        tasks = feasible(place, frame)
        if not tasks:
            continue
        weights = np.array([1.02 - skill[task][0] / skill[task][1] for task in tasks])
        weights /= weights.sum()
        task = tasks[int(chance.choice(len(tasks), p=weights))]
        keep_thumbnail(folder, room.scene.id, frame, Image.fromarray(room.pictures[number].rgb))
        assignment = Assignment(
            step=step,
            slot=slot,
            scene_id=room.scene.id,
            frames=(frame,),
            kind=ViewKind.FRAME,
            task=task,
            feasible=tasks,
            constraint="image 1",
        )
        life = Life(share, chance)
        made = [_proposal(life, place, frame, task) for _ in range(GROUP)]
        gains = _advantages([each.terms.reward or 0.0 for each in made])
        drawn = dict(zip(tasks, weights.tolist(), strict=True))
        found += [
            question_record(assignment, each, Place(row=row, advantage=gains[row]), drawn)
            for row, each in enumerate(made)
        ]
        found += _answers(life, assignment, made, skill, collapse)
    return found


def _proposal(life: Life, place: int, frame: str, task: str) -> Proposal:
    novelty = float(life.chance.choice([1.0, 0.5, 0.25], p=[0.5, 0.3, 0.2]))
    if not life.happens(0.9, 0.09):
        text = "<observation>A room with <script>alert(1)</script> a chair"
        terms = QuestionerTerms(format=0, valid=0, observation=0, novelty=novelty, reward=0)
        return Proposal(
            completion=text,
            observation="",
            question="",
            ruling=None,
            key=None,
            terms=terms,
            fault="the observation tag is not closed",
        )
    scene = rooms()[place].scene
    offered = questions(place, frame, task)
    if life.happens(0.55, 0.3):
        question, ruling = offered[int(life.chance.integers(len(offered)))]
    else:
        question = Question(f"How far is the unicorn from image 1's {task}?", (frame,), task)
        ruling = judge(question, scene)
    seen = float(life.chance.choice([0.0, 0.3, 0.6, 1.0], p=_levels(life.share)))
    valid = float(ruling.legal)
    label = next(iter(scene.objects_by_label))
    return Proposal(
        completion="",
        observation=f"There is a {label} on the left. The room is tidy, with two windows.",
        question=question.text,
        ruling=ruling,
        key=(task, question.text, ruling.legal),
        terms=QuestionerTerms(
            format=1.0,
            valid=valid,
            observation=seen,
            novelty=novelty,
            reward=0.1 + 0.9 * valid * seen * novelty,
        ),
        claims=((f"a {label} in image 1", "true"), ("two windows", "false"), ("tidy", "unknown")),
    )


def _levels(share: float) -> list[float]:
    return [0.3 - 0.2 * share, 0.3 - 0.1 * share, 0.25 + 0.1 * share, 0.15 + 0.2 * share]


def _answers(
    life: Life,
    assignment: Assignment,
    made: list[Proposal],
    skill: dict[str, list[float]],
    collapse: bool,
) -> list[RowRecord]:
    start, gain = TASKS[assignment.task]
    if collapse:
        gain = -0.3
    found: list[RowRecord] = []
    legal = [place for place, each in enumerate(made) if each.ruling and each.ruling.legal]
    broken = [place for place, each in enumerate(made) if each.ruling and not each.ruling.legal]
    for group, proposal in enumerate((legal + broken)[:ANSWER_GROUPS]):
        ruling, key = made[proposal].ruling, made[proposal].key
        role = Role.SOLVER if proposal in legal else Role.EXPLAINER
        job = Job(
            role=role,
            question=made[proposal].question,
            ruling=ruling,
            key=key,
            proposal=proposal,
        )
        tried = [_attempt(life, job, start, gain, collapse) for _ in range(GROUP)]
        gains = _advantages([each.terms.reward or 0.0 for each in tried])
        if role is Role.SOLVER:
            kept = skill[assignment.task]
            kept[0] = 0.97 * kept[0] + sum(each.terms.true_quality for each in tried) / GROUP
            kept[1] = 0.97 * kept[1] + 1.0
        found += [
            answer_record(assignment, job, each, Place(row=row, group=group, advantage=gains[row]))
            for row, each in enumerate(tried)
        ]
    return found


def _attempt(life: Life, job: Job, start: float, gain: float, collapse: bool) -> Attempt:
    right = life.happens(start, gain)
    assert job.ruling is not None
    truth = job.ruling.answer.render() if job.ruling.legal else job.ruling.rule.value
    reply = truth if right else "no idea"
    own = life.happens(0.5, 0.48) if collapse else right
    return Attempt(
        completion=f"<answer>{reply}</answer>",
        answer=reply,
        terms=SolverTerms(
            format=1.0,
            quality=float(own),
            reward=0.1 + 0.9 * own,
            true_quality=float(right),
        ),
        reference="no idea" if collapse else truth,
        why="equal" if own else "not what was asked for",
    )


def _advantages(rewards: list[float]) -> list[float]:
    spread = float(np.std(rewards))
    if spread < 0.02:
        return [0.0] * len(rewards)
    return [float((each - np.mean(rewards)) / spread) for each in rewards]


def _numbers(step: int, planned: int, collapse: bool) -> UpdateNumbers:
    chance = dice(7, step, "numbers")
    share = step / max(1, planned - 1)
    return UpdateNumbers(
        loss=float(chance.normal(0.0, 0.02)),
        kl=0.002 + 0.05 * share + float(abs(chance.normal(0.0, 0.004))),
        grad_norm=float(abs(chance.normal(0.6, 0.2))),
        learning_rate=1e-4 * 0.5 * (1 + math.cos(math.pi * share)),
        entropy=(0.05 if collapse else 0.7) ** share * 1.4 + float(chance.normal(0.0, 0.03)),
        completion_tokens=24.0 + 6.0 * share + float(chance.normal(0.0, 1.0)),
        trained_tokens=2900,
        truncated=max(0.0, 0.05 - 0.05 * share),
        void_slots=int(chance.integers(0, 2)),
        oracle_faults=0,
    )


def _alarms(step: int, planned: int) -> tuple[Alarm, ...]:
    if step < planned * 0.6:
        return ()
    return (
        Alarm(
            name="own reward",
            message=f"own reward exceeds true reward by {0.2 + step / planned / 4:.2f}",
            remedy="use label_source: oracle",
        ),
    )


def _timing(step: int) -> TimingRecord:
    chance = dice(7, step, "timing")
    generation, update = (float(chance.normal(mean, 0.05)) for mean in (0.65, 0.55))
    oracle = float(abs(chance.normal(0.04, 0.01)))
    return TimingRecord(
        step=step,
        seconds=generation + update + oracle + 0.08,
        generation_seconds=generation,
        oracle_seconds=oracle,
        update_seconds=update,
        cpu_seconds=generation + update + oracle,
        peak_bytes=900_000_000,
        finished=1_764_320_000.0 + 1.35 * step,
    )


def write_held_out(
    folder: Path, *, steps: tuple[int, ...] = (0, 200), gain: float = 0.15, look: bool = True
) -> None:
    """Write evaluations of 40 rooms with three questions a task each."""
    write_evaluations(folder, tuple(held_out(step, steps[-1], gain, look) for step in steps))


def held_out(step: int, last: int, gain: float, look: bool) -> Evaluation:
    share = step / last if last else 0.0
    scores = []
    strength: dict[str, float] = defaultdict(float)
    for task in FLOORS:
        strength[task] = gain * share if task in TASKS else 0.0
    for task in FLOORS:
        for place in range(120):
            chance = dice(7, 0, f"held out {task}", place)
            level = chance.normal(0.5, 0.2)
            drift = dice(7, step, f"drift {task}", place).normal(strength[task], 0.12)
            score = float(np.clip(level + (drift if step else 0.0), 0.0, 1.0))
            scores.append(
                HeldOutScore(
                    task=task,
                    scene_id=f"room {place // 3}",
                    question=f"{task} {place}",
                    sampled=round(8 * score) / 8,
                    greedy=float(score > 0.5),
                )
            )
    blank = BlankCheck(
        real_validity=0.55 + 0.3 * share,
        blank_validity=0.3 if look else 0.5 + 0.25 * share,
        real_observation=0.5 + 0.2 * share,
        blank_observation=0.1,
    )
    return Evaluation(
        step=step,
        split="test",
        samples=8,
        trained=tuple(TASKS),
        floors=FLOORS,
        scores=tuple(scores),
        blank=blank,
    )
