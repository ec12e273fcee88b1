# SPDX-License-Identifier: Apache-2.0
"""A run on several processes of this machine, one a GPU: started here, without a launcher."""

from __future__ import annotations

import logging
import os
import signal
import sys
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from rich.console import Console
from torch.distributed.elastic.multiprocessing import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

from spatialevo_rl.cli.errors import CommandError

WORLD: Final = "WORLD_SIZE"
"""Set by torchrun and accelerate in the processes that they start."""


def launched() -> bool:
    """Tell whether a launcher has started this process, so that nothing is left to start."""
    return WORLD in os.environ


def start(count: int, words: Sequence[str], settings: Mapping[str, Any]) -> int:
    """Run a command in several processes of this machine, and wait for them.

    Args:
        count: How many.
        words: The command line behind `spatialevo-rl`.
        settings: The recipe with its flags.

    Returns:
        0, or the exit code of the first process that failed and said why.

    Raises:
        CommandError: There are fewer GPUs, or a process was ended from outside.
        KeyboardInterrupt: The keyboard stopped them.
    """
    if not settings.get("use_cpu"):
        _check_gpus(count, settings)
    Console(stderr=True, highlight=False).print(f"{count} processes share a step; starting them")
    logging.getLogger("torch.distributed.elastic").setLevel(logging.CRITICAL)  # they say it all
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as torchrun does, which says so at length
    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=count,
        run_id=uuid.uuid4().hex,
        rdzv_backend="c10d",
        rdzv_endpoint="localhost:0",
        max_restarts=0,
    )
    try:
        elastic_launch(config, sys.executable)("-m", "spatialevo_rl", *words)
    except SignalException as error:
        if error.sigval is signal.SIGINT:
            raise KeyboardInterrupt from error
        raise CommandError(f"stopped by {error.sigval.name}") from error
    except ChildFailedError as error:
        return _told(error, count)
    return 0


def _check_gpus(count: int, settings: Mapping[str, Any]) -> None:
    found = torch.cuda.device_count()
    if found < count:
        advice = _advice(count, found, settings)
        raise CommandError(
            f"the recipe deals a step's rows to {count} processes, one a GPU, and this machine has "
            f"{found}{advice}"
        )


def _advice(count: int, found: int, settings: Mapping[str, Any]) -> str:
    """Return which accumulation leaves the step as it is on the GPUs that there are."""
    if found < 1:
        return "; `spatialevo-rl plan` and `--dry-run` need none, and `--recipe lab` trains on CPUs"
    accumulation = int(settings.get("gradient_accumulation_steps", 1))
    several = f"; with --gradient_accumulation_steps {accumulation * count // found} it trains here"
    return "" if count % found else several


def _told(error: ChildFailedError, count: int) -> int:
    """Return the exit code of the first failure; a process that was killed has said nothing."""
    rank, failure = error.get_first_failure()
    if failure.exitcode < 0:
        name = signal.Signals(-failure.exitcode).name
        raise CommandError(
            f"process {rank} of {count} was ended by {name}; the same command goes on from the "
            "last checkpoint"
        ) from error
    return int(failure.exitcode)
