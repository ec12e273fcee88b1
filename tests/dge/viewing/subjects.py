# SPDX-License-Identifier: Apache-2.0
"""What the tests look at: three questions about the room, and a scene that means harm."""

from dataclasses import replace

from spatialevo_dge import Question, Scene
from spatialevo_dge.viewing import Subject, subject_of
from support import build

DISTANCE = Question("How far is the bed from the desk?")
DIRECTION = Question("If I am standing by the bed and facing the desk, where is the wardrobe?")
PAIR = Question(
    "When you took image 1, where was the working area relative to you: left, right, or back?",
    frames=("000", "001"),
)
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "<!-- ' &amp; %{x} {{y}} $\\alpha$",
    '<a href="javascript:alert(1)">chair</a>',
    "\u202edesk\ud800\x00\u2028",
    "x" * 30_000,
)


def hostile_scene() -> Scene:
    items = [
        build.item(number, label, (1.0 * number, 0.7 * (number % 3), 0.5), (0.5, 0.4, 0.9), 10.0)
        for number, label in enumerate(HOSTILE)
    ]
    scene = build.scene(items, [build.frame('<f>"', build.pose((2.0, -2.0, 1.5), 90.0, -10.0))])
    return replace(scene, id="<h1>id</h1>", source="<i>")


def hostile_subject() -> Subject:
    """Everything that a scene or a question can bring in, on one page."""
    question = Question("<script>alert(2)</script> " + HOSTILE[2], frames=('<f>"',))
    return subject_of(hostile_scene(), question)
