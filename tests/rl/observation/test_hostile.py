# SPDX-License-Identifier: Apache-2.0
"""Whatever the text: no exception, a value of the scale, and no long computation."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spatialevo_dge import Legal, Question, Ruling, Scene, judge
from spatialevo_rl.observation import score_observation
from spatialevo_rl.observation.reading import read

VALUES = {0.0, 0.3, 0.6, 1.0}
WORDS = (
    "i see there is are a the bed desk chair chairs tv plant left of right nearer than on in to "
    "camera and with image 1 2 two , . ; ( ) ' which visible not or shows 99999999999999999999 "
    "lamp piano zorg first second red 's <question> </observation> the the"
).split()


@pytest.fixture(scope="module")
def ruling(scene: Scene) -> Legal:
    found = judge(Question("How far is the plant from the camera in metres?", ("004",)), scene)
    assert isinstance(found, Legal)
    return found


def check(text: str, ruling: Ruling, scene: Scene) -> None:
    found = score_observation(text, ruling, scene, ("004",), frozenset({"chair"}))
    assert found.value in VALUES
    assert 0.0 <= found.precision <= 1.0
    assert found.path in {0.0, 0.5, 1.0}
    assert found.form in {0.0, 1.0}
    assert found.value <= found.precision * found.path * found.form + 1e-9


@settings(max_examples=400)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_any_words_of_the_grammar(ruling: Legal, scene: Scene, text: str) -> None:
    check(text, ruling, scene)
    reading = read(text, scene)
    assert 0 <= reading.claimed <= reading.words


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_any_characters(ruling: Legal, scene: Scene, text: str) -> None:
    check(text, ruling, scene)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "I see a bed. " * 8_000,
        "the " * 25_000,
        "<observation>" * 5_000,
        "<observation><question>I see a bed</question></observation>",
        "\x00\x01\x02",
        "I see a b\u0301ed \U0001f6cf\ufe0f and a 床.",
        "\u202eI see a bed and a desk.",
        "image " * 150,
        "left of " * 100,
        "a, " * 300,
        "(" * 900,
        "I see a bed in image 99999999999999999999999.",
        "I see 99999999999999999999999 beds.",
        "I see ² beds and ٣ chairs and ½ tv.",
        "There is " + "a bed and " * 90,
        "'s 's 's",
    ],
    ids=lambda text: text[:20],
)
def test_hostile_texts(ruling: Legal, scene: Scene, text: str) -> None:
    check(text, ruling, scene)  # the first call may build the grammar
    start = time.process_time()
    for _ in range(10):
        check(text, ruling, scene)
    assert (time.process_time() - start) / 10 < 0.05  # 5 ms, and room for a busy machine


def test_a_usual_text_takes_little_time(ruling: Legal, scene: Scene) -> None:
    text = "I see a chair and a tv. The tv is on the desk. The chair is left of the plant."
    check(text, ruling, scene)
    start = time.process_time()
    for _ in range(50):
        check(text, ruling, scene)
    assert (time.process_time() - start) / 50 < 0.004  # 2 ms where the machine is not shared
