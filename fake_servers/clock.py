"""This module owns the time that rules see: the machine's, which a test may put forward instead of sleeping."""

from __future__ import annotations

import threading
import time


class Clock:
    """Seconds since it was made, and those by which it was advanced; once frozen, only those."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._advanced = 0.0
        self._frozen_at: float | None = None

    def now(self) -> float:
        """Return the seconds so far."""
        with self._lock:
            passed = time.monotonic() - self._began if self._frozen_at is None else self._frozen_at
            return passed + self._advanced

    def freeze(self) -> None:
        """Let no time pass by itself any more: a test with rates does not hang on how fast the machine is."""
        with self._lock:
            if self._frozen_at is None:
                self._frozen_at = time.monotonic() - self._began

    def advance(self, seconds: float) -> None:
        """Put the clock forward: what rules say about time is so much nearer.

        Raises:
            ValueError: ``seconds`` is negative.
        """
        if seconds < 0:
            message = f"a clock goes forward: {seconds} seconds are negative"
            raise ValueError(message)
        with self._lock:
            self._advanced += seconds
