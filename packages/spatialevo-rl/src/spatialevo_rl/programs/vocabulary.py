# SPDX-License-Identifier: Apache-2.0
"""The names of the language: calls, in the order they are documented, and constants."""

from __future__ import annotations

from spatialevo_dge.thresholds import Policy
from spatialevo_rl.programs.constructors import Constructors
from spatialevo_rl.programs.operators import Operators


def call_names(calls: type[Operators] | type[Constructors]) -> tuple[str, ...]:
    """Return the names of what programs can call, in the order of the source."""
    return tuple(name for name in vars(calls) if not name.startswith("_"))


def constants(policy: Policy) -> dict[str, float]:
    """Return the conventions that decide an answer's word, as the oracle has them, by name."""
    return {
        "MIN_VISIBLE_FRACTION": policy.min_visible,
        "SAME_DEPTH_M": policy.same_depth,
        "SAME_SURFACE_FRACTION": policy.same_visibility,
        "SAME_SIZE_SHARE": policy.same_size,
        "VERTICAL_RATIO": policy.vertical_ratio,
        "OPEN_TURN_DEG": policy.open_turn,
        "OPEN_STILL_DEG": policy.open_still,
        "OPEN_MOVE_M": policy.open_move,
        "MIN_MOVE_M": policy.min_move,
    }


MEANINGS = {
    "MIN_VISIBLE_FRACTION": "an image shows an object from this visible fraction on",
    "SAME_DEPTH_M": "depths that differ by no more are the same",
    "SAME_SURFACE_FRACTION": "surface fractions that differ by no more are the same",
    "SAME_SIZE_SHARE": "sizes that differ by no more than this share of the larger are the same",
    "VERTICAL_RATIO": "up or down from this ratio of vertical to horizontal offset on",
    "OPEN_TURN_DEG": "a turn or a tilt is the motion from here on …",
    "OPEN_STILL_DEG": "… while the other angle stays below this",
    "OPEN_MOVE_M": "a move is the motion from here on while both angles stay below OPEN_STILL_DEG",
    "MIN_MOVE_M": "a displacement below this is none",
}
"""What each constant means, for the documentation."""
