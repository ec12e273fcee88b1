# SPDX-License-Identifier: Apache-2.0
"""What the DGE benchmark asks, in two sets: for pretrained models, and for the lab's small one.

The small set is the training package's compact prompts, word for word; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from spatialevo_dge.synthetic.painted import LABELS
from spatialevo_dge.tasks import task_named
from spatialevo_dge.verdict import Rule
from spatialevo_eval.dge.questions import VISIBLE_RULES

__all__ = ["FULL", "SMALL", "SMALL_ABOUT", "SMALL_WORDS", "PromptSet"]

SMALL_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "object_counting": "count",
        "depth_order_obj_obj": "closer camera",
        "distance_cam_obj": "distance camera",
        "single_image_relative_direction": "direction",
        "motion_camera": "camera move",
        "visibility_compare": "visible more",
    }
)
"""What the small set calls the tasks that the lab trains."""


SMALL_ABOUT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        task: ("image 1", "image 2") if words == "camera move" else LABELS
        for task, words in SMALL_WORDS.items()
    }
)
"""What a question may be wished about, as in training: a label, or for the camera's move an image.
A room need not have the label; what it has is never told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSet:
    """How questions are put.

    Attributes:
        full: Whether they come with instructions; without, they are a few words.
    """

    full: bool

    def answer(self, task: str, question: str, images: int, *, legal: bool) -> str:
        """Return the solver's prompt: the full one serves legal and illegal questions alike."""
        if not self.full:
            return f"{question} {'answer' if legal else 'rule'}"
        rules = "\n".join(
            f"{rule.value}: {rule.sentence}" for rule in Rule if rule in VISIBLE_RULES
        )
        return (
            f"You see {_images(images)} of one room. Answer the question, or, if it breaks a rule "
            f"and so has no answer, name the rule.\n\nTask: {task_named(task).title}\n"
            f"Question: {question}\n\nRules:\n{rules}\n\n"
            "Reason briefly, then end in one of these forms:\n<answer>your answer</answer>\n"
            "<answer>RULE: what breaks it</answer>"
        )

    def ask(self, task: str, images: int, place: int) -> str:
        """Return the questioner's prompt.

        Args:
            task: The task's id.
            images: How many are shown.
            place: Of the room; the small set wishes for another thing in each.
        """
        if not self.full:
            about = SMALL_ABOUT[task]
            return f"ask {SMALL_WORDS[task]} about {about[place % len(about)]}"
        return (
            f"You see {_images(images)} of one room. Ask one question about it that has exactly "
            f"one right answer.\n\nTask: {task_named(task).title}\n\nName only things that the "
            "images show, each the only one of its kind unless you ask for their number.\n"
            "End with the question alone, in this form:\n<question>your question</question>"
        )


def _images(count: int) -> str:
    return "one image" if count == 1 else f"{count} images"


FULL: Final = PromptSet(full=True)
SMALL: Final = PromptSet(full=False)
