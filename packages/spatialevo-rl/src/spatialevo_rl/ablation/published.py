# SPDX-License-Identifier: Apache-2.0
"""Numbers that papers report, to stand beside ours: other models, scenes, benchmarks and measures.

They are never mixed with ours: no difference and no mean is taken over both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a paper reports of an arm.

    Attributes:
        average: Mean over nine benchmarks, percent, SpatialEvo at 7B (Tables 1 and 2); None where
            it has no such row.
        change: Its difference from the full method as the paper prints it; None for the method.
        vsi: VSI-Bench, percent, at 7B; None where the paper gives none.
        note: What else is reported; may be empty.
    """

    average: float | None = None
    change: float | None = None
    vsi: float | None = None
    note: str = ""


PUBLISHED: Final[Mapping[str, Published]] = MappingProxyType(
    {
        "base": Published(average=52.1, vsi=31.1),
        "main": Published(average=54.7, vsi=46.1),
        "consensus-full": Published(average=49.6, change=-5.1, vsi=18.8),
        "static-sft": Published(
            note="3B, six core VSI-Bench tasks: 43.9 offline and supervised, 46.3 online"
        ),
        "ouroboros": Published(note="VSI-Bench: +9.9 (Qwen3-VL-4B), +6.8 (8B)"),
        "no-questioner": Published(average=53.1, change=-1.6),
        "no-solver": Published(average=51.5, change=-3.2),
        "uniform": Published(average=54.4, change=-0.3),
        "no-validity": Published(average=53.9, change=-0.8),
        "no-observation": Published(average=54.5, change=-0.2),
        "no-explanation": Published(average=54.3, change=-0.4),
    }
)
SOURCES: Final = (
    "Published: SpatialEvo (arXiv 2604.14144), Tables 1-3; Ouroboros-Spatial (arXiv 2606.11719). "
    "Percent on benchmarks of photographs, models of 3 to 8 billion parameters: another scale "
    "than skill in the lab's rooms, shown for their order alone."
)


def published_words(arm: str) -> str:
    """Say what a paper reports of an arm, in a few words; a dash where nothing."""
    if arm not in PUBLISHED:
        return "–"
    found = PUBLISHED[arm]
    words = []
    if found.average is not None:
        change = "" if found.change is None else f" ({found.change:+.1f})".replace("-", "−")
        words.append(f"avg {found.average:.1f}{change}")
    if found.vsi is not None:
        words.append(f"VSI {found.vsi:.1f}")
    return "; ".join([*words, *([found.note] if found.note else [])])
