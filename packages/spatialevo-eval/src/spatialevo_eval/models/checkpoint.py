# SPDX-License-Identifier: Apache-2.0
"""Which weights a name stands for, so that two runs of one name can be told apart."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spatialevo_eval.models.protocol import ModelError

__all__ = ["Checkpoint", "digest_of", "find_checkpoint"]

_CHUNK: Final = 1 << 22
_SUFFIXES: Final = (".json", ".safetensors", ".bin", ".jinja", ".txt", ".model", ".gguf")
_CONFIG: Final = "config.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A folder with a model.

    Attributes:
        name: What was asked for: a folder's last name or a hub id.
        folder: Where its files are.
        identity: The hub's commit, or a hash of the folder's files.
    """

    name: str
    folder: Path
    identity: str


def find_checkpoint(model: str, revision: str | None) -> Checkpoint:
    """Return the folder of a model: a path as it is, a hub id through the hub's cache.

    Args:
        model: A folder, or ``owner/name``.
        revision: Commit, tag or branch of a hub id; None: main.

    Raises:
        ModelError: There is no such folder, or the hub has no such model.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        if revision is not None:
            raise ModelError(f"{model}: a folder has no revision; leave --model-revision out")
        if not (folder / _CONFIG).is_file():
            found = ", ".join(sorted(item.name for item in folder.iterdir())[:5]) or "nothing"
            raise ModelError(f"{model}: not a model's folder: no {_CONFIG} in it, but {found}")
        return Checkpoint(
            name=folder.resolve().name, folder=folder, identity=f"files {digest_of(folder)}"
        )
    if model.startswith(("/", ".", "~")) or model.count("/") != 1:
        raise ModelError(f"{model}: no such folder, and no hub id (owner/name) either")
    return _from_hub(model, revision)


def digest_of(folder: Path) -> str:
    """Return a hash of the names and bytes of a model's files (some seconds for 15 GB)."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(folder.iterdir()):
        if path.suffix not in _SUFFIXES or not path.is_file():
            continue
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def _from_hub(model: str, revision: str | None) -> Checkpoint:
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - an extra
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError  # noqa: PLC0415

    patterns = [f"*{suffix}" for suffix in _SUFFIXES]
    try:
        folder = Path(snapshot_download(model, revision=revision, allow_patterns=patterns))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise ModelError(f"{model}: {_first_line(error)}") from error
    return Checkpoint(name=model, folder=folder, identity=f"commit {folder.name}")


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
