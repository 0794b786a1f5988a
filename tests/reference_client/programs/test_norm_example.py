"""The example at the end of the norm, word for word, with this package under the name that it imports."""

from __future__ import annotations

import builtins
import socket
import sys
from typing import TYPE_CHECKING

import reference_client
from tests.reference_client.peers.aiosmtpd_servers import aiosmtpd_server

if TYPE_CHECKING:
    import pytest

EXAMPLE = """
import smtplib

def prompt(prompt):
    return input(prompt).strip()

fromaddr = prompt("From: ")
toaddrs  = prompt("To: ").split()
print("Enter message, end with ^D (Unix) or ^Z (Windows):")

# Add the From: and To: headers at the start!
msg = ("From: %s\\r\\nTo: %s\\r\\n\\r\\n"
       % (fromaddr, ", ".join(toaddrs)))
while True:
    try:
        line = input()
    except EOFError:
        break
    if not line:
        break
    msg = msg + line

print("Message length is", len(msg))

server = smtplib.SMTP('localhost')
server.set_debuglevel(1)
server.sendmail(fromaddr, toaddrs, msg)
server.quit()
"""


def test_the_example_of_the_norm_sends_its_mail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["a@b.example", "c@d.example e@d.example", "Hello, ", "world", ""])
    monkeypatch.setattr(builtins, "input", lambda *_: next(answers))
    monkeypatch.setitem(sys.modules, "smtplib", reference_client)
    with aiosmtpd_server() as (port, mailbox):
        dial = socket.create_connection
        places = {("localhost", 25): ("127.0.0.1", port)}
        monkeypatch.setattr(socket, "create_connection", lambda address, *args: dial(places[address], *args))
        exec(EXAMPLE, {})  # noqa: S102 - it is the norm's
    assert mailbox.envelopes[0].rcpt_tos == ["c@d.example", "e@d.example"]
    assert mailbox.contents == [b"From: a@b.example\r\nTo: c@d.example, e@d.example\r\n\r\nHello, world\r\n"]
    assert "RCPT TO:<e@d.example>" in capsys.readouterr().err
