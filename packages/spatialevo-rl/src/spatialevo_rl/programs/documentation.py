# SPDX-License-Identifier: Apache-2.0
"""The programs' language in words, from the signatures and docstrings of what they can call."""

from __future__ import annotations


def api_text() -> str:
    """Return the language's documentation as plain text, for a proposer's prompt."""
    raise NotImplementedError
