# SPDX-License-Identifier: Apache-2.0
"""Print the extras of spatialevo-rl that a training command needs, with commas between.

python tools/extras.py --recipe spatialevo-7b --no_use_vllm
"""

import sys
from collections.abc import Sequence

from spatialevo_rl.recipe import load_recipe, read_flags
from spatialevo_rl.stack import extras_of


def extras(words: Sequence[str]) -> tuple[str, ...]:
    """Return the extras for the words behind `spatialevo-rl train`; a dry run does with fewest."""
    given = read_flags(words)
    recipe = load_recipe(str(given.pop("recipe", "lab")))
    return extras_of({} if given.get("dry_run") else {**recipe, **given})


if __name__ == "__main__":
    try:
        print(",".join(extras(sys.argv[1:])))
    except ValueError as error:
        sys.exit(f"spatialevo-rl: {error}")
