"""Authentication (RFC 4954): the AUTH command and the choice of a mechanism.

This module owns the exchange of challenges and responses, and its ends; it does not know about what the
mechanisms say (``_sasl``).

An exchange that we cannot go on with is ended with the cancel response, so that the server does not take the
next command for a response:

==============================  =============================================================
challenge                       then
==============================  =============================================================
base64                          the response of the authobject
not base64                      cancelled; counts as a refusal (SMTPAuthenticationError)
one more than MAX_CHALLENGES    the same
the authobject raises           cancelled; its exception goes on
==============================  =============================================================
"""

from __future__ import annotations

from . import _sasl as sasl
from ._exceptions import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPServerDisconnected,
)
from ._reply import is_intermediate, is_negative
from ._starttls import TLSSession

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_CHALLENGE = 334
_ACCEPTED = 235
_ALREADY_AUTHENTICATED = 503  # RFC 4954 4: to AUTH after a successful one; no command may follow it here


class CredentialsError(SMTPException, ValueError):
    """The credentials cannot be sent: they are not ASCII (norm: auth), or hold a NUL."""


class AuthenticatedSession(TLSSession):
    """A session that can say who is using it.

    Attributes:
        user: The user name for ``auth_cram_md5``, ``auth_plain`` and ``auth_login``; ``login`` sets it.
        password: The password for them.
    """

    user: str
    password: str
    _login_user_was_sent = False

    def login(self, user: str, password: str, *, initial_response_ok: bool = True) -> tuple[int, bytes]:
        """Log in with the first of CRAM-MD5, PLAIN and LOGIN that the server offers and accepts.

        Args:
            user: The user name, ASCII.
            password: The password, ASCII.
            initial_response_ok: Whether mechanisms may send their first response with the AUTH command.

        Returns:
            Code and text of the reply: 235, or 503 from a server that thinks us logged in already.

        Raises:
            SMTPHeloError: The server accepted neither EHLO nor HELO.
            SMTPNotSupportedError: The server does not offer AUTH.
            SMTPAuthenticationError: The server refused; this is its last refusal, also if it hung up then.
            SMTPException: No mechanism in common; or the credentials are not ASCII. Nothing was sent.
            SMTPServerDisconnected: The connection was lost before any refusal.
        """
        try:
            sasl.check_credentials(user, password)
        except ValueError as error:
            raise CredentialsError(str(error)) from error
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("auth"):
            raise SMTPNotSupportedError("the server does not offer AUTH")
        offered = self.esmtp_features["auth"].upper().split()
        mechanisms = [name for name in sasl.PREFERENCE if name in offered and sasl.is_available(name)]
        if not mechanisms:
            raise SMTPException(f"no suitable authentication method: the server offers {' '.join(offered)!r}")
        self.user, self.password = user, password
        return self._try_in_turn(mechanisms, initial_response_ok=initial_response_ok)

    def _try_in_turn(self, mechanisms: list[str], *, initial_response_ok: bool) -> tuple[int, bytes]:
        refusal: SMTPAuthenticationError | None = None
        for mechanism in mechanisms:
            authobject = getattr(self, "auth_" + mechanism.lower().replace("-", "_"))
            try:
                return self.auth(mechanism, authobject, initial_response_ok=initial_response_ok)
            except SMTPAuthenticationError as error:
                refusal = error
            except SMTPServerDisconnected as lost:  # at once, if the server hung up behind its refusal
                if refusal is None or isinstance(lost, TimeoutError):
                    raise
                break
        assert refusal is not None  # noqa: S101 - there was a mechanism, and it neither returned nor raised
        raise refusal

    def auth(
        self,
        mechanism: str,
        authobject: Callable[..., str | None],
        *,
        initial_response_ok: bool = True,
    ) -> tuple[int, bytes]:
        """Do one AUTH command with all its challenges.

        Args:
            mechanism: The name of the mechanism; it need not be one that this package knows.
            authobject: Called without argument for the initial response (None for "there is none"), and then
                with each challenge, ``bytes``, for the response. Returns ASCII ``str``, not yet encoded; the
                empty one is sent as such.
            initial_response_ok: Whether to ask for an initial response at all.

        Returns:
            Code and text of the reply that ended it: 235, or 503 to the command itself.

        Raises:
            SMTPAuthenticationError: The server refused, or sent a challenge that is none.
            ValueError: The mechanism or a response is not ASCII, or the mechanism holds a line end.
            SMTPServerDisconnected: The connection was lost.
        """
        mechanism = mechanism.upper()  # RFC 4422 3.1: its name has capitals, digits, "-" and "_"
        self._login_user_was_sent = False
        initial = authobject() if initial_response_ok else None
        arguments = mechanism
        if initial is not None:
            arguments += " " + (sasl.encode(initial) or sasl.EMPTY_INITIAL_RESPONSE)
            if len(f"AUTH {arguments}\r\n") > sasl.MAX_COMMAND:  # RFC 4954 4: then it waits for the challenge
                arguments, authobject = mechanism, sasl.postponing(initial, authobject)
        code, text = self.docmd("AUTH", arguments)
        if code == _ALREADY_AUTHENTICATED:
            return code, text
        code, text = self._answer_challenges(code, text, authobject)
        if code == _ACCEPTED:
            return code, text
        if is_intermediate(code):  # the server waits for something that is not part of AUTH
            self.close()
        raise SMTPAuthenticationError(code, text)

    def _answer_challenges(self, code: int, text: bytes, authobject: Callable[..., str | None]) -> tuple[int, bytes]:
        answered = 0
        while code == _CHALLENGE:
            try:
                encoded = self._response_to(text, authobject) if answered < sasl.MAX_CHALLENGES else None
                if encoded is not None:
                    code, text = self._respond(encoded)
            except BaseException:
                self._cancel_quietly()
                raise
            if encoded is None:
                raise self._cancelled()
            answered += 1
        return code, text

    def _response_to(self, text: bytes, authobject: Callable[..., str | None]) -> str | None:
        try:
            response = authobject(sasl.decode(text))
        except sasl.ChallengeError:
            return None
        return None if response is None else sasl.encode(response)

    def _respond(self, encoded: str) -> tuple[int, bytes]:
        self._secret = encoded.encode("ascii")
        try:
            return self.docmd(encoded)
        finally:
            self._secret = b""

    def _cancelled(self) -> SMTPAuthenticationError:
        """End the exchange with the cancel response; RFC 4954 4 has the server refuse with 501 then."""
        code, text = self.docmd(sasl.CANCEL_RESPONSE)
        if not is_negative(code):  # it did not understand: what comes next is anybody's guess
            self.close()
        return SMTPAuthenticationError(code, text)

    def _cancel_quietly(self) -> None:
        try:
            self._cancelled()
        except Exception:  # noqa: BLE001 - an exception is on its way to the caller already
            self.close()

    # The mechanisms, as authobjects

    def auth_cram_md5(self, challenge: bytes | None = None) -> str | None:
        """Respond for CRAM-MD5 (RFC 2195); it has no initial response."""
        return None if challenge is None else sasl.cram_md5(self.user, self.password, challenge)

    def auth_plain(self, challenge: bytes | None = None) -> str:  # noqa: ARG002 - PLAIN says the same to all
        """Respond for PLAIN (RFC 4616): all of it, initial response or not."""
        return sasl.plain(self.user, self.password)

    def auth_login(self, challenge: bytes | None = None) -> str:
        """Respond for LOGIN: the user name first, then the password."""
        if challenge is not None and sasl.asks_for_password(challenge, user_was_sent=self._login_user_was_sent):
            return self.password
        self._login_user_was_sent = True
        return self.user
