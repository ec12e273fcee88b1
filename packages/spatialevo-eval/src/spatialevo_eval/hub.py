# SPDX-License-Identifier: Apache-2.0
"""Rows of hub data sets, with images left undecoded until they are shown."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, cast

from spatialevo_eval.benchmark import Dataset, LoadOptions, Record
from spatialevo_eval.fields import hub_home

if TYPE_CHECKING:
    from datasets import Features

__all__ = ["fetch_media", "hub_rows", "resolve_revision"]


def hub_rows(dataset: Dataset, options: LoadOptions) -> Iterator[Record]:
    """Yield a data set's rows in order, fetched through `datasets` and its cache.

    Args:
        dataset: Where the rows live.
        options: `revision` in place of the data set's own.

    Raises:
        ImportError: `spatialevo-eval[hub]` is not installed.
        ValueError: The data set has no home on the hub.
    """
    from datasets import load_dataset  # noqa: PLC0415 - the extra `hub`

    if not dataset.hub_id:
        raise ValueError("hub_id: this data set is not on the hub")
    revision = options.revision or dataset.revision
    rows = load_dataset(dataset.hub_id, dataset.config, split=dataset.split, revision=revision)
    rows = rows.cast(_undecoded(rows.features))
    for row in rows:
        yield cast("Record", row)


def resolve_revision(dataset: Dataset, options: LoadOptions) -> str:
    """Return the commit that a revision stands for now, for a run's configuration.

    Raises:
        ImportError: `spatialevo-eval[hub]` is not installed.
        ValueError: The data set has no home on the hub, or the hub tells no commit.
    """
    from huggingface_hub import dataset_info  # noqa: PLC0415 - the extra `hub`

    if not dataset.hub_id:
        raise ValueError("hub_id: this data set is not on the hub")
    revision = options.revision or dataset.revision
    commit = dataset_info(dataset.hub_id, revision=revision).sha
    if commit is None:
        raise ValueError(f"revision: the hub tells no commit of {dataset.hub_id}@{revision}")
    return commit


def fetch_media(dataset: Dataset, options: LoadOptions) -> Path:
    """Fetch and unpack a data set's archives, each once, and return the folder.

    An archive counts as unpacked when a mark beside its contents says so, which is written last.

    Raises:
        ImportError: `spatialevo-eval[hub]` is not installed.
        OSError: An archive cannot be fetched or written.
        zipfile.BadZipFile: An archive is damaged.
    """
    from huggingface_hub import hf_hub_download, list_repo_files  # noqa: PLC0415 - the extra `hub`

    revision = options.revision or dataset.revision
    folder = hub_home() / dataset.media
    folder.mkdir(parents=True, exist_ok=True)
    files = list_repo_files(dataset.hub_id, repo_type="dataset", revision=revision)
    for name in files:
        mark = folder / f".{name.replace('/', '-')}.unpacked"
        if mark.exists() or not any(fnmatch(name, pattern) for pattern in dataset.archives):
            continue
        path = hf_hub_download(dataset.hub_id, name, repo_type="dataset", revision=revision)
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        mark.touch()
    return folder


def _undecoded(features: Features) -> Features:
    """Return the same columns with every image left as bytes or a path."""
    from datasets import Features, Image, List  # noqa: PLC0415 - the extra `hub`

    def plain(feature: object) -> object:
        if isinstance(feature, Image):
            return Image(decode=False)
        if isinstance(feature, List):
            return List(plain(feature.feature), length=feature.length)
        return feature

    return Features({name: plain(feature) for name, feature in features.items()})
