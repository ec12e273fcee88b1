# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on a command line: one line on stderr and an exit code, never a traceback."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from spatialevo_dge.cli.reporting import STOPPED, CommandError, Reporter

PROGRAM: Final = "spatialevo-dge"
REPORTER: Final = Reporter(program=PROGRAM)


class DataError(CommandError):
    """A file or scene does not hold what it has to."""


class MisuseError(CommandError):
    """The command was called with something it cannot take."""

    exit_code = 2


class StoppedError(CommandError):
    """The run was stopped from the keyboard; the message says how to go on."""

    exit_code = STOPPED


def one_of(name: str, value: str, allowed: Iterable[str]) -> str:
    """Return the value if it is allowed.

    Raises:
        MisuseError: It is not; the message names the closest allowed value, and else all of them.
    """
    known = [str(name) for name in allowed]
    if value in known:
        return value
    raise MisuseError(f"{name}: {value!r} is not known; {suggestion(value, known)}")


def suggestion(value: str, known: Iterable[str]) -> str:
    """Say which known value was probably meant, or list them all."""
    names = list(known)
    close = closest(value, names)
    return f"did you mean {close!r}?" if close else f"it is one of {', '.join(names)}."


def closest(value: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the known value that is fewest slips away, None where all are too many.

    Args:
        value: What was written.
        known: What it may have meant.
        cutoff: Least share of the letters that are right; two swapped letters are one slip.
    """
    from rapidfuzz.distance import OSA  # noqa: PLC0415  (only errors need it)
    from rapidfuzz.process import extractOne  # noqa: PLC0415

    found = extractOne(value, list(known), scorer=OSA.normalized_similarity, score_cutoff=cutoff)
    return None if found is None else str(found[0])
