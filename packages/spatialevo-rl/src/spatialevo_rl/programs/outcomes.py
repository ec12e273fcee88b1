# SPDX-License-Identifier: Apache-2.0
"""What comes of running a program: an answer, or the class of its failure; and how far it may go."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from spatialevo_dge import Answer


class Failure(StrEnum):
    """Why a program has no answer that counts, one class a failure."""

    SYNTAX = "syntax"  # not a program of the language: cannot be parsed, too long, a null byte
    TIME = "time"  # past its time, inside the interpreter or by the clock outside it
    MEMORY = "memory"  # past its memory
    RECURSION = "recursion"  # past its depth of calls
    CALLS = "calls"  # past its number of operator calls
    CRASH = "crash"  # the interpreter or the process around it died
    FORBIDDEN = "forbidden"  # imports, attributes, files, processes: what no program may touch
    EXCEPTION = "exception"  # raised something, an operator's complaint included
    TYPE = "type"  # ended in something that is no typed answer
    UNIT = "unit"  # an answer out of its range: a negative length, a word not among its options
    NOT_FINITE = "not_finite"  # NaN or infinity where a number belongs
    NONDETERMINISTIC = "nondeterministic"  # another answer under another seed and clock
    BLIND = "blind"  # read no scene data and called no operator
    CONSTANT = "constant"  # the same answer in every other scene
    UNTESTED = "untested"  # ran in none of the other scenes, so nothing shows that it looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far one run of a program may go.

    Attributes:
        seconds: Interpreter's own time limit.
        wall_seconds: Wall-clock limit kept from outside, operators included; past it the process
            that runs programs is killed and replaced.
        memory_bytes: The program's heap.
        host_bytes: What the process that serves its operators may allocate beyond its start.
        recursion: Depth of calls.
        calls: Operator calls and names looked up.
        source_bytes: Longest program, bytes of UTF-8.
        print_bytes: Most that it may print; prints are dropped.
    """

    seconds: float = 1.0
    wall_seconds: float = 5.0
    memory_bytes: int = 50_000_000
    host_bytes: int = 256_000_000
    recursion: int = 200
    calls: int = 2_000
    source_bytes: int = 16_384
    print_bytes: int = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A program that ended in a typed answer.

    Attributes:
        answer: Of the oracle's own answer types; `answer.render()` is its text.
        operators: Names of the operators called, sorted, each once.
    """

    answer: Answer
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A program without an answer that counts.

    Attributes:
        failure: The class.
        why: One line with the particulars, for the proposer; bounded in length.
    """

    failure: Failure
    why: str


Outcome: TypeAlias = Ran | Failed
