# SPDX-License-Identifier: Apache-2.0
"""What a noisy scan's images surely show, and what only may be so."""

import math
from dataclasses import replace

import pytest

from spatialevo_dge import DEFAULT, PAPER, VSI, Rule, Scene, sightings
from spatialevo_dge.entities import Category, Noun, One, Relation, Unit
from spatialevo_dge.scene import EXACT, NoiseModel, VisibilitySource
from spatialevo_dge.view import View
from support.build import Sighting, frame, item, noun, pose, scene
from support.ruled import outcome

POSES = NoiseModel(pose_translation_sigma=0.02, pose_rotation_sigma=math.radians(1.0))
SLIGHT = NoiseModel(object_offset_sigma=0.001)
FAR = "distance_cam_obj"
VASE = One(object=Noun(text="vase", label="vase"), unit=Unit.METRES)


def room(*shares: float | None, noise: NoiseModel = POSES, size: float = 0.4) -> Scene:
    """Vases 2 m ahead of one camera, side by side, each with a share that is seen of it."""
    vases = [
        item(number, "vase", (2.0, 0.6 * (number - 2), 0.0), (size, size, size))
        for number in range(1, len(shares) + 1)
    ]
    seen = {(0, n): Sighting(share=s) for n, s in enumerate(shares, 1) if s is not None}
    return scene(vases, [frame("a", pose((0, 0, 0)))], seen, noise=noise)


def seen_from(scanned: Scene) -> View:
    return View(scanned, scanned.frames)


def test_the_range_of_a_share() -> None:
    """2 cm and 1 degree at 2.09 m move an outline of 0.4 m by hypot(2, 3.65) cm."""
    scanned = room(0.5)
    moved = math.hypot(0.02, math.radians(1.0) * math.hypot(2.0, 0.6))
    assert sightings.shift(POSES, math.hypot(2.0, 0.6)) == pytest.approx(moved)
    found = sightings.share(seen_from(scanned), scanned.objects[0], scanned.frames[0], DEFAULT)
    # What is seen is 50 of 300 pixels a radian across, at 1.2 m.
    assert found.sure == pytest.approx(0.5 - 4 * 0.28 * moved / 0.2)
    assert found.low == pytest.approx(0.5 - 4 * math.hypot(moved / 0.4, 0.04))
    assert found.high == pytest.approx(0.5 + 4 * math.hypot(moved / 0.4, 0.04))


@pytest.mark.parametrize(
    ("width", "size", "sd"),
    [
        (250, 0.4, 0.04),  # all of it is seen: points and band remain
        (250, 4.0, 0.28 * 0.0416 / 1.0),
        (50, 0.05, 0.28 * 0.0416 / 0.2),
        (10, 0.4, 0.28 * 0.0416 / 0.04),
    ],
)
def test_a_strip_is_less_sure_than_the_whole(width: int, size: float, sd: float) -> None:
    vase = item(1, "vase", (2.0, -0.6, 0.0), (size, size, size))
    shows = {(0, 1): Sighting(share=1.0, box_2d=(10, 10, 10 + width, 10 + max(width, 60)))}
    scanned = scene([vase], [frame("a", pose((0, 0, 0)))], shows, noise=POSES)
    found = sightings.share(seen_from(scanned), vase, scanned.frames[0], DEFAULT)
    assert found.sure == pytest.approx(max(0.0, 1.0 - 4 * sd), rel=0.002)


def test_a_small_thing_is_never_surely_absent() -> None:
    scanned = room(0.95, size=0.05)
    found = sightings.share(seen_from(scanned), scanned.objects[0], scanned.frames[0], DEFAULT)
    assert found.sure > 0.10
    assert (found.low, found.high) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("basket", "sure"),
    [
        ((1.0, 0.6, 0.6), False),  # its side is 7 cm before the vase
        ((1.2, 0.6, 0.6), True),  # 17 cm: no band reaches so far
        ((1.0, 0.6, 0.3), True),  # it does not hold the vase
    ],
)
def test_behind_the_side_of_a_basket(basket: tuple[float, float, float], sure: bool) -> None:
    vase = item(1, "vase", (2.0, 0.0, 0.0), (0.86, 0.4, 0.4))
    around = item(2, "basket", (2.0, 0.0, 0.0), basket)
    shows = {(0, 1): Sighting(share=0.9), (0, 2): Sighting(share=0.9)}
    scanned = scene([vase, around], [frame("a", pose((0, 0, 0)))], shows, noise=POSES)
    found = sightings.share(seen_from(scanned), vase, scanned.frames[0], DEFAULT)
    assert (found.sure > 0.10) is sure


def test_a_flat_thing_is_as_near_to_the_side_as_its_edge() -> None:
    """A book on a basket's floor, seen from 1 m above: its middle is far from the basket's side."""
    book = item(1, "book", (1.5, 0.0, -1.0), (0.25, 0.19, 0.05))
    around = item(2, "basket", (1.5, 0.0, -0.93), (0.35, 0.32, 0.20))
    shows = {(0, 1): Sighting(share=1.0, box_2d=(10, 10, 200, 200))}
    scanned = scene([book, around], [frame("a", pose((0, 0, 0)))], shows, noise=POSES)
    assert sightings.share(seen_from(scanned), book, scanned.frames[0], DEFAULT).sure == 0.0


def test_into_a_basket_from_above() -> None:
    """What leaves through the top of a box meets no side."""
    vase = item(1, "vase", (0.5, 0.0, -2.0), (0.4, 0.4, 0.4))
    around = item(2, "basket", (0.5, 0.0, -2.0), (0.5, 0.5, 0.5))
    above = frame("a", pose((0, 0, 0), pitch=-76.0))
    shows = {(0, 1): Sighting(share=0.9)}
    scanned = scene([vase, around], [above], shows, noise=POSES)
    assert scanned.containers_by_id == {1: (around,)}
    assert sightings.share(seen_from(scanned), vase, above, DEFAULT).sure > 0.10


@pytest.mark.parametrize("policy", [DEFAULT, PAPER, VSI])
def test_without_noise_or_without_doubt_a_share_is_what_it_is(policy) -> None:
    exact = room(0.3, noise=EXACT)
    found = sightings.share(seen_from(exact), exact.objects[0], exact.frames[0], policy)
    assert (found.sure, found.low, found.high) == (0.3, 0.3, 0.3)
    assert sightings.total_sd(seen_from(exact), exact.objects[0], exact.frames[0]) == 0.0
    assert not sightings.in_doubt(EXACT, DEFAULT)
    assert sightings.in_doubt(POSES, DEFAULT)
    assert not sightings.in_doubt(POSES, PAPER)


@pytest.mark.parametrize(
    ("shares", "noise", "expected"),
    [
        ((0.9,), POSES, "answer"),
        ((0.3,), POSES, Rule.BORDERLINE),
        ((0.05,), POSES, Rule.BORDERLINE),
        ((None,), POSES, Rule.BORDERLINE),  # in front of the camera, and yet not seen
        ((0.12,), SLIGHT, "answer"),
        ((0.105,), SLIGHT, Rule.BORDERLINE),
        ((0.095,), SLIGHT, Rule.BORDERLINE),
        ((0.01,), SLIGHT, Rule.BORDERLINE),  # a little is seen: it may be more
        ((None,), SLIGHT, Rule.NOT_VISIBLE),
        ((0.9, 0.9), POSES, Rule.AMBIGUOUS_OBJECT),
        ((0.9, 0.3), POSES, Rule.BORDERLINE),
        ((0.9, None), POSES, Rule.BORDERLINE),
        ((0.9, None), SLIGHT, "answer"),
        ((0.9, 0.025), SLIGHT, Rule.BORDERLINE),
        ((0.9, 0.17), SLIGHT, Rule.BORDERLINE),
        ((0.9, 0.25), SLIGHT, Rule.AMBIGUOUS_OBJECT),
    ],
)
def test_one_instance_surely_perhaps_or_not(
    shares: tuple[float | None, ...], noise: NoiseModel, expected: object
) -> None:
    found = outcome(FAR, VASE, room(*shares, noise=noise), "a")
    assert (found if isinstance(found, Rule) else "answer") == expected


def test_paper_asks_for_the_share_alone() -> None:
    assert isinstance(outcome(FAR, VASE, room(0.11), "a", policy=PAPER), float)
    assert outcome(FAR, VASE, room(0.09), "a", policy=PAPER) is Rule.NOT_VISIBLE


@pytest.mark.parametrize("place", [(-2, 0, 0), (2, 9, 0), (2, -9, 0), (2, 0, 9), (2, 0, -9)])
def test_what_lies_outside_the_image_is_no_rival(place: tuple[float, float, float]) -> None:
    near = item(1, "vase", (2, 0, 0), (0.4, 0.4, 0.4))
    away = item(2, "vase", place, (0.4, 0.4, 0.4))
    scanned = scene(
        [near, away], [frame("a", pose((0, 0, 0)))], {(0, 1): Sighting(share=0.9)}, noise=POSES
    )
    assert isinstance(outcome(FAR, VASE, scanned, "a"), float)
    assert sightings.total_sd(seen_from(scanned), away, scanned.frames[0]) == 0.0
    assert sightings.total_sd(seen_from(scanned), near, scanned.frames[0]) > 0.0


@pytest.mark.parametrize(
    ("box", "sure"),
    [
        ((10, 10, 60, 60), True),
        ((0, 10, 23, 60), False),
        ((0, 10, 26, 60), True),
        ((296, 10, 319, 60), False),
        ((10, 0, 60, 23), False),
        ((10, 216, 60, 239), False),
    ],
)
def test_what_only_peeps_in_may_be_outside(box: tuple[float, ...], sure: bool) -> None:
    """4 x 4.2 cm at 2.09 m are 24 pixels of 300 a radian."""
    vase = item(1, "vase", (2.0, -0.6, 0.0), (0.4, 0.4, 0.4))
    shows = {(0, 1): Sighting(share=1.0, box_2d=box)}
    scanned = scene([vase], [frame("a", pose((0, 0, 0)))], shows, noise=POSES)
    found = sightings.share(seen_from(scanned), vase, scanned.frames[0], DEFAULT)
    assert (found.sure > 0.10) is sure
    assert found.high == 1.0


def test_the_better_of_two_images_counts() -> None:
    vase = item(1, "vase", (2, 0, 0), (0.4, 0.4, 0.4))
    lamp = item(2, "lamp", (2, 1, 0), (0.4, 0.4, 0.4))
    frames = [frame("a", pose((0, 0, 0))), frame("b", pose((0, 0, 0)))]
    shares = {(0, 1): Sighting(share=0.2), (1, 1): Sighting(share=0.95)}
    scanned = scene([vase, lamp], frames, shares, noise=POSES)
    view = View(scanned, scanned.frames)
    assert sightings.best_share(view, vase, DEFAULT).sure > 0.10
    assert sightings.doubtful_instance(view, noun("vase"), DEFAULT) == ()


def test_every_instance_that_is_counted_has_to_be_sure() -> None:
    count = "object_counting"
    asked = Category(category=noun("vase"))
    assert outcome(count, asked, room(0.9, 0.9), "a") == 2
    assert outcome(count, asked, room(0.9, 0.3), "a") is Rule.BORDERLINE
    assert outcome(count, asked, room(0.9, None, noise=SLIGHT), "a") is Rule.NOT_VISIBLE


def test_a_doubt_comes_after_what_is_surely_wrong() -> None:
    scanned = room(0.3)
    lamp = item(9, "lamp", (-2, 0, 0), (0.4, 0.4, 0.4))
    scanned = replace(scanned, objects=(*scanned.objects, lamp))
    asked = Relation(reference=noun("vase"), target=noun("lamp"))
    task = "single_image_relative_direction"
    assert outcome(task, asked, scanned, "a") is Rule.NOT_VISIBLE
    unseen = replace(scanned.frames[0], visibility_source=None)
    assert unseen.visibility_source is not VisibilitySource.DEPTH
    assert outcome(task, asked, replace(scanned, frames=(unseen,)), "a") is Rule.NOT_AVAILABLE
