# SPDX-License-Identifier: Apache-2.0
"""The sandbox's own promises: replacement, bounds from outside, what it refuses to be asked."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spatialevo_dge import Count, Metres, Scene
from spatialevo_rl.programs import Failed, Failure, Limits, Ran, Sandbox

HONEST = "count(len(objects()))"


def children(process: int) -> list[int]:
    """Return the processes that one started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process:
            found.append(int(status.parent.name))
    return found


def newest_child() -> int:
    """Return the process that this one started last: other tests' sandbox may be open."""

    def started(process: int) -> int:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        return int(status.rpartition(")")[2].split()[19])  # starttime, field 22 of proc(5)

    return max(children(os.getpid()), key=started)


def lives(process: int) -> bool:
    """Tell whether a process runs; one that only waits to be collected does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return not status.rpartition(")")[2].startswith(" Z")


def counted(sandbox: Sandbox, scene: Scene) -> bool:
    outcome = sandbox.run(HONEST, scene, ())
    return outcome == Ran(answer=Count(len(scene.objects)), operators=("objects",))


def test_wall_clock_is_kept_from_outside(room: Scene) -> None:
    with Sandbox(Limits(seconds=60.0, wall_seconds=1.0)) as sandbox:
        started = time.monotonic()
        outcome = sandbox.run("while True: pass", room, ())
        assert isinstance(outcome, Failed)
        assert outcome.failure is Failure.TIME
        assert time.monotonic() - started < 4.0
        assert counted(sandbox, room)
        assert sandbox.replaced == 1


def test_a_process_that_is_killed_between_programs_is_replaced(room: Scene) -> None:
    with Sandbox() as sandbox:
        assert counted(sandbox, room)
        keeper = newest_child()
        os.kill(keeper, signal.SIGKILL)
        time.sleep(0.2)
        assert counted(sandbox, room)
        assert sandbox.replaced == 1


@pytest.mark.parametrize("who", ["keeper", "interpreter"])
def test_a_process_that_is_killed_under_a_program_is_a_crash(who: str, room: Scene) -> None:
    with Sandbox(Limits(seconds=20.0, wall_seconds=30.0)) as sandbox:
        assert counted(sandbox, room)
        keeper = newest_child()

        def kill() -> None:
            victim = keeper if who == "keeper" else children(keeper)[0]
            os.kill(victim, signal.SIGKILL)

        timer = threading.Timer(1.0, kill)
        timer.start()
        outcome = sandbox.run("while True: pass", room, ())
        timer.join()
        assert isinstance(outcome, Failed)
        assert outcome.failure is Failure.CRASH
        assert counted(sandbox, room)


def test_nothing_is_left_when_it_is_closed(room: Scene) -> None:
    with Sandbox() as sandbox:
        assert counted(sandbox, room)
        keeper = newest_child()
        below = children(keeper)
    deadline = time.monotonic() + 10.0
    while any(map(lives, (keeper, *below))):
        assert time.monotonic() < deadline, [keeper, *below]
        time.sleep(0.05)


def test_values_that_fill_the_keeper_are_contained(room: Scene) -> None:
    with Sandbox(
        Limits(seconds=10.0, wall_seconds=20.0, host_bytes=30_000_000, memory_bytes=200_000_000)
    ) as sandbox:
        outcome = sandbox.run("x = 'a' * 10**7\n[x + str(i) for i in range(9)]", room, ())
        assert isinstance(outcome, Failed)
        assert outcome.failure in {Failure.CRASH, Failure.MEMORY, Failure.TYPE}
        assert counted(sandbox, room)


def test_a_keeper_has_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not to be seen")
    with Sandbox():
        keeper = newest_child()
        assert b"not to be seen" not in Path(f"/proc/{keeper}/environ").read_bytes()


def test_misuse_is_said(sandbox: Sandbox, room: Scene) -> None:
    with pytest.raises(ValueError, match="enter it"):
        Sandbox().run(HONEST, room, ())
    with pytest.raises(ValueError, match="no frame 'x'"):
        sandbox.run(HONEST, room, ("x",))
    frame = room.frames[0].id
    with pytest.raises(ValueError, match="twice"):
        sandbox.run(HONEST, room, (frame, frame))


@settings(max_examples=40)
@given(text=st.text(max_size=60))
def test_any_text_has_an_outcome(sandbox: Sandbox, text: str, room: Scene) -> None:
    assert isinstance(sandbox.run(text, room, ()), Failed)


def test_the_same_program_gives_the_same_answer_under_any_seed(
    sandbox: Sandbox, room: Scene
) -> None:
    program = "a, b = objects()[:2]\nmetres(distance(a, b))"
    outcomes = {sandbox.run(program, room, (), seed=seed) for seed in range(3)}
    assert len(outcomes) == 1
    assert isinstance(next(iter(outcomes)), Ran)


def test_a_programs_own_copy_of_a_record_changes_nothing(sandbox: Sandbox, room: Scene) -> None:
    a, b = room.objects[:2]
    plain = sandbox.run("a, b = objects()[:2]\nmetres(distance(a, b))", room, ())
    forged = sandbox.run(
        "a, b = objects()[:2]\na.id = b.id\na.size_m = (0, 0, 0)\nmetres(distance(a, b))",
        room,
        (),
    )
    assert a.id != b.id
    assert forged == plain


@pytest.mark.parametrize(
    ("program", "failure"),
    [
        ("objects()\nmetres(1.2)", Failure.CONSTANT),
        ("metres(1.2)", Failure.BLIND),
        ("assert floor_area() == 1\nmetres(1.2)", Failure.EXCEPTION),
        ("count(len(objects()) + id([]) % 9973)", Failure.NONDETERMINISTIC),
    ],
)
def test_check_refuses(
    sandbox: Sandbox, rooms: tuple[Scene, ...], program: str, failure: Failure
) -> None:
    outcome = sandbox.check(program, rooms[0], (), [(other, ()) for other in rooms[1:]])
    assert isinstance(outcome, Failed)
    assert outcome.failure is failure


def test_check_accepts_what_varies(sandbox: Sandbox, rooms: tuple[Scene, ...]) -> None:
    program = "square_metres(floor_area())"
    others = [(other, ()) for other in rooms[1:]]
    assert isinstance(sandbox.check(program, rooms[0], (), others), Ran)
    assert isinstance(sandbox.check(program, rooms[0], (), [(rooms[0], ())]), Failed)


def test_units_are_kept(sandbox: Sandbox, room: Scene) -> None:
    assert sandbox.run("metres(1)", room, ()) == Ran(answer=Metres(1.0), operators=())


@pytest.mark.parametrize("name", ["OrderedDict", "ChainMap", "UserDict"])
def test_what_collections_lacks_is_as_documented(sandbox: Sandbox, name: str, room: Scene) -> None:
    outcome = sandbox.run(f"from collections import {name}\nmetres(1)", room, ())
    assert isinstance(outcome, Failed)


def test_what_modules_have_is_as_documented(sandbox: Sandbox, room: Scene) -> None:
    program = (
        "import math, itertools\n"
        "from collections import Counter, defaultdict, deque, namedtuple\n"
        "from functools import reduce, partial, cache, lru_cache\n"
        "metres(math.hypot(3, 4) + len(list(itertools.combinations(range(4), 2))))"
    )
    assert sandbox.run(program, room, ()) == Ran(answer=Metres(11.0), operators=())
