# SPDX-License-Identifier: Apache-2.0
"""`python -m spatialevo_rl`: the command line, wherever the interpreter is."""

import sys

from spatialevo_rl.cli import main

if __name__ == "__main__":
    sys.exit(main())
