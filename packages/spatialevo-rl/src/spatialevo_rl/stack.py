# SPDX-License-Identifier: Apache-2.0
"""The training stack: what this distribution declares, beside what is installed."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

OPTIONAL: Final[Mapping[str, str]] = {"deepspeed": "deepspeed", "use_vllm": "vllm"}
"""Settings of a recipe that want an extra, which brings a module of the same name."""


def extras_of(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the extras of spatialevo-rl that training a recipe with these settings needs."""
    return ("train", *(extra for key, extra in OPTIONAL.items() if settings.get(key)))


def refuse_missing(settings: Mapping[str, Any]) -> None:
    """Refuse settings that want what is not installed.

    Raises:
        ValueError: Names the setting and how to install it or do without.
    """
    for key, extra in OPTIONAL.items():
        if settings.get(key) and importlib.util.find_spec(extra) is None:
            wanted = ",".join(extras_of(settings))
            raise ValueError(
                f"{key}: {extra} is not installed; pip install 'spatialevo-rl[{wanted}]', or "
                f"switch it off with --{key} {'null' if key == 'deepspeed' else 'false'}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A distribution that an extra of spatialevo-rl asks for.

    Attributes:
        extra: The extra that asks for it.
        name: The distribution's name.
        required: The versions that satisfy the extra.
        installed: The version found in this environment, or None.
    """

    extra: str
    name: str
    required: SpecifierSet
    installed: str | None

    @property
    def satisfied(self) -> bool:
        """Tell whether the installed version is one that the extra accepts."""
        return self.installed is not None and self.required.contains(
            self.installed, prereleases=True
        )


def installed_version(name: str) -> str | None:
    """Return the version of an installed distribution, or None where it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def components() -> tuple[Component, ...]:
    """List what the extras of the installed spatialevo-rl ask for, in the order declared."""
    declared = metadata.metadata("spatialevo-rl")
    requirements = [Requirement(line) for line in declared.get_all("Requires-Dist") or ()]
    return tuple(
        Component(
            extra=extra,
            name=requirement.name,
            required=requirement.specifier,
            installed=installed_version(requirement.name),
        )
        for extra in declared.get_all("Provides-Extra") or ()
        for requirement in requirements
        if requirement.marker is not None
        and requirement.marker.evaluate({"extra": extra})
        and not requirement.marker.evaluate({"extra": ""})
    )
