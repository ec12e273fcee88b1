# SPDX-License-Identifier: Apache-2.0
"""Running programs that nobody has read."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from spatialevo_dge import DEFAULT, Policy, Scene
from spatialevo_rl.programs.outcomes import Limits, Outcome


class Sandbox:
    """A place for programs; a context manager.

    It holds one process that serves the operators and, below that, the interpreter's own process;
    either is replaced when it hangs or dies. Not for several threads at once.
    """

    def __init__(self, limits: Limits | None = None, policy: Policy = DEFAULT) -> None:
        """Say how far programs may go and by which conventions the operators measure."""
        self._limits = limits or Limits()
        self._policy = policy

    def __enter__(self) -> Self:
        """Start the processes."""
        raise NotImplementedError

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes."""
        raise NotImplementedError

    def run(self, program: str, scene: Scene, frames: tuple[str, ...]) -> Outcome:
        """Run a program once.

        Args:
            program: Its text.
            scene: What it is about.
            frames: Ids of the frames shown, in the order shown.

        Raises:
            ValueError: The scene has no such frame, or the sandbox is not entered.
        """
        raise NotImplementedError

    def check(
        self,
        program: str,
        scene: Scene,
        frames: tuple[str, ...],
        others: Sequence[tuple[Scene, tuple[str, ...]]],
    ) -> Outcome:
        """Run a program and see whether its answer counts as a truth.

        It must run, give the same answer under another seed and clock, have read the scene, and
        give another answer (or fail) in at least one of the other scenes.

        Args:
            program: Its text.
            scene: What it is about.
            frames: Ids of the frames shown, in the order shown.
            others: Other scenes with frames of theirs, three as a rule; none skips that check.
        """
        raise NotImplementedError
