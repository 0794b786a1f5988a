"""Audit events and debug output: what others see of a session."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from reference_client import LMTP, SMTP
from reference_client._debug import conceal
from tests.reference_client.scripted import EOF, ScriptedSocket, connecting_to, hello, introduced, playing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Event = tuple[str, tuple[object, ...]]
listeners: list[Callable[[str, tuple[object, ...]], None]] = []


def _hook(name: str, arguments: tuple[object, ...]) -> None:
    if name.startswith("smtplib."):
        for listener in listeners:
            listener(name, arguments)


@pytest.fixture(scope="module", autouse=True)
def _hooked() -> None:
    sys.addaudithook(_hook)  # for ever: there is no taking it away


@pytest.fixture
def events() -> Iterator[list[Event]]:
    seen: list[Event] = []
    listeners.append(lambda name, arguments: seen.append((name, arguments)))
    yield seen
    listeners.clear()


class Veto(Exception):  # noqa: N818
    pass


@pytest.fixture
def veto() -> Iterator[list[bytes]]:
    """Bytes that the hook does not let pass."""
    forbidden: list[bytes] = []

    def forbid(name: str, arguments: tuple[object, ...]) -> None:
        if name == "smtplib.send" and any(part in arguments[1] for part in forbidden):  # type: ignore[operator]
            raise Veto

    listeners.append(forbid)
    yield forbidden
    listeners.clear()


OK = "S: 250 ok"
TRANSACTION = ["C: MAIL FROM:<a@b.example>", OK, "C: RCPT TO:<c@d.example>", OK, "C: DATA", "S: 354 go"]


class TestAuditEvents:
    def test_tell_of_each_connection_before_it_is_made(self, events: list[Event]) -> None:
        class Session(SMTP):
            def _get_socket(self, *_: object) -> None:  # type: ignore[override]
                assert [name for name, _ in events] == ["smtplib.connect"]
                raise ConnectionRefusedError

        smtp = Session()
        with pytest.raises(ConnectionRefusedError):
            smtp.connect("mail.example:587")
        assert events == [("smtplib.connect", (smtp, "mail.example", 587))]

    def test_tell_of_unix_sockets_too(self, events: list[Event]) -> None:
        smtp = connecting_to(ScriptedSocket(["S: 220 ready"]), LMTP)()
        smtp.connect("/run/lmtp")
        assert events == [("smtplib.connect", (smtp, "/run/lmtp", 0))]

    def test_tell_of_everything_that_is_sent_once_each_and_in_order(self, events: list[Event]) -> None:
        with playing(*hello(), *TRANSACTION, "C: ..x\r\n.", OK) as smtp:
            events.clear()
            smtp.sendmail("a@b.example", "c@d.example", ".x")
            assert [arguments[0] for _, arguments in events] == [smtp] * 5
        assert {name for name, _ in events} == {"smtplib.send"}
        assert [arguments[1] for _, arguments in events] == [
            b"EHLO me.example\r\n",
            b"MAIL FROM:<a@b.example>\r\n",
            b"RCPT TO:<c@d.example>\r\n",
            b"DATA\r\n",
            b"..x\r\n.\r\n",
        ]

    def test_can_keep_a_command_off_the_wire_and_leave_the_session_in_step(self, veto: list[bytes]) -> None:
        veto.append(b"NOOP")
        with playing("C: RSET", OK) as smtp:
            with pytest.raises(Veto):
                smtp.noop()
            assert smtp.rset() == (250, b"ok")

    def test_can_keep_a_recipient_off_the_wire_and_the_transaction_is_reset(self, veto: list[bytes]) -> None:
        veto.append(b"c@d")
        with introduced(*TRANSACTION[:2], "C: RSET", OK, "C: NOOP", OK) as smtp:
            with pytest.raises(Veto):
                smtp.sendmail("a@b.example", "c@d.example", "x")
            smtp.noop()

    def test_can_keep_a_message_off_the_wire_at_the_price_of_the_connection(self, veto: list[bytes]) -> None:
        veto.append(b"secret")
        with introduced(*TRANSACTION) as smtp:
            with pytest.raises(Veto):
                smtp.sendmail("a@b.example", "c@d.example", "secret")
            assert smtp.sock is None

    def test_can_keep_a_response_off_the_wire_and_the_exchange_is_cancelled(self, veto: list[bytes]) -> None:
        veto.append(b"c2VjcmV0")
        script = ["C: AUTH X", "S: 334", "C: *", "S: 501 cancelled", "C: NOOP", OK]
        with introduced(*script) as smtp:
            with pytest.raises(Veto):
                smtp.auth("X", lambda challenge=None: None if challenge is None else "secret")
            smtp.noop()

    def test_that_forbid_cancelling_too_cost_the_connection(self, veto: list[bytes]) -> None:
        veto.extend([b"c2VjcmV0", b"*"])
        with introduced("C: AUTH X", "S: 334") as smtp:
            with pytest.raises(Veto):
                smtp.auth("X", lambda challenge=None: None if challenge is None else "secret")
            assert smtp.sock is None

    def test_that_forbid_quit_leave_the_exception_of_a_block_alone(self, veto: list[bytes]) -> None:
        veto.append(b"QUIT")
        with playing() as smtp:
            with pytest.raises(KeyError), smtp:
                raise KeyError
            assert smtp.sock is None
        with playing() as smtp, pytest.raises(Veto), smtp:
            pass


Stderr = pytest.CaptureFixture[str]


class TestDebugOutput:
    def test_is_silent_unless_asked_for(self, capsys: Stderr) -> None:
        with playing("C: NOOP", OK, "C: NOOP", OK) as smtp:
            smtp.noop()
            smtp.set_debuglevel(1)
            smtp.set_debuglevel(level=0)
            smtp.noop()
        assert capsys.readouterr() == ("", "")

    @pytest.mark.parametrize("level", [1, True])
    def test_shows_the_connection_and_all_that_is_sent_and_received(self, level: int, capsys: Stderr) -> None:
        smtp = connecting_to(ScriptedSocket(["S: 220 ready", *TRANSACTION[4:], "C: body\r\n.", "S: 250 queued"]))()
        smtp.set_debuglevel(level)
        smtp.connect("mail.example", 587)
        smtp.data("body")
        out, err = capsys.readouterr()
        assert out == ""
        for part in ("mail.example", "587", "ready", "DATA", "354", "go", "body", "queued"):
            assert part in err
        assert re.search(r"^\d\d:\d\d", err, re.MULTILINE) is None

    def test_of_level_2_has_the_time_on_each_line(self, capsys: Stderr) -> None:
        with playing("C: NOOP", OK) as smtp:
            smtp.set_debuglevel(2)
            smtp.noop()
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 2
        assert all(re.match(r"\d\d:\d\d:\d\d", line) for line in lines)

    def test_hides_every_response_of_authentication(self, capsys: Stderr) -> None:
        script = [
            "C: AUTH PLAIN AHRpbQBzZWNyZXQ=",
            "S: 535 no",
            "C: AUTH LOGIN dGlt",
            "S: 334 UGFzc3dvcmQ6",
            "C: c2VjcmV0",
        ]
        with introduced(*script, "S: 235 yes", offers=["AUTH PLAIN LOGIN"]) as smtp:
            smtp.set_debuglevel(1)
            smtp.login("tim", "secret")
        err = capsys.readouterr().err
        for secret in ("AHRpbQBzZWNyZXQ=", "dGlt", "c2VjcmV0", "secret"):
            assert secret not in err
        for shown in ("AUTH PLAIN", "535", "AUTH LOGIN", "334", "235", "<hidden>"):
            assert shown in err

    def test_goes_through_the_hook_that_a_subclass_overrides(self, capsys: Stderr) -> None:
        printed: list[tuple[object, ...]] = []

        class Session(SMTP):
            def _print_debug(self, *args: object) -> None:
                printed.append(args)

        with playing("C: NOOP", OK, kind=Session) as smtp:
            smtp.set_debuglevel(1)
            smtp.noop()
        assert len(printed) == 2
        assert capsys.readouterr().err == ""

    def test_of_a_lost_connection_ends_with_what_was_sent(self, capsys: Stderr) -> None:
        with playing("C: NOOP", EOF) as smtp:
            smtp.set_debuglevel(1)
            with pytest.raises(OSError, match="closed"):
                smtp.noop()
        assert "NOOP" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("sent", "secret", "shown"),
    [
        (b"NOOP\r\n", b"", b"NOOP\r\n"),
        (b"AUTH PLAIN\r\n", b"", b"AUTH PLAIN\r\n"),
        (b"auth plain AHQ=\r\n", b"", b"auth plain <hidden>\r\n"),
        (b"c2VjcmV0\r\n", b"c2VjcmV0", b"<hidden>\r\n"),
    ],
)
def test_only_responses_are_concealed(sent: bytes, secret: bytes, shown: bytes) -> None:
    assert conceal(sent, secret) == shown


def test_a_session_does_not_show_its_password() -> None:
    with introduced("C: AUTH PLAIN AHRpbQBzZWNyZXQ=", "S: 235 yes", offers=["AUTH PLAIN"]) as smtp:
        smtp.login("tim", "secret")
        assert "secret" not in repr(smtp)
