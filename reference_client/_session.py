"""The session: who we are, what the server offers, and the commands that have no state (RFC 5321 3.1, 4.1.1).

This module owns the greeting, HELO and EHLO, what is remembered of them, and the small commands; it does not
know about TLS, authentication or mail transactions.

What a session knows, and when it forgets it:

=====================  ==================================================================
ehlo(), helo()         replace it all; a refusal leaves no service extension behind
STARTTLS               forgets it all (RFC 3207 4.2)
close, in every way    forgets it all: QUIT, ``with``, 421, a lost connection, ``connect``
=====================  ==================================================================
"""

from __future__ import annotations

import socket
from contextlib import suppress

from ._connection import Connection
from ._exceptions import SMTPHeloError, SMTPResponseException, SMTPServerDisconnected
from ._extensions import parse_offers
from ._paths import address_of
from ._reply import is_positive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self


class Session(Connection):
    """A connection on which the two sides have introduced themselves."""

    ehlo_msg: str = "EHLO"
    local_hostname: str
    ehlo_resp: bytes | None
    helo_resp: bytes | None
    does_esmtp: bool
    esmtp_features: dict[str, str]
    _is_greeted: bool

    def _forget_session(self) -> None:
        super()._forget_session()
        self._forget_greeting()
        self.ehlo_resp = self.helo_resp = None

    def _forget_greeting(self) -> None:
        self.does_esmtp = False
        self.esmtp_features = {}
        self._is_greeted = False

    @property
    def _is_introduced(self) -> bool:
        # Programs that do their own STARTTLS set both texts to None to have the session begin anew.
        return self._is_greeted and (self.ehlo_resp is not None or self.helo_resp is not None)

    # with

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send QUIT and close.

        Raises:
            SMTPResponseException: The block ended well and QUIT was refused. An exception of the block is
                never replaced.
        """
        try:
            code, text = self._say_quit()
            if not is_positive(code):
                raise SMTPResponseException(code, text)  # noqa: TRY301 - a refusal is a failure like the others
        except SMTPServerDisconnected:
            pass
        except Exception:
            if kind is None:
                raise
        finally:
            self.close()

    # EHLO and HELO

    def ehlo(self, name: str = "") -> tuple[int, bytes]:
        """Introduce ourselves with EHLO and learn the service extensions of the server.

        Sets ``ehlo_resp``, ``does_esmtp`` and ``esmtp_features``, also when the server refuses.

        Args:
            name: The name to give; that of this host if empty.

        Returns:
            Code and text of the reply; raises as ``docmd``.
        """
        self._forget_greeting()
        code, text = self.docmd(self.ehlo_msg, name or self.local_hostname)
        self.ehlo_resp = text
        self._is_greeted = is_positive(code)
        if code == 250:  # RFC 5321 4.1.1.1; another 2yz is a yes that offers nothing
            self.does_esmtp = True
            self.esmtp_features = dict(parse_offers(text))
        return code, text

    def helo(self, name: str = "") -> tuple[int, bytes]:
        """Introduce ourselves with HELO: from here on there are no service extensions.

        Sets ``helo_resp``, also when the server refuses.

        Args:
            name: The name to give; that of this host if empty.

        Returns:
            Code and text of the reply; raises as ``docmd``.
        """
        self._forget_greeting()
        code, text = self.docmd("HELO", name or self.local_hostname)
        self.helo_resp = text
        self._is_greeted = is_positive(code)
        return code, text

    def ehlo_or_helo_if_needed(self) -> None:
        """Introduce ourselves unless the server has accepted that already, by EHLO and else by HELO.

        Raises:
            SMTPHeloError: The server accepted neither.
        """
        if self._is_introduced or self._accepts(*self.ehlo()):
            return
        code, text = self.helo()
        if not self._accepts(code, text):
            raise SMTPHeloError(code, text)

    def _accepts(self, code: int, text: bytes) -> bool:
        """Say whether a reply to EHLO or HELO is a yes.

        Raises:
            SMTPHeloError: It is the end of the session.
        """
        if self.sock is None:
            raise SMTPHeloError(code, text)
        return is_positive(code)

    def has_extn(self, name: str) -> bool:
        """Say whether the server offers a service extension; case does not matter."""
        return name.lower() in self.esmtp_features

    # Commands without state

    def noop(self) -> tuple[int, bytes]:
        """Send NOOP; return code and text of the reply, and raise as ``docmd``."""
        return self.docmd("NOOP")

    def help(self, args: str = "") -> bytes:
        """Send HELP; return the text of the reply, and raise as ``docmd``."""
        return self.docmd("HELP", args)[1]

    def verify(self, address: str) -> tuple[int, bytes]:
        """Ask the server whether an address is valid (VRFY).

        Returns:
            250 and the full address, or whatever other code and text the server gave: 252 for "cannot say",
            400 and above for an error.

        Raises:
            ValueError: The text is not one address.
        """
        return self.docmd("VRFY", address_of(address))

    vrfy = verify

    def expn(self, address: str) -> tuple[int, bytes]:
        """Ask the server for the members of a mailing list (EXPN); as ``verify``."""
        return self.docmd("EXPN", address_of(address))

    def quit(self) -> tuple[int, bytes]:
        """End the session with QUIT and close the connection, whatever the server says.

        Returns:
            Code and text of the reply.

        Raises:
            SMTPServerDisconnected: There is no connection, or the server closed it without a reply.
        """
        try:
            return self._say_quit()
        finally:
            self.close()

    def _say_quit(self) -> tuple[int, bytes]:
        self._skip_unasked()
        return self.docmd("QUIT")


def name_of_this_host() -> str:
    """Return the fully qualified name of this host, or an address literal if it has none (RFC 5321 4.1.4)."""
    name = socket.getfqdn()
    if "." in name:
        return name
    address = "127.0.0.1"
    with suppress(OSError):
        address = socket.gethostbyname(socket.gethostname())
    return f"[{address}]"
