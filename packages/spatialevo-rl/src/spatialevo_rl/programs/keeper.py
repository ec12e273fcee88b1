# SPDX-License-Identifier: Apache-2.0
"""The process between a host and the interpreter: it holds what programs can break.

    host --pickled request--> keeper --Monty--> interpreter
         <---one JSON line---

Values that a program passes to an operator or ends in are unpacked here, under this process's own
limit of memory; the host reads back a line of bounded length and nothing else.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import sys
from pathlib import Path
from typing import BinaryIO

from spatialevo_rl.programs.interpreter import Interpreter, OperatorError
from spatialevo_rl.programs.outcomes import Failed, Failure, Limits
from spatialevo_rl.programs.wire import HEADER, READY, Request, outcome_line

def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests until there are no more; the first message is the limits."""
    limits = _next(requests)
    if not isinstance(limits, Limits):
        raise TypeError(f"limits: expected Limits, got {type(limits).__name__}")
    with Interpreter(limits) as interpreter:
        _bound_memory(limits.host_bytes)
        _reply(replies, json.dumps(READY))
        while (request := _next(requests)) is not None:
            if not isinstance(request, Request):
                raise TypeError(f"request: expected Request, got {type(request).__name__}")
            _reply(replies, _answered(interpreter, request))


def _answered(interpreter: Interpreter, request: Request) -> str:
    try:
        outcome = interpreter.run(request.program, request.stage, request.seed)
    except OperatorError as error:
        return json.dumps({"fault": str(error)[:1000]})
    except MemoryError:
        why = "what it handed over does not fit into memory"
        return outcome_line(Failed(failure=Failure.MEMORY, why=why))
    return outcome_line(outcome)


def _next(requests: BinaryIO) -> object:
    """Read a message; the host is trusted, a program never writes here."""
    header = requests.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    return pickle.loads(requests.read(HEADER.unpack(header)[0]))


def _reply(replies: BinaryIO, line: str) -> None:
    replies.write(line.encode() + b"\n")
    replies.flush()


def _bound_memory(spare_bytes: int) -> None:
    """Let this process, and the interpreters it starts, grow by so much and no more.

    Only Linux says how large a process is; elsewhere the interpreter's own limit stands alone.
    """
    status = Path("/proc/self/statm")
    if status.exists():
        used = int(status.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + spare_bytes, used + spare_bytes))


if __name__ == "__main__":
    # Replies have a descriptor of their own: nothing printed can be taken for one.
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, own)
