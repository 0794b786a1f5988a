"""This module owns what all sessions of a mail server share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fake_servers.certificates import Authority
from fake_servers.manners import Conduct
from fake_servers.messages import Mailbox
from fake_servers.recorder import Recorder
from fake_servers.rules import RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What all sessions of a mail server share.

    Attributes:
        conduct: what it offers and asks for.
        implicit_tls: whether TLS is negotiated before anything is said.
        rules: asked at every turn.
        mailbox: takes messages.
        authority: issues certificates.
        recorder: of the server.
        time_factor: multiplies every time in rules.
        open_connections: how many there were when one was made, itself included.
        connections: how many are served at once.
    """

    conduct: Conduct
    implicit_tls: bool
    rules: RuleBook
    mailbox: Mailbox
    authority: Authority
    recorder: Recorder
    time_factor: float
    open_connections: Callable[[int], int]
    connections: int
