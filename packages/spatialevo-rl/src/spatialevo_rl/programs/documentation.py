# SPDX-License-Identifier: Apache-2.0
"""The programs' language in words, from the signatures and docstrings of what they can call.

The page of the package's docs is made of it: a test compares the file, and writes it under
``--update-golden``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Final

from spatialevo_dge import DEFAULT, Policy
from spatialevo_rl.programs import records
from spatialevo_rl.programs.constructors import Constructors
from spatialevo_rl.programs.operators import FORMS, Operators
from spatialevo_rl.programs.outcomes import Limits
from spatialevo_rl.programs.vocabulary import MEANINGS, RECORDS, call_names, constants

_INTRODUCTION: Final = """\
A program is Python that works the answer of one question out from a scene. It reads the scene
through the functions below and nothing else, and its last line is an expression that states the
answer with its unit:

    bed = only("bed")
    desk = only("desk")
    metres(distance(bed, desk))

Rules:

- The last expression is the value of `count`, `metres`, `centimetres`, `square_metres`, `direction`
  or `choice`. A bare number or text is no answer.
- Work the answer out: a program that states a constant, or the same answer in other rooms, is
  rejected. So is one whose answer changes from run to run.
- `math`, `itertools`, `collections` and `functools` can be imported, nothing else. There are no
  files, no network, no clock, no random numbers, no `eval`, no `getattr`, no names with two
  leading underscores.
- The interpreter has no `yield`, no inheritance, no `del` and no `import *`; `collections` has
  `Counter`, `defaultdict`, `deque` and `namedtuple`; `functools` has `reduce`, `partial`, `cache`
  and `lru_cache`; `math` and `itertools` are complete.
- An operator raises where it has no answer (no such object, a camera without a heading); let it.
- What is printed is dropped."""

_TITLE: Final = """\
# Programs

<!-- Made from the docstrings of `spatialevo_rl.programs`: change those, then run
     `pytest tests/rl/programs/test_documentation.py --update-golden`. -->

What a proposer of the Ouroboros loop writes beside a question. The text below is in its prompt,
from the same source. Nobody reads a program before it runs, so it runs in an interpreter without
files, network or clock (pydantic-monty), behind a process of its own; `Sandbox` in
`spatialevo_rl.programs` is the way in."""


def api_text(policy: Policy = DEFAULT, limits: Limits | None = None) -> str:
    """Return the language's documentation as text, for a proposer's prompt.

    Args:
        policy: Whose conventions the constants are.
        limits: How far programs may go.
    """
    parts = [
        _INTRODUCTION,
        _limits(limits or Limits()),
        "## Records",
        _CONVENTIONS,
        *map(_record, RECORDS),
        "## Operators",
        *(_call(getattr(Operators, name)) for name in call_names(Operators)),
        "## Answers",
        *(_call(getattr(Constructors, name)) for name in call_names(Constructors)),
        "## Constants",
        "\n".join(_constants(policy)),
    ]
    return "\n\n".join(parts) + "\n"


_CONVENTIONS: Final = (inspect.getdoc(records) or "").partition("\n\n")[2]


def page() -> str:
    """Return the page of the package's docs."""
    return f"{_TITLE}\n\n## The language\n\n{api_text()}"


def _limits(limits: Limits) -> str:
    return (
        f"A program has {limits.seconds:g} s of its own, {limits.memory_bytes // 10**6} MB, "
        f"{limits.recursion} nested calls, {limits.calls} calls of functions and "
        f"{limits.source_bytes} bytes of text."
    )


def _record(kind: type) -> str:
    summary, _, attributes = (inspect.getdoc(kind) or "").partition("\n\nAttributes:\n")
    lines = [f"### {kind.__name__}", "", summary, ""]
    hints = inspect.get_annotations(kind)
    for name, meaning in _entries(inspect.cleandoc(attributes)):
        lines.append(f"- `{name}: {_type(hints[name])}`: {meaning}")
    return "\n".join(lines)


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names of a docstring's section with what it says of them, on one line."""
    for entry in re.split(r"\n(?=\w)", text):
        name, _, meaning = entry.partition(":")
        yield name, " ".join(meaning.split())


def _call(call: Callable[..., object]) -> str:
    signature = inspect.signature(call)
    parameters = [
        f"{name}: {_type(item.annotation)}{_default(item)}"
        for name, item in signature.parameters.items()
        if name != "self"
    ]
    head = f"{call.__name__}({', '.join(parameters)}) -> {_type(signature.return_annotation)}"
    return f"`{head}`\n\n{inspect.getdoc(call)}"


def _default(item: inspect.Parameter) -> str:
    return "" if item.default is inspect.Parameter.empty else f" = {_quoted(item.default)}"


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _type(annotation: str) -> str:
    """Write an annotation with its aliases spelt out."""
    spelt = {
        "Form": " | ".join(f'"{form}"' for form in FORMS),
        "Point": "tuple[float, float, float]",
    }
    return spelt.get(annotation, annotation)


def _constants(policy: Policy) -> Iterator[str]:
    for name, value in constants(policy).items():
        yield f"- `{name}` = {value:g}: {MEANINGS[name]}"
