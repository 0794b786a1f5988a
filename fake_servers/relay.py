"""This module owns the relay: it stands between a client and a real server, passes on what they say, and records it.

It goes in step: each command is passed on when its predecessor was answered. TLS ends here on both sides. What the
record is written down as is the business of ``recording``.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from fake_servers.certificates import Authority, shared_authority
from fake_servers.connection import Connection
from fake_servers.host import Host, Performance
from fake_servers.listeners import Listener
from fake_servers.matching import GREETING_VERBS, verb_of
from fake_servers.octets import without_line_end
from fake_servers.reception import ClientEndedError, ConnectionOverError
from fake_servers.recorder import Keeping, Recorder, Watcher
from fake_servers.recording import Challenged, Closed, Commanded, Passed, PassedData, Recording, Replied, TlsBegan
from fake_servers.replies import ReplyCollector, SentReply
from fake_servers.steps import Certificate, Transport
from fake_servers.tls_stream import TlsFailedError

_PATIENCE = 600.0  # seconds: what RFC 5321 section 4.5.3.2.6 grants a server at most
_TO_CONNECT = 30.0  # seconds
_TRANSCRIPT = Keeping(events=0, octets=16384)
_UNREACHABLE = b"421 4.4.1 The server behind this relay cannot be reached\r\n"
_NOT_PASSED_ON = "CHUNKING"
"""BDAT would need octets that are no lines; the relay does not offer it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """The real server.

    Attributes:
        host: name or address.
        port: TCP port.
        implicit_tls: whether TLS is negotiated at once.
        context: for TLS, also behind STARTTLS.
    """

    host: str
    port: int
    implicit_tls: bool
    context: ssl.SSLContext


class UpstreamLostError(Exception):
    """The real server is gone, or says nothing."""


class _Server:
    """A connection to the real server."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._collector = ReplyCollector()
        self._replies: list[SentReply] = []
        try:
            self._socket = socket.create_connection((upstream.host, upstream.port), timeout=_TO_CONNECT)
            self._socket.settimeout(_PATIENCE)
            if upstream.implicit_tls:
                self.negotiate()
        except OSError as error:
            raise UpstreamLostError(str(error)) from error

    def negotiate(self) -> None:
        """Negotiate TLS.

        Raises:
            UpstreamLostError: it failed.
        """
        try:
            self._socket = self._upstream.context.wrap_socket(self._socket, server_hostname=self._upstream.host)
        except OSError as error:
            raise UpstreamLostError(f"TLS with the server failed: {error}") from error

    def say(self, octets: bytes) -> None:
        """Pass octets on.

        Raises:
            UpstreamLostError: nobody takes them.
        """
        try:
            self._socket.sendall(octets)
        except OSError as error:
            raise UpstreamLostError(str(error)) from error

    def reply(self) -> SentReply:
        """Wait for the next reply.

        Raises:
            UpstreamLostError: there is none.
        """
        while not self._replies:
            self._receive()
        return self._replies.pop(0)

    def _receive(self) -> None:
        try:
            octets = self._socket.recv(65536)
        except OSError as error:
            raise UpstreamLostError(str(error)) from error
        if not octets:
            raise UpstreamLostError("it has closed the connection")
        self._replies += self._collector.collect(octets)

    def unasked(self) -> Sequence[SentReply]:
        """Return what the server has said by itself."""
        with contextlib.suppress(OSError):  # the relay is being stopped, and has closed it
            self._socket.settimeout(0)
            with contextlib.suppress(OSError):  # nothing is there, or the server is gone: the next reply will tell
                self._replies += self._collector.collect(self._socket.recv(65536))
            self._socket.settimeout(_PATIENCE)
        said, self._replies = self._replies, []
        return said

    def interrupt(self) -> None:
        """Let every wait for this server end; called by other threads."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Leave."""
        self._socket.close()


class Relay(Host):
    """Passes on what clients and a real server say, and records it.

    Args:
        upstream: the real server.
        listener: where it listens.
        transport: TCP, implicit TLS or a Unix socket, for clients.
        lmtp: whether the protocol is LMTP.
        authority: issues the certificate that clients see.
        watcher: is told each event as it happens.

    Attributes:
        recording: what was said.
    """

    def __init__(
        self,
        upstream: Upstream,
        *,
        listener: Listener,
        transport: Transport = Transport.TCP,
        lmtp: bool = False,
        authority: Authority | None = None,
        watcher: Watcher | None = None,
    ) -> None:
        recorder = Recorder(keeping=_TRANSCRIPT, watcher=watcher)
        super().__init__(name="relay", listener=listener, recorder=recorder, lmtp=lmtp, flood_is_fault=False)
        self.recording = Recording(lmtp=lmtp)
        self.upstream = upstream
        self.transport = transport
        self.authority = authority or shared_authority()
        self._servers: set[_Server] = set()
        self._servers_lock = threading.Lock()
        self._leaving = False
        self.ended = 0

    def _performance(self, connection: Connection) -> Performance:
        return _Passing(connection, self)

    def dial(self) -> _Server:
        """Connect to the real server.

        Raises:
            UpstreamLostError: it cannot be reached.
        """
        server = _Server(self.upstream)
        with self._servers_lock:
            self._servers.add(server)
            if self._leaving:
                server.interrupt()
        return server

    def hang_up(self, server: _Server) -> None:
        """Leave the real server."""
        with self._servers_lock:
            self._servers.discard(server)
        server.close()

    def connection_ended(self) -> None:
        """Count a connection that is over."""
        with self._recorder.changed:
            self.ended += 1
            self._recorder.changed.notify_all()

    def wait_until_ended(self, connections: int, timeout: float) -> bool:
        """Wait until so many connections are over; return whether they are."""
        return self._recorder.wait_until(lambda: self.ended >= connections, timeout)

    def stop(self) -> None:
        """See ``Host.stop``; waits for the real server end as well."""
        with self._servers_lock:
            self._leaving = True
            for server in self._servers:
                server.interrupt()
        super().stop()


class _Passing:
    """One connection that is passed on."""

    def __init__(self, connection: Connection, relay: Relay) -> None:
        self._client = connection
        self._relay = relay
        self._said = relay.recording.begin(connection.number)
        self._recipients = 0

    def report_leftovers(self) -> None:
        """Count the connection as over."""
        self._relay.connection_ended()

    def play(self) -> None:
        """Pass on until either side ends the connection.

        Raises:
            StoppedError: the relay is being stopped.
        """
        with contextlib.suppress(ClientEndedError, ConnectionOverError):
            if self._relay.transport is Transport.TLS:
                self._negotiate_with_client()
            try:
                server = self._relay.dial()
            except UpstreamLostError as error:
                self._client.note(f"the server cannot be reached: {error}")
                self._client.send(_UNREACHABLE)
                self._leave()
                return
            try:
                self._pass(server)
            except UpstreamLostError as error:
                self._client.note(f"the server is gone: {error}")
                self._note(Closed())
                self._leave()
            finally:
                self._relay.hang_up(server)

    def _leave(self) -> None:
        self._client.end_output()
        self._client.server_closed()
        self._client.read_to_end()

    def _note(self, passed: Passed) -> None:
        self._said.append(passed)

    def _pass(self, server: _Server) -> None:
        self._pass_reply(server.reply())
        while True:
            line = self._client.next_line("a command")
            self._client.take_line()
            for reply in server.unasked():
                self._pass_reply(reply, asked=False)
            self._note(Commanded(line=line.octets))
            server.say(line.octets)
            reply = self._answer_to(verb_of(line.octets), server)
            self._follow(verb_of(line.octets), reply, server)

    def _answer_to(self, verb: str, server: _Server) -> SentReply:
        reply = server.reply()
        if verb in GREETING_VERBS and reply.positive:
            reply = _without(reply, _NOT_PASSED_ON)
        self._pass_reply(reply)
        if verb == "RCPT" and reply.positive:
            self._recipients += 1
        elif verb == "MAIL":
            self._recipients = 0
        return reply

    def _follow(self, verb: str, reply: SentReply, server: _Server) -> None:
        if verb == "STARTTLS" and reply.code == "220":
            self._note(TlsBegan())
            server.negotiate()
            self._negotiate_with_client()
        elif verb == "AUTH":
            self._pass_authentication(reply, server)
        elif reply.code == "354":
            self._pass_data(server)
        elif verb == "QUIT" and reply.positive:
            self._leave()
            raise ConnectionOverError

    def _pass_authentication(self, reply: SentReply, server: _Server) -> None:
        while reply.code == "334":
            line = self._client.next_line("the response to a challenge")
            self._client.take_line()
            self._note(Challenged(line=line.octets))
            server.say(line.octets)
            reply = server.reply()
            self._pass_reply(reply)

    def _pass_data(self, server: _Server) -> None:
        content, _ = self._client.read_data()
        self._note(PassedData(content=content))
        server.say(_stuffed(content) + b".\r\n")
        count = self._recipients if self._client.session.lmtp else 1
        for _ in range(max(count, 1)):
            self._pass_reply(server.reply())

    def _pass_reply(self, reply: SentReply, *, asked: bool = True) -> None:
        self._note(Replied(octets=reply.octets, asked=asked))
        self._client.send(reply.octets)

    def _negotiate_with_client(self) -> None:
        try:
            context = self._relay.authority.server_context(Certificate.TRUSTED)
            self._client.negotiate_tls(context, self._client.await_tls())
        except TlsFailedError as error:
            self._client.note(f"TLS negotiation failed: {error}")
            self._client.end_output()
            self._client.read_after_failed_tls(error.unread)
            raise ConnectionOverError from error


def _stuffed(content: bytes) -> bytes:
    """RFC 5321 section 4.5.2."""
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in content.split(b"\r\n"))


def _without(reply: SentReply, keyword: str) -> SentReply:
    """Return a reply to EHLO without one service extension."""
    lines = reply.octets.splitlines(keepends=True)
    kept = [line for line in lines if without_line_end(line)[4:].strip().upper() != keyword.encode()]
    kept[-1] = kept[-1][:3] + b" " + kept[-1][4:]
    return SentReply(octets=b"".join(kept), code=reply.code)
