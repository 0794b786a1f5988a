"""This module owns TLS over a stream in clear: negotiation, records, close_notify, and what comes behind it.

It uses memory buffers, not ``SSLSocket``, so that each write is a record and each alert is sent when a script says so.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Mapping
from typing import Any

from fake_servers import limits
from fake_servers.deadline import Deadline, DeadlineExceededError
from fake_servers.stream import ClientGoneError, PlainStream

TLS_RECORD_TYPES = range(20, 24)
"""change_cipher_spec, alert, handshake, application_data (RFC 8446 section 5.1)."""

_RECORD_HEADER_OCTETS = 5

HANDSHAKE_RECORD = 22
"""The type of the record in which a client begins TLS."""


class TlsFailedError(Exception):
    """The negotiation failed; the message has the reason that OpenSSL gives.

    Attributes:
        unread: octets that came behind the last record that was read.
    """

    def __init__(self, message: str, *, unread: bytes) -> None:
        super().__init__(message)
        self.unread = unread


def behind_records(octets: bytes) -> bytes:
    """Return what follows the TLS records at the beginning of these octets; the last one may be incomplete."""
    place = 0
    while place < len(octets) and octets[place] in TLS_RECORD_TYPES:
        # Type, version, length of the fragment: RFC 8446 section 5.1.
        place += _RECORD_HEADER_OCTETS + int.from_bytes(octets[place + 3 : place + _RECORD_HEADER_OCTETS], "big")
    return octets[place:]


class ServerNameKeeper(ssl.SSLObject):
    """Remembers the name that the client asked for (SNI)."""

    asked_name = ""


def keep_server_name(connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
    """Remember the name; made for ``SSLContext.sni_callback``."""
    if isinstance(connection, ServerNameKeeper):
        connection.asked_name = name or ""


class TlsStream:
    """A stream under TLS, on the server's side."""

    encrypted = True

    def __init__(self, plain: PlainStream, context: ssl.SSLContext, first_octets: bytes) -> None:
        self._plain = plain
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._incoming.write(first_octets)
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self.truncated = False

    def negotiate(self, deadline: Deadline) -> None:
        """Negotiate TLS.

        Raises:
            TlsFailedError: the client or the server refused the other.
        """
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush(deadline)
                self._fetch(deadline, "the client to negotiate TLS")
            except ssl.SSLError as error:
                with contextlib.suppress(ClientGoneError):
                    self._flush(deadline)  # the alert that tells the client why
                raise TlsFailedError(error.reason or str(error), unread=self.undecrypted()) from error
            else:
                self._flush(deadline)
                return

    @property
    def version(self) -> str:
        """The protocol version."""
        return self._tls.version() or ""

    @property
    def server_name(self) -> str:
        """The name that the client asked for; empty if it sent none."""
        return self._tls.asked_name if isinstance(self._tls, ServerNameKeeper) else ""

    @property
    def client_certificate(self) -> str:
        """The common name of the client's certificate; empty if it showed none."""
        shown: Mapping[str, Any] = self._tls.getpeercert() or {}
        names = [value for part in shown.get("subject", ()) for name, value in part if name == "commonName"]
        return str(names[0]) if names else ""

    def _flush(self, deadline: Deadline) -> None:
        octets = self._outgoing.read()
        if octets:
            self._plain.send(octets, deadline)

    def _fetch(self, deadline: Deadline, awaited: str) -> None:
        octets = self._plain.receive(deadline, awaited)
        self.feed(octets)

    def feed(self, octets: bytes) -> None:
        """Take in octets from the network; none: the client has ended its output."""
        if octets:
            self._incoming.write(octets)
        else:
            self._incoming.write_eof()

    def decrypt(self) -> bytes | None:
        """Return what is there in clear; None if more is needed, no octets at the end."""
        try:
            return self._tls.read(limits.RECEIVE_OCTETS)
        except ssl.SSLWantReadError:
            return None
        except ssl.SSLZeroReturnError:
            return b""
        except ssl.SSLEOFError:
            self.truncated = True
            return b""
        except ssl.SSLError as error:
            raise ClientGoneError(f"the client broke TLS: {error.reason}") from error

    def receive(self, deadline: Deadline, awaited: str) -> bytes:
        """See ``Stream``."""
        while True:
            octets = self.decrypt()
            if octets is not None:
                return octets
            self._fetch(deadline, awaited)

    def receive_now(self) -> bytes | None:
        """See ``Stream``."""
        octets = self.decrypt()
        while octets is None:
            fetched = self._plain.receive_now()
            if fetched is None:
                return None
            self.feed(fetched)
            octets = self.decrypt()
        return octets

    def send(self, octets: bytes, deadline: Deadline) -> None:
        """See ``Stream``; one record, as long as it can be one."""
        for start in range(0, len(octets), limits.TLS_RECORD_OCTETS):
            try:
                self._tls.write(octets[start : start + limits.TLS_RECORD_OCTETS])
                self._flush(deadline)
            except (ssl.SSLError, ClientGoneError) as error:
                raise ClientGoneError(str(error), sent=start) from error

    def send_close_notify(self, deadline: Deadline) -> None:
        """Send close_notify (RFC 8446 section 6.1); the client may go on."""
        with contextlib.suppress(ssl.SSLError):  # "want read": its own close_notify is not there yet
            self._tls.unwrap()
        self._flush(deadline)

    def end_output(self, *, notify: bool) -> None:
        """See ``Stream``."""
        if notify:
            with contextlib.suppress(ClientGoneError, DeadlineExceededError):
                self.send_close_notify(Deadline(limits.STOP_SECONDS))
        self._plain.end_output(notify=False)

    def undecrypted(self) -> bytes:
        """Take the octets that TLS has not read."""
        return self._incoming.read()


class ClearAfterTls:
    """A connection in clear whose TLS the server has ended; the client may still end its own.

    The client's remaining records are read as TLS; the first octet that begins no record is read in clear.
    """

    encrypted = False

    def __init__(self, plain: PlainStream, tls: TlsStream) -> None:
        self._plain = plain
        self._tls = tls
        self._in_clear = False

    def receive(self, deadline: Deadline, awaited: str) -> bytes:
        """See ``Stream``."""
        while not self._in_clear:
            octets = self._tls.decrypt()
            if octets:
                return octets
            if octets is not None:
                self._in_clear = True
                rest = self._tls.undecrypted()
                if rest:
                    return rest
                break
            came = self._plain.receive(deadline, awaited)
            if not came or came[0] not in TLS_RECORD_TYPES:
                self._in_clear = True
                return came
            self._tls.feed(came)
        return self._plain.receive(deadline, awaited)

    def receive_now(self) -> bytes | None:
        """See ``Stream``; what may be TLS is left for ``receive``."""
        return self._plain.receive_now() if self._in_clear else None

    def send(self, octets: bytes, deadline: Deadline) -> None:
        """See ``Stream``."""
        self._plain.send(octets, deadline)

    def end_output(self, *, notify: bool) -> None:
        """See ``Stream``."""
        self._plain.end_output(notify=notify)
