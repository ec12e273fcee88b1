# SPDX-License-Identifier: Apache-2.0
"""Text of any origin as HTML: escaped, without control characters, not endless."""

from __future__ import annotations

import html
from typing import Final

from spatialevo_dge.viewing.text import plain, sentence

LONGEST: Final = 4000
"""Characters of a completion."""


def text(words: str) -> str:
    """Escape a label, a question or a reason for an element or an attribute, on one line."""
    return html.escape(sentence(words), quote=True)


def long_text(words: str) -> str:
    """Escape a completion, on one line, cut where it is long."""
    return html.escape(plain(words, LONGEST), quote=True)


def block(words: str) -> str:
    """Escape a block of text with its lines; what UTF-8 cannot write becomes a question mark."""
    return html.escape(words.encode("utf-8", "replace").decode("utf-8"), quote=True)
