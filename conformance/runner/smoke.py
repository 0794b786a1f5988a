"""This module owns the smoke test: whether a candidate can be driven at all, before any verdict depends on it."""

from __future__ import annotations

from conformance.driver.answers import Observation, Raised, Unsupported
from conformance.driver.candidates import Candidate
from conformance.driver.channel import Channel
from conformance.driver.requests import Call, Close, Open
from fake_servers import Dialogue, FakeServer, Script
from fake_servers.matching import parse_pattern
from fake_servers.steps import Command, Reply

_WITHIN = 10.0  # seconds for each request; a healthy candidate takes milliseconds
_SCRIPT = Script(
    name="smoke test",
    dialogues=(
        Dialogue(
            steps=(
                Reply(octets=b"220 smoke.example.test ready\r\n"),
                Command(pattern=parse_pattern("EHLO *")),
                Reply(octets=b"250 smoke.example.test\r\n"),
            )
        ),
    ),
)


def smoke_test(candidate: Candidate) -> None:
    """Let the candidate connect, say EHLO and quit.

    Raises:
        CandidateError: it cannot; the message says what happened and how to see it by hand.
        HarnessError: the machine or the suite failed.
    """
    with FakeServer(_SCRIPT) as server:
        endpoint = (server.host, server.port)

        def play(channel: Channel) -> str:
            return _played(channel, endpoint)

        candidate.smoke_test(play)


def _played(channel: Channel, endpoint: tuple[str, int]) -> str:
    for request in (Open(class_name="SMTP", args=endpoint), Call(method="ehlo"), Call(method="quit")):
        answer = channel.request(request, within=_WITHIN)
        if isinstance(answer, Unsupported):
            return f"smoke test: {request} is unsupported: {answer.reason}"
        if isinstance(answer.outcome, Raised):
            return f"smoke test: {request} raised {answer.outcome}"
    closed = channel.request(Close(), within=_WITHIN)
    return "" if isinstance(closed, Observation) else "smoke test: close is unsupported"
