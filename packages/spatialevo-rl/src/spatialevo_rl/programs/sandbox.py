# SPDX-License-Identifier: Apache-2.0
"""Running programs that nobody has read."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from spatialevo_dge import DEFAULT, Policy, Scene
from spatialevo_rl.programs.outcomes import Failed, Failure, Limits, Outcome, Ran
from spatialevo_rl.programs.screening import oversize
from spatialevo_rl.programs.stage import Stage, stage_of
from spatialevo_rl.programs.wire import LONGEST_LINE, READY, Request, outcome_of, packed

_KEEPER: Final = "spatialevo_rl.programs.keeper"
_START_SECONDS: Final = 120.0
_EXIT_SECONDS: Final = 5.0
_PASSED_ON: Final = ("PATH", "LANG", "LD_LIBRARY_PATH", "HOME", "TMPDIR", "SYSTEMROOT")
"""What of the environment the keeper is given: no key or token is among it."""


class Sandbox:
    """A place for programs; a context manager.

    It holds one process that serves the operators and, below that, the interpreter's own process;
    either is replaced when it hangs or dies. Not for several threads at once.

    Attributes:
        replaced: How often the process was killed or found dead.
    """

    def __init__(self, limits: Limits | None = None, policy: Policy = DEFAULT) -> None:
        """Say how far programs may go and by which conventions the operators measure."""
        self._limits = limits or Limits()
        self._policy = policy
        self._keeper: _Keeper | None = None
        self._entered = False
        self.replaced = 0

    def __enter__(self) -> Self:
        """Start the processes.

        Raises:
            ModuleNotFoundError: Monty is not installed (``pip install "spatialevo-rl[programs]"``).
            RuntimeError: They do not start.
        """
        if importlib.util.find_spec("pydantic_monty") is None:
            raise ModuleNotFoundError(
                'running programs needs Monty: pip install "spatialevo-rl[programs]"'
            )
        self._entered = True
        self._keeper = _Keeper(self._limits)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes."""
        self._entered = False
        if self._keeper is not None:
            self._keeper.end()
            self._keeper = None

    def run(
        self, program: str, scene: Scene, frames: tuple[str, ...], *, seed: int = 0
    ) -> Outcome:
        """Run a program once.

        Args:
            program: Its text.
            scene: What it is about.
            frames: Ids of the frames shown, in the order shown.
            seed: Of what an honest program's answer does not depend on: the interpreter's random
                numbers, its clock, its objects' ids.

        Raises:
            ValueError: The scene has no such frame, or the sandbox is not entered.
            RuntimeError: An operator failed, which is a fault of ours, or no process starts.
        """
        if not self._entered:
            raise ValueError("sandbox: enter it before running programs")
        stage = stage_of(scene, frames, self._policy)
        refused = oversize(program, self._limits.source_bytes)
        return self._run(program, stage, seed) if refused is None else refused

    def check(
        self,
        program: str,
        scene: Scene,
        frames: tuple[str, ...],
        others: Sequence[tuple[Scene, tuple[str, ...]]],
    ) -> Outcome:
        """Run a program and see whether its answer counts as a truth.

        It must run, give the same answer under another seed and clock, have called an operator, and
        give another answer, as text, in at least one of the other scenes. A failure there shows
        nothing: a program that runs in none of them is UNTESTED. Choose scenes that have what it
        names.

        Args:
            program: Its text.
            scene: What it is about.
            frames: Ids of the frames shown, in the order shown.
            others: Other scenes with frames of theirs, three as a rule; none skips that check.

        Raises:
            ValueError: A scene has no such frame, or the sandbox is not entered.
            RuntimeError: An operator failed, which is a fault of ours, or no process starts.
        """
        first = self.run(program, scene, frames)
        if isinstance(first, Failed):
            return first
        if not first.operators:
            return Failed(failure=Failure.BLIND, why="it calls no operator: it never looks")
        second = self.run(program, scene, frames, seed=1)
        if isinstance(second, Failed) or second.answer != first.answer:
            then = second.why if isinstance(second, Failed) else second.answer.render()
            why = f"{first.answer.render()} at first, then {then}"
            return Failed(failure=Failure.NONDETERMINISTIC, why=why)
        return self._varied(program, first, others) if others else first

    def _varied(
        self, program: str, first: Ran, others: Sequence[tuple[Scene, tuple[str, ...]]]
    ) -> Outcome:
        text, ran = first.answer.render(), 0
        for scene, frames in others:
            outcome = self.run(program, scene, frames)
            if isinstance(outcome, Ran):
                if outcome.answer.render() != text:
                    return first
                ran += 1
        if not ran:
            why = f"it ran in none of {len(others)} other scenes"
            return Failed(failure=Failure.UNTESTED, why=why)
        return Failed(failure=Failure.CONSTANT, why=f"{text} in each of {ran} other scenes as well")

    def _run(self, program: str, stage: Stage, seed: int) -> Outcome:
        if self._keeper is None:
            self._keeper = _Keeper(self._limits)
        request = Request(program=program, stage=stage, seed=seed)
        outcome = self._keeper.ask(request, self._limits.wall_seconds)
        if isinstance(outcome, Failed) and outcome.failure in _LOST and not self._keeper.alive:
            self._keeper = None
            self.replaced += 1
        return outcome


_LOST: Final = frozenset({Failure.TIME, Failure.CRASH})


class _Keeper:
    """The keeper's process, and talking to it."""

    def __init__(self, limits: Limits) -> None:
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-m", _KEEPER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=Path(sys.executable).anchor,
            env=_environment(),
            start_new_session=True,
        )
        self._buffer = b""
        self._silent = False
        self.alive = True
        self._send(packed(limits))
        line = self._line(_START_SECONDS)
        if line is None or json.loads(line) != READY:
            self.end()
            raise RuntimeError(f"the process for programs does not start: {self._complaint()}")

    def ask(self, request: Request, seconds: float) -> Outcome:
        """Run a program; a process that is late or dead is ended."""
        started = time.monotonic()
        self._send(packed(request))
        line = self._line(seconds)
        if line is None:
            late = time.monotonic() - started >= seconds
            self.end()
            if late:
                return Failed(failure=Failure.TIME, why=f"no answer within {seconds:g} s")
            if self._process.returncode == 1:
                raise RuntimeError(f"the process for programs failed: {self._complaint()}")
            return Failed(failure=Failure.CRASH, why="the process that served it died")
        reply = json.loads(line)
        if "fault" in reply:
            raise RuntimeError(reply["fault"])
        return outcome_of(reply)

    def end(self) -> None:
        """Kill the process and whatever it started."""
        self.alive = False
        if self._silent:  # it is about to end by itself, and how says what happened
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_EXIT_SECONDS)
        with contextlib.suppress(ProcessLookupError):  # its group is the interpreter's as well
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _complaint(self) -> str:
        """Return the end of what an ended process wrote to its errors."""
        self._errors.seek(0)
        return self._errors.read()[-2000:].decode(errors="replace")

    def _send(self, message: bytes) -> None:
        stream = self._process.stdin
        if stream is None:
            raise ValueError("keeper: it has no input")
        try:
            stream.write(message)
            stream.flush()
        except BrokenPipeError:
            return  # it died; there will be no line

    def _line(self, seconds: float) -> bytes | None:
        """Return the next line; None where it is late, too long, or the process died."""
        stream = self._process.stdout
        if stream is None:
            raise ValueError("keeper: it has no output")
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                left = deadline - time.monotonic()
                if left <= 0.0 or not selector.select(left):
                    return None
                part = os.read(stream.fileno(), LONGEST_LINE)
                self._buffer += part
                self._silent = not part
                if not part or len(self._buffer) > LONGEST_LINE:
                    return None
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    folders = [str(Path(folder).absolute()) for folder in sys.path if folder]
    return {**kept, "PYTHONPATH": os.pathsep.join(folders), "OMP_NUM_THREADS": "1"}
