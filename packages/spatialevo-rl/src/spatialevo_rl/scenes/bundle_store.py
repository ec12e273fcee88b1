# SPDX-License-Identifier: Apache-2.0
"""Imported scans: a folder of the oracle's bundles, split by physical space."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Final

from PIL import Image

from spatialevo_dge import Scene, SceneError, bundle
from spatialevo_rl.scenes.bundle_index import BundleEntry, by_id, digest_of, read_index
from spatialevo_rl.scenes.caching import Cache
from spatialevo_rl.scenes.pictures import read_picture
from spatialevo_rl.scenes.scene_lists import read_exclusions, read_visits
from spatialevo_rl.scenes.splits import (
    NO_VISITS,
    Split,
    excluded_spaces,
    space_of,
    split_of_space,
)
from spatialevo_rl.scenes.vocabulary import common_labels
from spatialevo_rl.settings import SceneSettings

_SCENES: Final = 32  # kept in memory; their clouds are mapped, not read
_IMAGES: Final = 256
NO_IMAGE: Final = "no frame of it has a colour image"
EXCLUDED: Final = "its room is on the list of excluded scenes"


class BundleStore:
    """Scenes of a folder of bundles."""

    def __init__(self, folder: Path, settings: SceneSettings) -> None:
        """Read every bundle's header, or the index kept from the last start.

        Raises:
            SceneError: No bundle, a damaged one, an unreadable list, or no scene left.
        """
        self._folder = folder
        self._settings = settings
        self._entries = read_index(folder, self.folder)
        self._splits, self._left_out = _divide(self._entries, settings)
        if not any(self._splits.values()):
            reason = next(iter(self._left_out.values()))
            raise SceneError(
                folder, "scenes", f"none of {len(self._entries)} can be used: {reason}"
            )
        self._by_id = by_id(self._entries)
        self._make_caches()

    def _make_caches(self) -> None:
        self._scenes: Cache[str, Scene] = Cache(_SCENES)
        self._images: Cache[tuple[str, str], Image.Image] = Cache(_IMAGES)

    def __getstate__(self) -> dict[str, object]:
        dropped = {"_scenes", "_images", "_left_out"}
        kept = {name: value for name, value in self.__dict__.items() if name not in dropped}
        return {**kept, "_left_out": dict(self._left_out)}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._make_caches()

    @property
    def name(self) -> str:
        """What a message calls the store."""
        return f"scenes in {self._folder}"

    @property
    def settings(self) -> SceneSettings:
        """What it was opened with."""
        return self._settings

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all bundles' headers and of what is left out."""
        text = f"{digest_of(self._entries)} {sorted(self._left_out)}"
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    @property
    def folder(self) -> Path | None:
        """Where what is computed once is kept; None: nowhere."""
        given = self._settings.scene_cache
        return Path(given).expanduser() if given else None

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Labels of all training scenes, sorted."""
        labels = (self._by_id[scene_id].labels for scene_id in self.ids(Split.TRAIN))
        return tuple(sorted({label for found in labels for label in found}))

    @cached_property
    def common_labels(self) -> frozenset[str]:
        """Labels that more than 60 % of training views show."""
        return common_labels(self)

    @property
    def left_out(self) -> Mapping[str, str]:
        """Scenes that are not used, by id, each with the reason."""
        return self._left_out

    def ids(self, split: Split) -> tuple[str, ...]:
        """Return the scenes of a split, by id."""
        return self._splits[split]

    def frames(self, scene_id: str) -> tuple[str, ...]:
        """Return the ids of the frames that name an image, in capture order."""
        frames = self.scene(scene_id).frames
        return tuple(frame.id for frame in frames if frame.image_path is not None)

    def scene(self, scene_id: str) -> Scene:
        """Return a scene.

        Raises:
            SceneError: There is none of that id, or its bundle is damaged.
        """
        return self._scenes.get(scene_id, lambda: self._load(scene_id))

    def _load(self, scene_id: str) -> Scene:
        if scene_id not in self._by_id:
            raise SceneError(self._folder, "scene", f"there is no scene {scene_id!r}")
        return bundle.load(self._folder / self._by_id[scene_id].folder)

    def images(self, scene_id: str, frames: tuple[str, ...]) -> tuple[Image.Image, ...]:
        """Return the images of frames, resized.

        Raises:
            SceneError: A file is missing or damaged, or the scene has no such frame.
        """
        return tuple(self._image(scene_id, frame) for frame in frames)

    def _image(self, scene_id: str, frame: str) -> Image.Image:
        return self._images.get((scene_id, frame), lambda: self._picture(scene_id, frame))

    def _picture(self, scene_id: str, frame: str) -> Image.Image:
        scene = self.scene(scene_id)
        if frame not in scene.frames_by_id:
            raise SceneError(f"scene {scene_id}", "frames", f"it has no frame {frame!r}")
        return read_picture(scene.frames_by_id[frame], scene_id, self._settings.image_size)


def _divide(
    entries: tuple[BundleEntry, ...], settings: SceneSettings
) -> tuple[dict[Split, tuple[str, ...]], Mapping[str, str]]:
    """Return the ids of each split, and the scenes left out with the reasons."""
    visits = read_visits(Path(settings.scene_visits)) if settings.scene_visits else NO_VISITS
    listed = (
        read_exclusions(Path(settings.scene_exclude).expanduser())
        if settings.scene_exclude
        else frozenset[str]()
    )
    excluded = excluded_spaces(listed, {entry.source for entry in entries}, visits)
    found: dict[Split, list[str]] = {split: [] for split in Split}
    left_out: dict[str, str] = {}
    for entry in entries:
        space = space_of(entry.source, entry.id, visits)
        if entry.id in listed or space in excluded:
            left_out[entry.id] = EXCLUDED
        elif entry.images == 0:
            left_out[entry.id] = NO_IMAGE
        else:
            found[split_of_space(space)].append(entry.id)
    return {split: tuple(ids) for split, ids in found.items()}, MappingProxyType(left_out)
