# SPDX-License-Identifier: Apache-2.0
"""Images load late, videos once, and short videos give what they have."""

import io
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spatialevo_eval.images import (
    BytesImage,
    FileImage,
    FrameSampling,
    from_hub,
    open_images,
    video_frames,
)


def encoded(colour: tuple[int, int, int]) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (2, 2), colour).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("total", [1, 2, 31, 32, 33, 100, 1807])
@pytest.mark.parametrize("count", [1, 2, 16, 32])
def test_frames_are_evenly_spread_ends_included(total: int, count: int) -> None:
    indices = FrameSampling(count=count).indices(total)
    assert indices == tuple(np.linspace(0, total - 1, min(count, total), dtype=int))
    assert len(set(indices)) == min(count, total)
    assert indices[0] == 0
    assert count == 1 or indices[-1] == total - 1


@pytest.mark.parametrize("count", [0, -1])
def test_no_frame_is_no_sampling(count: int) -> None:
    with pytest.raises(ValueError, match="count"):
        FrameSampling(count=count)
    with pytest.raises(ValueError, match="total"):
        FrameSampling(count=1).indices(0)


def test_rows_of_the_hub_hold_bytes_or_paths(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    path.write_bytes(encoded((255, 0, 0)))
    for value, kind in (
        (encoded((255, 0, 0)), BytesImage),
        ({"bytes": encoded((255, 0, 0)), "path": None}, BytesImage),
        ({"bytes": None, "path": str(path)}, FileImage),
    ):
        image = from_hub(value, "item/image")
        assert isinstance(image, kind)
        assert image.name == "item/image"
        assert image.open().getpixel((0, 0)) == (255, 0, 0)
    with pytest.raises(TypeError, match="item/image"):
        from_hub(3, "item/image")


def test_a_missing_file_is_found_out_when_it_is_opened(tmp_path: Path) -> None:
    missing = FileImage(path=tmp_path / "none.png", name="none")
    with pytest.raises(OSError, match=r"none\.png"):
        missing.open()


def video(path: Path, frames: int) -> Path:
    av = pytest.importorskip("av")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=Fraction(10))
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for place in range(frames):
            grey = np.full((32, 32, 3), 8 * place, np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def test_a_video_is_sampled(tmp_path: Path) -> None:
    path = video(tmp_path / "scene.mp4", 30)
    frames = video_frames(path, FrameSampling(count=4))
    greys = [np.asarray(image).mean() / 8 for image in open_images(frames)]
    assert greys == pytest.approx([0, 9, 19, 29], abs=0.5)
    assert frames[1].name == f"{tmp_path.name}/scene.mp4#1/4"
    assert np.asarray(frames[2].open()).mean() / 8 == pytest.approx(19, abs=0.5)


def test_a_short_video_gives_all_it_has(tmp_path: Path) -> None:
    path = video(tmp_path / "short.mp4", 3)
    frames = video_frames(path, FrameSampling(count=32))
    assert len(frames) == 32
    assert len(open_images(frames)) == 3
    with pytest.raises(ValueError, match="3 frames"):
        frames[3].open()
