"""This module owns the servers that ``driver check`` lets a driver meet."""

from __future__ import annotations

from fake_servers import Dialogue, Script, Step, parse_pattern
from fake_servers.steps import Command, MailData, Reply, Silence

_GREETING: tuple[Step, ...] = (Reply(octets=b"220 check.example.test ready\r\n"),)
_EHLO: tuple[Step, ...] = (Command(pattern=parse_pattern("EHLO *")), Reply(octets=b"250 check.example.test\r\n"))


def _asked(command: str, reply: bytes) -> tuple[Step, ...]:
    return Command(pattern=parse_pattern(command)), Reply(octets=reply)


TWO_SESSIONS = Script(name="driver check", dialogues=(Dialogue(steps=_GREETING + _EHLO),) * 2)
"""A server that accepts EHLO, twice."""

ONE_REFUSED = Script(
    name="driver check",
    dialogues=(
        Dialogue(
            steps=(
                *_GREETING,
                *_EHLO,
                *_asked("MAIL FROM:<alice@example.com>", b"250 2.1.0 Ok\r\n"),
                *_asked("RCPT TO:<bob@example.com>", b"550 5.1.1 No such user\r\n"),
                *_asked("RCPT TO:<carol@example.com>", b"250 2.1.5 Ok\r\n"),
                *_asked("DATA", b"354 Go ahead\r\n"),
                MailData(content=None),
                Reply(octets=b"250 2.0.0 Queued\r\n"),
            )
        ),
    ),
)
"""A server that refuses bob and takes mail for carol."""

SILENT = Script(name="driver check", dialogues=(Dialogue(steps=(Silence(),)),))
"""A server that does not even greet."""
