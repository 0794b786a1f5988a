"""This module owns listening sockets: a TCP port of the loopback interface, or a Unix socket with its own directory."""

from __future__ import annotations

import contextlib
import select
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fake_servers import limits
from fake_servers.stream import is_ready
from fake_servers.transcript import PeerFacts

_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A listening socket.

    Attributes:
        listening: it.
        host: the address; empty for a Unix socket.
        port: the port that the system chose; 0 for a Unix socket.
        path: of the Unix socket; empty for TCP.
        directory: made for the socket, and removed with it; empty if there is none.
    """

    listening: socket.socket
    host: str = ""
    port: int = 0
    path: str = ""
    directory: str = ""

    def accept(self) -> tuple[socket.socket, PeerFacts] | None:
        """Return the next connection, and where it comes from; None if the client has gone again."""
        try:
            connected, address = self.listening.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return None
        if self.path:
            return connected, PeerFacts()
        return connected, PeerFacts(source_address=address[0], source_port=address[1])

    def pending(self) -> bool:
        """Return whether a connection waits to be accepted."""
        return is_ready(self.listening.fileno(), select.POLLIN)

    def close(self) -> None:
        """Stop listening, and remove what is left of it."""
        self.listening.close()
        if self.directory:
            shutil.rmtree(self.directory, ignore_errors=True)
        elif self.path:
            Path(self.path).unlink(missing_ok=True)


def listen_on_tcp(*, narrow: bool = False, address: str = _LOOPBACK, port: int = 0) -> Listener:
    """Listen on a port.

    Args:
        narrow: whether connections get small receive buffers, which must be asked for before they are made.
        address: an IPv4 or IPv6 address of this machine.
        port: left out: one that is free.

    Raises:
        OSError: somebody else listens there, or it is no address of this machine.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with contextlib.ExitStack() as undo:
        listening = undo.enter_context(socket.create_server((address, port), family=family, backlog=limits.BACKLOG))
        _prepare(listening, narrow=narrow)
        undo.pop_all()
    name = listening.getsockname()
    return Listener(listening=listening, host=name[0], port=name[1])


def listen_on_unix(directory: Path | None, *, narrow: bool) -> Listener:
    """Listen on a Unix socket in a new directory, within ``directory`` if it is given.

    Raises:
        ValueError: its path would be too long for a Unix socket.
    """
    own = Path(tempfile.mkdtemp(prefix="smtp-", dir=directory))
    path = str(own / "s")
    if len(path.encode()) > limits.UNIX_PATH_OCTETS:
        own.rmdir()
        if directory is not None:
            message = f"a Unix socket needs a path of at most {limits.UNIX_PATH_OCTETS} octets; {path} has more"
            raise ValueError(message)
        own = Path(tempfile.mkdtemp(prefix="smtp-", dir="/tmp"))  # where paths are short
        path = str(own / "s")
    with contextlib.ExitStack() as undo:
        undo.callback(shutil.rmtree, own, ignore_errors=True)
        listening = undo.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        listening.bind(path)
        listening.listen(limits.BACKLOG)
        _prepare(listening, narrow=narrow)
        undo.pop_all()
    return Listener(listening=listening, path=path, directory=str(own))


def listen_at_path(path: str) -> Listener:
    """Listen on a Unix socket at this path, which goes when the listening ends.

    Raises:
        OSError: there is a file of that name, or no such directory, or the path is too long.
    """
    with contextlib.ExitStack() as undo:
        listening = undo.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        listening.bind(path)
        undo.callback(Path(path).unlink, missing_ok=True)
        listening.listen(limits.BACKLOG)
        _prepare(listening, narrow=False)
        undo.pop_all()
    return Listener(listening=listening, path=path)


def _prepare(listening: socket.socket, *, narrow: bool) -> None:
    listening.setblocking(False)
    if narrow:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, limits.NARROW_RECEIVE_BUFFER_OCTETS)
