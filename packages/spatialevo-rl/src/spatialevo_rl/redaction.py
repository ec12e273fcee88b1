# SPDX-License-Identifier: Apache-2.0
"""Keeping keys out of every file that a run writes."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Mapping
from typing import Any, Final

_NAMES: Final = re.compile(r"(?:^|_)(?:API)?(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)S?(?:_|$)")
SHORTEST: Final = 6
"""Characters: a shorter value guards nothing."""
_LONG: Final = 12
"""Characters from which a value is removed inside words too, a shorter one only as a word; and from
which plain lower-case letters count: a shorter such value could be any word of a record."""
_WORD: Final = re.compile(r"[a-z_]*")
REMOVED: Final = "[removed: the value of an environment variable that holds a secret]"


def secrets(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """List the values of environment variables named like secrets, the longest first.

    Args:
        environment: Variables by name; this process's where None.
    """
    variables = os.environ if environment is None else environment
    found = {
        value
        for name, value in variables.items()
        if _NAMES.search(name.upper()) and _is_secret(value)
    }
    return tuple(sorted(found, key=lambda value: (-len(value), value)))


def _is_secret(value: str) -> bool:
    return len(value) >= (_LONG if _WORD.fullmatch(value) else SHORTEST)


def without_secrets(text: str, values: tuple[str, ...] | None = None) -> str:
    """Return the text with each secret of the environment replaced by a note.

    Args:
        text: What is about to be written, in prose or HTML; for JSON, see `redacted`.
        values: The secrets; those of this process's environment where None.
    """
    for value in secrets() if values is None else values:
        for form in dict.fromkeys((value, html.escape(value))):
            if len(value) >= _LONG:
                text = text.replace(form, REMOVED)
            elif form in text:
                text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", REMOVED, text)
    return text


def redacted(value: Any, values: tuple[str, ...] | None = None) -> Any:
    """Return what `json.dumps` takes with each secret in its texts replaced; names stay.

    Numbers stay too: a secret of digits alone is a text wherever it is written as one.
    """
    hidden = secrets() if values is None else values
    if not hidden:
        return value
    if isinstance(value, str):
        return without_secrets(value, hidden)
    if isinstance(value, Mapping):
        return {name: redacted(item, hidden) for name, item in value.items()}
    if isinstance(value, list):
        return [redacted(item, hidden) for item in value]
    return value
