"""This module owns the scenarios that mostly wait for time to pass: they are played beside those before them.

A run is as long as its dialogues then, not as long as its silences.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

_Play = TypeVar("_Play")
_Outcome = TypeVar("_Outcome")

AT_ONCE = 6
"""Plays at a time; each has a process of its own, and starting all of them must not keep the machine busy."""
ALONE_AT_ONCE = 12
"""The same where there is little else to play."""
_LITTLE = 0.5
"""That is, where at least this part of all plays wait."""
_FIRST, _LAST = 0.3, 0.8
"""Between which parts of the others those that wait have their turns. The first must have time to end before its turn;
and what another worker steals from the end of the queue should not be what a play was begun of here."""


class PlayedAhead(Generic[_Play, _Outcome]):
    """Plays that wait, begun before it is their turn.

    Args:
        order: all plays, in the order of their turns.
        waiting: those that wait.
        play: plays one of them, in a thread of its own.
        queues: how many workers take the turns, each those of one of so many equal parts.
    """

    def __init__(
        self,
        order: Sequence[_Play],
        waiting: Collection[_Play],
        play: Callable[[_Play], _Outcome],
        *,
        queues: int = 1,
    ) -> None:
        self._turns = {one: turn for turn, one in enumerate(order)}
        self._all_waiting = frozenset(waiting)
        self._waiting = [one for one in order if one in self._all_waiting]
        self._turns_of_waiting = [self._turns[one] for one in self._waiting]
        self._play = play
        self._ends_of_parts = [len(order) * (number + 1) // queues for number in range(queues)]
        at_once = AT_ONCE if len(self._waiting) < _LITTLE * len(order) else ALONE_AT_ONCE
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="played ahead")
        self._begun: dict[_Play, Future[_Outcome]] = {}

    def knows(self, play: _Play) -> bool:
        """Tell whether it is one of those that wait."""
        return play in self._all_waiting

    def begin_from(self, play: _Play) -> None:
        """Begin the plays that wait and have their turn with this one, or later in the same part."""
        turn = self._turns[play]
        end_of_part = self._ends_of_parts[bisect_right(self._ends_of_parts, turn)]
        first, end = (bisect_left(self._turns_of_waiting, bound) for bound in (turn, end_of_part))
        for one in self._waiting[first:end]:
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


def in_order_of_turns(
    waiting: Sequence[_Play], others: Sequence[_Play], *, seconds: Callable[[_Play], float], queues: int
) -> list[_Play]:
    """Return all plays, ordered so that hardly any turn comes before its play has ended.

    Args:
        waiting: those that wait for time to pass.
        others: those that do not.
        seconds: about how long one waits.
        queues: how many workers take the turns; each begins with one of so many equal parts.
    """
    longest_first = sorted(waiting, key=seconds, reverse=True)
    return [
        play
        for number in range(queues)
        for play in _spread(_by_their_ends(longest_first[number::queues]), _part(others, number, queues), seconds)
    ]


def _by_their_ends(longest_first: Sequence[_Play]) -> Sequence[_Play]:
    """Return plays in the order in which they may end: of those that are begun together, the shortest ends first."""
    starts = range(0, len(longest_first), AT_ONCE)
    return [play for start in starts for play in reversed(longest_first[start : start + AT_ONCE])]


def _part(plays: Sequence[_Play], number: int, count: int) -> Sequence[_Play]:
    return plays[len(plays) * number // count : len(plays) * (number + 1) // count]


def _spread(waiting: Sequence[_Play], others: Sequence[_Play], seconds: Callable[[_Play], float]) -> Iterator[_Play]:
    """Yield the others, and among them those that wait: as far apart as they are long."""
    first, last = int(len(others) * _FIRST), int(len(others) * _LAST)
    total, passed, begin = sum(map(seconds, waiting)), 0.0, 0
    for play in waiting:
        end = first + int((last - first) * passed / total)
        yield from others[begin:end]
        yield play
        passed += seconds(play)
        begin = end
    yield from others[begin:]
