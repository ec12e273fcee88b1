# SPDX-License-Identifier: Apache-2.0
"""The rollout log: one record per question, per answer and per step of a run.

    RUN/log.jsonl      a line per question and per answer
    RUN/steps.jsonl    a line per optimizer step
    RUN/timing.jsonl   a line per optimizer step: what the clock and the machine say
    RUN/images/        a small copy of each image shown, one per scene and frame

Nothing in log.jsonl and steps.jsonl depends on the clock, so that a run that was killed and resumed
has the same bytes as one that was not. `spatialevo_rl.rows` makes the records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from spatialevo_rl.json_lines import JsonLines
from spatialevo_rl.json_records import RecordError, from_json
from spatialevo_rl.records import QuestionerTerms, Role, SolverTerms

LOG: Final = "log.jsonl"
STEPS: Final = "steps.jsonl"
TIMING: Final = "timing.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRecord:
    """One completion of the questioner.

    Attributes:
        type: Tells a question's line from an answer's.
        step: Optimizer step, from 0.
        slot: Scene slot in the step's global batch.
        row: Place in the group, from 0.
        scene_id: The scene.
        frames: Frames shown, in order.
        kind: Kind of view.
        task: The task drawn.
        probabilities: The scheduler's probability of each task feasible for this view.
        constraint: What the question should involve.
        completion: The raw text where it was malformed, else empty.
        observation: Text inside the observation tags.
        question: Text inside the question tags.
        claims: The observation's claims and their verdicts.
        legal: Whether training takes the question for legal; None where there is no ruling.
        rule: The rule broken; empty where none; ``"TRAINING_RULE"`` where the oracle would answer
            but training refuses.
        why: Why the question is refused, or `fault` of the proposal.
        answer: The truth as text; empty where there is none.
        trace: What the ruling was computed from: JSON of `Ruling.to_json`.
        key: Identity of the question as text; empty where there is none.
        terms: Reward terms.
        advantage: What the update used; 0 in a flat group.
    """

    step: int
    slot: int
    row: int
    scene_id: str
    frames: tuple[str, ...]
    kind: str
    task: str
    probabilities: Mapping[str, float]
    constraint: str
    completion: str
    observation: str
    question: str
    claims: tuple[tuple[str, str], ...]
    legal: bool | None
    rule: str
    why: str
    answer: str
    trace: Mapping[str, object]
    key: str
    terms: QuestionerTerms
    advantage: float
    type: str = "question"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecord:
    """One completion of the solver, or of the explainer.

    Attributes:
        type: Tells an answer's line from a question's.
        step: Optimizer step, from 0.
        slot: Scene slot in the step's global batch.
        group: Solver group of the slot, from 0.
        row: Place in the group, from 0.
        role: SOLVER or EXPLAINER.
        scene_id: The scene.
        frames: Frames shown, in order.
        task: The task of the question.
        question: The question's text.
        key: Identity of the question as text.
        proposal: Row of the questioner's group that the question comes from; -1: from none.
        reference: What the reply was compared with.
        truth: The oracle's answer, or the rule broken.
        completion: The raw text where it was malformed, else empty.
        reply: Text inside the answer tags.
        why: How it was scored, in one sentence.
        terms: Reward terms.
        advantage: What the update used; 0 in a flat group.
    """

    step: int
    slot: int
    group: int
    row: int
    role: Role
    scene_id: str
    frames: tuple[str, ...]
    task: str
    question: str
    key: str
    proposal: int
    reference: str
    truth: str
    completion: str
    reply: str
    why: str
    terms: SolverTerms
    advantage: float
    type: str = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A sign of collapse.

    Attributes:
        name: Which one, such as ``"entropy"``.
        message: What was seen, with its numbers.
        remedy: What to change.
    """

    name: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """One optimizer step. None stands where a mean has nothing to be taken of.

    Attributes:
        step: From 0.
        loss: What was minimised.
        kl: Mean over tokens of the KL estimate against the reference; None where beta is 0.
        grad_norm: Before clipping.
        learning_rate: Of this step.
        entropy: Mean over tokens of the policy's entropy, nats.
        questioner_reward: Mean r_Q.
        solver_reward: Mean r_A of answers, against the references used (own reward).
        solver_true_reward: The same against the oracle.
        explainer_reward: Mean r_A of explanations.
        questioner_format: Share of well-formed questions.
        solver_format: Share of well-formed answers and explanations.
        validity: Share of legal questions.
        observation: Mean f_obs over well-formed questions.
        novelty: Mean novelty over well-formed questions.
        explanation: Mean quality of explanations against the oracle.
        accuracy: Mean quality of answers against the oracle, by task.
        task_shares: Share of the step's scene slots, by task.
        scheduler_accuracy: The scheduler's running accuracy after the step, by task.
        flat_questioner: Share of questioner groups without advantage.
        flat_solver: Share of solver and explainer groups without advantage.
        distinct_keys: Mean number of different questions in a questioner group.
        top_key_share: Share of the step's questions that are its most frequent one.
        top_answer_share: Share of replies that are their task's most frequent one, over the tasks
            with at least two different questions in the step.
        rules: How many questions broke each rule; ``"MALFORMED"`` counts those without a ruling.
        completion_tokens: Mean length of a completion.
        trained_tokens: Completion tokens that the update was computed from, over all processes.
        truncated: Share of completions cut at the limit.
        void_slots: Solver groups without work.
        dropped_rows: Rows without a reward: a judge that did not answer, no votes.
        oracle_faults: Questions whose judging raised.
        alarms: Signs of collapse.
    """

    step: int
    loss: float
    kl: float | None
    grad_norm: float | None
    learning_rate: float
    entropy: float | None
    questioner_reward: float | None
    solver_reward: float | None
    solver_true_reward: float | None
    explainer_reward: float | None
    questioner_format: float | None
    solver_format: float | None
    validity: float | None
    observation: float | None
    novelty: float | None
    explanation: float | None
    accuracy: Mapping[str, float]
    task_shares: Mapping[str, float]
    scheduler_accuracy: Mapping[str, float]
    flat_questioner: float | None
    flat_solver: float | None
    distinct_keys: float | None
    top_key_share: float | None
    top_answer_share: float | None
    rules: Mapping[str, int]
    completion_tokens: float
    trained_tokens: int
    truncated: float
    void_slots: int
    dropped_rows: int
    oracle_faults: int
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingRecord:
    """What one step cost.

    Attributes:
        step: From 0.
        seconds: The whole step.
        generation_seconds: Both generations.
        oracle_seconds: Waiting for the oracle on the critical path.
        update_seconds: Forward, backward and optimizer.
        cpu_seconds: Processor time of the main process, its threads together: what compares runs
            on a busy machine. Processes of the oracle's pool are not in it.
        peak_bytes: Most memory held: the accelerator's, or this process's on a CPU.
        finished: When, seconds since 1970 (UTC).
    """

    step: int
    seconds: float
    generation_seconds: float
    oracle_seconds: float
    update_seconds: float
    cpu_seconds: float
    peak_bytes: int
    finished: float


RowRecord: TypeAlias = QuestionRecord | AnswerRecord
Record: TypeAlias = RowRecord | StepRecord | TimingRecord
LogName: TypeAlias = Literal["log", "steps", "timing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offsets:
    """Lengths of the three files, in bytes, for a checkpoint's manifest."""

    log: int = 0
    steps: int = 0
    timing: int = 0


class RolloutLog:
    """The log of one run; one process writes it.

    Attributes:
        folder: The run's folder, which exists.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = JsonLines(folder / LOG)
        self._steps = JsonLines(folder / STEPS)
        self._timing = JsonLines(folder / TIMING)

    def append(self, records: Iterable[Record]) -> None:
        """Write records, each into its file, in the order given.

        Raises:
            OSError: A file cannot be written.
        """
        kept = tuple(records)
        self._log.append(each for each in kept if isinstance(each, QuestionRecord | AnswerRecord))
        self._steps.append(each for each in kept if isinstance(each, StepRecord))
        self._timing.append(each for each in kept if isinstance(each, TimingRecord))

    def offset(self) -> Offsets:
        """Return where the files end, once all of it is on the disk."""
        return Offsets(
            log=self._log.offset(), steps=self._steps.offset(), timing=self._timing.offset()
        )

    def truncate(self, offset: Offsets) -> None:
        """Cut the files back to a checkpoint's offsets.

        Raises:
            RecordError: A file is shorter than its offset.
        """
        self._log.truncate(offset.log)
        self._steps.truncate(offset.steps)
        self._timing.truncate(offset.timing)

    def require(self, offset: Offsets) -> None:
        """Check that nothing is missing that was there when a checkpoint was written.

        Raises:
            RecordError: A file is shorter than its offset.
        """
        self._log.require(offset.log)
        self._steps.require(offset.steps)
        self._timing.require(offset.timing)

    def rows(self, steps: Iterable[int] | None = None) -> Iterator[RowRecord]:
        """Read questions and answers in the order written.

        Args:
            steps: Only those of these steps; the other lines are not looked at.

        Raises:
            RecordError: A line is damaged.
        """
        starts = (b"",) if steps is None else tuple(b'{"step":%d,' % step for step in steps)
        for where, value in self._log.lines(starts):
            yield read_row(value, where)

    def damaged(self) -> tuple[int, ...]:
        """Return the lines of questions and answers that are damaged: nothing reads them."""
        return self._log.damaged()

    def steps(self) -> Iterator[StepRecord]:
        """Read the steps.

        Raises:
            RecordError: A line is damaged.
        """
        for where, value in self._steps.lines():
            yield from_json(StepRecord, value, where)

    def timing(self) -> Iterator[TimingRecord]:
        """Read what the steps cost.

        Raises:
            RecordError: A line is damaged.
        """
        for where, value in self._timing.lines():
            yield from_json(TimingRecord, value, where)


def read_row(value: object, where: str) -> RowRecord:
    """Read a question or an answer.

    Raises:
        RecordError: It is neither, or damaged.
    """
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "question":
        return from_json(QuestionRecord, value, where)
    if kind == "answer":
        return from_json(AnswerRecord, value, where)
    raise RecordError(where, "type", f"expected 'question' or 'answer', got {kind!r}")
