# SPDX-License-Identifier: Apache-2.0
"""Text of any origin as HTML: escaped, without control characters, not endless."""

from __future__ import annotations

import html
from typing import Final

from spatialevo_dge.viewing.text import plain, sentence

_LONGEST: Final = 2000


def text(words: str) -> str:
    """Escape a label, a question or a reason for an element or an attribute, on one line."""
    return html.escape(sentence(words), quote=True)


def long_text(words: str) -> str:
    """Escape a prompt or a reply, on one line, cut where it is long."""
    return html.escape(plain(words, _LONGEST), quote=True)


def percent(value: float) -> str:
    """Write a share as tables of the field do: per cent with one decimal, without the sign."""
    return f"{100.0 * value:.1f}"


def signed(value: float) -> str:
    """Write a difference of shares in points, with its sign."""
    return f"{100.0 * value:+.1f}".replace("-", "−")


def probability(value: float) -> str:
    """Write a p-value."""
    if value != value:  # noqa: PLR0124 - NaN: too few clusters
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
