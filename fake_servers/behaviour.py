"""This module owns behaviours: what a preset or a rule file says, once it has been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_servers.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How a mail server behaves.

    Attributes:
        title: what it does, in one sentence.
        about: who does that in real life, and what a client is to make of it.
        lmtp: whether it is about LMTP; None: about either protocol.
        settings: of ``Conduct``, by name: where the server differs from what it was.
        rules: asked in this order.
    """

    title: str
    about: str = ""
    lmtp: bool | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
