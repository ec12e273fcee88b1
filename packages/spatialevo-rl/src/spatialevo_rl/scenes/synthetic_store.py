# SPDX-License-Identifier: Apache-2.0
"""Rooms made on demand from their seeds, kept in memory and, where a folder is given, on disk."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Final

from PIL import Image

from spatialevo_dge import Scene, SceneError, bundle
from spatialevo_dge.arrays_cloud import InMemoryCloud
from spatialevo_dge.cloud import Cloud
from spatialevo_dge.synthetic import SyntheticRoom, make_room
from spatialevo_rl.scenes.caching import Cache
from spatialevo_rl.scenes.fingerprints import generator_fingerprint
from spatialevo_rl.scenes.pictures import read_picture
from spatialevo_rl.scenes.room_plans import RoomPlan
from spatialevo_rl.scenes.splits import SEEDS, Split
from spatialevo_rl.scenes.vocabulary import common_labels
from spatialevo_rl.settings import SceneSettings

HELD_OUT: Final[Mapping[Split, int]] = MappingProxyType(
    {Split.VALIDATION: 500, Split.TEST: 1000, Split.SHIFTED: 1000}
)
"""Rooms of the splits that nothing is trained on."""

_MEMORY: Final = 2**29  # bytes of rooms kept in memory
_ROOM: Final = 150_000  # bytes of a room without its images
_FEWEST, _MOST = 16, 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    scene: Scene
    images: Mapping[str, Image.Image]


class SyntheticStore:
    """Seeded rooms; a scene's id is its plan's name and its seed ("room-12")."""

    def __init__(self, plan: RoomPlan, settings: SceneSettings) -> None:
        """Plan the rooms; none is made yet.

        Raises:
            ValueError: `scene_count` is not in the range of training seeds.
        """
        if not 1 <= settings.scene_count <= len(SEEDS[Split.TRAIN]):
            limit = len(SEEDS[Split.TRAIN])
            raise ValueError(f"scene_count: expected 1 to {limit}, got {settings.scene_count}")
        self._plan = plan
        self._settings = settings
        self._rooms: Cache[str, _Room] = Cache(self._kept)

    def __getstate__(self) -> tuple[RoomPlan, SceneSettings]:
        return self._plan, self._settings

    def __setstate__(self, state: tuple[RoomPlan, SceneSettings]) -> None:
        self._plan, self._settings = state
        self._rooms = Cache(self._kept)

    @property
    def _kept(self) -> int:
        return min(max(_MEMORY // (3 * self._plan.pixels + _ROOM), _FEWEST), _MOST)

    @property
    def name(self) -> str:
        """What a message calls the store."""
        return f"made rooms {self._settings.scenes!r}"

    @property
    def settings(self) -> SceneSettings:
        """What it was opened with."""
        return self._settings

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the code that makes the rooms, their options and their number."""
        probes = [repr(self._plan.options(seed)) for seeds in SEEDS.values() for seed in seeds[:4]]
        text = f"{generator_fingerprint()} {self._plan.name} {self._settings.scene_count} {probes}"
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    @property
    def folder(self) -> Path | None:
        """Where what is computed once is kept; None: nowhere."""
        given = self._settings.scene_cache
        return Path(given).expanduser() if given else None

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every label that rooms may hold, sorted."""
        return self._plan.labels

    @cached_property
    def common_labels(self) -> frozenset[str]:
        """Labels that more than 60 % of training views show."""
        return common_labels(self)

    @property
    def left_out(self) -> Mapping[str, str]:
        """Nothing: every room is used."""
        return MappingProxyType({})

    def ids(self, split: Split) -> tuple[str, ...]:
        """Return the rooms of a split, by seed."""
        count = self._settings.scene_count if split is Split.TRAIN else HELD_OUT[split]
        return tuple(f"{self._plan.name}-{seed}" for seed in SEEDS[split][:count])

    def frames(self, scene_id: str) -> tuple[str, ...]:
        """Return the ids of all frames."""
        return tuple(frame.id for frame in self.scene(scene_id).frames)

    def scene(self, scene_id: str) -> Scene:
        """Return a room, made now where it is kept nowhere.

        Raises:
            SceneError: No seed has that id, or what it asks for fits into no room.
        """
        return self._room(scene_id).scene

    def images(self, scene_id: str, frames: tuple[str, ...]) -> tuple[Image.Image, ...]:
        """Return what the room's cameras see.

        Raises:
            SceneError: The room has no such frame.
        """
        images = self._room(scene_id).images
        missing = [frame for frame in frames if frame not in images]
        if missing:
            raise SceneError(f"scene {scene_id}", "frames", f"it has no frame {missing[0]!r}")
        return tuple(images[frame] for frame in frames)

    def _room(self, scene_id: str) -> _Room:
        return self._rooms.get(scene_id, lambda: self._load(scene_id))

    def _load(self, scene_id: str) -> _Room:
        seed = self._seed(scene_id)
        if self.folder is None:
            return self._made(scene_id, seed)
        options = repr(self._plan.options(seed))
        digest = hashlib.blake2b(
            f"{generator_fingerprint()} {options}".encode(), digest_size=4
        ).hexdigest()
        path = self.folder / "rooms" / f"{scene_id}-{digest}"
        if path.exists():
            return _stored(path)
        room = self._made(scene_id, seed)
        _store(room, path)
        return room

    def _seed(self, scene_id: str) -> int:
        name, _, seed = scene_id.rpartition("-")
        known = any(int(seed) in seeds for seeds in SEEDS.values()) if seed.isdecimal() else False
        if name != self._plan.name or not known:
            raise SceneError(self.name, "scene", f"there is no scene {scene_id!r}")
        return int(seed)

    def _made(self, scene_id: str, seed: int) -> _Room:
        try:
            room = make_room(seed, self._plan.options(seed))
        except ValueError as error:
            raise SceneError(f"scene {scene_id}", "room", str(error)) from error
        scene = replace(room.scene, id=scene_id, cloud=_points_alone(room.scene))
        return _Room(scene=scene, images=MappingProxyType(_images(room)))


def _points_alone(scene: Scene) -> Cloud | None:
    """Return the cloud without its surface, which no ruling looks at and which weighs most."""
    if scene.cloud is None:
        return None
    return InMemoryCloud(points_in_world=scene.cloud.points_in_world)


def _images(room: SyntheticRoom) -> dict[str, Image.Image]:
    return {
        frame.id: Image.fromarray(picture.rgb)
        for frame, picture in zip(room.scene.frames, room.pictures, strict=True)
    }


def _store(room: _Room, path: Path) -> None:
    """Write a room as a bundle; one that another process has written meanwhile is as good."""
    names = {frame: f"images/{frame}.png" for frame in room.images}
    frames = tuple(replace(frame, image_path=path / names[frame.id]) for frame in room.scene.frames)
    attachments = {names[frame]: _png(image) for frame, image in room.images.items()}
    try:
        bundle.save(replace(room.scene, frames=frames), path, attachments=attachments)
    except FileExistsError:
        return


def _stored(path: Path) -> _Room:
    scene = bundle.load(path)
    images = {frame.id: read_picture(frame, scene.id, 0) for frame in scene.frames}
    return _Room(scene=scene, images=MappingProxyType(images))


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()
