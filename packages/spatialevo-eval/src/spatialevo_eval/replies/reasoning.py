# SPDX-License-Identifier: Apache-2.0
"""What a model thought aloud is no part of its reply."""

from __future__ import annotations

from typing import Final

__all__ = ["TAGS", "without_reasoning"]

TAGS: Final = ("think", "analysis")
"""Tags that lmms-eval 0.7.3 strips unless told otherwise (lmms_eval/__main__.py)."""


def without_reasoning(reply: str) -> str:
    """Return a reply without what stands in reasoning tags, as lmms-eval scores it.

    A closing tag without an opening one closes what the chat template opened: what precedes it
    goes. An opening tag that is never closed stays: nothing tells reasoning from answer there.
    """
    text = reply
    for tag in TAGS:
        opening, closing = f"<{tag}>", f"</{tag}>"
        while (start := text.find(opening)) >= 0:
            end = text.find(closing, start)
            if end < 0:
                break
            text = text[:start] + text[end + len(closing) :]
        if opening not in text:
            text = text.rpartition(closing)[2]
    return text.strip()
