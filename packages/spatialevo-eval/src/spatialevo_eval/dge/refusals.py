# SPDX-License-Identifier: Apache-2.0
"""What a reply to the DGE benchmark says: an answer, or the rule that the question breaks."""

from __future__ import annotations

import re
from typing import Final

from spatialevo_dge.verdict import Rule

__all__ = ["answer_text", "named_rule"]

_TAG: Final = re.compile(r"<answer>([^<>]*)</answer>", re.DOTALL)
_HEAD: Final = re.compile(r"\W*([A-Za-z][A-Za-z_ -]*)")


def answer_text(reply: str) -> str:
    """Return what stands in the last answer tag; the whole reply where there is none."""
    tagged = _TAG.findall(reply)
    return " ".join((tagged[-1] if tagged else reply).split())


def named_rule(text: str) -> Rule | None:
    """Return the rule that a text begins with: "NOT_VISIBLE: the chair", "not visible"."""
    head = _HEAD.match(text)
    if head is None:
        return None
    name = re.sub(r"[\s_-]+", "_", head[1].strip()).upper()
    return next((rule for rule in Rule if name == rule.value), None)
