"""Whatever a client says, a mail server answers as RFC 5321 lets it, is at no fault, and ends in time."""

from __future__ import annotations

import re
import socket
import time

from hypothesis import example, given
from hypothesis import strategies as st

from fake_servers import Conduct, MailServer, limits
from tests.fuzzing.profiles import quick

_LINES = [
    *(
        b"EHLO me\r\n",
        b"HELO me\r\n",
        b"LHLO me\r\n",
        b"MAIL FROM:<a@b>\r\n",
        b"MAIL FROM:<>\r\n",
        b"MAIL FROM:a\r\n",
        b"MAIL\r\n",
    ),
    *(
        b"RCPT TO:<c@d>\r\n",
        b"RCPT TO:<c@d> NOTIFY=NEVER\r\n",
        b'RCPT TO:<"\r"@d>\r\n',
        b"RCPT TO:<>\r\n",
        b"DATA\r\n",
        b".\r\n",
        b"..\r\n",
    ),
    *(
        b"RSET\r\n",
        b"NOOP \x1b[2J\r\n",
        b"VRFY x\r\n",
        b"EXPN x\r\n",
        b"HELP\r\n",
        b"QUIT\r\n",
        b"BDAT 5 LAST\r\nhello",
        b"STARTTLS\r\n",
    ),
    *(
        b"AUTH PLAIN AHUAcA==\r\n",
        b"AUTH PLAIN\r\n",
        b"AUTH LOGIN\r\n",
        b"AUTH CRAM-MD5\r\n",
        b"*\r\n",
        b"AHUAcA==\r\n",
        b"AUTH X\r\n",
        b"AUTH\r\n",
    ),
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"\xff\xfe\r\n",
        b"x" * 3000 + b"\r\n",
        b"MAIL FROM:<" + b"a" * 3000 + b"@b> SIZE=99999999999999\r\n",
    ),
    *(
        b"MAIL FROM:<a@b> SIZE=x BODY=9BIT SMTPUTF8\r\n",
        b"MAIL FROM:<\xc3\xa9@b> SMTPUTF8\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    ),
]
SEGMENTS = st.lists(st.one_of(st.sampled_from(_LINES), st.sampled_from(_LINES), st.binary(max_size=20)), max_size=25)
_REPLY = re.compile(rb"(?:[2-5][0-9]{2}-[^\r\n]*\r\n)*[2-5][0-9]{2}(?: [^\r\n]*)?\r\n")


def talk(server: MailServer, segments: list[bytes]) -> bytes:
    """Say it all, end the output, and return all that is answered."""
    with socket.create_connection(server.address) as client:
        client.settimeout(10.0)
        received = b""
        try:
            for segment in segments:
                client.sendall(segment)
            client.shutdown(socket.SHUT_WR)
            while octets := client.recv(65536):
                received += octets
        except ConnectionError:
            pass
        return received


@given(SEGMENTS, st.booleans())
@example([b"EHLO me\r\n", b"STARTTLS\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"], False)
@example([b"EHLO me\r\n", b"AUTH PLAIN\r\n", b"\xff\r\n"], False)
@quick(60)
def test_any_client_gets_replies_and_the_server_stays_in_order(segments: list[bytes], lmtp: bool) -> None:
    """All that a server says in clear are whole replies; it has no fault, no thread is left, and it stops in time."""
    server = MailServer(Conduct(lmtp=lmtp))
    with server:
        received = talk(server, segments)
        began = time.monotonic()
    assert time.monotonic() - began < limits.SETTLE_SECONDS + limits.STOP_SECONDS + 5
    assert server.transcript.faults == []
    clear = received.partition(b"\x15\x03")[0]  # a TLS alert behind STARTTLS
    assert _REPLY.sub(b"", clear) == b"", received
    for message in server.messages:
        assert message.recipients
        assert repr(message)
