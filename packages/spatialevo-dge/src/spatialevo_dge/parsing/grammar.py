# SPDX-License-Identifier: Apache-2.0
"""Pass 2: the LALR(1) parser, put together from the shared rules and the tasks' own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from spatialevo_dge.parsing.rewrite import Chunk
from spatialevo_dge.resources import read
from spatialevo_dge.task import SpatialTask

if TYPE_CHECKING:
    from lark import Lark, Token, Tree


@dataclass(frozen=True, slots=True)
class Grammar:
    """The parser of a set of tasks.

    Attributes:
        parser: One start rule a task.
        admits: The terminals that each task's rules admit, by task id.
    """

    parser: Lark
    admits: Mapping[str, frozenset[str]]

    def parse(self, task_id: str, chunks: Sequence[Chunk]) -> Tree[Token] | None:
        """Return the tree of a token sequence under one task's rules, or None."""
        from lark.exceptions import UnexpectedInput  # noqa: PLC0415  (lark is loaded by now)

        try:
            return self.parser.parse(chunks, start=task_id)
        except UnexpectedInput:
            return None


@lru_cache(maxsize=8)
def grammar_of(tasks: tuple[SpatialTask[Any], ...]) -> Grammar:
    """Build the parser of some tasks, once."""
    from lark import Lark  # noqa: PLC0415  (30 ms that an import of the package need not pay)
    from lark.lexer import Lexer, Token  # noqa: PLC0415

    class Chunks(Lexer):
        """Hands the tokens of pass 1 to the parser."""

        def __init__(self, _: object) -> None:
            pass

        def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
            for chunk in data:
                token = Token(chunk.kind, chunk.text)
                token.value = chunk
                yield token

    text = "\n".join((read("parsing/common.lark"), *(task.forms.grammar for task in tasks)))
    parser = Lark(
        text,
        parser="lalr",
        lexer=Chunks,
        start=[task.id for task in tasks],
        maybe_placeholders=False,
        keep_all_tokens=True,
    )
    return Grammar(parser=parser, admits={task.id: _admitted(parser, task.id) for task in tasks})


def _admitted(parser: Lark, start: str) -> frozenset[str]:
    """Return every terminal that a start rule reaches."""
    expansions: dict[str, list[Any]] = {}
    for rule in parser.rules:
        expansions.setdefault(rule.origin.name, []).extend(rule.expansion)
    seen, found, queue = {start}, set[str](), deque([start])
    while queue:
        for symbol in expansions.get(queue.popleft(), ()):
            if symbol.is_term:
                found.add(symbol.name)
            elif symbol.name not in seen:
                seen.add(symbol.name)
                queue.append(symbol.name)
    return frozenset(found)
