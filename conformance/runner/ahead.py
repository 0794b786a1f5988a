"""This module owns the scenarios that mostly wait for time to pass: several of them are played at a time.

A run is as long as its dialogues then, not as long as its silences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

_Play = TypeVar("_Play")
_Outcome = TypeVar("_Outcome")

AT_ONCE = 12
"""Plays at a time; each has a process of its own, and starting all of them must not keep the machine busy."""


class PlayedAhead(Generic[_Play, _Outcome]):
    """Plays that wait, started before they are asked for.

    Args:
        waiting: in the order in which they will be asked for. Who asks for a part of them only, as one of several
            workers does, has at most ``AT_ONCE`` played for nothing.
        play: plays one of them, in a thread of its own.
    """

    def __init__(self, waiting: Sequence[_Play], play: Callable[[_Play], _Outcome]) -> None:
        self._waiting = list(waiting)
        self._play = play
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="played ahead")
        self._started: dict[int, Future[_Outcome]] = {}

    def outcome_of(self, play: _Play) -> _Outcome:
        """Return what came of a play, and start those that come next; raises what it raised."""
        asked = self._waiting.index(play)
        for index in range(asked, min(asked + AT_ONCE, len(self._waiting))):
            if index not in self._started:
                self._started[index] = self._threads.submit(self._play, self._waiting[index])
        return self._started[asked].result()

    def close(self, interrupt: Callable[[], None]) -> None:
        """Start no more, and wait for those that are being played.

        Args:
            interrupt: makes them end soon.
        """
        self._threads.shutdown(wait=False, cancel_futures=True)
        interrupt()
        self._threads.shutdown(wait=True)
