# SPDX-License-Identifier: Apache-2.0
"""Words of a command line as what they name: benchmarks, a model, rows from a file."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from spatialevo_eval.benchmark import Benchmark, Json, Record
from spatialevo_eval.benchmarks import all_benchmarks
from spatialevo_eval.models import Model, ModelError
from spatialevo_eval.models.lmms import LmmsModel
from spatialevo_eval.models.openai import OpenAIModel, Server
from spatialevo_eval.models.transformers import TransformersModel, TransformersOptions
from spatialevo_eval.models.vllm import VllmModel, VllmOptions

__all__ = ["BACKENDS", "ModelChoice", "benchmarks_of", "model_of", "one_of", "rows_of"]

BACKENDS: Final = ("transformers", "vllm", "openai", "lmms-eval")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """What a command line says of a model.

    Attributes:
        model: A folder, a hub id, or the name that a server knows.
        backend: One of `BACKENDS`.
        revision: Of a hub id.
        dtype: Precision of the weights.
        device: For transformers.
        batch: For transformers.
        url: For a server.
        in_flight: For a server.
        timeout: For a server, seconds.
        engine_args: For vLLM, or for lmms-eval's model, JSON.
    """

    model: str
    backend: str
    revision: str | None
    dtype: str
    device: str | None
    batch: int
    url: str | None
    in_flight: int
    timeout: float
    engine_args: str


def one_of(what: str, value: str, known: Iterable[str]) -> str:
    """Return a value that is known.

    Raises:
        ValueError: It is not; the message names the nearest, or all.
    """
    names = list(known)
    if value in names:
        return value
    near = difflib.get_close_matches(value.lower().replace("-", "_"), names, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]!r}?" if near else f"there is {', '.join(names)}"
    raise ValueError(f"{what}: no {value!r}; {hint}")


def benchmarks_of(names: Iterable[str]) -> tuple[Benchmark, ...]:
    """Return benchmarks by their ids, each once.

    Raises:
        ValueError: One is not known.
    """
    known = {benchmark.id: benchmark for benchmark in all_benchmarks()}
    return tuple(known[one_of("benchmark", name, known)] for name in dict.fromkeys(names))


def model_of(choice: ModelChoice) -> Model:
    """Return the model; nothing is loaded before its first reply.

    Raises:
        ModelError: There is no such checkpoint, or no server is named.
        ValueError: A setting is not one of its kind.
    """
    one_of("--backend", choice.backend, BACKENDS)
    if choice.backend == "openai":
        if choice.url is None:
            raise ModelError("--backend openai: name the server, as --url http://localhost:8000/v1")
        server = Server(url=choice.url, in_flight=choice.in_flight, timeout=choice.timeout)
        return OpenAIModel(choice.model, server)
    if choice.url is not None:
        raise ValueError(f"--url: {choice.backend} asks no server; say --backend openai")
    if choice.backend == "lmms-eval":
        return LmmsModel(choice.model, _engine(choice.engine_args))
    if choice.backend == "vllm":
        options = VllmOptions(
            dtype=choice.dtype, revision=choice.revision, engine=_engine(choice.engine_args)
        )
        return VllmModel(choice.model, options)
    return TransformersModel(
        choice.model,
        TransformersOptions(
            batch=choice.batch,
            dtype=choice.dtype,
            device=choice.device,
            revision=choice.revision,
        ),
    )


def rows_of(path: Path) -> tuple[tuple[Record, ...], str]:
    """Read a data set's rows from a file of JSON lines, and a hash of them.

    Raises:
        ValueError: A line is no JSON object.
        OSError: The file cannot be read.
    """
    data = path.read_bytes()
    rows = []
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            row: Any = json.loads(line)
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: not JSON: {error}") from error
        if not isinstance(row, dict):
            raise ValueError(f"{path}, line {number}: expected an object")  # noqa: TRY004 - a file's content
        rows.append(row)
    return tuple(rows), f"rows {hashlib.sha256(data).hexdigest()[:16]}"


def _engine(text: str) -> Mapping[str, Json]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ValueError(f"--engine-args: not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError("--engine-args: expected a JSON object")  # noqa: TRY004 - a user's word
    return value
