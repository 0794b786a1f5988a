"""This module owns smtpproto's session under the API of smtplib; it does not know about scenarios.

smtpproto says EHLO, negotiates TLS where that is offered, and logs in while it connects, and tells refusals by one
exception with a text. What it does not offer one by one is ``unsupported``; what it does not tell apart is not told
apart here either.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
from collections.abc import Callable, Iterable, Iterator
from email.message import EmailMessage
from types import TracebackType
from typing import Any, ParamSpec, Self

from smtpproto.client import AsyncSMTPClient, AsyncSMTPSession
from smtpproto.protocol import SMTPException as TheirException
from smtpproto.protocol import SMTPMissingExtension, SMTPResponse

from conformance.adapters.api import (
    LACKS,
    Counterparts,
    EventLoop,
    Reply,
    SMTPException,
    SMTPNotSupportedError,
    SMTPServerDisconnected,
    UnsupportedError,
    octets_of,
    split_host,
    unsupported,
)

__all__ = ["LMTP", "SMTP", "SMTP_SSL", "SMTPException", "SMTPNotSupportedError", "SMTPServerDisconnected"]

smtp_conformance_client = "smtpproto"
smtp_conformance_lacks = LACKS

P = ParamSpec("P")
_LOOP = EventLoop()
_UNSET: Any = object()
_DEFAULT_PORT = 587
_DEFAULT_TIMEOUT = 60.0


def smtp_conformance_scenario_ends() -> None:
    """End the event loop, and with it whatever the client still does."""
    _LOOP.end()


class _Session(AsyncSMTPSession):
    """A session that keeps the reply to its last command: connecting says EHLO and does not tell what came."""

    last: SMTPResponse | None = None

    async def send_command(self, command: Callable[P, None], /, *args: P.args, **kwargs: P.kwargs) -> SMTPResponse:
        """Send a command and return its reply, as the session does.

        Raises:
            UnsupportedError: it is STARTTLS, which the session sends by itself as soon as it is offered; the API asks
                for it by a call of its own, and gives that the settings.
        """
        if command == self.protocol.start_tls:
            unsupported(smtp_conformance_client, "session that stays in clear until starttls is called")
        self.last = await super().send_command(command, *args, **kwargs)
        return self.last


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except SMTPMissingExtension as error:
        raise SMTPNotSupportedError(str(error)) from error
    except TheirException as error:
        raise SMTPException(str(error)) from error
    except (EOFError, AttributeError) as error:
        raise SMTPServerDisconnected(f"{type(error).__name__}: {error}") from error
    except Exception as error:
        if type(error).__module__.startswith("anyio"):  # EndOfStream, BrokenResourceError, ClosedResourceError
            raise SMTPServerDisconnected(f"{type(error).__name__}: {error}") from error
        raise


def _reply(answer: SMTPResponse | None) -> Reply:
    if answer is None:
        raise UnsupportedError("smtpproto does not tell the reply")
    return answer.code, octets_of(answer.message)


class SMTP(Counterparts):
    """A session of smtpproto's, driven by the calls of ``smtplib.SMTP``."""

    smtp_conformance_client = smtp_conformance_client

    def __init__(
        self,
        host: str = "",
        port: int = 0,
        local_hostname: str | None = None,
        timeout: float | None = _UNSET,
        source_address: tuple[str, int] | None = None,
    ) -> None:
        if not host:
            unsupported(smtp_conformance_client, "session without a connection")
        if source_address is not None:
            unsupported(smtp_conformance_client, "source address")
        if timeout is None:
            unsupported(smtp_conformance_client, "session without a timeout")
        seconds = _DEFAULT_TIMEOUT if timeout is _UNSET else timeout
        self._session = _LOOP.run(
            _made(split_host(smtp_conformance_client, host), port or _DEFAULT_PORT, seconds, local_hostname)
        )
        self._greeted = False
        with _translated():
            _LOOP.run(self._session.__aenter__())

    def _send(self, command: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> Reply:
        with _translated():
            return _reply(_LOOP.run(self._session.send_command(command, *args, **kwargs)))

    def ehlo(self, name: str = "") -> Reply:
        """Return the reply to EHLO, which was sent while connecting; the client sends it once."""
        if name:
            unsupported(smtp_conformance_client, "host name for a later EHLO")
        if self._greeted:
            return self._send(self._session.protocol.send_greeting, self._session.domain)
        self._greeted = True
        return _reply(self._session.last)

    def has_extn(self, name: str) -> bool:
        """Tell whether the server offers a service extension."""
        return name.upper() in self._session.protocol.extensions

    def noop(self) -> Reply:
        """Send NOOP."""
        return self._send(self._session.protocol.noop)

    def rset(self) -> Reply:
        """Send RSET."""
        return self._send(self._session.protocol.reset)

    def sendmail(
        self,
        from_addr: str,
        to_addrs: str | Iterable[str],
        msg: str | bytes,
        mail_options: Iterable[str] = (),
        rcpt_options: Iterable[str] = (),
    ) -> dict[str, Reply]:
        """Send a message; the client takes it parsed only, so it must be one that is written as it was read."""
        octets = msg.encode("ascii") if isinstance(msg, str) else msg
        parsed = email.message_from_bytes(octets, policy=email.policy.SMTP)
        if parsed.as_bytes().splitlines() != octets.splitlines():
            unsupported(smtp_conformance_client, "way to send text that is no email message")
        return self.send_message(parsed, from_addr, to_addrs, mail_options, rcpt_options)

    def send_message(
        self,
        msg: Any,
        from_addr: str | None = None,
        to_addrs: str | Iterable[str] | None = None,
        mail_options: Iterable[str] = (),
        rcpt_options: Iterable[str] = (),
    ) -> dict[str, Reply]:
        """Send an email message."""
        if list(mail_options) or list(rcpt_options):
            unsupported(smtp_conformance_client, "options of MAIL and RCPT")
        if not isinstance(msg, EmailMessage):
            unsupported(smtp_conformance_client, "way to send a legacy message")
        recipients = [to_addrs] if isinstance(to_addrs, str) else to_addrs
        with _translated():
            _LOOP.run(self._session.send_message(msg, sender=from_addr, recipients=recipients))
        return {}

    def quit(self) -> Reply:
        """Leave the session, which sends QUIT."""
        with _translated():
            _LOOP.run(self._session.__aexit__(None, None, None))
        return _reply(self._session.last)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _translated():
            _LOOP.run(self._session.__aexit__(kind, error, trace))

    @property
    def timeout(self) -> float:
        """Seconds that a reply may take."""
        return self._session.timeout

    @property
    def local_hostname(self) -> str:
        """What EHLO calls us."""
        return self._session.domain


async def _made(host: str, port: int, timeout: float, domain: str | None) -> _Session:
    """Return a session that is not connected yet, with the defaults of the client's own ``AsyncSMTPClient``."""
    client = AsyncSMTPClient(host, port, connect_timeout=timeout, timeout=timeout, domain=domain)
    return _Session(host, port, timeout, timeout, client.domain, client.authenticator, client.ssl_context)


class _Lacking(Counterparts):
    smtp_conformance_client = smtp_conformance_client
    what = ""

    def __init__(self, *_args: object, **_kwargs: object) -> None:
        raise UnsupportedError(f"smtpproto {self.what}")


class SMTP_SSL(_Lacking):  # noqa: N801 - the name is the API's
    """What smtpproto does not have."""

    what = "has no implicit TLS"


class LMTP(_Lacking):
    """What smtpproto does not have."""

    what = "speaks no LMTP"
