# SPDX-License-Identifier: Apache-2.0
"""Recipes: YAML files of settings, packaged or a user's own, and flags that override them.

Reading needs no torch.

``extends: NAME`` starts from another recipe; the file's own keys override it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import yaml

_FOLDER: Final = files("spatialevo_rl") / "recipes"
_REDEFINED: Final = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:float")


class _Loader(yaml.SafeLoader):
    """YAML 1.2's plain scalars: ``no`` and ``off`` are words, ``1e-5`` is a number."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in found if tag not in _REDEFINED]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d+)?$"),
    list("-+0123456789."),
)


def read_yaml(text: str, name: str) -> Any:
    """Read YAML of version 1.2 as far as its plain scalars go.

    Args:
        text: The YAML.
        name: What an error calls it.

    Raises:
        ValueError: It is not YAML.
    """
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  (a SafeLoader)
    except yaml.YAMLError as error:
        raise ValueError(f"{name}: not YAML: {' '.join(str(error).split())}") from error


def read_flags(flags: Sequence[str]) -> dict[str, Any]:
    """Read settings given on a command line.

    Args:
        flags: ``--key value``, ``--key=value``, or ``--key`` for true and ``--no_key`` for false;
            dashes inside a key may stand for underscores.

    Raises:
        ValueError: A value has no key before it, or is not YAML.
    """
    found: dict[str, Any] = {}
    waiting = ""
    for flag in flags:
        if flag.startswith("--"):
            if waiting:
                found.update(_switch(waiting))
            key, equals, text = flag[2:].partition("=")
            waiting = key.replace("-", "_")
            if equals:
                found[waiting], waiting = read_yaml(text, waiting), ""
        elif waiting:
            found[waiting], waiting = read_yaml(flag, waiting), ""
        else:
            raise ValueError(f"{flag}: expected --key before a value")
    if waiting:
        found.update(_switch(waiting))
    return found


def _switch(key: str) -> dict[str, bool]:
    return {key.removeprefix("no_"): False} if key.startswith("no_") else {key: True}


def recipe_names() -> tuple[str, ...]:
    """Return the names of the packaged recipes, sorted."""
    names = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(n.removesuffix(".yaml") for n in names if n.endswith(".yaml")))


def load_recipe(name: str) -> dict[str, Any]:
    """Return a recipe's settings, with those of the recipes it extends.

    Args:
        name: Name of a packaged recipe, or path of a YAML file.

    Raises:
        ValueError: If there is no such recipe, the file is no text or no mapping, or recipes
            extend each other in a circle.
    """
    return _load(name, ())


def _load(name: str, seen: tuple[str, ...]) -> dict[str, Any]:
    if name in seen:
        raise ValueError(f"recipes extend each other: {' -> '.join((*seen, name))}")
    values = read_yaml(_read(name), f"recipe {name!r}")
    if not isinstance(values, dict):
        message = f"recipe {name!r}: expected settings as key: value, got {values!r}"
        raise ValueError(message)  # noqa: TRY004  (bad data, not a wrong call)
    base = values.pop("extends", None)
    return values if base is None else {**_load(str(base), (*seen, name)), **values}


def _read(name: str) -> str:
    try:
        return _find(name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"recipe {name!r}: not a text file: {error}") from error


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
