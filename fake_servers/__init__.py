"""Fake SMTP and LMTP servers that do exactly what they are told, faults included.

``MailServer`` is well-behaved until rules, presets or scripts say otherwise: what tests of applications want.
``FakeServer`` plays one script, made of the steps of ``fake_servers.steps``, and judges the client by it.
"""

from __future__ import annotations

from fake_servers import steps, wire_rules
from fake_servers.behaviour import Behaviour
from fake_servers.certificates import Authority
from fake_servers.clock import Clock
from fake_servers.mail_server import MailServer
from fake_servers.manners import Conduct
from fake_servers.matching import CommandPattern, parse_pattern
from fake_servers.messages import Message, SessionFacts
from fake_servers.rule_text import RuleError
from fake_servers.rules import Rule, StandingRule
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
    "Behaviour",
    "Breach",
    "Certificate",
    "Clock",
    "CommandPattern",
    "Conduct",
    "ConnectionRecord",
    "Deviation",
    "Dialogue",
    "End",
    "Ending",
    "Event",
    "FakeServer",
    "Kind",
    "MailServer",
    "Message",
    "PeerFacts",
    "Rule",
    "RuleError",
    "Script",
    "SessionFacts",
    "StandingRule",
    "Step",
    "Transcript",
    "Transport",
    "parse_pattern",
    "steps",
    "wire_rules",
]
