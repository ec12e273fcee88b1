# SPDX-License-Identifier: Apache-2.0
"""What programs can call: the oracle's operators under the names of the field.

The signatures and docstrings here are the language's documentation (`documentation`), in a
proposer's prompt and on the page. Every operator is the oracle's own function; none answers a task.
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import numpy as np

from spatialevo_dge import bearings, image_relation, surface
from spatialevo_dge.camera_motion import change_between
from spatialevo_dge.directions import sector, words
from spatialevo_dge.entities import FIRST_IMAGE, Noun, RegionFromCamera, SectorForm
from spatialevo_dge.region_extent import Region as Extent
from spatialevo_dge.region_extent import find_regions
from spatialevo_dge.regions import REGIONS, lookup
from spatialevo_dge.scene import Frame, SceneObject
from spatialevo_dge.visibility import Visibility
from spatialevo_geometry import apply, invert
from spatialevo_geometry import project as to_pixels
from spatialevo_rl.programs.records import (
    Bearing,
    Image,
    Motion,
    Object,
    Pixel,
    Region,
    bearing_record,
    image_record,
    object_record,
    point,
)
from spatialevo_rl.programs.stage import Stage

Form: TypeAlias = Literal["eight", "quadrant", "left_right_back", "left_right"]


class Operators:
    """The operators over one scene and the images shown."""

    def __init__(self, stage: Stage) -> None:
        """Describe the scene's objects and images once."""
        self._view = stage.view()
        self._policy = stage.policy
        self._objects = tuple(
            object_record(item, self._view, self._policy) for item in self._view.scene.objects
        )
        self._images = tuple(
            image_record(number, frame) for number, frame in enumerate(self._view.frames, start=1)
        )

    def objects(self, label: str = "") -> list[Object]:
        """Return the objects of the scene, all or those of one label, ordered by id."""
        return [item for item in self._objects if label in {"", item.label}]

    def images(self) -> list[Image]:
        """Return the images shown, in order."""
        return list(self._images)

    def image(self, number: int) -> Image:
        """Return one image shown; the first has number 1."""
        if not 1 <= number <= len(self._images):
            raise ValueError(f"there is no image {number}; {len(self._images)} are shown")
        return self._images[number - 1]

    def only(self, label: str) -> Object:
        """Return the one object of a label in the scene; an error where there is not just one."""
        return _single(self.objects(label), label, "the scene has")

    def only_shown(self, label: str) -> Object:
        """Return the one object of a label that the images show; an error where not just one.

        An image shows an object from a visible fraction of MIN_VISIBLE_FRACTION on.
        """
        least = self._policy.min_visible
        found = [
            item
            for item in self.objects(label)
            if max(item.visible_fractions, default=0.0) >= least
        ]
        return _single(found, label, "the images show")

    def distance(self, first: Object, second: Object) -> float:
        """Return the gap between the nearest points of two objects' boxes in metres.

        It is 0 where they touch.
        """
        a, b = self._item(first), self._item(second)
        return surface.gap(self._view.scene, a, b, self._policy).distance

    def camera_distance(self, image: Image, target: Object) -> float:
        """Return the distance from a camera's centre to the nearest point of a box in metres."""
        centre = bearings.camera_centre(self._frame(image))
        return surface.from_point(centre, self._item(target), self._policy).distance

    def near_depth(self, image: Image, target: Object) -> float:
        """Return the depth of an object's visible near edge along the optical axis in metres.

        It is an error where the image shows nothing of the object.
        """
        record = self._record(image, target)
        if record is None:
            raise ValueError(f"image {image.number} shows nothing of the {target.label}")
        return record.nearest_depth

    def visible_fraction(self, image: Image, target: Object) -> float:
        """Return the share of an object's camera-facing surface that an image shows, 0 to 1.

        It decides whether an image shows an object at all.
        """
        record = self._record(image, target)
        return 0.0 if record is None else record.of_facing

    def surface_fraction(self, image: Image, target: Object) -> float:
        """Return the share of an object's whole surface that an image shows, 0 to 1.

        It decides which of two images shows more of an object.
        """
        record = self._record(image, target)
        return 0.0 if record is None else record.of_total

    def project(self, image: Image, point_in_world_m: tuple[float, float, float]) -> Pixel | None:
        """Return where a point appears in an image; None where it lies behind the camera.

        The pixel may lie outside the image.
        """
        frame = self._frame(image)
        if frame.intrinsics is None:
            raise ValueError(f"the intrinsics of image {image.number} are unknown")
        inside = apply(invert(frame.world_from_camera), np.array([point_in_world_m], dtype=float))
        if inside[0, 2] <= 0.0:
            return None
        pixels, depths = to_pixels(inside, frame.intrinsics)
        u, v = pixels[0].tolist()
        return Pixel(u_px=u, v_px=v, depth_m=float(depths[0]))

    def bearing_from_camera(self, image: Image, target: Object | Image | Region) -> Bearing:
        """Return where an object, another camera or a region lies from an image's camera.

        Straight ahead is the camera's heading on the floor; pitch and roll do not enter.
        """
        there = target.camera_in_world_m if isinstance(target, Image) else target.centre_in_world_m
        return bearing_record(bearings.camera_bearing(self._level(image), np.array(there)))

    def bearing_between(self, stand: Object, face: Object, query: Object) -> Bearing:
        """Return where `query` lies for someone who stands at `stand` and faces `face`."""
        here, ahead, there = (
            surface.box_of(self._item(item), self._policy).centre for item in (stand, face, query)
        )
        heading = bearings.bearing(here, 0.0, ahead).azimuth
        return bearing_record(bearings.bearing(here, heading, there))

    def offset_in_image(self, image: Image, reference: Object, target: Object) -> Bearing:
        """Return where `target` lies from `reference` as the viewer of an image sees it.

        Azimuth 0 is front: nearer to the viewer. Left is the viewer's left.
        """
        return bearing_record(
            image_relation.offset_between(
                self._level(image), self._item(reference), self._item(target), self._policy
            )
        )

    def camera_motion(self, start: Image, end: Image) -> Motion:
        """Return how the camera's pose changed from one image to another."""
        change = change_between(self._level(start), self._level(end))
        return Motion(
            turn_left_deg=math.degrees(change.turn),
            tilt_up_deg=math.degrees(change.tilt),
            roll_deg=math.degrees(change.rolled),
            move_m=change.distance,
            move_azimuth_deg=math.degrees(change.azimuth),
            move_horizontal_m=change.horizontal,
            move_up_m=change.rise,
        )

    def regions(self, name: str) -> list[Region]:
        """Return the functional regions of a name, such as "sleeping area" or "dining area"."""
        if lookup(name) is None:
            raise ValueError(f"no region is called {name!r}; {', '.join(k.name for k in REGIONS)}")
        return self._regions(name, None)

    def own_region(self, owner: Object) -> Region:
        """Return the area of one object, such as the desk's for "the desk area"."""
        noun = Noun(text=owner.label, label=owner.label)
        found = self._regions(f"{owner.label} area", noun)
        return next(region for region in found if region.object_ids == (owner.id,))

    def floor_area(self) -> float:
        """Return the area of the room's floor in square metres; an error where it is unknown."""
        floor = self._view.scene.floor
        if floor is None:
            raise ValueError("the floor of this scene is unknown")
        return floor.area

    def direction_word(self, azimuth_deg: float, form: Form = "eight") -> str:
        """Name an azimuth (left positive) with one of the words of a form."""
        return sector(math.radians(azimuth_deg), SectorForm(form)).word

    def direction_words(self, form: Form = "eight") -> list[str]:
        """Return every word of a form: the options of a direction that is asked for in it."""
        return list(words(SectorForm(form)))

    def _item(self, record: Object) -> SceneObject:
        return self._view.scene.objects_by_id[record.id]

    def _frame(self, record: Image) -> Frame:
        return self._view.frames[record.number - 1]

    def _level(self, record: Image) -> Frame:
        frame = self._frame(record)
        if not bearings.has_heading(frame):
            raise ValueError(f"the camera of image {record.number} looks straight up or down")
        return frame

    def _record(self, image: Image, target: Object) -> Visibility | None:
        if not self._view.knows_visibility:
            raise ValueError("what the images show was not computed for this scene")
        return self._view.visibility(self._item(target), self._frame(image))

    def _regions(self, name: str, noun: Noun | None) -> list[Region]:
        asked = RegionFromCamera(region=name, reference=FIRST_IMAGE, object=noun)
        return [_region(extent) for extent in find_regions(asked, self._view, self._policy)]


def _region(extent: Extent) -> Region:
    return Region(
        centre_in_world_m=point(extent.centre_in_world),
        object_ids=tuple(item.id for item in extent.members),
    )


def _single(found: list[Object], label: str, where: str) -> Object:
    if len(found) != 1:
        raise ValueError(f"{where} {len(found)} objects {label!r}, not one")
    return found[0]
