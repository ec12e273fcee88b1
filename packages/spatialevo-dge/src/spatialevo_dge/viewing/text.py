# SPDX-License-Identifier: Apache-2.0
"""Text from scenes and questions, fit to be shown: one line, no controls, not endless."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 80
"""Characters of a label."""
LONGEST_SENTENCE: Final = 1_000
"""Characters of a question or a reason."""

# Others: control, format (which can turn the direction of writing), surrogate, private, unassigned.
_UNSHOWN: Final = frozenset({"Cc", "Cf", "Cs"})


def plain(words: str, longest: int = LONGEST) -> str:
    """Return words on one line without control and format characters, cut where they are long."""
    shown = words[: 4 * longest]
    kept = "".join(" " if unicodedata.category(sign) in _UNSHOWN else sign for sign in shown)
    line = " ".join(kept.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def sentence(words: str) -> str:
    """Return a question or a reason as `plain` does, at greater length."""
    return plain(words, LONGEST_SENTENCE)
