# SPDX-License-Identifier: Apache-2.0
"""The corpora that were written before the grammar: what must be read, and what must not be."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from dge.corpus_scene import lines, scenes
from spatialevo_dge import judge
from spatialevo_dge.entities import Entities, FrameRef, Noun, RegionFromCamera
from spatialevo_dge.parsing import Reading, read
from spatialevo_dge.parsing.route import route
from spatialevo_dge.question import Question
from spatialevo_dge.ruling import Legal
from spatialevo_dge.tasks import TASKS
from spatialevo_dge.verdict import Rule

LEGAL = ("legal_scene", "legal_frames")
UNSEEN = ("legal_third", "legal_fourth", "legal_fifth")
"""Written by others, or in other styles, after the grammar was."""
NEAR_MISSES = ("near_miss_scene", "near_miss_frames", "near_miss_third")


def asked(line: dict[str, Any]) -> Question:
    frames = tuple(frame.id for frame in scenes()[line["scene"]].frames[: line["frames"]])
    return Question(line["text"], frames, task=line.get("task"))


def said(entities: Entities) -> dict[str, Any]:
    """Entities as the corpus writes them."""
    plain: dict[str, Any] = {"objects": {}, "frames": {}}
    for name in entities.__dataclass_fields__:
        value = getattr(entities, name)
        if isinstance(value, Noun):
            plain["objects"][name] = value.label
        elif isinstance(value, tuple):
            plain["objects"][name] = [noun.label for noun in value]
        elif isinstance(value, FrameRef):
            plain["frames"][name] = value.frame_id or value.ordinal
        else:
            plain[name] = value
    if isinstance(entities, RegionFromCamera):
        plain["objects"] = {"region": entities.region}
    return plain


def differences(reading: Reading, expected: dict[str, Any]) -> list[str]:
    plain = said(reading.entities) | {"task": reading.task_id}
    wrong = [
        f"{key}: {plain[key]!r}, not {value!r}"
        for key, value in expected.items()
        if key != "frames" and plain[key] != value
    ]
    frames = expected.get("frames", {})
    return wrong + [
        f"{role}: {plain['frames'].get(role)}, not {ordinal}"
        for role, ordinal in frames.items()
        if plain["frames"].get(role) != ordinal
    ]


@pytest.mark.parametrize(("names", "least"), [(LEGAL, 50), *(((name,), 8) for name in UNSEEN)])
def test_legal_paraphrases_are_read_and_never_misread(names: tuple[str, ...], least: int) -> None:
    unread: list[str] = []
    misread: list[str] = []
    total: Counter[str] = Counter()
    for line in (line for name in names for line in lines(name)):
        total[line["expect"]["task"]] += 1
        question = asked(line)
        found = route(read(line["text"], scenes()[line["scene"]], TASKS), question, TASKS)
        if not isinstance(found, Reading):
            unread.append(f"{line['id']}: {line['text']}: {found.why}")
        elif wrong := differences(found, line["expect"]):
            misread.append(f"{line['id']}: {line['text']}: {'; '.join(wrong)}")
    count = total.total()
    print(f"{count} legal, {len(unread)} unread, {len(misread)} misread")
    assert len(total) == len(TASKS)
    assert min(total.values()) >= least
    assert not misread, "\n".join(misread)
    assert len(unread) <= 0.03 * count, "\n".join(unread)


def test_near_misses_are_never_answered_and_refused_for_the_right_reason() -> None:
    answered: list[str] = []
    other: list[str] = []
    count = 0
    for line in (line for name in NEAR_MISSES for line in lines(name)):
        count += 1
        ruling = judge(asked(line), scenes()[line["scene"]])
        if isinstance(ruling, Legal):
            answered.append(f"{line['id']}: {line['text']}: {ruling.entities}")
        elif ruling.rule != line["rule"]:
            other.append(f"{line['id']}: {line['text']}: {ruling.rule}, not {line['rule']}")
    print(f"{count} near misses, {len(answered)} answered, {len(other)} by another rule")
    assert count >= 1000
    assert not answered, "\n".join(answered)
    assert len(other) <= 0.02 * count, "\n".join(other)


def test_what_no_task_asks_is_never_answered_though_every_word_is_known() -> None:
    answered: list[str] = []
    read_through: list[str] = []
    probes = lines("probes")
    for line in probes:
        ruling = judge(asked(line), scenes()[line["scene"]])
        if isinstance(ruling, Legal):
            answered.append(f"{line['id']}: {line['text']}: {ruling.entities}")
        elif ruling.rule not in {Rule.UNPARSED, Rule.WRONG_VIEW, Rule.VIEWPOINT_DEPENDENT}:
            read_through.append(f"{line['id']}: {line['text']}: {ruling.rule}")
    print(f"{len(probes)} probes, {len(answered)} answered, {len(read_through)} read through")
    assert len(probes) >= 500
    assert not answered, "\n".join(answered)
    assert len(read_through) <= 0.02 * len(probes), "\n".join(read_through)


@pytest.mark.parametrize("name", LEGAL + UNSEEN + NEAR_MISSES + ("probes",))
def test_corpus_lines_are_distinct(name: str) -> None:
    found = [
        (line["scene"], line["frames"], line.get("task"), line["text"]) for line in lines(name)
    ]
    assert len(set(found)) == len(found)
