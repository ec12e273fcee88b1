# SPDX-License-Identifier: Apache-2.0
"""Votes by hand: what a group of replies decides, and what it earns by it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatialevo_dge import Choice, Count, Direction, Metres, Rule, Scene
from spatialevo_dge.answer import Answer, Centimetres, SquareMetres
from spatialevo_rl.episode import judge_completions, revote, score_group
from spatialevo_rl.records import Attempt, Job, Proposal, Role
from spatialevo_rl.rewards.consensus import Verdict, agreement, significant, verdict, voted_answer
from spatialevo_rl.rewards.explanation import Refusal
from spatialevo_rl.settings import EpisodeSettings, Judged, LabelSource
from support.episodes import assignment, completion, context, room, rule

SCENE = room()
ALL = tuple(frame.id for frame in SCENE.frames)
VOTES = EpisodeSettings(label_source=LabelSource.CONSENSUS)
FULL = EpisodeSettings(label_source=LabelSource.CONSENSUS_FULL)
SIDES = ("left", "right")


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(2.449, 2.4), (0.0447, 0.045), (123.0, 120.0), (0.0, 0.0), (3.0, 3.0), (-1.26, -1.3)],
)
def test_two_significant_digits(value: float, rounded: float) -> None:
    assert significant(value) == pytest.approx(rounded)


@pytest.mark.parametrize(
    ("replies", "form", "voted"),
    [
        (["2.41 m", "2.44 m", "3 m"], Metres(9.0), Metres(2.4)),
        (["3 m", "2.41 m", "2.46 m", "240 cm"], Metres(9.0), Metres(2.4)),
        (["1 m", "2 m"], Metres(9.0), Metres(1.0)),  # a tie: the first
        (["2 m", "1 m", None], Metres(9.0), Metres(2.0)),
        (["143 cm", "1.4 m", "2 m"], Centimetres(9.0), Centimetres(140.0)),
        (["16.3", "16.4", "20"], SquareMetres(9.0), SquareMetres(16.0)),
        (["3", "three", "4", "4", "4"], Count(9), Count(4)),
        (["12", "12", "4"], Count(9), Count(12)),
        (["left", "the right", "right"], Direction("left", SIDES), Direction("right", SIDES)),
        (["the bed", "bed", "desk"], Choice("desk", ("bed", "desk")),
         Choice("bed", ("bed", "desk"))),
        (["what?", None, "hm"], Metres(9.0), None),
        (["UNKNOWN_OBJECT: bed"] * 3 + ["desk"], Choice("bed", ("bed", "desk")),
         Choice("desk", ("bed", "desk"))),
    ],
)  # fmt: skip
def test_the_mode_of_the_group(replies: list[str | None], form: Answer, voted: Answer) -> None:
    assert voted_answer(replies, form) == voted


def test_the_truth_s_value_has_no_vote() -> None:
    replies = ["2 m", "2 m", "3 m"]
    assert voted_answer(replies, Metres(2.0)) == voted_answer(replies, Metres(50.0))


@pytest.mark.parametrize(
    ("replies", "decided"),
    [
        (["2.41 m", "2.4", "5", "UNKNOWN_OBJECT: bed"], Verdict(legal=True, reference=2.4)),
        (["bed", "the bed", "desk"], Verdict(legal=True, reference="bed")),
        (["bed", "UNKNOWN_OBJECT: x"], Verdict(legal=True, reference="bed")),  # half is enough
        (
            [
                "bed",
                "UNKNOWN_OBJECT: x",
                "NOT_VISIBLE: y",
                "UNKNOWN_OBJECT: z",
                "unknown object: z",
            ],
            Verdict(legal=False, refusal=Refusal(rule=Rule.UNKNOWN_OBJECT, entity="z")),
        ),
        (
            ["NOT_VISIBLE: y", "SAME_OBJECT: x"],
            Verdict(legal=False, refusal=Refusal(rule=Rule.NOT_VISIBLE, entity="y")),
        ),
        (["bed", None, None], Verdict(legal=False)),  # the rest say nothing: no rule, no votes
        ([None, None], Verdict(legal=None)),
    ],
)
def test_what_a_group_decides(replies: list[str | None], decided: Verdict) -> None:
    assert verdict(replies) == decided


def test_agreement() -> None:
    number = Verdict(legal=True, reference=2.0)
    assert agreement("2 m", number) == 1.0
    assert agreement("1.8 m", number) == pytest.approx(0.9)
    assert agreement("bed", number) == 0.0
    assert agreement("UNKNOWN_OBJECT: bed", Verdict(legal=True, reference="bed")) == 0.0
    refused = Verdict(legal=False, refusal=Refusal(rule=Rule.NOT_VISIBLE, entity="bed"))
    assert agreement("NOT_VISIBLE: the bed", refused) == 1.0
    assert agreement("NOT_VISIBLE: desk", refused) == pytest.approx(0.3)
    assert agreement("2 m", refused) == 0.0
    assert agreement("2 m", Verdict(legal=None)) is None
    assert agreement("2 m", Verdict(legal=False)) is None


@given(st.lists(st.none() | st.text(max_size=8) | st.sampled_from(["1", "2 m", "bed"]), max_size=6))
def test_votes_are_total(replies: list[str | None]) -> None:
    decided = verdict(replies)
    for reply in replies:
        found = agreement(reply or "", decided)
        assert found is None or 0.0 <= found <= 1.0
    for form in (Metres(1.0), Count(2), Direction("left", SIDES)):
        voted_answer(replies, form)


def score(
    replies: list[str], text: str, settings: EpisodeSettings, scene: Scene = SCENE
) -> tuple[Attempt, ...]:
    ruling = rule(text, scene, "absolute_distance", ALL)
    role = Role.SOLVER if ruling.legal else Role.EXPLAINER
    return score_group(
        [f"<answer>{reply}</answer>" if reply else "nothing" for reply in replies],
        Job(role=role, question=text, ruling=ruling),
        scene,
        assignment("absolute_distance", ALL),
        (False,) * len(replies),
        settings,
    )


BED = "How far is the bed from the desk?"
YAK = "How far is the bed from the yak?"


def test_consensus_replaces_the_reference_of_answers_and_logs_the_truth() -> None:
    true = rule(BED, SCENE, "absolute_distance", ALL)
    wrong = f"{true.answer.value * 3:.2f} m"
    found = score([wrong, wrong, true.answer.render(), ""], BED, VOTES)
    assert [item.terms.quality for item in found] == pytest.approx([1.0, 1.0, 0.0, 0.0], abs=0.1)
    assert [item.terms.true_quality for item in found] == [0.0, 0.0, 1.0, 0.0]
    assert found[3].terms.reward == 0.0
    by_oracle = score([wrong, wrong, true.answer.render(), ""], BED, EpisodeSettings())
    assert [item.terms.quality for item in by_oracle] == [0.0, 0.0, 1.0, 0.0]


def test_consensus_leaves_explanations_to_the_oracle() -> None:
    found = score(["SAME_OBJECT: bed", "SAME_OBJECT: bed", "UNKNOWN_OBJECT: yak"], YAK, VOTES)
    assert [item.terms.quality for item in found] == [0.0, 0.0, 1.0]


def test_no_votes_no_reward() -> None:
    found = score(["dunno", "no idea", ""], BED, VOTES)
    assert [item.terms.reward for item in found] == [None, None, 0.0]
    assert [item.terms.quality for item in found] == [None, None, 0.0]


def test_full_consensus_may_answer_what_is_illegal_and_refuse_what_is_legal() -> None:
    answered = score(["2 m", "2.04 m", "UNKNOWN_OBJECT: yak"], YAK, FULL)
    assert [item.terms.quality for item in answered] == [1.0, 1.0, 0.0]
    assert [item.terms.true_quality for item in answered] == [0.0, 0.0, 1.0]
    refused = score(["UNKNOWN_OBJECT: bed", "UNKNOWN_OBJECT: bed", "2 m"], BED, FULL)
    assert [item.terms.quality for item in refused] == [1.0, 1.0, 0.0]
    assert refused[0].reference == "UNKNOWN_OBJECT: bed"
    assert all(item.terms.true_quality == 0.0 for item in refused[:2])


def test_full_consensus_revalues_questions() -> None:
    settings = replace(FULL, observation=Judged.OFF)
    where = assignment("absolute_distance", ALL)
    third = "How far is the bed from the lamp?"
    texts = [completion("A room.", text) for text in (BED, YAK, "x", BED, third)]
    proposals = judge_completions([*texts, "nothing"], where, SCENE, context(6), settings)
    jobs = [_job(proposals, text) for text in (BED, YAK)]
    groups = [
        score_group([f"<answer>{reply}</answer>" for reply in replies], job, SCENE, where,
                    (False,) * 2, settings)
        for job, replies in zip(
            jobs, (["UNKNOWN_OBJECT: bed", "UNKNOWN_OBJECT: bed"], ["2 m", "3 m"]), strict=True
        )
    ]  # fmt: skip
    valued = revote(proposals, jobs, groups, settings)
    assert [item.terms.valid for item in valued] == [0.0, 1.0, 0.0, 0.0, 1.0, 0.0]
    assert [item.terms.reward for item in valued] == [0.1, 1.0, 0.1, 0.1, None, 0.0]
    assert revote(proposals, jobs, groups, VOTES) == proposals


def _job(proposals: Sequence[Proposal], text: str) -> Job:
    place = next(index for index, item in enumerate(proposals) if item.question == text)
    found = proposals[place]
    assert found.ruling is not None
    role = Role.SOLVER if found.ruling.legal else Role.EXPLAINER
    return Job(role=role, question=text, ruling=found.ruling, key=found.key, proposal=place)
