# SPDX-License-Identifier: Apache-2.0
"""Runs proposed programs, and holds their answers to the oracle where it reads the question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from spatialevo_dge import POLICIES, Answer, Legal, Question, Rule, Scene, judge
from spatialevo_dge.answer import Metres
from spatialevo_dge.labels import plural
from spatialevo_rl.episode import ORACLE_ERRORS
from spatialevo_rl.ouroboros.records import Checked, Proposed, Ran, Visited
from spatialevo_rl.ouroboros.settings import FramesFilter, OuroborosSettings
from spatialevo_rl.ouroboros.visits import Others
from spatialevo_rl.programs import Agreement, Failed, Outcome, Verdict, compare
from spatialevo_rl.scenes.frames import shown_labels
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.settings import EpisodeSettings, PromptSet
from spatialevo_rl.training_rules import refusal

FORMS: Final = {
    "Count": "count",
    "Metres": "metres",
    "Centimetres": "centimetres",
    "SquareMetres": "square_metres",
    "Direction": "direction",
    "Choice": "choice",
}
"""Kinds of answer: the oracle's types, and how programs call them."""

REPEATED: Final = "repeated"
FORM: Final = "another form"
RULES: Final = "training rules"
INVISIBLE: Final = "not visible"
DISAGREES: Final = "oracle disagrees"
REFUSED: Final = "oracle refuses"
RAISED: Final = "oracle raised"


class Programs(Protocol):
    """What runs programs: `spatialevo_rl.programs.Sandbox`."""

    def run(self, program: str, scene: Scene, frames: tuple[str, ...]) -> Outcome:
        """Run a program once."""

    def check(
        self,
        program: str,
        scene: Scene,
        frames: tuple[str, ...],
        others: Sequence[tuple[Scene, tuple[str, ...]]],
    ) -> Outcome:
        """Run a program and see whether its answer counts as a truth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a round's programs are run with.

    Attributes:
        store: The scenes.
        programs: The sandbox.
        settings: The loop's.
        episode: The oracle's policy, and how answers are written.
        seed: Of the run.
        others: Finds the other scenes that a program is run in.
        proven: Texts of programs that passed every check in this round: that a program looks at the
            scene, and how, is the text's property. In another scene it is run there alone.
    """

    store: SceneStore
    programs: Programs
    settings: OuroborosSettings
    episode: EpisodeSettings
    seed: int
    others: Others
    proven: set[str] = field(default_factory=set)

    def begin(self, done: Iterable[tuple[Visited, Ran]]) -> None:
        """Begin a round, some visits of which were run before an interruption."""
        self.proven.clear()
        for visited, ran in done:
            for proposed, checked in zip(visited.proposed, ran.checked, strict=True):
                if checked.proven:
                    self.proven.add(proposed.program)


def run_visit(visited: Visited, bench: Bench) -> Ran:
    """Run the programs of a visit, in order.

    Raises:
        SceneError: A scene is damaged.
    """
    seen: set[tuple[tuple[str, ...], str]] = set()
    checked = []
    for proposed in visited.proposed:
        key = (proposed.frames, " ".join(proposed.question.lower().split()))
        fault = REPEATED if key in seen else ""
        seen.add(key)
        checked.append(
            _without(fault, "the visit has it already")
            if fault
            else _check(proposed, visited, bench)
        )
    return Ran(number=visited.visit.number, checked=tuple(checked))


def _check(proposed: Proposed, visited: Visited, bench: Bench) -> Checked:
    scene = bench.store.scene(visited.visit.scene_id)
    if proposed.program in bench.proven:
        outcome = bench.programs.run(proposed.program, scene, proposed.frames)
    else:
        others = bench.others.of(scene.id, proposed.frames, proposed.program)
        outcome = bench.programs.check(proposed.program, scene, proposed.frames, others)
    if isinstance(outcome, Failed):
        return _without(f"program: {outcome.failure}", outcome.why)
    bench.proven.add(proposed.program)
    form = FORMS[type(outcome.answer).__name__]
    if form != proposed.form:
        why = f"{proposed.form} was announced, the program gives {form}"
        return replace(_without(FORM, why), proven=True)
    return replace(_beside_oracle(proposed, outcome.answer, scene, bench), proven=True)


def _beside_oracle(proposed: Proposed, answer: Answer, scene: Scene, bench: Bench) -> Checked:
    """Hold an answer to the oracle's, under the policy and with the frames that are shown."""
    question = Question(proposed.question, frames=proposed.frames, task=proposed.task or None)
    policy = POLICIES[bench.episode.policy]
    try:
        agreement = compare(answer, question, scene, policy)
        ruling = judge(question, scene, policy)
        smuggled = refusal(question, ruling, scene, bench.episode)
    except ORACLE_ERRORS as error:
        return _without(RAISED, f"{type(error).__name__}: {error}")
    fault, why = _fault(agreement, smuggled, bench.settings.filter_frames)
    if not fault and agreement.verdict is Verdict.UNREAD:
        unseen = _unseen(proposed, scene)
        if unseen and bench.settings.filter_frames is FramesFilter.ORACLE:
            fault, why = INVISIBLE, unseen
    task = ruling.task if isinstance(ruling, Legal) else ""
    return Checked(
        answer="" if fault else written(answer, bench.episode),
        fault=fault,
        why=why or agreement.why,
        verdict=agreement.verdict.value,
        task=task,
    )


def _fault(agreement: Agreement, smuggled: str, mode: FramesFilter) -> tuple[str, str]:
    """Return what is wrong with an answer that the oracle can judge."""
    if agreement.verdict is Verdict.DISAGREES:
        return DISAGREES, agreement.why  # a rejection whatever the filter of frames is
    if mode is FramesFilter.ORACLE and agreement.verdict is Verdict.REFUSED:
        return (INVISIBLE if agreement.rule is Rule.NOT_VISIBLE else REFUSED), agreement.why
    return (RULES, smuggled) if smuggled else ("", "")


def _unseen(proposed: Proposed, scene: Scene) -> str:
    """Name a label of the scene in a question that no frame shows; empty where there is none."""
    shown = frozenset().union(*(shown_labels(scene, frame) for frame in proposed.frames))
    text = proposed.question.lower()
    for label in sorted({item.label for item in scene.objects} - shown):
        if re.search(rf"\b(?:{re.escape(label)}|{re.escape(plural(label))})\b", text):
            return f"no frame shows the {label}"
    return ""


def written(answer: Answer, episode: EpisodeSettings) -> str:
    """Write an answer as the solver should: the lab's model writes lengths with one decimal."""
    if episode.prompt_set is PromptSet.COMPACT and isinstance(answer, Metres):
        return answer.render(1)
    return answer.render()


def _without(fault: str, why: str) -> Checked:
    return Checked(answer="", fault=fault, why=why, verdict="", task="")
