# SPDX-License-Identifier: Apache-2.0
"""Hashes of the code that makes rooms and of the oracle, so that what is kept never outlives it."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

import spatialevo_dge
from spatialevo_dge import synthetic


@cache
def generator_fingerprint() -> str:
    """Return a hash of the code that makes rooms."""
    return _hash(Path(synthetic.__file__).parent, "spatialevo-geometry")


@cache
def oracle_fingerprint() -> str:
    """Return a hash of the oracle's code and data: which questions are legal, and their truths."""
    return _hash(Path(spatialevo_dge.__file__).parent, "spatialevo-geometry")


def _hash(top: Path, native: str) -> str:
    digest = hashlib.blake2b(metadata.version(native).encode(), digest_size=8)
    for path in sorted(top.rglob("*")):
        if path.suffix in {".py", ".lark", ".json", ".txt"}:
            digest.update(path.relative_to(top).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
