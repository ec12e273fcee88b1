# SPDX-License-Identifier: Apache-2.0
"""Settings given as flags, ``--key value``, beside a command's own options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import yaml

from spatialevo_rl.cli.errors import CommandError
from spatialevo_rl.recipe import load_recipe

SETTINGS: Final = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Of a command that takes settings."""


def values_of(recipe: str, flags: Sequence[str]) -> dict[str, Any]:
    """Return a recipe's settings, overridden by flags, unchecked: needs no training stack.

    Raises:
        ValueError: There is no such recipe.
        CommandError: A flag has no value.
    """
    return {**load_recipe(recipe), **dict(_pairs(flags))}


def _pairs(flags: Sequence[str]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    words = list(flags)
    while words:
        key, equals, text = words.pop(0).partition("=")
        if not key.startswith("--"):
            raise CommandError(f"{key}: expected a setting such as --seed 1")
        if not equals:
            if not words or words[0].startswith("--"):
                raise CommandError(f"{key}: its value is missing")
            text = words.pop(0)
        found.append((key[2:].replace("-", "_"), yaml.safe_load(text)))
    return found
