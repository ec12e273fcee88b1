# SPDX-License-Identifier: Apache-2.0
"""Keeping keys out of every file that a run writes."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Final

_NAMES: Final = re.compile(r"(?:^|_)(?:API)?(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)S?(?:_|$)")
SHORTEST: Final = 12
"""Characters: a shorter value could be an ordinary word, and no service gives such a key."""
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
        if _NAMES.search(name.upper()) and len(value) >= SHORTEST
    }
    return tuple(sorted(found, key=lambda value: (-len(value), value)))


def without_secrets(text: str, values: tuple[str, ...] | None = None) -> str:
    """Return the text with each secret of the environment replaced by a note.

    Args:
        text: What is about to be written.
        values: The secrets; those of this process's environment where None.
    """
    for value in secrets() if values is None else values:
        text = text.replace(value, REMOVED)
    return text
