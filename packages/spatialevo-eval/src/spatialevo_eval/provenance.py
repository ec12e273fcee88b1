# SPDX-License-Identifier: Apache-2.0
"""Provenance: what has to be written beside a number so that it can be made again."""

import platform
from dataclasses import dataclass
from importlib import metadata

OURS = ("spatialevo-geometry", "spatialevo-dge", "spatialevo-eval")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The software and machine that a result comes from.

    Attributes:
        versions: Name and version of each of our distributions that can change a score.
        python: The interpreter and its version.
        platform: Operating system and architecture.
    """

    versions: tuple[tuple[str, str], ...]
    python: str
    platform: str


def here() -> Provenance:
    """Describe the running interpreter, with the distributions that are installed in it.

    Raises:
        importlib.metadata.PackageNotFoundError: One of our distributions is not installed.
    """
    return Provenance(
        versions=tuple((name, metadata.version(name)) for name in OURS),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        platform=f"{platform.system()} {platform.machine()}",
    )
