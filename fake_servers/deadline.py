"""This module owns deadlines: points in time by which something must have happened."""

from __future__ import annotations

import time


class DeadlineExceededError(Exception):
    """Something did not happen in time; the message names what was waited for."""


class Deadline:
    """A point in time, so many seconds from now."""

    __slots__ = ("_at", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left, never below zero."""
        return max(self._at - time.monotonic(), 0.0)

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self._at

    def exceeded(self, awaited: str) -> DeadlineExceededError:
        """Return the error that says what did not come in time."""
        return DeadlineExceededError(f"waited {self.seconds:g} s for {awaited}")
