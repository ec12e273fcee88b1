# SPDX-License-Identifier: Apache-2.0
"""Fine-tuning: the loss and the confidences by hand, steps that go on, views that are shared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file

from spatialevo_rl.lab.examples import answered
from spatialevo_rl.labelled import Labelled
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import SceneStore, open_store
from spatialevo_rl.train.checkpoint import CheckpointError
from spatialevo_rl.train.config import RunConfig, parse
from spatialevo_rl.train.encode import Encoder
from spatialevo_rl.train.models import load_model, load_processor
from spatialevo_rl.train.supervised import (
    Course,
    FineTuned,
    adapter_folder,
    fine_tune,
    read_confidences,
    read_costs,
)
from spatialevo_rl.train.supervised_blind import looks
from spatialevo_rl.train.supervised_rows import (
    completion_of,
    lesson_prompt,
    lessons,
    tensors_of,
)

BATCH = 8


def config(folder: Path, **more: Any) -> RunConfig:
    values: dict[str, Any] = {
        "output_dir": str(folder), "scene_count": 6, "per_device_train_batch_size": BATCH,
        "gradient_accumulation_steps": 1, "max_steps": 4, "learning_rate": 1e-3,
        "lr_scheduler_type": "constant", "save_steps": 2, "save_total_limit": None,
    }  # fmt: skip
    return parse("lab", (), **{**values, **more})


@pytest.fixture(scope="module")
def store() -> SceneStore:
    return open_store(config(Path("unused")).scenes)


@pytest.fixture(scope="module")
def samples(store: SceneStore) -> tuple[Labelled, ...]:
    """Two questions of each task and view, so that most views are shared."""
    found: list[Labelled] = []
    for scene in store.ids(Split.TRAIN)[:2]:
        counts: dict[object, int] = {}
        for each in answered(store.scene(scene)):
            key = (each.frames, each.task)
            counts[key] = counts.get(key, 0) + 1
            if counts[key] <= 2:
                frames = tuple(store.frames(scene)[index] for index in each.frames)
                found.append(
                    Labelled(
                        scene_id=scene, frames=frames, task=each.task, question=each.question,
                        answer=each.reply,
                    )
                )  # fmt: skip
    return tuple(found[: 4 * BATCH])


@pytest.fixture(scope="module")
def whole(
    store: SceneStore, samples: Sequence[Labelled], tmp_path_factory: pytest.TempPathFactory
) -> FineTuned:
    """Four steps in one go."""
    folder = tmp_path_factory.mktemp("whole")
    return fine_tune(config(folder), samples, store, folder, Course(save_at=(1,)))


def by_hand(
    sample: Labelled, store: SceneStore, episode: Any, model: Any, processor: Any
) -> tuple[list[float], tuple[int, int]]:
    """Return log-probabilities of a completion's tokens: one plain pass over one row."""
    encoder = Encoder(processor)
    (lesson,) = lessons(
        [sample], [lesson_prompt(sample, store, episode)], encoder, processor.tokenizer
    )
    inputs, _, _ = tensors_of([lesson.row], model.model, 0, share=False, features=False)
    inputs.pop("labels")
    with torch.no_grad():
        scores = model(**inputs).logits[0].log_softmax(dim=-1)
    start = len(lesson.row.prompt.ids)
    return [
        scores[start + n - 1, token].item() for n, token in enumerate(lesson.row.completion)
    ], lesson.inside


def test_the_first_steps_loss_and_confidences_are_the_base_models(
    whole: FineTuned, store: SceneStore, samples: Sequence[Labelled], tmp_path: Path
) -> None:
    settings = config(tmp_path)
    model, processor = load_model(settings.model), load_processor(settings.model)
    every: list[float] = []
    found = {row.place: row for row in read_confidences(whole.folder) if row.step == 0}
    for place in range(BATCH):
        logps, (first, last) = by_hand(samples[place], store, settings.episode, model, processor)
        every += logps
        inner = logps[first:last]
        assert found[place].tokens == len(inner)
        assert found[place].p == pytest.approx(math.exp(sum(inner) / len(inner)), rel=1e-4)
    assert whole.costs[0].loss == pytest.approx(-sum(every) / len(every), rel=1e-4)
    assert whole.costs[0].trained_tokens == len(every)


def test_confidences_come_before_the_steps_own_update(
    whole: FineTuned, store: SceneStore, samples: Sequence[Labelled], tmp_path: Path
) -> None:
    """Those of the second step are the model's after one."""
    settings = config(tmp_path)
    base, processor = load_model(settings.model), load_processor(settings.model)
    model = PeftModel.from_pretrained(base, whole.adapters[1]).get_base_model()
    row = next(each for each in read_confidences(whole.folder) if each.step == 1)
    logps, (first, last) = by_hand(samples[row.place], store, settings.episode, model, processor)
    wanted = math.exp(sum(logps[first:last]) / (last - first))
    assert row.p == pytest.approx(wanted, rel=1e-4)


def test_every_sample_is_recorded_once_and_costs_are_told(
    whole: FineTuned, samples: Sequence[Labelled]
) -> None:
    rows = read_confidences(whole.folder)
    assert [row.place for row in rows] == list(range(len(samples)))
    assert [cost.step for cost in whole.costs] == [0, 1, 2, 3]
    assert all(cost.samples == BATCH and cost.cpu_seconds > 0 for cost in whole.costs)
    assert all(cost.learning_rate == 1e-3 for cost in whole.costs)


def test_shared_views_change_nothing(
    store: SceneStore, samples: Sequence[Labelled], tmp_path: Path
) -> None:
    settings = config(tmp_path)
    model, processor = load_model(settings.model), load_processor(settings.model)
    prompts = [lesson_prompt(each, store, settings.episode) for each in samples]
    made = lessons(samples, prompts, Encoder(processor), processor.tokenizer)
    rows = [lesson.row for lesson in made]
    gained, widths = [], []
    for share in (False, True):
        inputs, _, where = tensors_of(rows, model.model, 0, share=share, features=False)
        widths.append(inputs["input_ids"].numel())
        labels = inputs.pop("labels")
        with torch.no_grad():
            logits = model(**inputs).logits[:, :-1].log_softmax(dim=-1)
        picked = logits.gather(2, labels[:, 1:].clamp(min=0).unsqueeze(2)).squeeze(2)
        flat = picked.reshape(-1)[where]
        gained.append([flat[n, : len(row.completion)] for n, row in enumerate(rows)])
    torch.testing.assert_close(gained[0], gained[1], atol=2e-4, rtol=1e-3)
    assert widths[1] < widths[0] * 0.75


def test_steps_in_two_calls_are_the_steps_in_one(
    whole: FineTuned, store: SceneStore, samples: Sequence[Labelled], tmp_path: Path
) -> None:
    """Adapter, optimizer and confidences: the second call goes on with the first one's state."""
    half = len(samples) // 2
    fine_tune(config(tmp_path), samples[:half], store, tmp_path, Course(steps=range(2)))
    done = fine_tune(config(tmp_path), samples[half:], store, tmp_path, Course(steps=range(2, 4)))
    for step in (2, 4):
        one, two = whole.folder, tmp_path
        kept = [f / "checkpoints" / f"step-{step}" for f in (one, two)]
        left, right = (load_file(k / "adapter_model.safetensors") for k in kept)
        assert all(torch.equal(left[name], right[name]) for name in left)
        states = [torch.load(k / "optimizer.pt", weights_only=True)["state"] for k in kept]
        assert all(
            torch.equal(states[0][n]["exp_avg_sq"], states[1][n]["exp_avg_sq"]) for n in states[0]
        )
    ps = [[row.p for row in read_confidences(folder)] for folder in (one, two)]
    assert ps[0] == ps[1]
    again = fine_tune(config(tmp_path), samples[half:], store, tmp_path, Course(steps=range(2, 4)))
    assert again.trainer is None
    assert again.checkpoint == done.checkpoint
    assert adapter_folder(tmp_path, 4) == done.adapters[4]


def test_other_samples_are_another_run(
    store: SceneStore, samples: Sequence[Labelled], tmp_path: Path
) -> None:
    short = config(tmp_path, max_steps=2, save_steps=1)
    fine_tune(short, samples, store, tmp_path, Course(steps=range(2)))
    (tmp_path / "checkpoints" / "step-2" / "manifest.json").unlink()
    with pytest.raises(CheckpointError, match="other samples"):
        fine_tune(short, samples[1:], store, tmp_path, Course(steps=range(2)))
    with pytest.raises(CheckpointError, match="cannot go on"):
        fine_tune(short, samples, store, tmp_path, Course(steps=range(5, 6)))
    assert [cost.step for cost in read_costs(tmp_path)] == [0]


def test_only_the_answers_own_tokens_count() -> None:
    tokenizer = load_processor(config(Path("unused")).model).tokenizer
    ids, (first, last) = completion_of("2.4 m", tokenizer)
    assert tokenizer.decode(ids[first:last]).replace(" ", "") == "2.4m"
    assert tokenizer.decode(ids[:first]) == "<answer>"
    assert ids[-1] == tokenizer.eos_token_id
    with pytest.raises(ValueError, match="does not know"):
        completion_of("zygote", tokenizer)


def test_a_blind_model_sees_grey(
    store: SceneStore, samples: Sequence[Labelled], tmp_path: Path
) -> None:
    """Blind, the same question has the same confidence in every room; seeing, it has not."""
    settings = config(tmp_path)
    model, processor = load_model(settings.model), load_processor(settings.model)
    scenes = store.ids(Split.TRAIN)[:4]
    asked = next(each for each in samples if each.task == "distance_cam_obj")
    same = [
        Labelled(
            scene_id=scene, frames=store.frames(scene)[:1], task="distance_cam_obj",
            question=asked.question, answer=asked.answer,
        )
        for scene in scenes
    ]  # fmt: skip
    blind = looks(model, processor, same, store, settings.episode, blind=True)
    seeing = looks(model, processor, same, store, settings.episode, blind=False)
    assert max(b.p for b in blind) - min(b.p for b in blind) < 1e-5
    assert max(s.p for s in seeing) > 1.2 * min(s.p for s in seeing)
