# SPDX-License-Identifier: Apache-2.0
"""Move the version of the four packages, their pins on one another, and the changelog, together.

python tools/bump.py 0.2.0
"""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSION = re.compile(r"\d+\.\d+\.\d+((a|b|rc|\.dev)\d+)?")
OWN_VERSION = re.compile(r'^version = ".*"$', re.MULTILINE)
SIBLING_PIN = re.compile(r'"(spatialevo-\w+(?:\[[\w,]+\])?)==[^"]*"')
MODULE_VERSION = re.compile(r'^__version__ = ".*"$', re.MULTILINE)
UNRELEASED = "## Unreleased\n"


def moved(pyproject: str, version: str) -> str:
    """Return the text of a pyproject.toml with its own version and its sibling pins moved."""
    text, count = OWN_VERSION.subn(f'version = "{version}"', pyproject)
    if count != 1:
        msg = f"expected one line `version = ...`, found {count}"
        raise ValueError(msg)
    return SIBLING_PIN.sub(rf'"\g<1>=={version}"', text)


def released(changelog: str, version: str, date: str) -> str:
    """Return the changelog with what was unreleased under the new version's heading."""
    if UNRELEASED not in changelog:
        msg = f"CHANGELOG.md has no line {UNRELEASED.strip()!r} to release from"
        raise ValueError(msg)
    return changelog.replace(UNRELEASED, f"{UNRELEASED}\n## {version} ({date})\n", 1)


def bump(root: Path, version: str, date: str) -> list[Path]:
    """Rewrite the files under `root` that carry the version and return them."""
    if not VERSION.fullmatch(version):
        msg = f"{version!r} is not a version like 1.2.3 or 1.2.3rc1"
        raise ValueError(msg)
    texts = {
        path: moved(path.read_text(), version)
        for path in sorted((root / "packages").glob("*/pyproject.toml"))
    }
    for path in sorted((root / "packages").glob("*/src/*/__init__.py")):
        text, count = MODULE_VERSION.subn(f'__version__ = "{version}"', path.read_text())
        texts |= {path: text} if count else {}
    changelog = root / "CHANGELOG.md"
    texts[changelog] = released(changelog.read_text(), version, date)
    for path, text in texts.items():
        path.write_text(text)
    return list(texts)


def main(arguments: list[str]) -> int:
    """Bump to the one version given and name the files that moved."""
    if len(arguments) != 1:
        print("usage: python tools/bump.py VERSION", file=sys.stderr)
        return 2
    try:
        files = bump(ROOT, arguments[0], datetime.now(UTC).date().isoformat())
    except ValueError as error:
        print(f"bump: {error}", file=sys.stderr)
        return 1
    print("\n".join(str(path.relative_to(ROOT)) for path in files))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
