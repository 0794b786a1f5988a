"""A candidate that does what a test of the driver asks: it returns, raises, prints and connects."""

# It runs on Python 3.6, and printing is what it is for:
# ruff: noqa: UP006, UP035, UP041, UP045, T201

import asyncio
import collections
import hashlib
import hmac
import http
import logging
import os
import socket
import sys
import warnings
from socket import getfqdn
from typing import Any, Dict, List, Optional

try:
    import ssl
except ImportError:
    ssl = None  # type: ignore[assignment]

__version__ = "4.2"

Reply = collections.namedtuple("Reply", "code text")


class SMTPException(OSError):  # noqa: N818 - the API's name
    """The base of this module's exceptions."""


class SMTPDataError(SMTPException):
    """Carries a code, as smtplib's does."""

    def __init__(self, code: int, text: bytes) -> None:
        super().__init__(code, text)
        self.smtp_code = code
        self.smtp_error = text


class Text(str):
    """A str by another name."""

    __slots__ = ()


class Items(List[int]):
    """A list by another name."""


class Wordy:
    """Its repr is endless."""

    def __repr__(self) -> str:
        return "x" * 1000000


class Moody:
    """Its repr fails."""

    def __repr__(self) -> str:
        raise KeyError("no repr")


class Unprintable(Exception):  # noqa: N818 - the name is the test's
    """Its text fails."""

    def __str__(self) -> str:
        raise SystemExit(3)


class NotHere(Exception):  # noqa: N818 - the name is the test's
    """What an adapter raises for what its client has not."""

    smtp_conformance_unsupported = True


def _cycle() -> List[Any]:
    items: List[Any] = [1]
    items.append(items)
    return items


def _deep() -> List[Any]:
    items: List[Any] = []
    for _ in range(500):
        items = [items]
    return items


VALUES: Dict[str, Any] = {
    "reply": Reply(250, b"ok"),
    "text": Text("word"),
    "status": http.HTTPStatus.OK,
    "ordered": collections.OrderedDict([("a", 1)]),
    "wordy": Wordy(),
    "moody": Moody(),
    "cycle": _cycle(),
    "deep": _deep(),
    "huge bytes": b"x" * (3 * 1024 * 1024),
    "many texts": ["y" * 1000000 for _ in range(20)],
    "many items": list(range(50000)),
    "surrogate": "\ud800",
    "nan": float("nan"),
    "long number": 2**70,
    "endless number": 1 << 100000,
    "own list": Items([1, 2]),
    "frozen": frozenset([1]),
    "mixed": {b"k": (None, True, 1.5, "ü", [{"a"}])},
}


class SMTP:
    """Does what it is told."""

    def __init__(self, host: str = "", port: int = 0, *, trouble: str = "") -> None:
        self.host = host
        self.port = port
        self.sock: Optional[socket.socket] = None
        if trouble:
            raise SMTPException(trouble)
        if host:
            self.connect(host, port)

    def echo(self, *args: Any, **kwargs: Any) -> Any:
        """Return what was given."""
        return args, kwargs

    def value(self, name: str) -> Any:
        """Return one of many values."""
        return VALUES[name]

    def fail(self, name: str) -> None:
        """Raise one of many exceptions."""
        raise {
            "data": SMTPDataError(550, b"no"),
            "exit": SystemExit(7),
            "interrupt": KeyboardInterrupt(),
            "generator": GeneratorExit(),
            "timeout": socket.timeout("too slow"),
            "name": socket.gaierror(-2, "no such name"),
            "unprintable": Unprintable(),
            "absent": NotHere("this client has no such call"),
            "system": OSError(23, "too many open files in system"),
        }[name]

    def recurse(self) -> None:
        """Run out of stack."""
        self.recurse()

    def speak(self) -> None:
        """Write on all ways that lead out."""
        print("printed")
        sys.stderr.write("complained\n")
        sys.stdout.buffer.write(b"\xff\n")
        logging.getLogger("obliging").error("logged")
        warnings.warn("old", DeprecationWarning, stacklevel=2)

    def chatter(self) -> None:
        """Print more than anybody reads."""
        print("z" * 5000000)

    def garble(self) -> None:
        """Write to the descriptors, past Python."""
        os.write(1, b'{"id": 99}\ngarbage')
        os.write(2, b"w" * 100000)

    def listen(self) -> int:
        """Read from descriptor 0; return how much there was."""
        return len(os.read(0, 100))

    def ask(self, authobject: Any, *challenges: Any) -> Any:
        """Call an authobject, first without a challenge."""
        return [authobject(), *[authobject(challenge) for challenge in challenges]]

    def hook(self, number: int) -> int:
        """Be called by another method, or watched."""
        return number + 1

    def calls_hook(self, number: int, **kwargs: Any) -> int:
        """Call another method."""
        return self.hook(number) + len(kwargs)

    def __enter__(self) -> "SMTP":
        print("entered")
        return self

    def __exit__(self, *details: Any) -> Any:
        print("left by", getattr(details[0], "__name__", None))
        return self.host == "swallows"

    # what is given

    def fqdn(self) -> Any:
        """Return the host's name, by both names of the function."""
        return socket.getfqdn(), getfqdn()

    def timeout(self) -> Any:
        """Return the default timeout."""
        return socket.getdefaulttimeout()

    def connect(self, host: str, port: int) -> None:
        """Connect and keep the socket."""
        self.sock = socket.create_connection((host, port), 10)
        self.file = self.sock.makefile("rb")

    def connect_directly(self, host: str, port: int) -> int:
        """Connect without a look-up of one's own; return the error number."""
        with socket.socket() as sock:
            return sock.connect_ex((host, port))

    def connect_async(self, host: str, port: int) -> Any:
        """Connect by asyncio."""

        async def connect() -> None:
            _, writer = await asyncio.open_connection(host, port)
            writer.close()

        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(connect())
        finally:
            loop.close()

    def has_ssl(self) -> Any:
        """Tell whether ssl could be imported by this module, and can be now."""
        try:
            import ssl as again  # noqa: PLC0415 - it is the question
        except ImportError:
            again = None  # type: ignore[assignment]
        return ssl is not None, again is not None

    def digest(self, way: str) -> Any:
        """Make an MD5 digest."""
        ways = {
            "constructor": lambda: hashlib.md5(b"a").hexdigest(),  # noqa: S324
            "new": lambda: hashlib.new("md5", b"a").hexdigest(),  # noqa: S324
            "hmac": lambda: hmac.new(b"k", b"a", "md5").hexdigest(),
            "hmac by function": lambda: hmac.HMAC(b"k", b"a", hashlib.md5).hexdigest(),
            "other": lambda: hmac.new(b"k", b"a", "sha256").hexdigest(),
        }
        return ways[way]()

    def send(self, octets: bytes) -> None:
        """Raise the audit event of sending, where there are audit events."""
        getattr(sys, "audit", lambda *_args: None)("smtplib.send", self, octets)


class LMTP(SMTP):
    """A class whose constructor raises an audit event."""

    def __init__(self) -> None:
        super().__init__()
        getattr(sys, "audit", lambda *_args: None)("smtplib.connect", self, "h", 24)


def scale(number: int, factor: int = 2, *more: int, deep: bool = False, **rest: Any) -> Any:
    """Have parameters of all kinds that Python 3.6 has."""
    return number, factor, more, deep, rest
