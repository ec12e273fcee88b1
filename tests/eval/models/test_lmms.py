# SPDX-License-Identifier: Apache-2.0
"""What the lmms-eval back end hands to lmms-eval's models; lmms-eval itself is not needed."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from spatialevo_eval.models import Request
from spatialevo_eval.models.lmms import LmmsModel
from support.small_benchmark import picture


class Model:
    """As `lmms_eval.api.model.lmms`."""

    def __init__(self, simple: bool, **arguments: Any) -> None:
        self.is_simple = simple
        self.task_dict: dict[str, Any] = {}
        self.arguments = arguments

    def generate_until(self, requests: list[Any]) -> list[str]:
        replies = []
        for each in requests:
            if self.is_simple:
                words, generation, visuals, place, task, split = each.arguments
                shown = visuals(self.task_dict[task][split][place])
                replies.append(f"{words}|{len(shown)}|{generation['max_new_tokens']}")
            else:
                words, messages, generation, place, task, split = each.arguments
                (turn,) = messages(self.task_dict[task][split][place])
                kinds = [part["type"] for part in turn["content"]]
                replies.append(f"{words}|{','.join(kinds)}|{generation['do_sample']}")
        return replies


@pytest.fixture(autouse=True)
def lmms_eval(monkeypatch: pytest.MonkeyPatch) -> None:
    root, api = ModuleType("lmms_eval"), ModuleType("lmms_eval.api")
    instance, models = ModuleType("lmms_eval.api.instance"), ModuleType("lmms_eval.models")
    instance.Instance = SimpleNamespace  # type: ignore[attr-defined]
    instance.unwrap_generation_output = lambda output: (output, None)  # type: ignore[attr-defined]
    models.get_model = lambda name: Model  # type: ignore[attr-defined]
    for module in (root, api, instance, models):
        monkeypatch.setitem(sys.modules, module.__name__, module)


REQUESTS = [
    Request(id="a", content=("one", picture(1), "two"), max_tokens=4),
    Request(id="b", content=(picture(1), picture(2), "three"), max_tokens=5, temperature=0.5),
]


def test_a_chat_model_gets_its_images_in_their_places() -> None:
    replies = LmmsModel("any", {"simple": False}).generate(REQUESTS)
    assert [reply.text for reply in replies] == [
        "one\ntwo|text,image,text|False", "three|image,image,text|True",
    ]  # fmt: skip


def test_a_simple_model_gets_images_and_text() -> None:
    replies = LmmsModel("any", {"simple": True}).generate(REQUESTS)
    assert [reply.text for reply in replies] == ["one\ntwo|1|4", "three|2|5"]


def test_many_requests_come_in_parts() -> None:
    asked = [Request(id=str(k), content=(f"q{k}",), max_tokens=1) for k in range(130)]
    replies = LmmsModel("any", {"simple": True}).generate(asked)
    assert [reply.text for reply in replies] == [f"q{k}|0|1" for k in range(130)]


def test_its_settings_name_the_checkpoint() -> None:
    model = LmmsModel("qwen2_5_vl", {"pretrained": "owner/name"})
    assert model.name == "owner/name"
    assert model.settings == {
        "backend": "lmms-eval", "model": "qwen2_5_vl", "arguments": {"pretrained": "owner/name"},
    }  # fmt: skip
