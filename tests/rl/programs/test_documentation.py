# SPDX-License-Identifier: Apache-2.0
"""What is written about the language is what the language is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from spatialevo_dge import PAPER, Scene
from spatialevo_rl.programs import Failed, Limits, Ran, Sandbox, api_text, metadata_text
from spatialevo_rl.programs.constructors import Constructors
from spatialevo_rl.programs.documentation import page
from spatialevo_rl.programs.operators import Operators
from spatialevo_rl.programs.vocabulary import MEANINGS, RECORDS, call_names, constants

PAGE = "../packages/spatialevo-rl/docs/programs.md"


def test_the_page_is_made_of_the_docstrings(golden: Callable[[str, str], None]) -> None:
    golden(PAGE, page())


def test_the_prompt_is_part_of_the_page() -> None:
    assert api_text() in page()


def test_everything_is_named() -> None:
    text = api_text()
    for calls in (Operators, Constructors):
        for name in call_names(calls):
            assert f"`{name}(" in text
    for kind in RECORDS:
        assert f"### {kind.__name__}" in text
        for field in kind.__annotations__:
            assert f"- `{field}: " in text, (kind, field)
    assert set(MEANINGS) == set(constants(PAPER))


def test_limits_and_conventions_are_those_in_force() -> None:
    assert "7 calls of functions" in api_text(limits=Limits(calls=7))
    assert f"`VERTICAL_RATIO` = {PAPER.vertical_ratio:g}" in api_text(PAPER)


def test_the_example_runs(sandbox: Sandbox, room: Scene) -> None:
    lines = api_text().splitlines()
    example = "\n".join(line[4:] for line in lines if line.startswith("    "))
    assert "metres(" in example
    assert isinstance(sandbox.run(example.replace("desk", "wardrobe"), room, ()), Ran)


def test_constants_are_what_programs_read(sandbox: Sandbox, room: Scene) -> None:
    for name, value in constants(PAPER).items():
        assert name.isupper()
        assert value >= 0.0
        outcome = sandbox.run(f"metres({name})", room, ())
        assert isinstance(outcome, Ran), name


@pytest.mark.parametrize(
    ("call", "operator", "plain"),
    [
        ("min(objects(), key=lambda o: {})", "floor_area()", "SAME_DEPTH_M"),
        ("list(map({}, objects()))", "own_region", "lambda o: o.id"),
        ("list(filter(lambda o: {} > 0.0, objects()))", "floor_area()", "o.height_m"),
    ],
)
def test_what_a_key_cannot_call_is_as_documented(
    sandbox: Sandbox, room: Scene, call: str, operator: str, plain: str
) -> None:
    assert isinstance(sandbox.run(f"{call.format(plain)}\nmetres(1)", room, ()), Ran)
    assert isinstance(sandbox.run(f"{call.format(operator)}\nmetres(1)", room, ()), Failed)


def test_metadata_lists_every_object_and_camera(room: Scene, shown: tuple[str, ...]) -> None:
    lines = metadata_text(room, shown).splitlines()
    assert len(lines) == 3 + len(room.objects) + len(shown)
    assert lines[-1].startswith(f"{room.objects[-1].id} {room.objects[-1].label} | ")
    assert lines[-1].count("|") == 4
    assert room.id not in metadata_text(room, shown)
    assert len(metadata_text(room, ()).splitlines()) == 2 + len(room.objects)
    with pytest.raises(ValueError, match="no frame"):
        metadata_text(room, ("x",))


def test_the_page_is_where_it_is_looked_for() -> None:
    assert (Path(__file__).parents[2] / PAGE).is_file()
