# SPDX-License-Identifier: Apache-2.0
"""What the vLLM back end hands to vLLM and makes of its outputs; vLLM itself is not needed."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import pytest

from spatialevo_eval.models import Finish, Request
from spatialevo_eval.models.vllm import VllmModel, VllmOptions
from support.small_benchmark import picture


class Engine:
    calls: ClassVar[list[Any]] = []

    def __init__(self, **arguments: Any) -> None:
        self.calls.append(arguments)

    def chat(self, chats: list[Any], sampling: list[Any], use_tqdm: bool) -> list[Any]:
        self.calls.append((chats, sampling))
        return [
            SimpleNamespace(
                outputs=[
                    SimpleNamespace(
                        text=f"reply to {chat[0]['content'][-1]['text']}",
                        finish_reason="length" if each.max_tokens < 5 else "stop",
                        token_ids=[1, 2, 3],
                    )
                ]
            )
            for chat, each in zip(chats, sampling, strict=True)
        ]


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    module = ModuleType("vllm")
    module.LLM = Engine  # type: ignore[attr-defined]
    module.SamplingParams = SimpleNamespace  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "vllm", module)
    monkeypatch.setattr(Engine, "calls", [])
    (tmp_path / "config.json").write_text("{}")
    return tmp_path


def test_requests_and_replies_pass_through(folder: Path) -> None:
    model = VllmModel(str(folder), VllmOptions(engine={"tensor_parallel_size": 2}))
    assert Engine.calls == []
    shown = picture(1)
    requests = [
        Request(id="a", content=(shown, "one"), max_tokens=4),
        Request(id="b", content=("two",), max_tokens=9, temperature=0.7, seed=5),
    ]
    first, second = model.generate(requests)
    assert (first.text, first.finish, first.tokens) == ("reply to one", Finish.LENGTH, 3)
    assert (second.text, second.finish) == ("reply to two", Finish.STOP)
    loaded, (chats, sampling) = Engine.calls
    assert loaded == {"model": str(folder), "dtype": "auto", "tensor_parallel_size": 2}
    image, text = chats[0][0]["content"]
    assert image["type"] == "image_pil"
    assert image["image_pil"].tobytes() == shown.open().tobytes()
    assert text == {"type": "text", "text": "one"}
    assert [vars(each) for each in sampling] == [
        {"temperature": 0.0, "max_tokens": 4, "seed": None},
        {"temperature": 0.7, "max_tokens": 9, "seed": 5},
    ]


def test_many_requests_are_handed_over_in_parts(folder: Path) -> None:
    model = VllmModel(str(folder))
    requests = [Request(id=str(k), content=(f"q{k}",), max_tokens=9) for k in range(300)]
    texts = [reply.text for reply in model.generate(requests)]
    assert texts == [f"reply to q{k}" for k in range(300)]
    assert [len(call[0]) for call in Engine.calls[1:]] == [256, 44]
