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
        ratio: How many times as fast the first was as the second, by processor time.
        by_wall_clock: The same by the wall clock.
        ours: Processor seconds for one act of the first.
        theirs: For one of the second.
    """

    ratio: Spread
    by_wall_clock: Spread
    ours: Spread
    theirs: Spread


@dataclass(frozen=True, slots=True)
class Turn:
    """Seconds that one turn took, of the processor and by the wall clock."""

    processor: float
    wall: float


def timed(act: Callable[[], object], server: Server | None = None) -> Turn:
    """Do something and measure it, with what *server* does for it."""
    served = server.processor_time() if server else 0.0
    children = _children()
    started, processor = time.perf_counter(), time.process_time()
    act()
    wall, processor = time.perf_counter() - started, time.process_time() - processor
    processor += _children() - children
    if server:
        processor += server.processor_time() - served
        if not served:  # this system does not tell it
            processor = wall
    return Turn(processor, wall)


def _children() -> float:
    times = os.times()  # smtp-source, and interpreters that only import
    return times.children_user + times.children_system


def take_turns(ours: Callable[[], Turn], theirs: Callable[[], Turn], pairs: int, *, acts: int = 1) -> Comparison:
    """Compare two things that are done in turns.

    Args:
        ours: Does the first, and measures it.
        theirs: The second.
        pairs: How many turns each of them has; one more, the first, is not counted.
        acts: How often a turn does what it does.
    """
    taken = []
    gc.collect()
    gc.disable()  # nobody knows in whose turn it would count
    try:
        for number in range(pairs + 1):
            if number % 2:  # who begins changes: ABBA
                second = theirs()
                first = ours()
            else:
                first = ours()
                second = theirs()
            taken.append((first, second))
    finally:
        gc.enable()
    del taken[0]
    return Comparison(
        ratio=Spread.of([second.processor / first.processor for first, second in taken]),
        by_wall_clock=Spread.of([second.wall / first.wall for first, second in taken]),
        ours=Spread.of([first.processor / acts for first, _ in taken]),
        theirs=Spread.of([second.processor / acts for _, second in taken]),
    )


def compare(ours: Sender, theirs: Sender, server: Server, message: Message, *, times: int, pairs: int) -> Comparison:
    """Let two senders take turns, each on its one connection, and send so many messages in each turn."""
    with ExitStack() as stack:
        send_ours = stack.enter_context(ours(server, message))
        send_theirs = stack.enter_context(theirs(server, message))
        return take_turns(
            lambda: timed(lambda: send_ours(times), server),
            lambda: timed(lambda: send_theirs(times), server),
            pairs,
            acts=times,
        )
