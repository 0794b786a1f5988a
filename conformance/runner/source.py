"""This module owns where a client may bind to: an address and a port of the loopback network that nobody else uses."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket

_FIRST, _COUNT = 10_000, 20_000
"""Below the ports that systems hand out by themselves (from 32768 on), so that none of those can be in the way."""

_PLAYS = itertools.count()


def own_source() -> tuple[str, int]:
    """Return an address of 127.0.0.0/8 and a port, both of this play alone."""
    process, number = os.getpid(), next(_PLAYS)
    address = f"127.{64 + (process >> 8) % 64}.{process % 256}.{1 + number % 250}"
    return address, _free_port(process * 251 + number)


def _free_port(start: int) -> int:
    for step in range(_COUNT):
        port = _FIRST + (start + step) % _COUNT
        with contextlib.suppress(OSError), socket.socket() as trial:
            trial.bind(("", port))
            return port
    raise AssertionError("no port is free")
