"""Paired runs: two senders take turns, and each pair of turns gives one ratio.

This module owns time. On one core what a message takes is the processor time of its two sides together: it is what
the wall clock shows on a machine that does nothing else, and it does not change when something else runs. Where a
system does not tell the processor time of another process, the wall clock has to do.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .senders import Message, Sender
    from .servers import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The middle of some figures, and how far they lie apart."""

    minimum: float
    median: float
    maximum: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        """Sum figures up."""
        return cls(minimum=min(figures), median=statistics.median(figures), maximum=max(figures))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What two senders did in turns.

    Attributes:
        ratio: How many times as fast the first was as the second, by processor time of both sides on one core.
        by_wall_clock: The same by the wall clock.
        ours: Processor seconds of both sides, per message, for the first.
        theirs: For the second.
    """

    ratio: Spread
    by_wall_clock: Spread
    ours: Spread
    theirs: Spread


@dataclass(frozen=True, slots=True)
class _Turn:
    processor: float
    wall: float


def _turn(server: Server, act: Callable[[], object]) -> _Turn:
    served = server.processor_time()
    times = os.times()
    children = times.children_user + times.children_system  # smtp-source
    started, processor = time.perf_counter(), time.process_time()
    act()
    wall, processor = time.perf_counter() - started, time.process_time() - processor
    times = os.times()
    processor += server.processor_time() - served + times.children_user + times.children_system - children
    return _Turn(processor if served else wall, wall)


def compare(ours: Sender, theirs: Sender, server: Server, message: Message, *, times: int, pairs: int) -> Comparison:
    """Let two senders take turns, each with its one connection.

    Args:
        ours: The first.
        theirs: The second.
        server: Where to.
        message: What they send.
        times: How often, in each turn.
        pairs: How many turns each of them has; one more is not counted.
    """
    with ExitStack() as stack:
        send_ours = stack.enter_context(ours(server, message))
        send_theirs = stack.enter_context(theirs(server, message))
        gc.collect()
        gc.disable()  # of neither is known when its garbage would be counted
        stack.callback(gc.enable)
        taken = []
        for number in range(pairs + 1):
            # Who begins changes too: ABBA.
            if number % 2:
                second = _turn(server, lambda: send_theirs(times))
                first = _turn(server, lambda: send_ours(times))
            else:
                first = _turn(server, lambda: send_ours(times))
                second = _turn(server, lambda: send_theirs(times))
            taken.append((first, second))
    return _sum_up(taken[1:], times)


def _sum_up(taken: Sequence[tuple[_Turn, _Turn]], times: int) -> Comparison:
    return Comparison(
        ratio=Spread.of([second.processor / first.processor for first, second in taken]),
        by_wall_clock=Spread.of([second.wall / first.wall for first, second in taken]),
        ours=Spread.of([first.processor / times for first, _ in taken]),
        theirs=Spread.of([second.processor / times for _, second in taken]),
    )
