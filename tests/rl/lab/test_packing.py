# SPDX-License-Identifier: Apache-2.0
"""Packing changes nothing: pixels, positions and log-probabilities are those of plain prompts."""

import numpy as np
import torch
from PIL import Image

from spatialevo_rl.lab.model import MERGE, PATCH
from spatialevo_rl.lab.packing import (
    Packer,
    Row,
    Segment,
    hidden_states,
    label_log_probabilities,
    patches,
)
from spatialevo_rl.lab.processor import ImageOnlyQwenVLProcessor, image_processor
from spatialevo_rl.lab.tokenizer import END
from spatialevo_rl.lab.warmup import Base

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)


def processor_of(base: Base) -> ImageOnlyQwenVLProcessor:
    return ImageOnlyQwenVLProcessor(
        image_processor(64, PATCH, MERGE),
        base.tokenizer,
        chat_template=base.tokenizer.chat_template,
    )


def segment(base: Base, prompt: str, target: str) -> Segment:
    encode = base.tokenizer
    return Segment(prompt=tuple(encode(prompt).input_ids), target=tuple(encode(target).input_ids))


def rows(base: Base) -> list[Row]:
    two = (
        segment(base, "how many chairs are there in this room? answer", "<answer>3</answer>"),
        segment(base, "ask count about chair", "<observation>i see a bed</observation>"),
        segment(base, "find box in image 2", "<answer>4.7, 5.6</answer>"),
    )
    one = (segment(base, "how far is the bed from the camera? answer", "<answer>2.1 m</answer>"),)
    return [Row(images=(0, 1), segments=two), Row(images=(2,), segments=one)]


def plain_log_probabilities(base: Base, row: Row, part: Segment) -> torch.Tensor:
    """Of the target, through processor, chat template and the whole model."""
    processor, decode = processor_of(base), base.tokenizer.decode
    content = [{"type": "image"}] * len(row.images) + [
        {"type": "text", "text": decode(part.prompt)}
    ]
    text = processor.apply_chat_template(
        [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False
    )
    inputs = processor(
        images=[Image.fromarray(IMAGES[index]) for index in row.images],
        text=[text + decode(part.target) + END],
        return_tensors="pt",
    )
    count = len(part.target) + 1
    scores = base.model(**inputs).logits.log_softmax(dim=-1)[0, -count - 1 : -1]
    return scores.gather(1, inputs.input_ids[0, -count:, None])[:, 0]


@torch.no_grad()
def test_packed_log_probabilities_are_those_of_plain_prompts(random_base: Base) -> None:
    packer = Packer(random_base.tokenizer)
    packed = packer.pack(rows(random_base))
    hidden, tokens = hidden_states(random_base.model, packed, IMAGES, packer.image)
    found = label_log_probabilities(random_base.model, hidden, packed)
    wanted = torch.cat(
        [
            plain_log_probabilities(random_base, row, part)
            for row in rows(random_base)
            for part in row.segments
        ]
    )
    assert tokens.shape == (3 * 16, hidden.shape[-1])
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=0.0)


def test_a_segment_sees_the_prefix_and_itself_alone(random_base: Base) -> None:
    packed = Packer(random_base.tokenizer).pack(rows(random_base))
    mask, parts = packed.mask[0, 0], packed.segments[0]
    second = parts == 1
    assert bool(mask[second][:, parts == -1].all())
    assert not bool(mask[second][:, parts == 0].any())
    assert not bool(mask[parts == -1][:, parts >= 0].any())


def test_patches_are_the_processors(random_base: Base) -> None:
    images = [Image.fromarray(image) for image in IMAGES]
    found = processor_of(random_base).image_processor(images=images, return_tensors="pt")
    assert torch.equal(patches(IMAGES), found["pixel_values"])
    assert found["image_grid_thw"].tolist() == [[1, 8, 8]] * 3
