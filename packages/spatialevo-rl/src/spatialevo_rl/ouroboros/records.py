# SPDX-License-Identifier: Apache-2.0
"""What passes between the phases of a round, and lies in its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from spatialevo_rl.labelled import Labelled


class Difficulty(StrEnum):
    """How hard a question was for the solver when it learnt from it."""

    EASY = "easy"
    FRONTIER = "frontier"
    HARD = "hard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A question of the last round about a scene, as feedback tells it.

    Attributes:
        question: Its text.
        answer: Its answer.
        difficulty: How hard it was.
    """

    question: str
    answer: str
    difficulty: Difficulty


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A scene that the proposer is shown.

    Attributes:
        number: Place in the round, from 0.
        scene_id: The scene.
        frames: Ids of the frames shown, in capture order.
    """

    number: int
    scene_id: str
    frames: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A question and the program that answers it.

    Attributes:
        frames: Frames that the question is asked with: the visit's, or some of them.
        task: The oracle's task where the proposer names one; empty where it does not.
        question: Its text.
        program: Its text; nobody has read it.
        form: Kind of answer that the proposer announced, such as ``"metres"``.
        cell: The scripted proposer's task and bucket; empty of any other.
        group: The kind of answer it expects, for balance; empty of any other.
    """

    frames: tuple[str, ...]
    task: str
    question: str
    program: str
    form: str
    cell: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A visit, and what the proposer made of it.

    Attributes:
        visit: The visit.
        proposed: What could be read.
        malformed: Why each of the other parts of the reply could not.
        reply: The raw reply of a chat model, for whoever looks into malformed ones; empty where all
            of it could be read.
    """

    visit: Visit
    proposed: tuple[Proposed, ...]
    malformed: tuple[str, ...] = ()
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of one proposal's program, beside the oracle.

    Attributes:
        answer: The program's answer as the solver should write it; empty where it has none.
        fault: Class of failure, or of disagreement; empty where the answer counts.
        why: The particulars.
        verdict: How the answer stands to the oracle's; empty where there is none.
        task: The task that the oracle reads in the question; empty where it reads none.
        proven: Whether the program passed every check, whatever became of its answer.
    """

    answer: str
    fault: str
    why: str
    verdict: str
    task: str
    proven: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """The programs of one visit.

    Attributes:
        number: The visit's.
        checked: One for each proposal, in order.
    """

    number: int
    checked: tuple[Checked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A proposal that passed.

    Attributes:
        visit: Number of the visit.
        cell: The scripted proposer's task and bucket.
        labelled: What the solver learns.
    """

    visit: int
    cell: str
    labelled: Labelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A sample after the solver learnt from it.

    Attributes:
        sample: The sample.
        p: The solver's confidence when it first learnt from it; None where it has none.
        difficulty: What that says; None with `p`.
    """

    sample: Sample
    p: float | None
    difficulty: Difficulty | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """The counts of a round's filters.

    Attributes:
        asked: Everything that the proposer wrote: read, or not.
        rejected: How many each filter rejected, by name; the first that does counts.
        accepted: How many passed.
        verdicts: How the answers of programs that ran stand to the oracle's.
    """

    asked: int
    rejected: Mapping[str, int]
    accepted: int
    verdicts: Mapping[str, int]

    def __post_init__(self) -> None:
        """Refuse counts that do not add up."""
        total = self.accepted + sum(self.rejected.values())
        if total != self.asked:
            raise ValueError(f"{self.asked} were asked; {total} were accepted or rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What the next round hears.

    Attributes:
        weights: Of the scripted proposer's cells; a cell that is not there has 1.
        scenes: Of each scene, its questions.
    """

    weights: Mapping[str, float]
    scenes: Mapping[str, tuple[Told, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRecord:
    """A finished round in numbers.

    Attributes:
        round: Its number, from 1.
        filters: What the filters did.
        trained: Samples that the solver learnt from, each once.
        shown: Samples that the steps consisted of: more, where there were too few.
        difficulties: Samples of each difficulty.
        steps: Optimizer steps done since the beginning.
        cpu_seconds: Processor time of this round's steps.
        weights: The scripted proposer's weights for the next round.
    """

    round: int
    filters: Filtered
    trained: int
    shown: int
    difficulties: Mapping[str, int]
    steps: int
    cpu_seconds: float
    weights: Mapping[str, float]

    def share(self, difficulty: Difficulty) -> float:
        """Return the share of a difficulty among samples that have one; 0 where none has."""
        total = sum(self.difficulties.values())
        return self.difficulties[difficulty.value] / total if total else 0.0
