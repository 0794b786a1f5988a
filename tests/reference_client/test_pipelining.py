"""MAIL, RCPT and DATA in one group (RFC 2920): what is sent, and that results are those of lockstep."""

from __future__ import annotations

import socket
import threading
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_client import (
    LMTP,
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from tests.reference_client.listening import expect, listening
from tests.reference_client.scripted import EOF, SILENCE, STUCK, ScriptedSocket, connecting_to, introduced, server


class Pipelining(SMTP):
    pipelining = True


class PipeliningLMTP(LMTP):
    pipelining = True


OK = "S: 250 ok"
OFFERED: dict[str, Any] = {"offers": ["PIPELINING"], "kind": Pipelining}
GROUP = ["C: MAIL FROM:<a@b.example>", "C: RCPT TO:<c@d.example>", "C: RCPT TO:<e@d.example>", "C: DATA"]
DATA = ["C: x", "C: ."]
IN_STEP = ["C: RSET", OK, "C: NOOP", OK]


def send(smtp: SMTP) -> dict[str, tuple[int, bytes]]:
    return smtp.sendmail("a@b.example", ["c@d.example", "e@d.example"], "x")


class TestAGroup:
    def test_is_sent_before_the_first_reply_and_the_data_behind_the_last(self) -> None:
        replies = server(b"250 ok\r\n250 ok\r\n550 no\r\n354 go\r\n")
        with introduced(*GROUP, replies, *DATA, OK, **OFFERED) as smtp:
            assert send(smtp) == {"e@d.example": (550, b"no")}

    def test_is_one_write_and_one_audit_event(self) -> None:
        writes = []

        class Counting(ScriptedSocket):
            def send(self, data: bytes | memoryview) -> int:
                writes.append(bytes(data))
                return super().send(data)

        script = ["S: 220 ready", "C: EHLO me.example", server(b"250-hi\r\n250 PIPELINING\r\n"), *GROUP]
        sock = Counting([*script, OK, OK, OK, "S: 354 go", *DATA, OK])
        smtp = connecting_to(sock, Pipelining)("mail.example", local_hostname="me.example")
        send(smtp)
        assert [write.count(b"\r\n") for write in writes] == [1, 4, 2]

    @pytest.mark.parametrize("between", [[], [server(b"\r\n")], [server(b"\r\n\r\n")]])
    def test_is_answered_in_any_segments(self, between: list[str]) -> None:
        replies = [server(b"250-o"), server(b"ne\r\n250 two\r\n250 ok\r\n" + b"".join(b"\r\n" for _ in between)), OK]
        with introduced(*GROUP, *replies, "S: 354 go", *DATA, OK, **OFFERED) as smtp:
            assert send(smtp) == {}

    def test_comes_behind_a_group(self) -> None:
        replies = server(b"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n")
        with introduced(*[*GROUP, replies, *DATA, OK] * 2, **OFFERED) as smtp:
            assert [send(smtp), send(smtp)] == [{}, {}]

    def test_carries_options_and_the_encoding_of_smtputf8(self) -> None:
        lines = [
            "C: MAIL FROM:<a@b.example> SIZE=3 SMTPUTF8",
            "C:RCPT TO:<\xc3\xbc@d.example> NOTIFY=NEVER\r\n",
            "C: DATA",
        ]
        with introduced(
            *lines, OK, OK, "S: 354 go", *DATA, OK, offers=["PIPELINING", "SIZE", "SMTPUTF8", "DSN"], kind=Pipelining
        ) as smtp:
            smtp.sendmail("a@b.example", "ü@d.example", "x", ["SMTPUTF8"], ["NOTIFY=NEVER"])

    def test_is_for_servers_that_offer_it(self) -> None:
        lockstep = [part for line in GROUP[:-1] for part in (line, OK)]
        with introduced(*lockstep, "C: DATA", "S: 354 go", *DATA, OK, kind=Pipelining) as smtp:
            send(smtp)

    def test_is_for_those_who_ask_for_it(self) -> None:
        lockstep = [part for line in GROUP[:-1] for part in (line, OK)]
        with introduced(*lockstep, "C: DATA", "S: 354 go", *DATA, OK, offers=["PIPELINING"]) as smtp:
            send(smtp)

    def test_can_be_asked_for_of_one_object(self) -> None:
        with introduced(*GROUP, OK, OK, OK, "S: 354 go", *DATA, OK, offers=["PIPELINING"]) as smtp:
            smtp.pipelining = True
            send(smtp)


class TestMethodsOfAProgram:
    """They are called, one after the other; a group would go past them."""

    LOCKSTEP = (*(part for line in GROUP[:-1] for part in (line, OK)), "C: DATA", "S: 354 go", *DATA, OK)

    @pytest.mark.parametrize("name", ["mail", "rcpt", "data", "docmd", "putcmd", "send", "getreply"])
    @pytest.mark.parametrize("pipelining", [False, True])
    def test_of_a_subclass(self, name: str, pipelining: bool) -> None:
        called = []

        def method(self: SMTP, *args: Any, **options: Any) -> Any:
            called.append(name)
            return getattr(super(kind, self), name)(*args, **options)

        kind: type[SMTP] = type("Own", (SMTP,), {name: method, "pipelining": pipelining})
        with introduced(*self.LOCKSTEP, offers=["PIPELINING"], kind=kind) as smtp:
            called.clear()
            send(smtp)
        assert called

    def test_of_one_object(self) -> None:
        with introduced(*self.LOCKSTEP, **OFFERED) as smtp:
            rcpt = smtp.rcpt
            smtp.rcpt = Mock(side_effect=rcpt)  # type: ignore[method-assign]
            send(smtp)
            assert [call.args[0] for call in smtp.rcpt.call_args_list] == ["c@d.example", "e@d.example"]

    def test_put_into_our_class(self, monkeypatch: pytest.MonkeyPatch) -> None:
        called = []
        mail = SMTP.mail

        def method(self: SMTP, *args: Any) -> tuple[int, bytes]:
            called.append("mail")
            return mail(self, *args)

        monkeypatch.setattr(SMTP, "mail", method)
        with introduced(*self.LOCKSTEP, **OFFERED) as smtp:
            send(smtp)
        assert called == ["mail"]


class TestARefusal:
    @pytest.mark.parametrize("between", [b"", b"\r\n"])
    def test_of_the_sender_is_the_cause_of_all_others(self, between: bytes) -> None:
        replies = server(between.join([b"550 not you\r\n", b"503 what\r\n", b"503 what\r\n", b"503 what\r\n"]))
        with introduced(*GROUP, replies, *IN_STEP, **OFFERED) as smtp:
            with pytest.raises(SMTPSenderRefused) as caught:
                send(smtp)
            assert caught.value.smtp_error == b"not you"
            smtp.noop()

    @pytest.mark.parametrize("reply", ["503 nobody", "554 nobody", "451 later"])
    def test_of_all_recipients_is_the_cause_of_that_of_data(self, reply: str) -> None:
        replies = server(b"250 ok\r\n550 no\r\n450 not now\r\n" + reply.encode() + b"\r\n")
        with introduced(*GROUP, replies, *IN_STEP, **OFFERED) as smtp:
            with pytest.raises(SMTPRecipientsRefused) as caught:
                send(smtp)
            assert caught.value.recipients == {"c@d.example": (550, b"no"), "e@d.example": (450, b"not now")}
            smtp.noop()

    @pytest.mark.parametrize("reply", ["250 thanks", "554 nobody"])
    def test_of_all_recipients_but_not_of_data_is_answered_by_a_lone_dot(self, reply: str) -> None:
        """RFC 2920 3.1."""
        replies = server(b"250 ok\r\n550 no\r\n550 no\r\n354 go\r\n")
        with introduced(*GROUP, replies, "C: .", f"S: {reply}", *IN_STEP, **OFFERED) as smtp:
            with pytest.raises(SMTPRecipientsRefused):
                send(smtp)
            smtp.noop()

    def test_of_the_sender_alone_closes_since_an_empty_message_would_reach_somebody(self) -> None:
        replies = server(b"550 not you\r\n250 ok\r\n250 ok\r\n354 go\r\n")
        with introduced(*GROUP, replies, **OFFERED) as smtp:
            with pytest.raises(SMTPSenderRefused):
                send(smtp)
            assert smtp.sock is None

    def test_of_data_leaves_the_session_open(self) -> None:
        replies = server(b"250 ok\r\n250 ok\r\n250 ok\r\n451 not now\r\n")
        with introduced(*GROUP, replies, *IN_STEP, **OFFERED) as smtp:
            with pytest.raises(SMTPDataError):
                send(smtp)
            smtp.noop()

    def test_is_known_although_the_rest_is_lost(self) -> None:
        with introduced(*GROUP, "S: 550 not you", EOF, **OFFERED) as smtp:
            with pytest.raises(SMTPSenderRefused):
                send(smtp)
            assert smtp.sock is None


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        (["S: 421 bye"], SMTPSenderRefused),
        ([OK, "S: 421 bye"], SMTPRecipientsRefused),
        ([OK, OK, "S: 421 bye"], SMTPRecipientsRefused),
        ([OK, OK, OK, "S: 421 bye"], SMTPDataError),
        ([OK, OK, OK, OK], SMTPDataError),
        ([OK, OK, "S: 354 what"], SMTPRecipientsRefused),
        (["S: gibberish"], SMTPSenderRefused),
        ([OK, EOF], SMTPServerDisconnected),
        ([OK, SILENCE], TimeoutError),
    ],
)
def test_what_ends_the_session_in_lockstep_ends_it_here(replies: list[str], expected: type[Exception]) -> None:
    sock = ScriptedSocket(
        ["S: 220 ready", "C: EHLO me.example", server(b"250-hi\r\n250 PIPELINING\r\n"), *GROUP, *replies]
    )
    smtp = connecting_to(sock, Pipelining)("mail.example", local_hostname="me.example")
    with pytest.raises(expected):
        send(smtp)
    assert smtp.sock is None


def test_a_421_that_was_there_before_answers_and_nothing_is_sent() -> None:
    with introduced("S: 421 bye", **OFFERED) as smtp:
        with pytest.raises(SMTPSenderRefused) as caught:
            send(smtp)
        assert caught.value.smtp_code == 421


def test_a_reply_too_many_is_noticed_before_the_data() -> None:
    replies = server(b"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n")
    with introduced(*GROUP, replies, **OFFERED) as smtp:
        with pytest.raises(SMTPServerDisconnected):
            send(smtp)
        assert smtp.sock is None


def test_a_write_that_times_out_closes() -> None:
    with introduced(STUCK, **OFFERED) as smtp:
        with pytest.raises(TimeoutError):
            send(smtp)
        assert smtp.sock is None


class TestLMTP:
    GROUP = GROUP
    OFFERED: dict[str, Any] = {"offers": ["PIPELINING"], "kind": PipeliningLMTP}  # noqa: RUF012 - not changed

    def test_reads_a_reply_for_each_recipient_that_was_accepted(self) -> None:
        replies = server(b"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n")
        with introduced(*GROUP, replies, *DATA, OK, "S: 552 full", **self.OFFERED) as smtp:
            assert send(smtp) == {"e@d.example": (552, b"full")}

    def test_closes_where_a_354_would_have_data_without_recipients(self) -> None:
        """RFC 2033 4.2: nobody knows how many replies would come."""
        replies = server(b"250 ok\r\n550 no\r\n550 no\r\n354 go\r\n")
        with introduced(*GROUP, replies, **self.OFFERED) as smtp:
            with pytest.raises(SMTPRecipientsRefused):
                send(smtp)
            assert smtp.sock is None


class Answering(ScriptedSocket):
    """A server in its right mind that answers MAIL, each RCPT, DATA and the data with these codes."""

    def __init__(self, mail: int, rcpts: list[int], data: int, end: int) -> None:
        super().__init__([])
        self._incoming = b"220 ready\r\n"
        self._answers = {"MAIL": [mail], "RCPT": list(rcpts), "DATA": [data], "end": [end]}
        self._accepted = 0
        self._lines = b""
        self._in_data = False
        self._is_gone = False

    def send(self, data: bytes | memoryview) -> int:
        if self._is_gone:
            raise BrokenPipeError
        *lines, self._lines = (self._lines + bytes(data)).split(b"\r\n")
        for line in lines:
            if not self._is_gone:
                self._take(line.decode())
        return len(data)

    def _take(self, line: str) -> None:
        if self._in_data and line != ".":
            return
        verb = "end" if self._in_data else line[:4]
        self._in_data = False
        code = self._code(verb)
        self._in_data = verb == "DATA" and code == 354
        self._is_gone = code == 421
        self._incoming += b"250-hi\r\n250 PIPELINING\r\n" if verb == "EHLO" else f"{code} {verb}\r\n".encode()

    def _code(self, verb: str) -> int:
        answers = self._answers.get(verb)
        if answers is None:
            return 250
        code = answers.pop(0)
        if verb == "MAIL":
            self._accepted = -1 if code != 250 else 0
        elif verb == "RCPT":
            code = 503 if self._accepted < 0 else code
            self._accepted += code == 250
        elif verb == "DATA":
            code = 503 if self._accepted <= 0 else code
        return code

    def recv(self, count: int) -> bytes:
        if not self._incoming and not self._is_gone:
            if self.timeout == 0:
                raise BlockingIOError
            raise TimeoutError
        data, self._incoming = self._incoming[:count], self._incoming[count:]
        return data

    def pending(self) -> int:
        return len(self._incoming) + self._is_gone


def outcome(kind: type[SMTP], codes: tuple[int, list[int], int, int]) -> object:
    mail, rcpts, data, end = codes
    smtp = connecting_to(Answering(mail, rcpts, data, end), kind)("mail.example", local_hostname="me.example")
    try:
        result: object = smtp.sendmail("a@b.example", [f"r{number}@d.example" for number in range(len(rcpts))], "x")
    except SMTPException as error:
        result = type(error), error.args
    is_open = smtp.sock is not None
    return result, is_open, is_open and smtp.noop()


codes = st.sampled_from([250, 450, 550, 421])


@given(st.tuples(codes, st.lists(codes, min_size=1, max_size=4), st.sampled_from([354, 451, 554, 421]), codes))
def test_results_are_those_of_lockstep_whatever_the_server_answers(codes: tuple[int, list[int], int, int]) -> None:
    assert outcome(Pipelining, codes) == outcome(SMTP, codes)


MANY = [f"recipient{number}@receiver.example" for number in range(4000)]


@pytest.fixture
def _small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    create = socket.create_connection

    def connected(*args: Any, **options: Any) -> socket.socket:
        sock: socket.socket = create(*args, **options)
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            sock.setsockopt(socket.SOL_SOCKET, option, 4096)
        return sock

    monkeypatch.setattr(socket, "create_connection", connected)


def _answer_lines(connection: socket.socket, text: bytes, count: int) -> None:
    lines = connection.makefile("rb")
    for _ in range(count):
        line = lines.readline()
        assert line.startswith((b"MAIL", b"RCPT", b"DATA"))
        connection.sendall((b"354 " if line == b"DATA\r\n" else b"250 ") + text + b"\r\n")
    assert lines.read(6) == b"x\r\n.\r\n"
    connection.sendall(b"250 ok\r\n")


@pytest.mark.usefixtures("_small_buffers")
def test_a_large_group_does_not_wait_for_a_server_that_waits_for_its_replies_to_be_read() -> None:
    """RFC 2920 3.1: a client must not fill the buffers of both directions."""

    def serve(connection: socket.socket) -> None:
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            connection.setsockopt(socket.SOL_SOCKET, option, 4096)
        connection.sendall(b"220 ready\r\n")
        expect(connection, b"EHLO me.example")
        connection.sendall(b"250-hi\r\n250 PIPELINING\r\n")
        _answer_lines(connection, b"x" * 200, len(MANY) + 2)

    with listening(serve) as port:
        smtp = Pipelining("127.0.0.1", port, local_hostname="me.example", timeout=10)
        assert smtp.sendmail("a@b.example", MANY, "x") == {}
        smtp.close()


@pytest.mark.usefixtures("_small_buffers")
def test_a_large_group_for_a_server_that_stops_reading_ends_after_the_timeout() -> None:
    done = threading.Event()

    def serve(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"220 ready\r\n")
        expect(connection, b"EHLO me.example")
        connection.sendall(b"250-hi\r\n250 PIPELINING\r\n")
        done.wait(10)

    with listening(serve) as port:
        smtp = Pipelining("127.0.0.1", port, local_hostname="me.example", timeout=0.3)
        with pytest.raises(TimeoutError):
            smtp.sendmail("a@b.example", MANY, "x")
        assert smtp.sock is None
        done.set()


def test_what_a_server_says_in_the_middle_of_a_large_group_before_it_hangs_up_is_heard() -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(b"220 ready\r\n")
        expect(connection, b"EHLO me.example")
        connection.sendall(b"250-hi\r\n250 PIPELINING\r\n")
        expect(connection, b"MAIL FROM:<a@b.example>")
        connection.sendall(b"250 ok\r\n250 ok\r\n421 too many\r\n")

    with listening(serve) as port:
        smtp = Pipelining("127.0.0.1", port, local_hostname="me.example", timeout=10)
        with pytest.raises((SMTPRecipientsRefused, SMTPServerDisconnected)) as caught:
            smtp.sendmail("a@b.example", MANY, "x")
        assert smtp.sock is None
    if isinstance(caught.value, SMTPRecipientsRefused):
        assert set(caught.value.recipients.values()) == {(421, b"too many")}
