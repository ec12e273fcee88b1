# SPDX-License-Identifier: Apache-2.0
"""Holds a model of either role to questions and views it was not trained on.

The solver answers each question several times at temperature 1 and once greedily. The questioner
observes and asks, with the images and with grey ones in their place: what it does as well blind,
it does not do by looking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import torch
from accelerate.utils import gather_object
from PIL import Image

from spatialevo_dge import Legal
from spatialevo_rl.answers import score_group
from spatialevo_rl.draws import dice
from spatialevo_rl.episode import GroupContext, judge_completions
from spatialevo_rl.evaluation_record import BlankCheck, Evaluation, HeldOutScore
from spatialevo_rl.prompts import questioner_prompt, solver_prompt
from spatialevo_rl.records import Assignment, Proposal, Recent
from spatialevo_rl.scenes.floors import floor_values, floors_of
from spatialevo_rl.scenes.sample import Asked
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.settings import EpisodeSettings
from spatialevo_rl.train.encode import Encoded, Encoder
from spatialevo_rl.train.held_out import as_assignment, as_job
from spatialevo_rl.train.play import Prompt
from spatialevo_rl.train.rollout import Sampling, prefill_inputs, sample_groups

_PROMPTS: Final = 32  # a forward pass, at most
_TOKENS: Final = 65_536
"""Tokens of all rows of a pass, at most: their keys and values have to fit beside a rollout engine
(3.8 GB in a 7B model)."""
_GREY: Final = (127, 127, 127)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """What a model is evaluated with.

    Attributes:
        model: A Qwen-VL, unwrapped.
        processor: Its processor.
        store: The scenes.
        settings: Prompts and rewards.
        answer_length: Most tokens of an answer.
        question_length: Most tokens of an observation and a question.
        samples: Replies to each prompt at temperature 1.
        seed: Of sampling.
        share: This process's rank, and how many processes share the work: each of them has to
            evaluate, and gets the whole.
    """

    model: Any
    processor: Any
    store: SceneStore
    settings: EpisodeSettings
    answer_length: int = 8
    question_length: int = 48
    samples: int = 8
    seed: int = 0
    share: tuple[int, int] = (0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """A prompt whose images are loaded when it is its turn: all of them at once would not fit."""

    text: str
    shown: int
    look: Callable[[], tuple[Image.Image, ...]]

    def prompt(self) -> Prompt:
        return Prompt(text=self.text, images=self.look())


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLook:
    """How a task is answered.

    Attributes:
        sampled: Mean score at temperature 1.
        greedy: Mean score of greedy replies.
        floor: Score of the best constant reply.
        top_share: Share of the most frequent reply among all samples.
        spread: Mean number of different replies to a question, over the number of samples.
        flat: Share of questions whose samples all score the same: they teach nothing.
        entropy: Mean over questions of the entropy of its samples, nats.
    """

    sampled: float
    greedy: float
    floor: float
    top_share: float
    spread: float
    flat: float
    entropy: float

    @property
    def skill(self) -> float:
        """(sampled - floor) / (1 - floor)."""
        return (self.sampled - self.floor) / (1.0 - self.floor)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingLook:
    """How questions are asked.

    Attributes:
        format: Share of well-formed completions.
        validity: Share of legal questions.
        observation: Mean f_obs of the legal ones.
        reward: Mean r_Q.
        flat: Share of groups whose rewards are all the same.
    """

    format: float
    validity: float
    observation: float
    reward: float
    flat: float


def evaluate_solver(
    judge: Judge, asked: Sequence[Asked], *, step: int, split: str, trained: tuple[str, ...]
) -> tuple[Evaluation, Mapping[str, TaskLook]]:
    """Hold a model to questions.

    Args:
        judge: The model.
        asked: The questions.
        step: Optimizer steps it has done.
        split: Where the questions come from, for the record.
        trained: Tasks that were trained, for the record.

    Returns:
        The record, and by task how it answers.
    """
    prompts = [_solver_prompt(judge, item) for item in asked]
    drawn = _complete(judge, prompts, judge.answer_length, judge.samples, 1.0)
    greedy = _complete(judge, prompts, judge.answer_length, 1, 0.0)
    scores = [_scores(judge, item, texts) for item, texts in zip(asked, drawn, strict=True)]
    best = [_scores(judge, item, texts) for item, texts in zip(asked, greedy, strict=True)]
    floors = floor_values(floors_of(asked, judge.settings.scorer))
    record = Evaluation(
        step=step,
        split=split,
        samples=judge.samples,
        trained=trained,
        floors=floors,
        scores=tuple(
            HeldOutScore(
                task=item.ruling.task,
                scene_id=item.scene_id,
                question=item.question.text,
                sampled=float(np.mean(values)),
                greedy=top[0],
            )
            for item, values, top in zip(asked, scores, best, strict=True)
        ),
    )
    looks = {
        task: _look(
            [place for place, item in enumerate(asked) if item.ruling.task == task],
            scores,
            best,
            ([[text for text, _ in texts] for texts in drawn], floors[task]),
        )
        for task in floors
    }
    return record, looks


def evaluate_questioner(
    judge: Judge, assignments: Sequence[Assignment], *, blank: bool = False
) -> AskingLook:
    """Let a model ask about views.

    Args:
        judge: The model.
        assignments: The views and tasks.
        blank: Show grey images in place of the real ones.
    """
    prompts = [_questioner_prompt(judge, item, blank) for item in assignments]
    drawn = _complete(judge, prompts, judge.question_length, judge.samples, 1.0)
    groups = [_proposals(judge, a, texts) for a, texts in zip(assignments, drawn, strict=True)]
    every = [proposal for group in groups for proposal in group]
    legal = [item for item in every if isinstance(item.ruling, Legal) and not item.fault]
    seen = [item.terms.observation for item in legal if item.terms.observation is not None]
    rewards = [[item.terms.reward or 0.0 for item in group] for group in groups]
    return AskingLook(
        format=float(np.mean([item.terms.format for item in every])),
        validity=len(legal) / len(every),
        observation=float(np.mean(seen)) if seen else 0.0,
        reward=float(np.mean(rewards)),
        flat=float(np.mean([np.std(values) < 0.02 for values in rewards])),
    )


def blank_check(judge: Judge, assignments: Sequence[Assignment]) -> BlankCheck:
    """Compare what the questioner does with what it does blind."""
    real = evaluate_questioner(judge, assignments)
    blind = evaluate_questioner(judge, assignments, blank=True)
    return BlankCheck(
        real_validity=real.validity,
        blank_validity=blind.validity,
        real_observation=real.observation,
        blank_observation=blind.observation,
    )


def _solver_prompt(judge: Judge, asked: Asked) -> _Turn:
    assignment = as_assignment(asked)
    return _Turn(
        text=solver_prompt(as_job(asked), assignment, judge.settings),
        shown=len(assignment.frames),
        look=partial(judge.store.images, asked.scene_id, asked.question.frames),
    )


def _questioner_prompt(judge: Judge, assignment: Assignment, blank: bool) -> _Turn:
    def look() -> tuple[Image.Image, ...]:
        images = judge.store.images(assignment.scene_id, assignment.frames)
        if blank:
            return tuple(Image.new("RGB", image.size, _GREY) for image in images)
        return images

    text = questioner_prompt(assignment, judge.store.vocabulary, judge.settings)
    return _Turn(text=text, shown=len(assignment.frames), look=look)


@torch.no_grad()
def _complete(
    judge: Judge, turns: Sequence[_Turn], length: int, copies: int, temperature: float
) -> list[list[tuple[str, bool]]]:
    """Write completions of each prompt: text, and whether it was cut; short prompts first.

    The draws of a prompt depend on its place among the prompts, and neither on the model's device
    nor on how many processes share the work.
    """
    tokenizer, encoder = judge.processor.tokenizer, Encoder(judge.processor)
    sampling = Sampling(
        length=length,
        temperature=temperature,
        end=(tokenizer.eos_token_id,),
        pad=tokenizer.pad_token_id,
        banned=(judge.processor.image_token_id, judge.processor.video_token_id),
    )
    lengths = _lengths(judge, encoder, turns)
    order = sorted(range(len(turns)), key=lengths.__getitem__)
    rank, processes = judge.share
    done: list[tuple[int, list[tuple[str, bool]]]] = []
    was_training = judge.model.training
    judge.model.eval()
    passes = _passes([copies * (lengths[place] + length) for place in order])
    for number, (start, stop) in enumerate(passes):
        if number % processes != rank:
            continue
        places = order[start:stop]
        encoder.begin_step()
        encoded = encoder.encode([turns[place].prompt() for place in places])
        rows = _sample(judge, encoded, copies, (sampling, start))
        for at, place in enumerate(places):
            mine = rows[at * copies : (at + 1) * copies]
            # As in training, a special token inside a completion is shown, and malforms it.
            ended = [row[-1] == tokenizer.eos_token_id for row in mine]
            texts = [
                tokenizer.decode(row[:-1] if end else row)
                for row, end in zip(mine, ended, strict=True)
            ]
            done.append((place, [(t, not end) for t, end in zip(texts, ended, strict=True)]))
    judge.model.train(was_training)
    everything = gather_object(done) if processes > 1 else done
    return [texts for _, texts in sorted(everything, key=lambda found: found[0])]


def _lengths(judge: Judge, encoder: Encoder, turns: Sequence[_Turn]) -> list[int]:
    """Return the tokens of each prompt; images are counted as those of the first prompt are long.

    Stores show all images in one size; where they do not, prompts are only dealt less evenly.
    """
    texts = judge.processor.tokenizer([turn.text for turn in turns], add_special_tokens=False)
    words = [len(ids) for ids in texts["input_ids"]]
    encoder.begin_step()
    (first,) = encoder.encode([turns[0].prompt()])
    image = (len(first.ids) - words[0]) // turns[0].shown
    return [count + image * turn.shown for count, turn in zip(words, turns, strict=True)]


def _passes(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield where each forward pass begins and ends among prompts, the largest last.

    Args:
        sizes: Tokens of all rows of each prompt, ascending: a pass is padded to its last.
    """
    start = 0
    for stop in range(1, len(sizes) + 1):
        full = stop - start == _PROMPTS
        if stop == len(sizes) or full or sizes[stop] * (stop + 1 - start) > _TOKENS:
            yield start, stop
            start = stop


def _sample(
    judge: Judge, encoded: Sequence[Encoded], copies: int, how: tuple[Sampling, int]
) -> list[list[int]]:
    sampling, start = how
    device = judge.model.device
    inputs = prefill_inputs(encoded, sampling.pad)
    moved = {name: value.to(device) for name, value in inputs.items()}
    return sample_groups(judge.model, moved, copies, sampling, dice(judge.seed, start, "evaluate"))


def _scores(judge: Judge, asked: Asked, texts: Sequence[tuple[str, bool]]) -> list[float]:
    attempts = score_group(
        [text for text, _ in texts],
        as_job(asked),
        judge.store.scene(asked.scene_id),
        as_assignment(asked),
        [cut for _, cut in texts],
        judge.settings,
    )
    return [attempt.terms.true_quality for attempt in attempts]


def _proposals(
    judge: Judge, assignment: Assignment, texts: Sequence[tuple[str, bool]]
) -> tuple[Proposal, ...]:
    context = GroupContext(
        recent=Recent(),
        common_labels=judge.store.common_labels,
        truncated=tuple(cut for _, cut in texts),
    )
    scene = judge.store.scene(assignment.scene_id)
    return judge_completions(
        [text for text, _ in texts], assignment, scene, context, judge.settings
    )


def _look(
    places: Sequence[int],
    scores: Sequence[Sequence[float]],
    best: Sequence[Sequence[float]],
    what: tuple[Sequence[Sequence[str]], float],
) -> TaskLook:
    texts, floor = what
    replies = Counter(text for place in places for text in texts[place])
    return TaskLook(
        sampled=float(np.mean([scores[place] for place in places])),
        greedy=float(np.mean([best[place] for place in places])),
        floor=floor,
        top_share=replies.most_common(1)[0][1] / replies.total(),
        spread=float(np.mean([len(set(texts[place])) / len(texts[place]) for place in places])),
        flat=float(np.mean([np.std(scores[place]) < 0.02 for place in places])),
        entropy=float(np.mean([_entropy(texts[place]) for place in places])),
    )


def _entropy(replies: Sequence[str]) -> float:
    """Return the entropy of the frequencies of some replies, nats."""
    shares = np.array(list(Counter(replies).values())) / len(replies)
    return float(-(shares * np.log(shares)).sum())


def _rows(looks: Mapping[str, TaskLook]) -> Iterator[str]:
    for task, look in looks.items():
        yield (
            f"{task:32} skill {look.skill:+.3f}  sampled {look.sampled:.3f}  greedy "
            f"{look.greedy:.3f}  floor {look.floor:.3f}  top {look.top_share:.2f}  spread "
            f"{look.spread:.2f}  flat {look.flat:.2f}"
        )
