# SPDX-License-Identifier: Apache-2.0
"""Choosing frames: evenly, or by what they add."""

from dataclasses import replace

import numpy as np
import pytest

from spatialevo_dge.importers.coverage_gain import Subject, samples_seen
from spatialevo_dge.importers.selection import FrameSelection, SelectBy, covering, evenly
from spatialevo_dge.synthetic import RoomOptions, make_room

COVERAGE = SelectBy.COVERAGE


@pytest.fixture(scope="module")
def room():
    return make_room(5, RoomOptions(cameras=12, image_size=(64, 48))).scene


@pytest.fixture(scope="module")
def subject(room):
    return Subject(objects=room.objects, cloud=room.cloud, floor=room.floor)


def shown(frames, subject) -> float:
    """Objects' worth of what some frames show together."""
    seen, weights = samples_seen(frames, subject)
    return float(weights[seen.any(axis=0)].sum())


def test_each_choice_is_the_one_that_adds_most(room, subject):
    """Greedy by brute force: every prefix is the best extension of the one before."""
    chosen = covering(room.frames, subject, 1)
    for count in range(2, 5):
        bests = [shown([*chosen, frame], subject) for frame in room.frames]
        best = max(bests)
        chosen = covering(room.frames, subject, count)
        assert shown(chosen, subject) == pytest.approx(best)
        assert [f.id for f in chosen] == sorted(f.id for f in chosen)


def test_coverage_shows_more_than_even_spacing():
    gains = []
    for seed in range(8):
        scene = make_room(seed, RoomOptions(cameras=12, image_size=(64, 48))).scene
        subject = Subject(objects=scene.objects, cloud=scene.cloud, floor=scene.floor)
        even = shown(evenly(scene.frames, 3), subject)
        gains.append(shown(covering(scene.frames, subject, 3), subject) - even)
    assert min(gains) >= 0.0
    assert np.mean(gains) > 2.0


def test_what_is_hidden_does_not_count(room, subject):
    """A frame sees less behind furniture than through it, and something all the same."""
    bare = replace(subject, cloud=None)
    boxes = tuple(replace(item, point_range=None) for item in room.objects)
    seen = shown(room.frames[:1], replace(subject, floor=None))
    through = shown(room.frames[:1], replace(bare, objects=boxes, floor=None))
    assert 0.0 < seen < through


def test_coarse_sight_agrees_with_exact_sight(room, subject):
    """A quick look ranks frames as rays would: shares differ by less than a quarter, mostly."""
    seen, _ = samples_seen(room.frames, replace(subject, floor=None))
    counts = np.cumsum([0, *(min(48, item.point_count) for item in room.objects)])
    right = []
    for index in range(len(room.frames)):
        exact = room.visibility.in_frame(index)
        for item, start, stop in zip(room.objects, counts[:-1], counts[1:], strict=True):
            share = seen[index, start:stop].mean()
            true = exact[item.id].of_total if item.id in exact else 0.0
            right.append(abs(share - true) < 0.25)
    assert np.mean(right) > 0.9


def test_when_nothing_is_new_the_rest_is_spread_evenly(room):
    nothing = Subject(objects=(), cloud=None, floor=None)
    assert covering(room.frames, nothing, 3) == evenly(room.frames, 3)
    blind = tuple(replace(frame, intrinsics=None) for frame in room.frames)
    subject = Subject(objects=room.objects, cloud=room.cloud, floor=room.floor)
    assert covering(blind, subject, 3) == evenly(blind, 3)


def test_fewer_frames_than_wanted_are_all_kept(room, subject):
    selection = FrameSelection(at_most=50, by=COVERAGE)
    assert selection.settle(room.frames, subject) == list(room.frames)
    assert len(covering(room.frames, subject, 12)) == 12


def test_every_comes_first(room, subject):
    selection = FrameSelection(every=2, at_most=3, by=COVERAGE)
    picked = selection.pick(room.frames)
    assert picked == list(room.frames[::2])
    assert {f.id for f in selection.settle(picked, subject)} <= {f.id for f in picked}
    assert selection.record() == {"every": 2, "at_most": 3, "by": "coverage"}


def test_coverage_needs_a_number():
    with pytest.raises(ValueError, match="at_most"):
        FrameSelection(by=COVERAGE)


@pytest.mark.parametrize("name", ["scannet", "scannet-sens", "scannetpp-iphone", "arkitscenes"])
def test_every_importer_selects(formats, small_options, tmp_path, name):
    from spatialevo_dge.importers import ScanOptions

    kind = formats[name]
    room = kind.room(2, replace(small_options, cameras=5))
    path = kind.write(room, tmp_path / "files", kind.no_faults)
    selection = FrameSelection(at_most=2, by=COVERAGE)
    scene = kind.load(path, ScanOptions(frames=selection, images=tmp_path / "made"))
    assert len(scene.frames) == 2
    assert all(frame.image_path.is_file() for frame in scene.frames)
    assert scene.provenance["frames"]["by"] == "coverage"
    if name == "scannet-sens":  # nothing is unpacked that was not chosen
        assert len(list((tmp_path / "made" / "images").iterdir())) == 2
