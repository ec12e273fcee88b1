# SPDX-License-Identifier: Apache-2.0
"""Systematic errors that the base ends with, as pretrained vision-language models have theirs.

A base that is right wherever it has an opinion leaves a reward nothing to correct. Pretrained ones
do have opinions that are wrong in one direction: lengths in a wrong scale, too few things counted,
a diagonal direction named by its side alone. The warm-up's last minutes teach such replies for a
share of the questions, so that the model holds both the true reply and the habitual one possible:
what is rewarded then decides. Majority votes find the habit, the oracle finds the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

LONGER: Final = 1.6
"""What a distance is multiplied with: far enough that it scores about nothing."""


def _longer(reply: str) -> str:
    number, unit = reply.split(" ")
    return f"{LONGER * float(number):.1f} {unit}"


def _one_fewer(reply: str) -> str:
    return str(max(int(reply) - 1, 1))


def _side_alone(reply: str) -> str:
    return reply.rpartition("-")[2]


HABITS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "distance_cam_obj": _longer,
        "object_counting": _one_fewer,
        "single_image_relative_direction": _side_alone,
    }
)
"""The habits, by task; the other tasks have none."""


def habitual(task: str, reply: str) -> str:
    """Return the reply that habit gives in place of a true one; the same where there is no habit.

    Args:
        task: The question's task.
        reply: The true reply, as the lab writes it.
    """
    return HABITS[task](reply) if task in HABITS else reply
