# SPDX-License-Identifier: Apache-2.0
"""A tiny random Qwen2.5-VL asked through transformers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spatialevo_eval.models import Finish, ModelError, Request
from spatialevo_eval.models.transformers import TransformersModel, TransformersOptions
from spatialevo_eval.records import read_records
from spatialevo_eval.run import RunOptions, run_benchmark
from support.small_benchmark import picture, small_benchmark
from support.tiny_qwen import save_tiny


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("tiny"))


def model(checkpoint: Path, **more: object) -> TransformersModel:
    options = {"dtype": "float32", "device": "cpu", "batch": 4, **more}
    return TransformersModel(str(checkpoint), TransformersOptions(**options))  # type: ignore[arg-type]


def request(place: int, **more: object) -> Request:
    images = [picture(place + k, 32 + 16 * k) for k in range(place % 3)]
    texts = ["Look: ", *images, f"which of the {'very ' * place}many?"]
    return Request(id=str(place), content=tuple(texts), max_tokens=6, **more)  # type: ignore[arg-type]


def test_replies_come_in_order_and_do_not_depend_on_the_batch(checkpoint: Path) -> None:
    requests = [request(place) for place in range(7)]
    together = list(model(checkpoint).generate(requests))
    alone = [next(model(checkpoint, batch=1).generate([each])) for each in requests]
    assert [reply.text for reply in together] == [reply.text for reply in alone]
    assert len({reply.text for reply in together}) > 1
    for reply in together:
        assert 1 <= reply.tokens <= 6
        assert reply.finish is (Finish.LENGTH if reply.tokens == 6 else Finish.STOP)


def test_an_image_changes_the_reply(checkpoint: Path) -> None:
    seen, other, blind = (
        replace(request(5), content=content)
        for content in (("What? ", picture(1)), ("What? ", picture(60)), ("What? ",))
    )
    texts = [reply.text for reply in model(checkpoint).generate([seen, other, blind])]
    assert len(set(texts)) > 1


def test_sampling_follows_its_seed(checkpoint: Path) -> None:
    def sample(seed: int) -> str:
        asked = request(2, temperature=1.0, seed=seed)
        return next(model(checkpoint).generate([asked])).text

    assert sample(1) == sample(1)
    assert len({sample(seed) for seed in range(4)}) > 1


def test_a_run_resumes_with_the_same_replies(checkpoint: Path, tmp_path: Path) -> None:
    benchmark = small_benchmark(8)
    run_benchmark(benchmark, model(checkpoint), tmp_path, RunOptions())
    whole = [(each.item, each.reply) for each in read_records(tmp_path)]
    path = tmp_path / "records.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    again = run_benchmark(benchmark, model(checkpoint), tmp_path, RunOptions())
    assert again.asked == 5
    assert [(each.item, each.reply) for each in read_records(tmp_path)] == whole


def test_settings_tell_checkpoints_apart(checkpoint: Path, tmp_path: Path) -> None:
    other = model(save_tiny(tmp_path / "other", seed=1))
    assert model(checkpoint).settings["weights"] != other.settings["weights"]
    assert model(checkpoint).settings == model(checkpoint).settings


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no config\.json in it, but nothing"):
        model(tmp_path)
    with pytest.raises(ModelError, match="no such folder"):
        model(tmp_path / "missing")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="transformers cannot load it"):
        list(model(tmp_path).generate([request(0)]))
