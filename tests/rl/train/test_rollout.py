# SPDX-License-Identifier: Apache-2.0
"""One prefill a group gives what `generate` gives; vLLM is sent prompts it can expand once."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import tiny
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from spatialevo_rl.train.encode import Encoded, Encoder
from spatialevo_rl.train.play import Prompt
from spatialevo_rl.train.rollout import (
    Sampling,
    check_engine,
    check_prompt_length,
    collapse_image_runs,
    cut_at_end,
    engine_correction,
    prefill_inputs,
    sample_groups,
)
from spatialevo_rl.train.vision import share_vision

PAD_IMAGE = 7


def pictures(count: int) -> tuple[Image.Image, ...]:
    dice = np.random.default_rng(count)
    return tuple(
        Image.fromarray(dice.integers(0, 256, (64, 64, 3), dtype=np.uint8)) for _ in range(count)
    )


def prompts() -> list[Prompt]:
    one, two = pictures(1), pictures(2)
    return [
        Prompt(text="count", images=one),
        Prompt(text="which is nearer ?", images=two),
        Prompt(text="a", images=two),
    ]


def sampling(**more: object) -> Sampling:
    tokenizer = tiny.processor().tokenizer
    return Sampling(
        **{
            "length": 9,
            "temperature": 0.0,
            "end": (tokenizer.eos_token_id,),
            "pad": tokenizer.pad_token_id,
            **more,
        }
    )


def dice(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_an_image_shown_twice_is_processed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = Encoder(tiny.processor())
    calls: list[int] = []
    kind = type(tiny.processor().image_processor)
    original = kind.__call__

    def count(self: object, images: list[Image.Image], **options: object) -> object:
        calls.append(len(images))
        return original(self, images=images, **options)

    monkeypatch.setattr(kind, "__call__", count)
    first = encoder.encode(prompts())
    again = encoder.encode(prompts()[1:])
    assert calls == [3, 2]  # other objects with equal pixels are other images
    shown = prompts()
    calls.clear()
    encoder.encode(shown)
    encoder.encode(shown)
    assert calls == [3]
    assert [len(one.grids) for one in first] == [1, 2, 2]
    assert first[1].ids == again[0].ids


def test_greedy_tokens_are_those_of_generate() -> None:
    model = tiny.model().eval()
    encoded = Encoder(tiny.processor()).encode(prompts())
    inputs = prefill_inputs(encoded, tiny.processor().tokenizer.pad_token_id)
    ours = sample_groups(model, dict(inputs), 2, sampling(), dice())
    theirs = model.generate(**inputs, do_sample=False, max_new_tokens=9)
    wanted = cut_at_end(
        theirs[:, inputs["input_ids"].size(1) :].tolist(), [model.generation_config.eos_token_id]
    )
    assert ours == [row for row in wanted for _ in range(2)]


def test_the_same_draw_gives_the_same_tokens_and_banned_ones_never_come() -> None:
    model = tiny.model().eval()
    encoded = Encoder(tiny.processor()).encode(prompts())
    inputs = prefill_inputs(encoded, tiny.processor().tokenizer.pad_token_id)
    options = sampling(temperature=1.0, banned=tuple(range(8, 60)))
    first = sample_groups(model, dict(inputs), 4, options, dice(1))
    again = sample_groups(model, dict(inputs), 4, options, dice(1))
    other = sample_groups(model, dict(inputs), 4, options, dice(2))
    assert first == again != other
    assert len({tuple(row) for row in first}) > 6
    assert not {token for row in first for token in row} & set(range(8, 60))


def test_sampling_follows_the_models_distribution() -> None:
    model = tiny.model().eval()
    encoded = Encoder(tiny.processor()).encode(prompts()[:1])
    inputs = prefill_inputs(encoded, 0)
    rows = sample_groups(model, dict(inputs), 4000, sampling(temperature=1.0, length=1), dice())
    counts = np.bincount([row[0] for row in rows], minlength=len(tiny.processor().tokenizer))
    with torch.no_grad():
        wanted = model(**inputs).logits[0, -1].softmax(dim=-1).numpy()
    assert abs(counts / 4000 - wanted).max() < 4 * np.sqrt(0.25 / 4000)
    assert np.argmax(counts) in np.argsort(wanted)[-3:]


def test_shared_vision_is_the_towers_own_output() -> None:
    model = tiny.model().eval()
    encoded = Encoder(tiny.processor()).encode(prompts())
    inputs = prefill_inputs(encoded, 0)
    with torch.no_grad():
        plain = model(**inputs).logits
        assert share_vision(model, 0)._keys is None  # its weights are trained: nothing is shared
        model.requires_grad_(requires_grad=False)
        vision = share_vision(model, 0)
        keys = [key for one in encoded for key in one.keys]
        with vision.showing(keys):
            shared = model(**inputs).logits
            kept = prefill_inputs(encoded, 0)
            kept["pixel_values"] = torch.zeros(1, 1).expand(len(inputs["pixel_values"]), 1)
            again = model(**kept).logits
    assert (shared - plain).abs().max() < 1e-5
    assert torch.equal(shared, again)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 5)), max_size=6))
def test_runs_of_image_tokens_collapse_to_one(parts: list[tuple[int, int]]) -> None:
    collapsed = [t for text, _ in parts for t in (text, PAD_IMAGE)]
    expanded = [t for text, run in parts for t in (text, *[PAD_IMAGE] * run)]
    assert collapse_image_runs(expanded, PAD_IMAGE) == collapsed
    assert collapse_image_runs(collapsed, PAD_IMAGE) == collapsed


def test_text_between_images_keeps_them_apart() -> None:
    assert collapse_image_runs([1, 7, 7, 7, 2, 2, 7, 7, 3], 7) == [1, 7, 2, 2, 7, 3]


def encoded(ids: tuple[int, ...], images: int) -> Encoded:
    return Encoded(
        ids=ids, types=(), pixels=(), grids=torch.zeros(0, 3), images=pictures(images), keys=()
    )


def engine(lengthen: int) -> SimpleNamespace:
    """A stub of TRL's VLLMGeneration that expands each image token to three, plus some."""

    def generate(
        prompts: list[list[int]], images: object, num_generations: int
    ) -> tuple[object, ...]:
        del images, num_generations
        out = [[t for i in ids for t in ([i] * 3 if i == PAD_IMAGE else [i])] for ids in prompts]
        return [[*ids, *[0] * lengthen] for ids in out], [], [], None

    return SimpleNamespace(generate=generate, mode="colocate")


def test_the_engines_prompt_is_compared_with_ours() -> None:
    groups = [encoded((1, 7, 7, 7, 2), 1), encoded((1, 7, 7, 7, 7, 7, 7, 2), 2)]
    groups[1] = encoded((1, 7, 7, 7, 3, 7, 7, 7, 2), 2)
    sent = [[1, 7, 2]] * 2 + [[1, 7, 3, 7, 2]] * 2
    check_engine(engine(0), groups, sent)
    with pytest.raises(RuntimeError, match="made 11 tokens of a prompt that training reads as 9"):
        check_engine(engine(2), groups, sent)
    with pytest.raises(RuntimeError, match="expanded twice"):
        check_prompt_length([1] * 9, [1] * 27, "vLLM (colocate)")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("token_truncate", [[1.0, 2.0, 0.5]]),
        ("token_mask", [[1.0, 0.0, 0.5]]),
        ("sequence_truncate", [[2.0]]),
        ("sequence_mask", [[0.0]]),
    ],
)
def test_the_correction_by_hand(mode: str, expected: list[list[float]]) -> None:
    ratios = torch.tensor([[1.0, 5.0, 0.5, 9.0]])
    batch = {
        "old_logps": ratios.log(),
        "sampling_per_token_logps": torch.zeros(1, 4),
        "completion_mask": torch.tensor([[1, 1, 1, 0]]),
    }
    args = SimpleNamespace(
        vllm_importance_sampling_mode=mode,
        vllm_importance_sampling_clip_min=None,
        vllm_importance_sampling_clip_max=2.0,
    )
    found = engine_correction(batch, args)
    assert found[:, :3].tolist() == [pytest.approx(expected[0])]


def test_completions_are_cut_behind_their_end() -> None:
    assert cut_at_end([[1, 2, 9, 0, 0], [9, 0, 0, 0, 0], [1, 2, 3, 4, 5]], [9]) == [
        [1, 2, 9],
        [9],
        [1, 2, 3, 4, 5],
    ]
