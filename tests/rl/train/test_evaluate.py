# SPDX-License-Identifier: Apache-2.0
"""How prompts are dealt to forward passes, so that none is larger than memory allows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spatialevo_rl.train import evaluate

SIZES = st.lists(st.integers(1, 200_000), min_size=1, max_size=200).map(sorted)


@given(SIZES)
def test_passes_hold_every_prompt_once_and_no_more_than_fits(sizes: list[int]) -> None:
    passes = list(evaluate._passes(sizes))
    assert [at for start, stop in passes for at in range(start, stop)] == list(range(len(sizes)))
    for start, stop in passes:
        assert 1 <= stop - start <= evaluate._PROMPTS
        padded = sizes[stop - 1] * (stop - start)
        assert padded <= evaluate._TOKENS or stop - start == 1


@given(SIZES)
def test_a_pass_that_ends_early_would_have_been_too_large(sizes: list[int]) -> None:
    for start, stop in list(evaluate._passes(sizes))[:-1]:
        more = stop - start + 1
        assert more > evaluate._PROMPTS or sizes[stop] * more > evaluate._TOKENS


def test_the_labs_prompts_go_in_passes_of_32() -> None:
    assert [stop - start for start, stop in evaluate._passes([8 * 98] * 100)] == [32, 32, 32, 4]


def test_eight_views_of_a_real_scan_go_two_at_a_time() -> None:
    row = 8 * 258 + 300 + 512
    assert [stop - start for start, stop in evaluate._passes([8 * row] * 5)] == [2, 2, 1]
