# SPDX-License-Identifier: Apache-2.0
"""Write the type stub of the native module, or with --check compare it with the committed one.

Run it after a change in native/bindings/, with the package and its `stubs` dependency group
installed.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path

from nanobind.stubgen import StubGen  # type: ignore[import-not-found,import-untyped,unused-ignore]

from spatialevo_geometry import _native

ROOT = Path(__file__).resolve().parent.parent
STUB = ROOT / "packages/spatialevo-geometry/src/spatialevo_geometry/_native.pyi"
HEADER = "# SPDX-License-Identifier: Apache-2.0\n# Written by tools/update_stubs.py.\n"


def generate() -> str:
    """Return the stub of the installed native module."""
    generator = StubGen(_native)
    generator.put(_native)
    text: str = generator.get()
    return HEADER + text


def difference() -> str:
    """Return the unified diff from the committed stub to the generated one, empty if none."""
    committed = STUB.read_text(encoding="utf-8").splitlines(keepends=True)
    generated = generate().splitlines(keepends=True)
    return "".join(difflib.unified_diff(committed, generated, "committed", "generated"))


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 on a difference"
    )
    if not parser.parse_args().check:
        STUB.write_text(generate(), encoding="utf-8")
        return 0
    shown = difference()
    print(shown, end="")
    return 1 if shown else 0


if __name__ == "__main__":
    sys.exit(main())
