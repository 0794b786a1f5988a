"""Fake SMTP and LMTP servers that do exactly what a script says, faults included.

A script is made of the steps of ``fake_servers.steps``; ``FakeServer`` plays it and keeps a transcript.
"""

from __future__ import annotations

from fake_servers import steps, wire_rules
from fake_servers.certificates import Authority
from fake_servers.matching import CommandPattern, parse_pattern
from fake_servers.server import FakeServer
from fake_servers.steps import Certificate, Dialogue, Ending, Script, Step, Transport
from fake_servers.transcript import (
    Breach,
    ConnectionRecord,
    Deviation,
    End,
    Event,
    Kind,
    PeerFacts,
    Transcript,
)

__all__ = [
    "Authority",
    "Breach",
    "Certificate",
    "CommandPattern",
    "ConnectionRecord",
    "Deviation",
    "Dialogue",
    "End",
    "Ending",
    "Event",
    "FakeServer",
    "Kind",
    "PeerFacts",
    "Script",
    "Step",
    "Transcript",
    "Transport",
    "parse_pattern",
    "steps",
    "wire_rules",
]
