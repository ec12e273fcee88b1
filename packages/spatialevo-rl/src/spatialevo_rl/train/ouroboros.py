# SPDX-License-Identifier: Apache-2.0
"""The Ouroboros loop with its models: from a recipe to a finished run.

RUN/config.yaml  rounds/  confidence.jsonl  costs.jsonl  adapters/  checkpoints/  evaluation.json
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from peft import PeftModel

from spatialevo_dge import POLICIES
from spatialevo_rl.evaluation_record import read_evaluations, write_evaluations
from spatialevo_rl.labelled import Labelled
from spatialevo_rl.ouroboros.chat import ChatJudge, ChatModel, ChatProposer
from spatialevo_rl.ouroboros.filters import CONTRADICTED, NO_LOOKING, Gate
from spatialevo_rl.ouroboros.loop import Learnt, Loop, Proposer
from spatialevo_rl.ouroboros.records import RoundRecord, Sample
from spatialevo_rl.ouroboros.running import Bench
from spatialevo_rl.ouroboros.settings import FramesFilter, LookingFilter, ProposerKind
from spatialevo_rl.ouroboros.visits import Others
from spatialevo_rl.programs import Sandbox
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore, open_store
from spatialevo_rl.scenes.tasks import trained_tasks
from spatialevo_rl.settings import PromptSet
from spatialevo_rl.train.config import ConfigError, RunConfig
from spatialevo_rl.train.evaluate import Judge, evaluate_solver
from spatialevo_rl.train.evaluator import hold_out
from spatialevo_rl.train.held_out import HeldOutOptions
from spatialevo_rl.train.models import load_model, load_processor
from spatialevo_rl.train.ouroboros_chat import chat_model
from spatialevo_rl.train.ouroboros_scripted import ScriptedProposer
from spatialevo_rl.train.run_folder import FolderLock, begin_settings
from spatialevo_rl.train.supervised import (
    Course,
    Show,
    adapter_folder,
    fine_tune,
    read_confidences,
)
from spatialevo_rl.train.supervised_blind import looks

Say = Callable[[str, int, int], None]


@dataclass(slots=True, kw_only=True)
class Learner:
    """The solver: learns a round's samples, and is held to held-out questions between rounds.

    Attributes:
        config: The run's settings.
        store: The scenes.
        run: The run's folder.
        say: Told what is being done.
        show: Called after every optimizer step.
    """

    config: RunConfig
    store: SceneStore
    run: Path
    say: Say
    show: Show | None = None
    _held: list[Any] = field(default_factory=list)

    def learn(self, number: int, samples: Sequence[Sample]) -> Learnt:
        """Learn a round's samples; goes on where it was interrupted."""
        count = steps_of_round(self.config)
        steps = range((number - 1) * count, number * count)
        done = fine_tune(
            self.config,
            [sample.labelled for sample in samples],
            self.store,
            self.run,
            Course(steps=steps, save_at=(steps.stop,), show=self.show),
        )
        confidences: dict[int, float | None] = {}
        for each in read_confidences(self.run):
            if each.step in steps:
                confidences.setdefault(each.place, each.p)
        return Learnt(
            confidences=confidences,
            shown=sum(cost.samples for cost in done.costs),
            steps=steps.stop,
            cpu_seconds=sum(cost.cpu_seconds for cost in done.costs),
        )

    def evaluate(self, number: int) -> None:
        """Hold the solver to the test questions after a round; the base for round 0.

        What is in evaluation.json is not done again.
        """
        step = number * steps_of_round(self.config)
        done = read_evaluations(self.run)
        if not self.config.train.eval_questions or any(each.step == step for each in done):
            return
        if not self.store.ids(Split.TEST):
            self.say("held-out skill is not measured: no scene is in split test", 1, 1)
            return
        self.say(f"holding the model of step {step} to held-out questions", 0, 1)
        held = self._held_out()
        model: Any = load_model(self.config.model).to(self.config.train.device)
        if number:
            model = PeftModel.from_pretrained(model, adapter_folder(self.run, step))
            model = model.get_base_model()
        record, _ = evaluate_solver(
            self._judge(model), held.asked, step=step, split=held.split.value, trained=held.trained
        )
        write_evaluations(self.run, (*done, record))

    def _held_out(self) -> Any:
        if not self._held:
            config = self.config
            options = HeldOutOptions(
                tasks=trained_tasks(config.scheduler),
                count=config.train.eval_questions,
                scene_views=config.scenes.scene_views,
                split=Split.TEST,
                plain=config.episode.prompt_set is PromptSet.COMPACT,
            )
            self._held.append(
                hold_out(self.store, config.episode, config.scheduler, options, views=0)
            )
        return self._held[0]

    def _judge(self, model: Any) -> Judge:
        episode = self.config.episode
        compact = episode.prompt_set is PromptSet.COMPACT
        return Judge(
            model=model,
            processor=load_processor(self.config.model),
            store=self.store,
            settings=episode,
            answer_length=8 if compact else 512,
        )

    def needs_no_looking(self, samples: Sequence[Labelled]) -> list[bool]:
        """Say of each sample whether the frozen base answers it blind, and is sure."""
        model = load_model(self.config.model).to(self.config.train.device)
        processor = load_processor(self.config.model)
        found = looks(model, processor, samples, self.store, self.config.episode, blind=True)
        least = self.config.ouroboros.blind_above
        return [look.right and look.p > least for look in found]


def steps_of_round(config: RunConfig) -> int:
    """Return the optimizer steps of a round.

    Raises:
        ConfigError: The steps cannot be shared out equally.
    """
    steps: int = config.train.max_steps
    rounds = config.ouroboros.rounds
    if steps < rounds or steps % rounds:
        raise ConfigError(f"max_steps: {steps} steps cannot be shared out among {rounds} rounds")
    return steps // rounds


def run_loop(config: RunConfig, say: Say, show: Show | None = None) -> tuple[RoundRecord, ...]:
    """Do every round of a run that is not finished, in `config.train.output_dir`.

    Args:
        config: The settings.
        say: Told what is being done, and how far it is.
        show: Called after every optimizer step.

    Returns:
        The rounds' records.

    Raises:
        CheckpointError: The folder holds another run, or another process writes to it.
        ConfigError: Settings contradict each other.
        NothingAcceptedError: A round has nothing to learn from.
        SceneError: There are no such scenes.
    """
    steps_of_round(config)
    if config.train.world_size > 1:
        raise ConfigError(
            f"the loop runs in one process, not in {config.train.world_size}: its proposer, its "
            "programs and its files are not shared out"
        )
    run = Path(config.train.output_dir)
    run.mkdir(parents=True, exist_ok=True)
    with FolderLock(run):
        begin_settings(run, config)
        store = open_store(config.scenes, config.train.seed)
        learner = Learner(config=config, store=store, run=run, say=say, show=show)
        with Sandbox(policy=POLICIES[config.episode.policy]) as sandbox:
            return _loop(config, learner, sandbox).go()


def _loop(config: RunConfig, learner: Learner, sandbox: Sandbox) -> Loop:
    settings, store = config.ouroboros, learner.store

    @cache
    def model() -> ChatModel:
        images = config.scenes.scene_views
        return chat_model(settings, config.model, images, config.train.device)

    return Loop(
        run=learner.run,
        bench=Bench(
            store=store,
            programs=sandbox,
            settings=settings,
            episode=config.episode,
            seed=config.train.seed,
            others=Others(store, settings, config.train.seed),
        ),
        scene_views=config.scenes.scene_views,
        proposer=partial(_proposer, config, store, model),
        gates=_gates(config, learner, model),
        solver=learner,
        say=learner.say,
    )


def _proposer(
    config: RunConfig, store: SceneStore, model: Callable[[], ChatModel], number: int
) -> Proposer:
    settings, turn = config.ouroboros, (config.train.seed, number)
    count = settings.questions_per_visit
    if settings.proposer is ProposerKind.SCRIPTED:
        return ScriptedProposer(store, trained_tasks(config.scheduler), count, turn)
    sampling = settings.proposer_tokens, settings.proposer_temperature
    return ChatProposer(model(), store, count, sampling, turn)


def _gates(config: RunConfig, learner: Learner, model: Callable[[], ChatModel]) -> tuple[Gate, ...]:
    """Return the filters that need a model, in their order.

    Raises:
        ConfigError: A judge is asked for, and the proposer is scripted.
    """
    settings, gates = config.ouroboros, []
    judges = (
        settings.filter_frames is FramesFilter.JUDGE,
        (settings.filter_looking is LookingFilter.JUDGE),
    )
    if any(judges) and settings.proposer is ProposerKind.SCRIPTED:
        raise ConfigError("filter_looking, filter_frames: the scripted proposer cannot be judge")
    if settings.filter_frames is FramesFilter.JUDGE:
        gates.append(Gate(name=CONTRADICTED, rejects=_judged(model, learner.store, "frames")))
    if settings.filter_looking is LookingFilter.SOLVER_BLIND:
        gates.append(Gate(name=NO_LOOKING, rejects=learner.needs_no_looking))
    elif settings.filter_looking is LookingFilter.JUDGE:
        gates.append(Gate(name=NO_LOOKING, rejects=_judged(model, learner.store, "looking")))
    return tuple(gates)


def _judged(
    model: Callable[[], ChatModel], store: SceneStore, prompt: str
) -> Callable[[Sequence[Labelled]], Sequence[bool]]:
    def rejects(samples: Sequence[Labelled]) -> Sequence[bool]:
        return ChatJudge(model=model(), store=store, prompt=prompt).rejects(samples)

    return rejects
