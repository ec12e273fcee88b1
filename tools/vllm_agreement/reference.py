# SPDX-License-Identifier: Apache-2.0
"""Write prompts of the lab and what plain transformers replies to them, for `served`.

    python -m vllm_agreement.reference FOLDER [RUN or MODEL]

A run is exported, merged, into FOLDER; a model's folder that is laid out as the stock classes read
it is taken as it is; without either it is the packaged base, laid out as an export is.
"""

from __future__ import annotations

import argparse
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import torch
from PIL import Image
from transformers import AutoModelForImageTextToText

from spatialevo_dge.atomic_folder import new_folder
from spatialevo_dge.synthetic import SyntheticRoom
from spatialevo_dge.tasks import task_named
from spatialevo_rl.lab.examples import TASKS, Answered, answered
from spatialevo_rl.lab.processor import ImageOnlyQwenVLProcessor
from spatialevo_rl.lab.rooms import LABELS, make_lab_room
from spatialevo_rl.prompts import questioner_prompt, solver_prompt
from spatialevo_rl.records import Assignment, Job, Role
from spatialevo_rl.report.run import CONFIG
from spatialevo_rl.scenes.splits import SEEDS, Split
from spatialevo_rl.settings import EpisodeSettings, PromptSet
from spatialevo_rl.train.config import ModelSettings
from spatialevo_rl.train.export import export, write_processor
from spatialevo_rl.train.models import load_model
from vllm_agreement.records import LENGTH, Case, Replies, Reply, write

COUNT: Final = 200
"""Prompts."""
ROLES: Final = (Role.QUESTIONER, Role.SOLVER, Role.EXPLAINER)
SHOWN: Final = (1, 2, 4)
"""Images a prompt: one and both of a room, and those of two rooms."""
EPISODE: Final = EpisodeSettings(prompt_set=PromptSet.COMPACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt of the lab.

    Attributes:
        role: Who is prompted.
        text: The instruction.
        images: Places of its images among all.
    """

    role: Role
    text: str
    images: tuple[int, ...]


def model_folder(source: Path | None, folder: Path) -> Path:
    """Return a model's folder in the stock layout, made below `folder` where there is none."""
    target = folder / "model"
    if source is not None and (source / CONFIG).is_file():
        shutil.rmtree(target, ignore_errors=True)  # of a former session, perhaps no export
        export(source, target, merge=True, overwrite=True)
        return target
    if source is not None and (source / "preprocessor_config.json").is_file():
        return source.resolve()
    settings = ModelSettings() if source is None else ModelSettings(model_name_or_path=str(source))
    with new_folder(target, overwrite=True) as made:
        load_model(settings).save_pretrained(made)
        write_processor(settings, made)
    return target


def rooms() -> Iterator[SyntheticRoom]:
    """Yield rooms that nothing is trained on."""
    for seed in SEEDS[Split.TEST]:
        try:
            yield make_lab_room(seed)
        except ValueError:  # what the seed asks for fits into no room of its size
            continue


def prompts(found: list[SyntheticRoom]) -> Iterator[Prompt]:
    """Yield prompts about rooms: every role with every number of images, room by room."""
    frames = len(found[0].pictures)
    for place, room in enumerate(found):
        for number, count in enumerate(SHOWN):
            # Of two rooms the question is about the first, whose images come first.
            images = tuple((place * frames + each) % (len(found) * frames) for each in range(count))
            wanted = [
                item
                for item in answered(room.scene)
                if item.frames == tuple(range(min(count, frames)))
            ]
            if not wanted:
                continue
            task = TASKS[(place + number) % len(TASKS)]
            # One of the task whose turn it is, else of whatever task the view allows.
            chosen = [item for item in wanted if item.task == task] or wanted
            item = chosen[place % len(chosen)]
            for role in ROLES:
                text = _text(role, item, room, place, count)
                yield Prompt(role=role, text=text, images=images)


def _text(role: Role, item: Answered, room: SyntheticRoom, place: int, count: int) -> str:
    assignment = Assignment(
        step=place,
        slot=count,
        scene_id=room.scene.id,
        frames=tuple(room.scene.frames[index].id for index in item.frames),
        kind=task_named(item.task).view,
        task=item.task,
        constraint=LABELS[(place + count) % len(LABELS)],
    )
    if role is Role.QUESTIONER:
        return questioner_prompt(assignment, LABELS, EPISODE)
    return solver_prompt(Job(role=role, question=item.question), assignment, EPISODE)


def replies(model_path: Path, count: int) -> Replies:
    """Let transformers reply, one prompt at a time, in float32."""
    found = list(islice(rooms(), -(-count // (len(ROLES) * len(SHOWN))) + 4))
    images = [Image.fromarray(picture.rgb) for room in found for picture in room.pictures]
    model = AutoModelForImageTextToText.from_pretrained(model_path, dtype=torch.float32).eval()
    processor = ImageOnlyQwenVLProcessor.from_pretrained(model_path)
    cases = []
    for prompt in islice(prompts(found), count):
        parts = [*({"type": "image"} for _ in prompt.images), {"type": "text", "text": prompt.text}]
        text = processor.apply_chat_template(
            [{"role": "user", "content": parts}], add_generation_prompt=True
        )
        shown = [images[place] for place in prompt.images]
        reply = _reply(model, processor(text=[text], images=shown, return_tensors="pt"))
        cases.append(Case(role=prompt.role, text=text, images=prompt.images, reply=reply))
    files = tuple(_png(image) for image in images)
    return Replies(model=str(model_path), images=files, cases=tuple(cases))


@torch.no_grad()
def _reply(model: Any, inputs: Any) -> Reply:
    made = model.generate(
        **inputs,
        max_new_tokens=LENGTH,
        do_sample=False,
        output_logits=True,
        return_dict_in_generate=True,
    )
    length = inputs["input_ids"].shape[1]
    scores = torch.stack(made.logits, dim=1)[0].log_softmax(dim=-1)
    best = scores.topk(2, dim=-1).values
    return Reply(
        length=length,
        tokens=tuple(made.sequences[0, length:].tolist()),
        logprobs=tuple(best[:, 0].tolist()),
        gaps=tuple((best[:, 0] - best[:, 1]).tolist()),
    )


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()


def main() -> None:
    """Read the command line, reply and write."""
    parser = argparse.ArgumentParser(description="Let transformers reply to prompts of the lab.")
    parser.add_argument("folder", type=Path, help="where replies and an exported model go")
    parser.add_argument("source", type=Path, nargs="?", help="a run or a model; else the lab's")
    parser.add_argument("--count", type=int, default=COUNT, help="prompts")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    made = replies(model_folder(arguments.source, folder), arguments.count)
    write(made, folder)
    print(f"transformers replied to {len(made.cases)} prompts")


if __name__ == "__main__":
    main()
