# SPDX-License-Identifier: Apache-2.0
"""A question: a text, the images it is asked with, and what was scheduled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """A spatial question in plain words.

    Attributes:
        text: The question as a person or a model wrote it.
        frames: Ids of the scene's frames that are shown with it, in the order shown ("image 1" is
            the first). Empty: the question is about the whole scene.
        task: The task it was scheduled for; None lets the wording decide. A text that asks for
            something else is then illegal (WRONG_TASK).
        options: The answers offered beside the text, such as ``("A. left", "B. right")``; the truth
            also names the option that says it. They change no question that the text asks in full;
            a text that leaves its candidates to them ("which of these is closest to the bed?")
            compares the things that they name.
    """

    text: str
    frames: tuple[str, ...] = ()
    task: str | None = None
    options: tuple[str, ...] = ()
