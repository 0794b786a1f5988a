"""This module owns the actions of rules on the wire: what a mail server does on a connection when it is told to.

When it is told to, it does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from fake_servers import limits, steps
from fake_servers.certificates import Authority
from fake_servers.connection import Connection
from fake_servers.reception import ConnectionOverError
from fake_servers.rules import Action, Keep, Trickle
from fake_servers.steps import Ending
from fake_servers.tls_stream import TlsFailedError


class MailStage:
    """Does things on one connection.

    Args:
        connection: the connection.
        authority: issues certificates.
        time_factor: multiplies every time.
    """

    def __init__(self, connection: Connection, *, authority: Authority, time_factor: float) -> None:
        self._connection = connection
        self._authority = authority
        self._time_factor = time_factor
        self._trickle: Trickle | None = None

    def perform(self, actions: Iterable[Action]) -> None:
        """Do these things in order.

        Raises:
            ConnectionOverError: one of them has ended the connection.
            ClientEndedError: the client is gone.
        """
        for action in actions:
            _PERFORMS[type(action)](self, action)

    def say(self, octets: bytes) -> None:
        """Send octets: at once, or as they are to trickle."""
        if self._trickle is None:
            self._connection.send(octets)
            return
        step = self._trickle.octets
        pieces = [octets[start : start + step] for start in range(0, len(octets), step)]
        self._connection.send_pieces(pieces, self._trickle.seconds * self._time_factor)

    def _do_reply(self, action: steps.Reply | steps.Octets) -> None:
        self.say(action.octets)

    def _do_pause(self, action: steps.Pause) -> None:
        self._connection.read_for(action.seconds * self._time_factor)

    def _do_stall(self, action: steps.Stall) -> None:
        self._connection.stall(action.seconds * self._time_factor)

    def _do_trickle(self, action: Trickle) -> None:
        self._trickle = action

    def _do_read(self, action: steps.ReadOctets) -> None:
        self._connection.read_octets(action.octets)

    def _do_flood(self, action: steps.Flood) -> None:
        self._connection.flood(action.octets, action.times)
        self.leave()

    def _do_silence(self, action: steps.Silence) -> None:
        self._connection.session.output_ended = True
        self._connection.patience = limits.CLIENT_SECONDS
        self._connection.note("the server says nothing more" + ("" if action.reading else " and reads nothing more"))
        if action.reading:
            self._connection.read_to_end()
        else:
            self._connection.read_nothing()
        raise ConnectionOverError

    def _do_close(self, action: steps.Close) -> None:
        self._close(action.ending)

    def _do_nothing(self, action: Keep) -> None:
        """The message was taken before."""

    def _close(self, ending: Ending) -> None:
        if ending is Ending.RST:
            self._connection.reset()
        if ending is Ending.NOTIFY_ONLY:
            self._connection.end_tls()
            return
        self._connection.end_output(notify=ending is Ending.FIN)
        if ending is not Ending.HALF:
            self._connection.server_closed()
        self._connection.patience = min(self._connection.patience, limits.LEAVE_SECONDS)
        self._connection.read_to_end()
        raise ConnectionOverError

    def leave(self) -> None:
        """End the connection in order.

        Raises:
            ConnectionOverError: always.
        """
        self._close(Ending.FIN)

    def negotiate(self, action: steps.NegotiateTls) -> None:
        """Negotiate TLS, or fail at it.

        Raises:
            ConnectionOverError: it failed.
        """
        context = self._authority.server_context(
            action.certificate, require_client_certificate=action.require_client_certificate
        )
        try:
            first = self._connection.await_tls()
            if action.cut is not None:
                self._connection.note(f"the TLS negotiation is cut by {action.cut.value.upper()}")
                self._close(action.cut)
            self._connection.negotiate_tls(context, first)
        except TlsFailedError as error:
            self._connection.note(f"TLS negotiation failed: {error}")
            self._connection.end_output()
            self._connection.server_closed()
            self._connection.patience = limits.LEAVE_SECONDS
            self._connection.read_after_failed_tls(error.unread)
            raise ConnectionOverError from error


_PERFORMS: Mapping[type[Any], Callable[[MailStage, Any], None]] = MappingProxyType(
    {
        steps.Reply: MailStage._do_reply,  # noqa: SLF001
        steps.Octets: MailStage._do_reply,  # noqa: SLF001
        steps.Pause: MailStage._do_pause,  # noqa: SLF001
        steps.Stall: MailStage._do_stall,  # noqa: SLF001
        Trickle: MailStage._do_trickle,  # noqa: SLF001
        steps.ReadOctets: MailStage._do_read,  # noqa: SLF001
        steps.Flood: MailStage._do_flood,  # noqa: SLF001
        steps.Silence: MailStage._do_silence,  # noqa: SLF001
        steps.Close: MailStage._do_close,  # noqa: SLF001
        steps.NegotiateTls: MailStage.negotiate,
        Keep: MailStage._do_nothing,  # noqa: SLF001
    }
)
