"""Whatever a server does, a session ends: with a result or a documented exception, closed or in step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reference_client import LMTP, SMTP, SMTPException, SMTPServerDisconnected
from tests.reference_client.scripted import ScriptedSocket, connecting_to

if TYPE_CHECKING:
    from collections.abc import Callable

SEGMENTS = st.one_of(
    st.sampled_from(
        [
            b"220 ready\r\n",
            b"250 ok\r\n",
            b"250-mail.example\r\n250-AUTH CRAM-MD5 PLAIN LOGIN\r\n250-SIZE\r\n250 STARTTLS\r\n",
            b"250 ok\r\n250 ok\r\n",
            b"250-half\r\n",
            b"354 go\r\n",
            b"334 YQ==\r\n",
            b"334 ?\r\n",
            b"235 yes\r\n",
            b"421 bye\r\n",
            b"451 later\r\n",
            b"550 no\r\n",
            b"221 bye\r\n",
            b"\r\n",
            b"250",
            b"x" * 9000,
        ]
    ),
    st.binary(max_size=12),
)


class Hostile(ScriptedSocket):
    """Answers each write with the next segments, whatever was written; at last it closes."""

    def __init__(self, answers: list[list[bytes]]) -> None:
        super().__init__([])
        self.answers = answers
        self._incoming = b""
        self._answer()

    def _answer(self) -> None:
        if self.answers:
            self._incoming += b"".join(self.answers.pop(0))

    def _recv_nothing(self) -> bytes:
        if self.answers and self.timeout == 0:
            raise BlockingIOError
        self._answer()
        return super().recv(65536) if self._incoming else b""

    def send(self, data: bytes | memoryview) -> int:
        assert not self.is_closed
        self.sent += bytes(data)
        self._answer()
        return len(data)


def sending(smtp: SMTP) -> None:
    smtp.sendmail("a@b.example", ["c@d.example", "e@d.example"], "text")


def logging_in(smtp: SMTP) -> None:
    smtp.login("user", "password")


def stepping(smtp: SMTP) -> None:
    smtp.mail("a@b.example")
    smtp.rcpt("c@d.example")
    smtp.data("text")
    smtp.rset()


@pytest.mark.parametrize("kind", [SMTP, LMTP])
@pytest.mark.parametrize("call", [sending, logging_in, stepping])
@given(st.lists(st.lists(SEGMENTS, max_size=3), max_size=14))
@example([[b"220 ready\r\n"], [b"250 ok\r\n"] * 2])
def test_a_session_ends_with_a_result_or_a_documented_exception(
    call: Callable[[SMTP], None], kind: type[SMTP], answers: list[list[bytes]]
) -> None:
    sock = Hostile([list(segments) for segments in answers])
    smtp = connecting_to(sock, kind)(local_hostname="me.example")
    try:
        with smtp:
            smtp.connect("mail.example")
            call(smtp)
    except SMTPException:
        pass
    assert smtp.sock is None
    assert sock.is_closed
    with pytest.raises(SMTPServerDisconnected):
        smtp.noop()


@given(st.lists(st.sampled_from([b"250 ok\r\n", b"550 no\r\n", b"354 go\r\n"]), min_size=5, max_size=5))
def test_mail_that_is_reported_as_accepted_was_accepted(replies: list[bytes]) -> None:
    sock = Hostile([[b"220 ready\r\n"], [b"250 mail.example\r\n"], *([reply] for reply in replies), [b"250 reset\r\n"]])
    smtp = connecting_to(sock)("mail.example", local_hostname="me.example")
    try:
        refused = smtp.sendmail("a@b.example", "c@d.example", "text")
    except SMTPException:
        accepted = False
    else:
        accepted = refused == {}
    smtp.close()
    assert accepted == (replies[:4] == [b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 ok\r\n"])
