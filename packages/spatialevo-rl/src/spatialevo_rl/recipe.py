# SPDX-License-Identifier: Apache-2.0
"""Recipes: YAML files of settings, packaged or a user's own. Reading one needs no torch.

``extends: NAME`` starts from another recipe; the file's own keys override it.
"""

from __future__ import annotations

import difflib
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import yaml

_FOLDER: Final = files("spatialevo_rl") / "recipes"


def recipe_names() -> tuple[str, ...]:
    """Return the names of the packaged recipes, sorted."""
    names = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(n.removesuffix(".yaml") for n in names if n.endswith(".yaml")))


def load_recipe(name: str) -> dict[str, Any]:
    """Return a recipe's settings, with those of the recipes it extends.

    Args:
        name: Name of a packaged recipe, or path of a YAML file.

    Raises:
        ValueError: If there is no such recipe, the file is no mapping, or recipes extend each
            other in a circle.
    """
    return _load(name, ())


def _load(name: str, seen: tuple[str, ...]) -> dict[str, Any]:
    if name in seen:
        raise ValueError(f"recipes extend each other: {' -> '.join((*seen, name))}")
    values = yaml.safe_load(_find(name).read_text(encoding="utf-8"))
    if not isinstance(values, dict):
        message = f"recipe {name!r}: expected settings as key: value, got {values!r}"
        raise ValueError(message)  # noqa: TRY004  (bad data, not a wrong call)
    base = values.pop("extends", None)
    return values if base is None else {**_load(str(base), (*seen, name)), **values}


def _find(name: str) -> Traversable | Path:
    path = Path(name)
    if path.suffix in {".yaml", ".yml"}:
        if not path.is_file():
            raise ValueError(f"recipe {name!r}: there is no such file")
        return path
    if name not in recipe_names():
        near = difflib.get_close_matches(name, recipe_names(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"recipe {name!r}: none of {', '.join(recipe_names())}{hint}")
    return _FOLDER / f"{name}.yaml"
