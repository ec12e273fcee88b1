# SPDX-License-Identifier: Apache-2.0
"""Why a call from a program is refused: raised here, seen by the program as a plain error."""

from __future__ import annotations

from spatialevo_rl.programs.outcomes import Failure


class Refusal(ValueError):
    """A call that a program may not make so.

    Attributes:
        failure: The class of failure, should the program end by it.
    """

    def __init__(self, failure: Failure, why: str) -> None:
        """Say what is wrong in one line."""
        super().__init__(why)
        self.failure = failure
