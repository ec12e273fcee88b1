# SPDX-License-Identifier: Apache-2.0
"""Every process gets whole scenes; groups never mix roles."""

import pytest
from accelerate.data_loader import BatchSamplerShard
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import BatchSampler

from spatialevo_rl.settings import LayoutSettings
from spatialevo_rl.train.layout import Layout, StepSampler, local_slots, make_layout, slot_table


def layout(processes: int = 4, scenes: int = 8, micro: int = 8, batches: int = 8) -> Layout:
    settings = LayoutSettings(scenes_per_step=scenes, solver_groups=3)
    return make_layout(settings, 8, processes, micro, batches)


def shares(shape: Layout, steps: int) -> list[list[list[dict[str, int]]]]:
    """Rows of each process at each micro-batch, dealt by the loader's own sampler and sharding."""
    table = slot_table(shape)
    per_process = shape.micro_batch * shape.micro_batches
    sampler = StepSampler(table, steps, shape.micro_batches)
    return [
        [
            [table[index] for index in batch]
            for batch in BatchSamplerShard(
                BatchSampler(sampler, per_process, drop_last=True),
                num_processes=shape.processes,
                process_index=rank,
            )
        ]
        for rank in range(shape.processes)
    ]


def test_groups_are_whole_and_of_one_role_on_four_processes() -> None:
    shape = layout()
    dealt = shares(shape, steps=2)
    gathered = [row for rank in dealt for row in rank[0]]
    assert len(gathered) == shape.total == 8 * 4 * 8
    for start in range(0, len(gathered), 8):
        group = gathered[start : start + 8]
        assert len({(row["slot"], row["group"]) for row in group}) == 1
        assert [row["row"] for row in group] == list(range(8))
    assert [slot for rank in dealt for slot in local_slots(rank[0], shape)] == list(range(8))
    # each micro-batch of each step deals the same share again
    for rank in dealt:
        assert len(rank) == 2 * shape.micro_batches
        assert all(share == rank[0] for share in rank)


def test_a_share_that_is_not_whole_scenes_is_refused() -> None:
    with pytest.raises(ValueError, match="not a whole number of scenes"):
        layout(micro=8, batches=3)


def test_another_number_of_scenes_is_refused_with_the_number_that_fits() -> None:
    with pytest.raises(ValueError, match="set gradient_accumulation_steps to 8"):
        layout(processes=4, micro=8, batches=4, scenes=8)


def test_rows_in_another_order_are_refused() -> None:
    shape = layout(processes=1, micro=32, batches=8)
    rows = list(slot_table(shape))
    rows[3], rows[9] = rows[9], rows[3]
    with pytest.raises(ValueError, match="not one scene's block"):
        local_slots(rows, shape)


@given(st.integers(1, 4), st.integers(1, 5), st.integers(2, 6), st.integers(1, 3))
def test_slots_are_dealt_once(processes: int, groups: int, rows: int, per: int) -> None:
    shape = make_layout(
        LayoutSettings(scenes_per_step=processes * per, solver_groups=groups),
        rows,
        processes,
        (1 + groups) * rows,
        per,
    )
    dealt = shares(shape, steps=1)
    assert [s for rank in dealt for s in local_slots(rank[0], shape)] == list(
        range(processes * per)
    )
