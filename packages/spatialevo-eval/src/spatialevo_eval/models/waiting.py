# SPDX-License-Identifier: Apache-2.0
"""Many calls at once, their results in the order in which they were asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")
R = TypeVar("R")

AHEAD: Final = 4
"""Calls begun or done, for each one at work: a slow one holds up the others only after so many."""


def in_order(
    call: Callable[[T], R],
    arguments: Iterable[T],
    at_once: int,
    stop: Callable[[], None] = lambda: None,
) -> Iterator[R]:
    """Yield `call` of each argument, in order, up to `at_once` calls at work at any time.

    Arguments are taken only as they are needed. Closing the iterator drops calls not yet begun and
    waits for those at work; `stop` is called before the wait, also where nothing is left to wait
    for, and may tell them to end.

    Raises:
        BaseException: The first that a call raises, when its turn comes.
    """
    waiting: deque[Future[R]] = deque()
    pool = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="spatialevo-eval")
    try:
        for argument in arguments:
            waiting.append(pool.submit(call, argument))
            while waiting and (len(waiting) >= AHEAD * at_once or waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        stop()
        pool.shutdown(cancel_futures=True)
