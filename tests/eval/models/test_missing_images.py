# SPDX-License-Identifier: Apache-2.0
"""Images that are not there stop a served run at once, and one of them does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from spatialevo_eval.images import FileImage
from spatialevo_eval.models import Finish, ModelError, Request
from spatialevo_eval.models.openai import OpenAIModel, Server
from support.chat_server import chat_server


def requests(folder: Path, missing: range) -> list[Request]:
    image = FileImage(path=folder / "missing.png", name="missing")
    return [
        Request(id=str(k), content=(image, "q") if k in missing else ("q",), max_tokens=1)
        for k in range(40)
    ]


def test_one_missing_image_is_one_failed_item(tmp_path: Path) -> None:
    with chat_server(lambda question: "A") as (url, _):
        replies = list(OpenAIModel("m", Server(url=url)).generate(requests(tmp_path, range(3, 4))))
    assert [k for k, reply in enumerate(replies) if reply.finish is Finish.FAILED] == [3]
    assert "3: an image cannot be opened" in replies[3].problem


def test_a_folder_without_its_images_stops_the_run(tmp_path: Path) -> None:
    with (
        chat_server(lambda question: "A") as (url, log),
        pytest.raises(ModelError, match=r"missing\.png"),
    ):
        list(OpenAIModel("m", Server(url=url)).generate(requests(tmp_path, range(40))))
    assert log.bodies == []
