"""This module owns the live transcript: what a fake server says and hears, on the terminal, as it happens.

A terminal or a pipe that is slow slows nothing down: what it cannot take is counted and left out.
"""

from __future__ import annotations

import queue
import threading

from conformance.report.screen import Screen
from conformance.report.styled import Style
from fake_servers.dialogue_text import event_lines
from fake_servers.transcript import Event, Kind

_WAITING_EVENTS = 10_000
_STYLES = {Kind.SERVER: Style.SERVER, Kind.CLIENT: Style.CLIENT, Kind.NOTE: Style.QUIET}


class LiveTranscript:
    """Shows events; ``show`` may be called from any thread and never waits."""

    def __init__(self) -> None:
        self._events: queue.Queue[Event | None] = queue.Queue(_WAITING_EVENTS)
        self._screen = Screen()
        self._left_out = 0
        self._thread = threading.Thread(target=self._show_all, name="live transcript", daemon=True)

    def start(self) -> None:
        """Begin to show."""
        self._thread.start()

    def show(self, event: Event) -> None:
        """Show an event when its turn comes."""
        try:
            self._events.put_nowait(event)
        except queue.Full:
            self._left_out += 1

    def stop(self, timeout: float) -> None:
        """Show what is left, and end, in time."""
        try:
            self._events.put(None, timeout=timeout)
        except queue.Full:
            return
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _show_all(self) -> None:
        while (event := self._events.get()) is not None:
            try:
                self._show(event)
            except OSError:  # the reader of the pipe has gone; the server goes on
                return

    def _show(self, event: Event) -> None:
        left_out, self._left_out = self._left_out, 0
        if left_out:
            self._screen.say((f"… {left_out} events are not shown: too many came at once", Style.QUIET))
        lock = "*" if event.encrypted else " "
        for line in event_lines(event):
            style = Style.OFFENDING if event.note.startswith("breach: ") else _STYLES[event.kind]
            self._screen.say((f"{event.connection + 1:4}{lock} ", Style.QUIET), (line, style))
