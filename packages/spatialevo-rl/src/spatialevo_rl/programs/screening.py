# SPDX-License-Identifier: Apache-2.0
"""Reading a program before it runs: what may not be in it at all.

The interpreter would stop these as well, each in its own way. Stopped here they have one class, and
a program cannot reach the modules that the interpreter has and the language has not: random, time,
os, sys, json, re …
"""

from __future__ import annotations

import ast
import warnings
from typing import Final

from spatialevo_rl.programs.outcomes import Failed, Failure

MODULES: Final = ("math", "itertools", "collections", "functools")
"""What a program may import."""

_NAMES: Final = frozenset(
    """
    eval exec compile open input breakpoint exit quit help globals locals vars dir
    getattr setattr delattr
    """.split()
)


def screened(program: str, most_bytes: int) -> Failed | None:
    """Return why a program is not run at all; None where it may be.

    Args:
        program: Its text.
        most_bytes: Longest text, bytes of UTF-8.
    """
    refused = oversize(program, most_bytes)
    if refused is not None:
        return refused
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(program)
    except SyntaxError as error:
        return _not_a_program(f"line {error.lineno or 0}: {str(error.msg)[:120]}")
    except (RecursionError, MemoryError):
        return _not_a_program("it is nested too deeply")
    for node in ast.walk(tree):
        found = _forbidden(node)
        if found:
            return Failed(failure=Failure.FORBIDDEN, why=found[:200])
    return None


def oversize(program: str, most_bytes: int) -> Failed | None:
    """Return why a text is not even read as a program; None where it is."""
    try:
        size = len(program.encode())
    except UnicodeEncodeError:
        return _not_a_program("it holds lone surrogates")
    if size > most_bytes:
        return _not_a_program(f"it has {size} bytes; {most_bytes} are allowed")
    if "\0" in program:
        return _not_a_program("it holds a null byte")
    return None


def _forbidden(node: ast.AST) -> str:
    if isinstance(node, ast.Import):
        bad = [alias.name for alias in node.names if alias.name not in MODULES]
        return _not_importable(bad[0]) if bad else ""
    if isinstance(node, ast.ImportFrom) and (node.level or node.module not in MODULES):
        return _not_importable(node.module or ".")
    name = (
        node.id
        if isinstance(node, ast.Name)
        else node.attr
        if isinstance(node, ast.Attribute)
        else ""
    )
    if name in _NAMES or name.startswith("__"):
        return f"{name} is not part of the language"
    return ""


def _not_importable(module: str) -> str:
    return f"{module} cannot be imported; {', '.join(MODULES)} can"


def _not_a_program(why: str) -> Failed:
    return Failed(failure=Failure.SYNTAX, why=why)
