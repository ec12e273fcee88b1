# SPDX-License-Identifier: Apache-2.0
"""`python -m spatialevo_dge` is the command `spatialevo-dge`."""

from spatialevo_dge.cli import main

if __name__ == "__main__":
    main()
