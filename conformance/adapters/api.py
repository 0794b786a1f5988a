"""This module owns what all adapters share: the exceptions of the API, what has no counterpart, and an event loop.

It imports nothing of the suite's and no client.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from typing import Any, NoReturn, TypeAlias, TypeVar

T = TypeVar("T")
Reply: TypeAlias = tuple[int, bytes]
"""A reply as the API returns it: code and text."""

LACKS = frozenset({"audit", "bases", "default-timeout", "module", "signature", "watch", "without"})
"""What cannot be seen through an adapter: signatures and hooks would be its own, and none of the client's."""


class UnsupportedError(Exception):
    """The client has no counterpart; the driver answers ``unsupported`` with this text."""

    smtp_conformance_unsupported = True


class SMTPException(OSError):  # noqa: N818 - the names are the API's
    """Base of the API's exceptions."""


class SMTPServerDisconnected(SMTPException):
    """There is no connection, or it was lost."""


class SMTPTimeoutError(SMTPException, TimeoutError):
    """Something did not come in time; the API has no name of its own for this."""


class SMTPNotSupportedError(SMTPException):
    """The server does not offer what was asked for."""


class SMTPResponseException(SMTPException):
    """The server refused something."""

    def __init__(self, code: int, text: bytes) -> None:
        super().__init__(code, text)
        self.smtp_code = code
        self.smtp_error = text


class SMTPSenderRefused(SMTPResponseException):
    """The server refused the sender."""

    def __init__(self, code: int, text: bytes, sender: str) -> None:
        super().__init__(code, text)
        self.args = (code, text, sender)
        self.sender = sender


class SMTPRecipientsRefused(SMTPException):
    """The server refused all recipients."""

    def __init__(self, recipients: Mapping[str, Reply]) -> None:
        super().__init__(recipients)
        self.recipients = recipients


class SMTPDataError(SMTPResponseException):
    """The server refused the mail data."""


class SMTPConnectError(SMTPResponseException):
    """The server refused the connection by its greeting."""


class SMTPHeloError(SMTPResponseException):
    """The server refused EHLO and HELO."""


class SMTPAuthenticationError(SMTPResponseException):
    """The server did not authenticate us."""


def octets_of(text: str) -> bytes:
    """Return a reply's text as octets, as the API has it: the clients decode them without loss."""
    return text.encode("utf-8", "surrogateescape")


def unsupported(client: str, what: str) -> NoReturn:
    """Say that a client has no counterpart.

    Raises:
        UnsupportedError: always.
    """
    raise UnsupportedError(f"{client} has no {what}")


class Counterparts:
    """Base of the classes that an adapter offers: a public name that it does not define is ``unsupported``.

    Attributes:
        smtp_conformance_client: the client's name.
    """

    smtp_conformance_client: str

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        unsupported(self.smtp_conformance_client, f"counterpart of {name}")

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_"):
            unsupported(self.smtp_conformance_client, f"attribute {name} to be set")
        object.__setattr__(self, name, value)


class EventLoop:
    """An event loop in a thread of its own, which runs between the calls as it does in a program."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end and return what it returns; raise what it raises."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="client", daemon=True)
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def end(self) -> None:
        """End the loop with all that it still has to do; the next call starts another one."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        self._loop = self._thread = None
        loop.call_soon_threadsafe(_give_up, loop)
        thread.join()
        loop.close()


def _give_up(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.call_soon(loop.stop)


def split_host(client: str, host: str) -> str:
    """Return a host; a port behind it is the API's own way of writing, which other clients lack.

    Raises:
        UnsupportedError: there is a port behind it.
    """
    if host.count(":") == 1:
        unsupported(client, "port behind the host, as in 'mail.example.org:2525'")
    return host
