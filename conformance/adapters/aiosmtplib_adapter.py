"""This module owns aiosmtplib under the API of smtplib; it does not know about scenarios.

It does what the API's call asks by the counterpart in aiosmtplib, and translates arguments, replies and exceptions.
It never makes good what aiosmtplib does otherwise; what aiosmtplib has no counterpart for is ``unsupported``.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine, Iterable
from email.message import EmailMessage, Message
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeAlias

import aiosmtplib

from conformance.adapters.aiosmtplib_errors import counterpart, translated
from conformance.adapters.api import (
    LACKS,
    Counterparts,
    EventLoop,
    Reply,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    UnsupportedError,
    octets_of,
    split_host,
    unsupported,
)

API = (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
"""The exceptions that this module offers beside the classes, by the names of the API."""

smtp_conformance_client = "aiosmtplib"
smtp_conformance_lacks = LACKS

P = ParamSpec("P")
Options: TypeAlias = Iterable[str]
_LOOP = EventLoop()
_UNSET: Any = object()


def smtp_conformance_scenario_ends() -> None:
    """End the event loop, and with it whatever the client still does."""
    _LOOP.end()


# -- calls


def _ask(work: Callable[P, Coroutine[Any, Any, Any]], *args: P.args, **kwargs: P.kwargs) -> Any:
    with translated():
        return _LOOP.run(work(*args, **kwargs))


def _reply(answer: aiosmtplib.SMTPResponse) -> Reply:
    return answer.code, octets_of(answer.message)


def _reply_of(work: Callable[P, Coroutine[Any, Any, Any]], *args: P.args, **kwargs: P.kwargs) -> Reply:
    """Return a reply, also where aiosmtplib raises it: the API's low-level calls return refusals."""
    try:
        return _reply(_LOOP.run(work(*args, **kwargs)))
    except aiosmtplib.SMTPResponseException as error:
        if error.code < 0:  # no server's reply: the client gave up on what came
            raise counterpart(error) from error
        return error.code, octets_of(error.message)
    except aiosmtplib.SMTPException as error:
        raise counterpart(error) from error


async def _in_loop(work: Callable[[], Any]) -> Any:
    found = work()
    await asyncio.sleep(0)  # closing a transport takes one turn of the loop
    return found


# -- the classes


class SMTP(Counterparts):
    """A client of aiosmtplib's, driven by the calls of ``smtplib.SMTP``."""

    smtp_conformance_client = smtp_conformance_client
    _implicit_tls = False

    def __init__(
        self,
        host: str = "",
        port: int = 0,
        local_hostname: str | None = None,
        timeout: float | None = _UNSET,
        source_address: tuple[str, int] | None = None,
    ) -> None:
        self._client = self._make(
            local_hostname=local_hostname, source_address=source_address, **_given(timeout=timeout)
        )
        self._open(host, port)

    def _make(self, **settings: Any) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(use_tls=self._implicit_tls, start_tls=False, **settings)

    def _open(self, host: str, port: int) -> None:
        if host:
            _ask(self._client.connect, **self._endpoint(host, port))

    def _endpoint(self, host: str, port: int) -> dict[str, Any]:
        return {"hostname": split_host(self.smtp_conformance_client, host), "port": port or None}

    def connect(self, host: str = "localhost", port: int = 0, source_address: tuple[str, int] | None = _UNSET) -> Reply:
        """Connect and return the greeting."""
        return _reply_of(self._client.connect, **self._endpoint(host, port), **_given(source_address=source_address))

    # greeting the server

    def ehlo(self, name: str = "") -> Reply:
        """Send EHLO."""
        return _reply_of(self._client.ehlo, hostname=name or None)

    def helo(self, name: str = "") -> Reply:
        """Send HELO."""
        return _reply_of(self._client.helo, hostname=name or None)

    def has_extn(self, name: str) -> bool:
        """Tell whether the server offers a service extension."""
        return self._client.supports_extension(name)

    # commands

    def docmd(self, cmd: str, args: str = "") -> Reply:
        """Send any command: what aiosmtplib calls ``execute_command``."""
        return _reply_of(self._client.execute_command, *(word.encode("ascii") for word in (cmd, args) if word))

    def noop(self) -> Reply:
        """Send NOOP."""
        return _reply_of(self._client.noop)

    def rset(self) -> Reply:
        """Send RSET."""
        return _reply_of(self._client.rset)

    def help(self, args: str = "") -> bytes:
        """Send HELP and return the reply's text."""
        if args:
            unsupported(self.smtp_conformance_client, "argument of help")
        return octets_of(_ask(self._client.help))

    def mail(self, sender: str, options: Options = ()) -> Reply:
        """Send MAIL."""
        return _reply_of(self._client.mail, sender, options=list(options))

    def rcpt(self, recip: str, options: Options = ()) -> Reply:
        """Send RCPT."""
        return _reply_of(self._client.rcpt, recip, options=list(options))

    def data(self, msg: str | bytes) -> Reply:
        """Send DATA and the mail data."""
        answer: Reply = _reply(_ask(self._client.data, msg))
        return answer

    def verify(self, address: str) -> Reply:
        """Send VRFY."""
        return _reply_of(self._client.vrfy, address)

    vrfy = verify

    def expn(self, address: str) -> Reply:
        """Send EXPN."""
        return _reply_of(self._client.expn, address)

    # authentication and TLS

    def login(self, user: str, password: str, *, initial_response_ok: bool = True) -> Reply:
        """Log in."""
        if not initial_response_ok:
            unsupported(self.smtp_conformance_client, "login without initial responses")
        answer: Reply = _reply(_ask(self._client.login, user, password))
        return answer

    def starttls(
        self, keyfile: str | None = None, certfile: str | None = None, context: ssl.SSLContext | None = None
    ) -> Reply:
        """Negotiate TLS by STARTTLS."""
        given = _present(client_key=keyfile, client_cert=certfile, tls_context=context)
        answer: Reply = _reply(_ask(self._client.starttls, **given))
        return answer

    # mail

    def sendmail(
        self,
        from_addr: str,
        to_addrs: Any,
        msg: str | bytes,
        mail_options: Options = (),
        rcpt_options: Options = (),
    ) -> dict[str, Reply]:
        """Send a message and return the recipients that were refused."""
        refused, _ = _ask(
            self._client.sendmail, from_addr, to_addrs, msg, mail_options=mail_options, rcpt_options=rcpt_options
        )
        return {address: _reply(answer) for address, answer in refused.items()}

    def send_message(
        self,
        msg: EmailMessage | Message,
        from_addr: str | None = None,
        to_addrs: Any = None,
        mail_options: Options = (),
        rcpt_options: Options = (),
    ) -> dict[str, Reply]:
        """Send an email message and return the recipients that were refused."""
        refused, _ = _ask(
            self._client.send_message,
            msg,
            sender=from_addr,
            recipients=to_addrs,
            mail_options=mail_options,
            rcpt_options=rcpt_options,
        )
        return {address: _reply(answer) for address, answer in refused.items()}

    # the end

    def quit(self) -> Reply:
        """Send QUIT and close the connection."""
        return _reply_of(self._client.quit)

    def close(self) -> None:
        """Close the connection."""
        _ask(_in_loop, self._client.close)

    def __enter__(self) -> Self:
        if not self._client.is_connected:
            unsupported(self.smtp_conformance_client, "with block without a connection: it connects at its beginning")
        _ask(self._client.__aenter__)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _ask(self._client.__aexit__, kind, error, trace)

    # attributes

    @property
    def timeout(self) -> float | None:
        """Seconds that a reply may take."""
        return self._client.timeout

    @property
    def local_hostname(self) -> str | None:
        """What EHLO calls us."""
        return self._client.local_hostname

    @property
    def source_address(self) -> tuple[str, int] | None:
        """Where connections come from."""
        return self._client.source_address

    @property
    def does_esmtp(self) -> bool:
        """Whether the server accepted EHLO."""
        return self._client.supports_esmtp

    @property
    def esmtp_features(self) -> dict[str, str]:
        """The service extensions offered, with their parameters."""
        return self._client.esmtp_extensions

    @property
    def ehlo_resp(self) -> bytes | None:
        """The text of the last accepted EHLO reply."""
        last = self._client.last_ehlo_response
        return octets_of(last.message) if last else None

    @property
    def helo_resp(self) -> bytes | None:
        """The text of the last accepted HELO reply."""
        last = self._client.last_helo_response
        return octets_of(last.message) if last else None


class SMTP_SSL(SMTP):  # noqa: N801 - the name is the API's
    """A client of aiosmtplib's with implicit TLS."""

    _implicit_tls = True

    def __init__(
        self,
        host: str = "",
        port: int = 0,
        local_hostname: str | None = None,
        keyfile: str | None = None,
        certfile: str | None = None,
        timeout: float | None = _UNSET,
        context: ssl.SSLContext | None = None,
        source_address: tuple[str, int] | None = None,
    ) -> None:
        self._client = self._make(
            local_hostname=local_hostname,
            source_address=source_address,
            client_key=keyfile,
            client_cert=certfile,
            tls_context=context,
            **_given(timeout=timeout),
        )
        self._open(host, port)


class LMTP(Counterparts):
    """What aiosmtplib does not have."""

    smtp_conformance_client = smtp_conformance_client

    def __init__(self, *_args: object, **_kwargs: object) -> None:
        raise UnsupportedError("aiosmtplib speaks no LMTP")


def _given(**settings: Any) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not _UNSET}


def _present(**settings: Any) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}
