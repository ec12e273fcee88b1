# SPDX-License-Identifier: Apache-2.0
"""Naming a scene on a command line: a bundle's folder, ``synthetic:SEED``, or an own-scene JSON.

The header in a bundle's folder stands for the bundle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

from spatialevo_dge.bundle import HEADER
from spatialevo_dge.cli.errors import PROGRAM, DataError, MisuseError, closest
from spatialevo_dge.scene import Scene

SYNTHETIC: Final = "synthetic:"
OWN: Final = ".json"
BOXES: Final = "boxes.npy"
"""A file that every bundle has beside its header, and a scene of one's own has not."""
RAW_FILES: Final = {
    "scannet": ("ScanNet", "*_vh_clean*.ply"),
    "scannetpp": ("ScanNet++", "scans/mesh_aligned_0.05.ply"),
    "arkitscenes": ("ARKitScenes", "*_3dod_mesh.ply"),
}
"""By the word that `import` takes: a data set, and files by which its folders are known."""


def open_scene(name: str) -> Scene:
    """Load the scene that a name stands for.

    Raises:
        MisuseError: A synthetic room's seed is no number.
        DataError: There is no bundle of that name.
        SceneError: The bundle is damaged.
    """
    if name.startswith(SYNTHETIC):
        from spatialevo_dge.synthetic import make_room  # noqa: PLC0415  (only rooms need it)

        return make_room(seed_of(name)).scene
    if is_own(name):
        from spatialevo_dge.importers import import_own  # noqa: PLC0415  (only these need it)

        return import_own(name)
    return Scene.load(bundle_folder(name))


def is_own(name: str) -> bool:
    """Whether a name is that of a JSON file of one's own rather than a bundle's."""
    return name.endswith(OWN) and Path(name).is_file() and not _is_header(Path(name))


def _is_header(file: Path) -> bool:
    return file.name == HEADER and (file.parent / BOXES).is_file()


def cached_scenes(count: int) -> Callable[[str], Scene]:
    """Return `open_scene` that keeps the scenes used last."""
    return lru_cache(maxsize=count)(open_scene)


def seed_of(name: str) -> int:
    """Return the seed in ``synthetic:SEED``."""
    text = name.removeprefix(SYNTHETIC)
    if not text.isascii() or not text.isdigit():
        raise MisuseError(
            f"scene {name!r}: expected a whole number after {SYNTHETIC!r}, got {text!r}"
        )
    return int(text)


def bundle_folder(name: str) -> Path:
    """Return the folder of a bundle that exists.

    Raises:
        DataError: It does not; the message says what is there instead.
    """
    folder = Path(name).parent if _is_header(Path(name)) else Path(name)
    if (folder / HEADER).is_file():
        return folder
    if not folder.exists():
        raise DataError(f"scene {name!r}: there is no such folder{_neighbour(folder)}")
    if not folder.is_dir():
        raise DataError(f"scene {name!r}: a scene is a folder with {HEADER}, this is a file")
    for source, (known_as, pattern) in RAW_FILES.items():
        if any(folder.glob(pattern)):
            hint = f"run: {PROGRAM} import {source} {name} -o SCENE"
            raise DataError(f"scene {name!r}: these are {known_as}'s files, not a bundle; {hint}")
    bundles = sorted(path.parent.name for path in folder.glob(f"*/{HEADER}"))
    inside = f"; it holds {len(bundles)} scenes, such as {name}/{bundles[0]}" if bundles else ""
    raise DataError(f"scene {name!r}: the folder holds no {HEADER}{inside}")


def identity(name: str) -> str:
    """Return what changes when the scene behind a name does: its header's digest, or its seed."""
    if name.startswith(SYNTHETIC):
        return f"{SYNTHETIC}{seed_of(name)}"
    if is_own(name):
        return hashlib.sha256(Path(name).read_bytes()).hexdigest()
    return hashlib.sha256((bundle_folder(name) / HEADER).read_bytes()).hexdigest()


def _neighbour(folder: Path) -> str:
    if not folder.parent.is_dir():
        return ""
    found = closest(folder.name, (path.parent.name for path in folder.parent.glob(f"*/{HEADER}")))
    return f"; did you mean {str(folder.parent / found)!r}?" if found else ""
