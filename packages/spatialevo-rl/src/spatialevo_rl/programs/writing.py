# SPDX-License-Identifier: Apache-2.0
"""Writing an honest program for a question that the oracle has judged."""

from __future__ import annotations

from spatialevo_dge import Legal, Scene


def program_for(ruling: Legal, scene: Scene, frames: tuple[str, ...]) -> str:
    """Write a program that works a question's answer out from its entities.

    It names labels, images and forms, as the question does; never the answer, the trace or any
    number measured in the scene.

    Args:
        ruling: Task and entities; its answer is not used.
        scene: The scene.
        frames: Ids of the frames shown, in the order shown.

    Raises:
        ValueError: The task is none that programs are written for.
    """
    raise NotImplementedError
