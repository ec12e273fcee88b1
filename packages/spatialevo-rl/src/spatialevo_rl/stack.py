# SPDX-License-Identifier: Apache-2.0
"""The training stack: what this distribution declares, beside what is installed."""

from dataclasses import dataclass
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet


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
