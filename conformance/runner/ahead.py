"""This module owns the scenarios that mostly wait for time to pass: they are played beside those before them.

A run is as long as its dialogues then, not as long as its silences.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

_Play = TypeVar("_Play")
_Outcome = TypeVar("_Outcome")

AT_ONCE = 12
"""Plays at a time; each has a process of its own, and starting all of them must not keep the machine busy."""
BEFOREHAND = 200
"""How many turns before its own a play is begun: as many dialogues take a second or two, and few plays wait longer."""


class PlayedAhead(Generic[_Play, _Outcome]):
    """Plays that wait, begun before it is their turn.

    Args:
        order: all plays, in the order of their turns. Who has the turns of a part of them only, as one of several
            workers does, has few of the others played for nothing.
        waiting: those that wait.
        play: plays one of them, in a thread of its own.
    """

    def __init__(self, order: Sequence[_Play], waiting: Collection[_Play], play: Callable[[_Play], _Outcome]) -> None:
        self._turns = {one: turn for turn, one in enumerate(order)}
        self._waiting = [one for one in order if one in waiting]
        self._turns_of_waiting = [self._turns[one] for one in self._waiting]
        self._play = play
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="played ahead")
        self._begun: dict[_Play, Future[_Outcome]] = {}

    def begin_from(self, play: _Play) -> None:
        """Begin the plays that wait and have their turn with this one, or soon after it."""
        turn = self._turns[play]
        first = bisect_left(self._turns_of_waiting, turn)
        end = bisect_right(self._turns_of_waiting, turn + BEFOREHAND)
        for one in self._waiting[first : min(end, first + AT_ONCE)]:
            if one not in self._begun:
                self._begun[one] = self._threads.submit(self._play, one)

    def outcome_of(self, play: _Play) -> _Outcome:
        """Return what came of a play that waits; raises what it raised."""
        self.begin_from(play)
        return self._begun[play].result()

    def close(self, interrupt: Callable[[], None]) -> None:
        """Begin no more, and wait for those that are being played.

        Args:
            interrupt: makes them end soon.
        """
        self._threads.shutdown(wait=False, cancel_futures=True)
        interrupt()
        self._threads.shutdown(wait=True)
