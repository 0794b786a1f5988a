"""The connection: connect, send a command, get its reply, close.

This module owns the socket, the pairing of commands with replies, debug output and audit events; it does not
know about any single command.

In step
-------
Each command has one reply (RFC 5321 4.2), so a reply that is there before its command cannot be its answer.
Before a command goes out, what has come unasked is looked at:

===================================  ============================================================
unasked came                         then
===================================  ============================================================
nothing, or blank lines              the command is sent
a 421 (RFC 5321 3.8)                 the command is not sent: the 421 is its answer
anything else, or the end of stream  the connection is closed, SMTPServerDisconnected raised
===================================  ============================================================

A 421, or bytes that are no reply, end the session wherever they come: they reach the caller as the
answer, and the socket is closed.
"""

from __future__ import annotations

import socket
import sys
from contextlib import suppress

from . import _debug as debug
from ._commands import command_line
from ._endpoint import SMTP_PORT, split_endpoint
from ._exceptions import ReplyTooLong, SMTPServerDisconnected
from ._reply import MalformedReplyError, OversizeReplyError, Reply
from ._stream import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    SourceAddress = tuple[str, int]

SERVICE_CLOSING = 421  # RFC 5321 3.8: may answer any command

# So many replies that came unasked are skipped before QUIT: a server that never stops sending must not keep us.
_MAX_UNASKED = 100

# What ``socket.create_connection`` takes for "none given"; overridden ``_get_socket`` methods pass it on.
GLOBAL_DEFAULT_TIMEOUT: float | None = socket._GLOBAL_DEFAULT_TIMEOUT  # type: ignore[attr-defined]  # noqa: SLF001


class Connection:
    """One connection at a time to a server, as commands and replies."""

    default_port: int = SMTP_PORT
    debuglevel: int = 0
    sock: socket.socket | None = None
    file: object = None
    timeout: float | None
    source_address: SourceAddress | None
    command_encoding: str
    _host: str = ""
    _awaited: int  # commands whose reply has not been read
    _secret: bytes  # the response that must not show in debug output

    def set_debuglevel(self, level: int) -> None:
        """Set how much is written to standard error.

        Args:
            level: 0 for nothing; 1 or True for the connection and all that is sent and received; 2 for the
                same with the time of day. SASL responses are shown as ``<hidden>``.
        """
        self.debuglevel = level

    def _print_debug(self, *args: object) -> None:
        """Write one line of debug output."""
        debug.show(self.debuglevel, *args)

    # Opening and closing

    def connect(
        self, host: str = "localhost", port: int = 0, source_address: SourceAddress | None = None
    ) -> tuple[int, bytes]:
        """Connect to a server and read its greeting; a session that was open is dropped.

        Args:
            host: A name or address; a suffix ``:port`` is stripped and counts more than *port*.
            port: The port; 0 for the default of the class.
            source_address: Host and port to bind to, for this and later connections.

        Returns:
            Code and text of the greeting, also of a refusing one (the constructor raises then).

        Raises:
            OSError: The port is not a number, or the connection cannot be made.
            ValueError: The timeout is 0: it would make the socket non-blocking.
            SMTPServerDisconnected: The server closed the connection instead of greeting.
            TimeoutError: It did not greet in time.
        """
        host, port = self._endpoint(host, port)
        if self.timeout == 0:
            raise ValueError("a timeout of 0 would make the socket non-blocking: give seconds, or None to wait")
        if source_address is not None:
            self.source_address = source_address
        sys.audit("smtplib.connect", self, host, port)
        self.close()
        self._host = host
        if self.debuglevel:
            self._print_debug("connect:", (host, port))
        self.sock = self._get_socket(host, port, self.timeout)
        return self.getreply()

    def _endpoint(self, host: str, port: int) -> tuple[str, int]:
        return split_endpoint(host, port, self.default_port)

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        """Return a connected socket; subclasses override this to go through a proxy, say."""
        sock = socket.create_connection((host, port), timeout, self.source_address)
        # Mail data go out in pieces; without this the last, small one may wait for a delayed ACK.
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def close(self) -> None:
        """Close the connection without a word; harmless if there is none."""
        sock, self.sock, self.file = self.sock, None, None
        self._forget_session()
        if sock is not None:
            with suppress(OSError):
                sock.close()

    def _forget_session(self) -> None:
        """Drop what was learnt from, or told to, the server; layers above extend this."""
        self._awaited = 0
        self._secret = b""

    # Commands and replies

    def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
        """Send a command and return its reply.

        Args:
            cmd: The command.
            args: Its arguments, put behind it after one space.

        Returns:
            The code, and the text, with the lines of a multiline reply joined by a line feed. After a 421, or
            after -1 (what came was no reply), the connection is closed.

        Raises:
            ValueError: The command holds CR, LF or NUL; nothing was sent.
            SMTPServerDisconnected: There is no connection, or it is lost.
        """
        self.putcmd(cmd, args)
        return self.getreply()

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Send a command; ``getreply`` must follow. Raises as ``docmd``."""
        self._put(command_line(cmd, args).encode(self.command_encoding))

    def _put(self, lines: bytes, commands: int = 1) -> None:
        if self._awaited == 0 and self._is_answered_already():
            return
        self.send(lines)
        self._awaited += commands

    def _exchange(self, line: bytes, *, is_first: bool) -> tuple[int, bytes]:
        """Do what ``docmd`` does, with a command line that was made before.

        The short way is there for speed: ``sendmail`` comes here three times for each message. No look is taken into
        the buffer of the system unless this is the first line: between a reply and the next line nothing is done
        that takes time, and what can have come in it has come with the reply.

        Args:
            line: The line, with its end.
            is_first: Whether time may have passed since the last reply.
        """
        stream = self._stream()
        is_quiet = stream.is_quiet() if is_first else not stream.has_left_over
        if self.debuglevel or not is_quiet:
            self._put(line)
            return self.getreply()
        sys.audit("smtplib.send", self, line)
        try:
            stream.write(line)
            code, text = stream.read()
        except BaseException as error:  # noqa: BLE001 - as in getreply
            code, text = self._reply_behind(error)
        if code == SERVICE_CLOSING:
            self.close()
        return code, text

    def send(self, s: str | bytes) -> None:
        """Send bytes, or text in the encoding of commands, as they are.

        The auditing event ``smtplib.send`` comes before; a hook that raises keeps the bytes off the wire.

        Raises:
            SMTPServerDisconnected: There is no connection, or it is lost.
        """
        data = s.encode(self.command_encoding) if isinstance(s, str) else bytes(s)
        stream = self._stream()
        if self.debuglevel:
            self._print_debug("send:", repr(debug.conceal(data, self._secret)))
        sys.audit("smtplib.send", self, data)
        try:
            stream.write(data)
        except BaseException:  # part of it may be out, also when the user interrupted
            self.close()
            raise

    def getreply(self) -> tuple[int, bytes]:
        """Wait for the reply to the command sent last.

        Returns:
            Code and text, as ``docmd``.

        Raises:
            SMTPServerDisconnected: There is no connection, or it ended before the reply did.
            TimeoutError: The reply did not come in time; the connection is closed, or it would answer the next
                command.
            SMTPResponseException: The reply passes the limits on its size.
        """
        stream = self._stream()
        try:
            code, text = stream.read()
        except BaseException as error:  # noqa: BLE001 - raised again, unless it has something to show
            code, text = self._reply_behind(error)
        if self._awaited:
            self._awaited -= 1
        if self.debuglevel:
            self._print_debug("reply:", code, repr(text))
        if code == SERVICE_CLOSING:
            self.close()
        return code, text

    def _reply_behind(self, error: BaseException) -> Reply:
        """Close; return what came if that is all that is wrong with it, or else raise."""
        self.close()
        if isinstance(error, MalformedReplyError):
            return error.reply
        if isinstance(error, OversizeReplyError):
            raise ReplyTooLong(500, str(error).encode()) from error
        raise error

    # Staying in step

    def _stream(self) -> Stream:
        """Return the stream of the socket; programs put another one in place, or None for ``file``."""
        stream, sock = self.file, self.sock
        if sock is None:
            raise SMTPServerDisconnected("not connected: call connect() first")
        if not (isinstance(stream, Stream) and stream.sock is sock):
            stream = self.file = Stream(sock)
        return stream

    def _is_answered_already(self) -> bool:
        """Look for replies that came unasked; True if the next ``getreply`` will return a 421."""
        reply = self._unasked_reply()
        if reply is None:
            return False
        if reply.code == SERVICE_CLOSING:
            self._stream().put_back(reply)
            return True
        self.close()
        raise SMTPServerDisconnected(f"out of step: the server sent {reply} unasked; the connection is closed")

    def _skip_unasked(self) -> None:
        """Before QUIT: what came unasked does no harm any more, unless it is a 421."""
        for _ in range(_MAX_UNASKED):
            reply = self._unasked_reply()
            if reply is None:
                return
            if reply.code == SERVICE_CLOSING:
                self._stream().put_back(reply)
                return

    def _unasked_reply(self) -> Reply | None:
        """Return the first reply that came unasked, if there is one; code -1 stands for what is none."""
        stream = self._stream()
        if stream.is_quiet():
            return None
        try:
            return stream.read_ready() or (stream.read() if stream.is_mid_reply else None)
        except (MalformedReplyError, OversizeReplyError):
            return Reply(-1, b"what is no reply")
        except SMTPServerDisconnected:
            self.close()
            raise
