# SPDX-License-Identifier: Apache-2.0
"""One run of a program in Monty, an interpreter without files, network or clock of the host.

Monty runs a program in a process of its own and stops it at its limits of time, memory, depth and
calls. What it leaves open is closed around it: by `screening` before, by `arguments` at each call,
by `keeper` and `sandbox` outside.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from spatialevo_rl.programs.arguments import bound_arguments
from spatialevo_rl.programs.constructors import ANSWERS, Constructors
from spatialevo_rl.programs.operators import Operators
from spatialevo_rl.programs.outcomes import Failed, Failure, Limits, Outcome, Ran
from spatialevo_rl.programs.records import Bearing, Image, Motion, Object, Pixel, Region
from spatialevo_rl.programs.refusals import Refusal
from spatialevo_rl.programs.screening import screened
from spatialevo_rl.programs.stage import Stage
from spatialevo_rl.programs.vocabulary import call_names, constants

if TYPE_CHECKING:
    from pydantic_monty import Monty, MontyError, MontyRuntimeError, MontySession

RECORDS: Final = (Bearing, Image, Motion, Object, Pixel, Region)
_GRACE: Final = 0.5
"""Seconds past a program's own limit after which its process is killed: one operation on huge
numbers is not interrupted from within."""
_BALLAST: Final = 977
_LONGEST_WHY: Final = 300


class OperatorError(RuntimeError):
    """An operator failed in a way that is no answer to a program: a fault of ours."""


class Interpreter:
    """A context manager around Monty's pool of one process, fresh for each program."""

    def __init__(self, limits: Limits) -> None:
        """Say how far programs may go."""
        self._limits = limits
        self._open = ExitStack()
        self._pool: Monty | None = None

    def __enter__(self) -> Self:
        """Start Monty."""
        from pydantic_monty import Monty  # noqa: PLC0415  (an extra)

        pool = Monty(
            min_processes=1,
            max_processes=1,
            max_checkouts_per_worker=1,
            request_timeout=self._limits.seconds + _GRACE,
            feed_duration_limit_grace=_GRACE,
        )
        self._pool = self._open.enter_context(pool)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End Monty's process."""
        self._open.close()

    def run(self, program: str, stage: Stage, seed: int) -> Outcome:
        """Run a program once.

        Args:
            program: Its text.
            stage: What it may know.
            seed: Of the interpreter's random numbers, clock and object ids; an honest program's
                answer does not depend on it.

        Raises:
            OperatorError: An operator failed.
            ValueError: The interpreter is not entered.
        """
        from pydantic_monty import MontyError  # noqa: PLC0415  (an extra)

        if self._pool is None:
            raise ValueError("interpreter: enter it before running programs")
        refused = screened(program, self._limits.source_bytes)
        if refused is not None:
            return refused
        calls = _Calls(stage)
        try:
            with self._pool.checkout(limits=self._monty_limits(), os_policy=_policy(seed)) as worker:
                value = self._feed(worker, program, calls, seed)
        except MontyError as error:
            return calls.failed(error)
        finally:
            calls.raise_faults()
        if type(value) not in ANSWERS:
            why = f"it ends in {type(value).__name__[:40]}, not in a stated answer"
            return Failed(failure=Failure.TYPE, why=why)
        return Ran(answer=value, operators=tuple(sorted(calls.operators)))

    def _feed(self, worker: MontySession, program: str, calls: _Calls, seed: int) -> Any:
        from pydantic_monty import CollectString  # noqa: PLC0415  (an extra)

        worker.feed_run(f"_ballast = [[] for _ in range({1 + seed * _BALLAST})]")
        return worker.feed_run(
            program,
            external_lookup=calls.names,
            print_callback=CollectString(max_bytes=self._limits.print_bytes),
        )

    def _monty_limits(self) -> Any:
        limits = self._limits
        return {
            "max_feed_duration_secs": limits.seconds,
            "max_memory": limits.memory_bytes,
            "max_recursion_depth": limits.recursion,
            "max_suspensions": limits.calls,
        }


def _policy(seed: int) -> Any:
    return {
        "random_start": {"seed": seed},
        "datetime": datetime.datetime(2001 + seed, 1, 1 + seed, tzinfo=datetime.UTC),
        "sleep": "zero",
    }


@dataclass(slots=True)
class _Calls:
    """What a program can name, and what came of its calls."""

    stage: Stage
    operators: set[str] = field(default_factory=set)
    refusals: dict[str, Failure] = field(default_factory=dict)
    faults: list[BaseException] = field(default_factory=list)
    names: dict[str, object] = field(default_factory=dict)
    _known: dict[int, tuple[object, object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        operators, constructors = Operators(self.stage), Constructors()
        for name in call_names(Operators):
            self.names[name] = self._guarded(getattr(operators, name), operator=True)
        for name in call_names(Constructors):
            self.names[name] = self._guarded(getattr(constructors, name), operator=False)
        self.names.update(constants(self.stage.policy))

    def _guarded(self, call: Callable[..., object], *, operator: bool) -> Callable[..., object]:
        def guarded(*args: object, **kwargs: object) -> object:
            if operator:
                self.operators.add(call.__name__)
            answered = False
            try:
                bound = bound_arguments(call, args, kwargs)
                value = self._exposed(call(*bound.args, **bound.kwargs))
                answered = True
            except Refusal as refusal:
                answered = True
                self.refusals[str(refusal)] = refusal.failure
                raise ValueError(str(refusal)) from None
            except ValueError as error:
                answered = True
                raise ValueError(f"{call.__name__}: {error}") from None
            finally:
                fault = sys.exc_info()[1]
                if not answered and fault is not None:
                    self.faults.append(fault)
            return value

        return guarded

    def _exposed(self, value: object) -> object:
        """Wrap records so that a program reads their fields, and answers so that it reads none."""
        from pydantic_monty import ClassInstance  # noqa: PLC0415  (an extra)

        if isinstance(value, list):
            return [self._exposed(item) for item in value]
        if not isinstance(value, (*RECORDS, *ANSWERS)):
            return value
        known = self._known.get(id(value))
        if known is None:
            fields = "all" if isinstance(value, RECORDS) else None
            known = self._known[id(value)] = (value, ClassInstance(value, eager_attrs=fields))
        return known[1]

    def raise_faults(self) -> None:
        """Raise what an operator failed with, if one did."""
        if self.faults:
            raise OperatorError(f"operator failed: {self.faults[0]!r}") from self.faults[0]

    def failed(self, error: MontyError) -> Failed:
        """Class an error of the interpreter."""
        from pydantic_monty import (  # noqa: PLC0415  (an extra)
            MontyCrashedError,
            MontyRuntimeError,
            MontySyntaxError,
        )

        if isinstance(error, MontySyntaxError):
            return _failed(Failure.SYNTAX, str(error))
        if isinstance(error, MontyCrashedError):
            if error.timed_out:
                return _failed(Failure.TIME, "it did not stop when its time was over")
            return _failed(Failure.CRASH, "the interpreter's process died")
        if isinstance(error, MontyRuntimeError):
            return self._raised(error)
        return _failed(Failure.CRASH, f"{type(error).__name__}: {error}")

    def _raised(self, error: MontyRuntimeError) -> Failed:
        inner = error.exception()
        message = str(inner)[:_LONGEST_WHY]
        if isinstance(inner, ValueError) and message in self.refusals:
            return _failed(self.refusals[message], message)
        if isinstance(inner, RuntimeError) and message.startswith("suspension limit"):
            return _failed(Failure.CALLS, "too many calls of operators and look-ups of names")
        if isinstance(inner, NotImplementedError) and "support" in message:
            return _failed(Failure.SYNTAX, message)
        for kind, failure in _CLASSES.items():
            if isinstance(inner, kind):
                return _failed(failure, f"{type(inner).__name__}: {message}")
        line = next((frame.line for frame in reversed(error.traceback())), 0)
        return _failed(Failure.EXCEPTION, f"line {line}: {type(inner).__name__}: {message}")


_CLASSES: Final[dict[type[BaseException], Failure]] = {
    TimeoutError: Failure.TIME,
    MemoryError: Failure.MEMORY,
    RecursionError: Failure.RECURSION,
    PermissionError: Failure.FORBIDDEN,
    ImportError: Failure.FORBIDDEN,
}


def _failed(failure: Failure, why: str) -> Failed:
    return Failed(failure=failure, why=" ".join(why[:_LONGEST_WHY].split()))
