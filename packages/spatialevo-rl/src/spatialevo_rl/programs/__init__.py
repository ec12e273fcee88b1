# SPDX-License-Identifier: Apache-2.0
"""Programs that answer spatial questions: a language for them, and a sandbox that runs them.

A program is text that nobody has read. It sees a scene's boxes and cameras as typed records, calls
the oracle's operators, and ends in an answer with its unit:

    bed = only("bed")
    desk = only("desk")
    metres(distance(bed, desk))

`Sandbox.run` gives `Ran` with the answer, or `Failed` with the reason; it never raises for what a
program does. `Sandbox.check` asks more: the same answer twice under different seeds and clocks, an
answer that comes from the scene, and one that is another in another scene.
"""

from __future__ import annotations

from spatialevo_rl.programs.comparing import Agreement, Verdict, compare
from spatialevo_rl.programs.documentation import api_text
from spatialevo_rl.programs.metadata import metadata_text
from spatialevo_rl.programs.outcomes import Failed, Failure, Limits, Outcome, Ran
from spatialevo_rl.programs.sandbox import Sandbox
from spatialevo_rl.programs.writing import program_for

__all__ = [
    "Agreement",
    "Failed",
    "Failure",
    "Limits",
    "Outcome",
    "Ran",
    "Sandbox",
    "Verdict",
    "api_text",
    "compare",
    "metadata_text",
    "program_for",
]
