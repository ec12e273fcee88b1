# SPDX-License-Identifier: Apache-2.0
"""Where scenes and their images come from: one protocol, seeded rooms or a folder of bundles."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol

from PIL import Image

from spatialevo_dge import Scene, SceneError
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.settings import SceneSettings

SYNTHETIC: Final = "synthetic"
LAB: Final = "lab"


class SceneStore(Protocol):
    """Scenes by id, with the images of their frames.

    A store may be pickled: a copy in another process opens the same scenes and keeps its own cache.
    Equal ids mean equal scenes, in every process.
    """

    def __hash__(self) -> int:
        """By identity: two stores of one folder keep caches of their own."""

    @property
    def name(self) -> str:
        """What a message calls the store."""

    @property
    def settings(self) -> SceneSettings:
        """What it was opened with."""

    @property
    def fingerprint(self) -> str:
        """A hash of everything that the scenes and splits depend on."""

    @property
    def folder(self) -> Path | None:
        """Where what is computed once for this store is kept; None: nowhere."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Labels of the whole data set, sorted: what a questioner may be told."""

    @property
    def common_labels(self) -> frozenset[str]:
        """Labels that more than 60 % of training views show: naming one says nothing."""

    @property
    def left_out(self) -> Mapping[str, str]:
        """Scenes that are there but not used, by id, each with the reason."""

    def ids(self, split: Split) -> tuple[str, ...]:
        """Return the scenes of a split, in a fixed order."""

    def frames(self, scene_id: str) -> tuple[str, ...]:
        """Return the ids of the frames that have an image, in capture order."""

    def scene(self, scene_id: str) -> Scene:
        """Return a scene.

        Raises:
            SceneError: There is none of that id, or its data are damaged.
        """

    def images(self, scene_id: str, frames: tuple[str, ...]) -> tuple[Image.Image, ...]:
        """Return the RGB images of frames, in the order asked for; shared, so never to be changed.

        Raises:
            SceneError: A file is missing or damaged, or the scene has no such frame.
        """


def open_store(settings: SceneSettings, seed: int = 0) -> SceneStore:
    """Open the scenes that settings name.

    Args:
        settings: ``scenes`` is "synthetic", "lab", or a folder of bundles.
        seed: Seed of the run. No scene, split or label depends on it.

    Raises:
        SceneError: There is no such folder, it holds no bundle, or one is damaged.
    """
    del seed  # in the signature for stores that draw scenes; none of ours does
    if settings.scenes in _MADE:
        return _MADE[settings.scenes](settings)
    folder = Path(settings.scenes).expanduser()
    if not settings.scenes or not folder.is_dir():
        raise SceneError(settings.scenes or "scenes", "scenes", _no_folder(settings.scenes))
    from spatialevo_rl.scenes.bundle_store import BundleStore  # noqa: PLC0415  (imports this)

    return BundleStore(folder, settings)


def _no_folder(name: str) -> str:
    if name and Path(name).expanduser().exists():
        return "it is a file; scenes are a folder of bundles (`spatialevo-dge import` makes them)"
    parent = Path(name).expanduser().parent
    near = [*_MADE, *(item.name for item in parent.iterdir())] if parent.is_dir() else [*_MADE]
    close = difflib.get_close_matches(Path(name).name, near, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"there is no such folder, and no made rooms are called so ({', '.join(_MADE)}){hint}"


def _open_synthetic(settings: SceneSettings) -> SceneStore:
    from spatialevo_rl.scenes.room_plans import furnished_rooms  # noqa: PLC0415
    from spatialevo_rl.scenes.synthetic_store import SyntheticStore  # noqa: PLC0415

    return SyntheticStore(furnished_rooms(settings), settings)


def _open_lab(settings: SceneSettings) -> SceneStore:
    from spatialevo_rl.scenes.room_plans import lab_rooms  # noqa: PLC0415
    from spatialevo_rl.scenes.synthetic_store import SyntheticStore  # noqa: PLC0415

    return SyntheticStore(lab_rooms(settings), settings)


_MADE: Final[Mapping[str, Callable[[SceneSettings], SceneStore]]] = {
    SYNTHETIC: _open_synthetic,
    LAB: _open_lab,
}
