# SPDX-License-Identifier: Apache-2.0
"""The comparison of two engines' replies: what passes, and that everything else fails."""

from pathlib import Path

import pytest

from vllm_agreement import records
from vllm_agreement.comparison import TIE, difference, report
from vllm_agreement.gaps import Gap
from vllm_agreement.gaps import report as gaps_hold
from vllm_agreement.records import Case, Replies, Reply


def reply(*tokens: int, length: int = 9, gap: float = 1.0) -> Reply:
    logprobs = tuple(-0.1 for _ in tokens)
    return Reply(length=length, tokens=tokens, logprobs=logprobs, gaps=(gap,) * len(tokens))


def case(made: Reply) -> Case:
    return Case(role="solver", text="how many chairs", images=(0,), reply=made)


CASES = [case(reply(5, 6, 2)) for _ in range(40)]
SAME = [reply(5, 6, 2)] * 40
BLIND = [reply(7, 2)] * 40


def test_the_same_replies_agree(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(CASES, SAME, BLIND)
    assert "replies that are the same: 100.0%" in capsys.readouterr().out


def test_another_number_of_prompt_tokens_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert not report(CASES, [*SAME[:-1], reply(5, 6, 2, length=24)], BLIND)
    assert "prompt 39: 9 tokens, 24 in vLLM" in capsys.readouterr().out


def test_one_tie_passes_and_many_fail() -> None:
    cases = [case(reply(5, 6, 2, gap=TIE / 2))] * 40
    tied = reply(5, 8, 2, gap=TIE / 2)
    assert report(cases, [*SAME[:-2], tied, tied], BLIND)
    assert not report(cases, [*SAME[:-3], tied, tied, tied], BLIND)


def test_one_difference_that_is_no_tie_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert not report(CASES, [*SAME[:-1], reply(5, 8, 2, gap=TIE / 2)], BLIND)
    assert "prompt 39: token 1 differs" in capsys.readouterr().out


def test_a_reply_that_stops_early_is_no_tie() -> None:
    part = difference(reply(5, 6, 2, gap=0.0), reply(5, gap=0.0))
    assert part is not None
    assert part.at == 1
    assert not part.is_tie


def test_replies_that_look_at_no_image_prove_nothing() -> None:
    assert not report(CASES, SAME, SAME)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    replies = Replies(model="model", images=(b"png",), cases=tuple(CASES))
    records.write(replies, tmp_path)
    assert records.read(tmp_path) == replies


def test_replies_without_a_common_token_fail() -> None:
    assert not report(CASES, [reply(9)] * 40, BLIND)


def gap(step: int, now: float, start: float) -> Gap:
    return Gap(step=step, tokens=100, now=now, start=start)


@pytest.mark.parametrize(
    ("found", "pushed", "held"),
    [
        ([gap(0, 1e-5, 1e-5), gap(1, 2e-5, 3.0)], True, True),
        ([gap(0, 1e-5, 1e-5), gap(1, 3.0, 1e-5)], True, False),  # the weights were not pushed
        ([gap(0, 1e-5, 1e-5), gap(1, 1e-5, 1e-5)], True, False),  # no weight has moved
        ([gap(0, 5e-2, 5e-2), gap(1, 2e-5, 3.0)], True, False),  # another prompt, other images
        ([gap(0, 1e-5, 1e-5)], True, False),  # a step is missing
        ([gap(0, 1e-5, 1e-5), gap(1, 3.0, 2e-5)], False, True),
        ([gap(0, 1e-5, 1e-5), gap(1, 2e-5, 3.0)], False, False),
    ],
)
def test_an_engine_holds_the_weights_that_it_should(
    found: list[Gap], pushed: bool, held: bool
) -> None:
    assert gaps_hold(found, 2, pushed=pushed) is held
