# SPDX-License-Identifier: Apache-2.0
"""Every number of the method, as fields of plain dataclasses: no torch is needed to read them.

A recipe is a YAML file whose keys are these fields beside those of TRL's `GRPOConfig` and of
PEFT's `LoraConfig`; flags of the command line override it. Field names are unique over all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PromptSet(StrEnum):
    """Which prompt files are used."""

    FULL = "full"  # for pretrained models: instructions, templates, output format
    COMPACT = "compact"  # for the lab's tiny model: a handful of words


class IllegalPrompt(StrEnum):
    """What the solver is told about a question that breaks a rule."""

    TOLD = "told"  # that it is illegal; it explains why (the seed)
    DETECT = "detect"  # nothing: one prompt for both kinds


class QuestionerContext(StrEnum):
    """What the questioner is shown beside images and task."""

    VOCABULARY = "vocabulary"  # the data set's labels, absent ones included
    POOLS = "pools"  # this scene's labels: the released code's way


class LabelSource(StrEnum):
    """What an answer is compared with."""

    ORACLE = "oracle"
    CONSENSUS = "consensus"  # the group's most frequent answer, in f_acc only
    CONSENSUS_FULL = "consensus-full"  # votes also stand in for legality and for the rule


class Judged(StrEnum):
    """Who gives a text its quality."""

    ORACLE = "oracle"  # deterministic
    MODEL = "model"  # an OpenAI-compatible judge
    OFF = "off"  # always 1: the ablation


class RoleWeighting(StrEnum):
    """How the two roles share the loss."""

    BALANCED = "balanced"  # w_Q and w_A times the mean over each role's rows
    ROWS = "rows"  # every row counts the same
    TOKENS = "tokens"  # every token counts the same


class SchedulerKind(StrEnum):
    """How tasks are drawn."""

    ADAPTIVE = "adaptive"  # exponential average of recent skill
    LIFETIME = "lifetime"  # mean over the whole run: the released code's way
    UNIFORM = "uniform"  # the ablation


class SchedulerScore(StrEnum):
    """What counts as success for the scheduler."""

    SKILL = "skill"  # (accuracy - constant answer) / (1 - constant answer), clipped to [0, 1]
    RAW = "raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeSettings:
    """Prompts and rewards.

    Attributes:
        alpha: Weight of the format term in both rewards (the seed's 0.1).
        illegal_penalty: Subtracted from r_Q where a well-formed question is illegal.
        novelty: Whether repeated questions earn less.
        novelty_visits: Visits of a scene that novelty remembers.
        prompt_set: Which prompt files are used.
        illegal_prompt: What the solver is told about illegal questions.
        questioner_context: What the questioner is shown beside images and task.
        label_source: What answers are compared with.
        validity: False leaves legality out of r_Q (ablation).
        observation: Who judges observations; `off` is the ablation.
        explanation: Who judges explanations; `off` leaves illegal questions out (ablation).
        questioner_trains: False takes questions from the oracle's enumeration (ablation).
        questions: A file of questions with answers that are asked in place of the questioner's
            (control); empty: the questioner asks.
        solver_trains: False takes the solver's rows out of the loss (ablation).
        policy: The oracle's policy.
        scorer: How numbers are scored, see `spatialevo_dge.scoring.Scorer`.
        max_words: Longest question that is legal in training.
        max_completion_bytes: Longer completions are malformed.
        judge_url: Base URL of the optional judge.
        judge_model: Its model name. Its key comes from the environment, never from here.
    """

    alpha: float = 0.1
    illegal_penalty: float = 0.0
    novelty: bool = False
    novelty_visits: int = 3
    prompt_set: PromptSet = PromptSet.FULL
    illegal_prompt: IllegalPrompt = IllegalPrompt.TOLD
    questioner_context: QuestionerContext = QuestionerContext.VOCABULARY
    label_source: LabelSource = LabelSource.ORACLE
    validity: bool = True
    observation: Judged = Judged.ORACLE
    explanation: Judged = Judged.ORACLE
    questioner_trains: bool = True
    questions: str = ""
    solver_trains: bool = True
    policy: str = "default"
    scorer: str = "default"
    max_words: int = 40
    max_completion_bytes: int = 8192
    judge_url: str = ""
    judge_model: str = ""

    @property
    def asks(self) -> bool:
        """Whether the questioner takes part at all."""
        return self.questioner_trains and not self.questions


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerSettings:
    """The curriculum.

    Attributes:
        scheduler: How tasks are drawn.
        scheduler_score: What counts as success.
        trained_tasks: Ids of the tasks trained, separated by commas; empty: all sixteen.
        view_scene: Probability of a whole-scene view, before feasibility.
        view_frame: Probability of a single image.
        view_pair: Probability of two images.
        scheduler_half_life: Unique legal questions after which a result counts half.
        scheduler_start: Accuracy assumed before anything is known.
        scheduler_prior: Questions that the start counts for.
        scheduler_floor: Least probability of a feasible task.
    """

    scheduler: SchedulerKind = SchedulerKind.ADAPTIVE
    scheduler_score: SchedulerScore = SchedulerScore.SKILL
    trained_tasks: str = ""
    view_scene: float = 0.4
    view_frame: float = 0.2
    view_pair: float = 0.4
    scheduler_half_life: float = 64.0
    scheduler_start: float = 0.35
    scheduler_prior: float = 2.0
    scheduler_floor: float = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutSettings:
    """The batch: per scene one questioner group and `solver_groups` solver groups.

    The group size is TRL's `num_generations`.

    Attributes:
        scenes_per_step: Scenes in a step, over all processes (B).
        solver_groups: Solver groups a scene (K).
        role_weighting: How the roles share the loss.
        questioner_weight: w_Q.
        solver_weight: w_A.
        flat_group_std: Groups whose rewards spread less than this have zero advantage.
    """

    scenes_per_step: int = 8
    solver_groups: int = 4
    role_weighting: RoleWeighting = RoleWeighting.BALANCED
    questioner_weight: float = 0.5
    solver_weight: float = 0.5
    flat_group_std: float = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneSettings:
    """Where scenes come from.

    Attributes:
        scenes: A folder of bundles, ``synthetic`` for seeded rooms made on the fly, or ``lab`` for
            the lab's rooms.
        scene_count: Training rooms used of a synthetic store.
        scene_views: Images of a whole-scene view: at most this many.
        image_size: Width and height of the images shown, pixels; a stored image keeps its aspect
            ratio, has at most that square's area and sides of whole patches (multiples of 28);
            0: as stored.
        scene_exclude: A file or folder that lists scene ids which must not be used, such as a
            benchmark's; empty: none. Every other scan of their rooms is left out as well.
        scene_visits: ARKitScenes' metadata.csv, which says which visit a video belongs to.
        scene_cache: A folder that keeps made rooms and what is computed once for a store; empty:
            nothing is kept on disk.
        oracle_processes: Processes that judge questions; 0: in this one.
    """

    scenes: str = "synthetic"
    scene_count: int = 3000
    scene_views: int = 8
    image_size: int = 448
    scene_exclude: str = ""
    scene_visits: str = ""
    scene_cache: str = ""
    oracle_processes: int = 1
