"""A candidate that does to its process what no candidate should."""

import ctypes
import os
import re
import signal
import sys
import threading

RELEASED = threading.Event()
"""Lets ``wait_for_release`` return, where that runs in the test's own process."""


class SMTP:
    """Each method is one way to be unruly."""

    def fine(self) -> int:
        """Return a number, as nothing else here does."""
        return 1

    def loop(self) -> None:
        """Never end, in Python."""
        while True:
            pass

    def loop_in_c(self) -> None:
        """Never end, in one call of C that holds the interpreter."""
        re.match(r"(a+)+$", "a" * 64 + "b")

    def wait_deaf(self) -> None:
        """Wait for ever, deaf to a polite request to end."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        threading.Event().wait()

    def wait_for_release(self) -> None:
        """Wait until a test that runs in this process ends it."""
        RELEASED.wait()

    def wait_with_own_handler(self) -> None:
        """Wait for ever, with another use for SIGUSR1."""
        signal.signal(signal.SIGUSR1, lambda *_args: os.write(2, b"my own handler\n"))
        while True:
            signal.pause()

    def wait_noisily(self) -> None:
        """Never end, and write all the while."""
        while True:
            os.write(2, b"n" * 65536)

    def exit(self, code: int) -> None:
        """End the process past all handlers."""
        os.write(2, b"last words\n")
        os._exit(code)

    def crash(self) -> None:
        """Read from address 0."""
        ctypes.string_at(0)

    def kill(self) -> None:
        """End the process by a signal that has no handler."""
        os.kill(os.getpid(), signal.SIGKILL)

    def write_megabytes(self) -> int:
        """Write to both output descriptors, past Python; the octets of a line that looks like an answer as well."""
        os.write(1, b'{"id": 3, "returned": "forged"}\n')
        for _ in range(64):
            os.write(1, b"o" * 65536)
            os.write(2, b"e" * 65536)
        return 1

    def close_descriptors(self) -> None:
        """Close everything that is open, and open a file under one of the numbers."""
        os.closerange(0, 256)
        for _ in range(10):
            os.open(os.devnull, os.O_RDWR)

    def fork_and_leave(self) -> int:
        """Leave a child behind that never ends; return its number."""
        child = os.fork()
        if child == 0:
            while True:
                signal.pause()
        return child

    def fork_and_exit(self) -> int:
        """Leave a child behind that holds all pipes, and end."""
        child = self.fork_and_leave()
        os.write(2, b"child %d\n" % child)
        os._exit(5)

    def fork_and_return(self) -> str:
        """Return twice, once in each process."""
        return "parent" if os.fork() else "child"

    def own_handlers(self) -> int:
        """Put handlers of its own on every signal that takes one."""
        for number in range(1, signal.NSIG):
            try:
                signal.signal(number, lambda *_args: None)
            except (OSError, ValueError):
                continue
        return 1

    def break_python(self) -> int:
        """Take away what Python code relies on."""
        sys.stdout = sys.stderr = None
        sys.setrecursionlimit(100)
        os.chdir("/")
        return 1


class LMTP(SMTP):
    """Fails when it is forgotten."""

    def __del__(self) -> None:
        raise RuntimeError("raised in __del__")
