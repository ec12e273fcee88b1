# SPDX-License-Identifier: Apache-2.0
"""Settings given as flags, ``--key value``, beside a command's own options."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from typing import Any, Final

from spatialevo_rl.cli.errors import CommandError
from spatialevo_rl.recipe import load_recipe, read_flags

SETTINGS: Final = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Of a command that takes settings."""


def values_of(recipe: str, flags: Sequence[str], known: Collection[str]) -> dict[str, Any]:
    """Return a recipe's settings, overridden by flags: needs no training stack.

    Args:
        recipe: A recipe's name, or a YAML file; its values and its other keys are not checked.
        flags: See `read_flags`.
        known: Keys that a flag may have, beside those of the recipe.

    Raises:
        ValueError: There is no such recipe, or a flag is none.
        CommandError: A flag is none of those known; names the nearest.
    """
    values, given = load_recipe(recipe), read_flags(flags)
    names = sorted({*known, *values})
    for key in given:
        if key not in names:
            near = difflib.get_close_matches(key, names, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise CommandError(f"{key}: this command reads no such setting{hint}")
    return {**values, **given}
