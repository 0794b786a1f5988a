"""This module owns what ``serve`` and ``record`` have in common: where they listen, their readiness, their end."""

from __future__ import annotations

import resource
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from conformance.errors import UsageError
from fake_servers.certificates import Authority
from fake_servers.host import Host
from fake_servers.listeners import Listener, listen_at_path, listen_on_tcp
from fake_servers.steps import Transport

_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
_DESCRIPTORS = 65536
_DESCRIPTORS_OF_A_CONNECTION = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a server listens.

    Attributes:
        host: an address of this machine.
        port: 0: one that is free.
        unix: the path of a Unix socket; None for TCP.
        tls: whether TLS is negotiated at once.
    """

    host: str = "127.0.0.1"
    port: int = 0
    unix: Path | None = None
    tls: bool = False

    @property
    def transport(self) -> Transport:
        """How clients connect."""
        if self.unix is not None:
            return Transport.UNIX
        return Transport.TLS if self.tls else Transport.TCP

    def listen(self) -> Listener:
        """Begin to listen.

        Raises:
            UsageError: somebody else listens there, or there is no such address or directory.
        """
        if self.unix is not None and self.tls:
            raise UsageError("--tls and --unix do not go together: a Unix socket is served in clear")
        where = str(self.unix) if self.unix is not None else f"{self.host}, port {self.port}"
        try:
            if self.unix is not None:
                return listen_at_path(str(self.unix))
            return listen_on_tcp(address=self.host, port=self.port)
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise UsageError(f"cannot listen on {where}: {why}; --port 0 takes a free port") from error


def hold_signals() -> None:
    """Keep the signals that end a server for ``run``; call it before any thread is started."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)


def connections_at_once() -> int:
    """Take as many file descriptors as the system grants; return for how many connections they do."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max((wanted - 64) // _DESCRIPTORS_OF_A_CONNECTION, 1)


def write_ca_file(authority: Authority, path: Path | None) -> None:
    """Write the certificate that clients are to trust, where it is wanted.

    Raises:
        UsageError: the file cannot be written.
    """
    if path is None:
        return
    try:
        shutil.copyfile(authority.ca_file, path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def run(host: Host, protocol: str, *, until: Callable[[float], bool] | None = None) -> None:
    """Start a server, say that it is ready, and wait for a signal.

    Args:
        host: the server.
        protocol: for the readiness line.
        until: waits so many seconds for a reason to end by itself, and returns whether there is one.
    """
    host.start()
    where = f"unix {host.path}" if host.path else f"{host.host} {host.port}"
    sys.stdout.write(f"READY {protocol} {where}\n")
    sys.stdout.flush()
    if until is None:
        signal.sigwait(_SIGNALS)
        return
    while not until(0.2) and signal.sigtimedwait(_SIGNALS, 0) is None:
        pass
