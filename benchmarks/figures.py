"""The figures: what is measured, and what it has to come to.

This module owns the list; it does not know about how a figure is shown.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from .memory import extra_memory
from .pairs import Comparison, Spread, compare
from .senders import RECIPIENTS, SENDER, Message, client, client_session, raw, smtp_source
from .servers import SMTP_SINK, SMTP_SOURCE, own_sink, smtp_sink
from .startup import compare_imports, compare_sessions

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from .senders import Sender
    from .servers import Server

_OURS = "reference_client"
_SMTPLIB = "smtplib"  # of the same interpreter
_SMALL = Message(octets=1024)
_LARGE = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How often things are done: pairs of turns, messages in a turn."""

    small_pairs: int = 30
    large_pairs: int = 7
    times: int = 200


THOROUGH = Effort()
QUICK = Effort(small_pairs=8, large_pairs=3, times=100)


class MissingError(Exception):
    """This machine lacks what a figure needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a figure came to; times and the wall clock where it is a comparison."""

    figure: Spread
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure.

    Attributes:
        name: How it is called, for selecting it.
        what: What it is.
        at_least: Its target, or
        at_most: its target; a figure with neither is there to compare with.
        measure: Measures it.
    """

    name: str
    what: str
    measure: Callable[[Effort], Measured]
    at_least: float | None = None
    at_most: float | None = None

    def is_met_by(self, value: float) -> bool | None:
        """Say whether a value meets the target; None if there is none."""
        if self.at_least is not None:
            return value >= self.at_least
        return None if self.at_most is None else value <= self.at_most


def _compared(comparison: Comparison) -> Measured:
    return Measured(figure=comparison.ratio, comparison=comparison)


def _speed(
    ours: Sender,
    theirs: Sender,
    message: Message = _SMALL,
    sink: Callable[[], AbstractContextManager[Server]] = own_sink,
) -> Callable[[Effort], Measured]:
    def measure(effort: Effort) -> Measured:
        if sink is smtp_sink and SMTP_SINK is None:
            raise MissingError("smtp-sink is not installed (Debian: postfix)")
        if smtp_source in (ours, theirs) and SMTP_SOURCE is None:
            raise MissingError("smtp-source is not installed (Debian: postfix)")
        is_small = message.octets < _LARGE
        pairs, times = (effort.small_pairs, effort.times) if is_small else (effort.large_pairs, 1)
        with sink() as server:
            return _compared(compare(ours, theirs, server, message, times=times, pairs=pairs))

    return measure


def _memory(message: Message) -> Callable[[Effort], Measured]:
    def measure(effort: Effort) -> Measured:
        with own_sink() as server:
            parts = [extra_memory(_OURS, server, message) for _ in range(min(3, effort.large_pairs))]
        return Measured(figure=Spread.of(parts))

    return measure


def _imports(effort: Effort) -> Measured:
    return _inverted(compare_imports(_OURS, _SMTPLIB, pairs=effort.small_pairs))


def _sessions(effort: Effort) -> Measured:
    with own_sink() as server:
        return _inverted(compare_sessions(_OURS, _SMTPLIB, server, times=effort.times // 5, pairs=effort.small_pairs))


def _inverted(comparison: Comparison) -> Measured:
    """For what is a cost, not a speed."""
    ratio = comparison.ratio
    return Measured(
        figure=Spread(minimum=1 / ratio.maximum, median=1 / ratio.median, maximum=1 / ratio.minimum),
        comparison=comparison,
    )


def _round_trips(recipients: int, *, pipelining: bool) -> Callable[[Effort], Measured]:
    def measure(_: Effort) -> Measured:
        with (
            own_sink(counting=True) as server,
            client_session(_OURS, server, pipelining=pipelining) as smtp,
        ):
            counts = []
            for _again in range(3):
                before = int(smtp.docmd("VRFY", "turns")[1])
                smtp.sendmail(SENDER, RECIPIENTS[:recipients], _SMALL.make())
                counts.append(int(smtp.docmd("VRFY", "turns")[1]) - before - 1)  # VRFY had its own
        return Measured(figure=Spread(minimum=min(counts), median=statistics.median(counts), maximum=max(counts)))

    return measure


_client = client(_OURS)
_pipelining = client(_OURS, pipelining=True)
_smtplib = client(_SMTPLIB)
_tls_sink = partial(own_sink, tls=True)
_text = Message(octets=_LARGE)
_base64 = Message(octets=_LARGE, kind="base64")
_str = Message(octets=_LARGE, as_str=True)

FIGURES = [
    Figure(
        name="small/smtplib", what="1 KiB, lockstep: times smtplib", at_least=1.15, measure=_speed(_client, _smtplib)
    ),
    Figure(name="small/raw", what="1 KiB, lockstep: times a raw socket", at_least=0.95, measure=_speed(_client, raw())),
    Figure(
        name="small/smtplib-raw", what="for comparison: smtplib, times a raw socket", measure=_speed(_smtplib, raw())
    ),
    Figure(
        name="small/smtp-sink",
        what="1 KiB to smtp-sink: times smtplib",
        at_least=1.15,
        measure=_speed(_client, _smtplib, sink=smtp_sink),
    ),
    Figure(
        name="small/smtp-sink-raw",
        what="1 KiB to smtp-sink: times a raw socket",
        at_least=0.95,
        measure=_speed(_client, raw(), sink=smtp_sink),
    ),
    Figure(
        name="small/smtp-source",
        what="1 KiB to smtp-sink: times smtp-source",
        measure=_speed(_client, smtp_source, sink=smtp_sink),
    ),
    Figure(
        name="pipelining/smtplib",
        what="1 KiB, pipelining: times smtplib",
        at_least=1.8,
        measure=_speed(_pipelining, _smtplib),
    ),
    Figure(
        name="pipelining/raw",
        what="for comparison: times a raw socket that pipelines",
        measure=_speed(_pipelining, raw(grouped=True)),
    ),
    Figure(
        name="pipelining/smtp-sink",
        what="1 KiB to smtp-sink, pipelining: times smtplib",
        at_least=1.8,
        measure=_speed(_pipelining, _smtplib, sink=smtp_sink),
    ),
    Figure(
        name="pipelining/round-trips",
        what="round trips, 1000 recipients, pipelining",
        at_most=3,
        measure=_round_trips(1000, pipelining=True),
    ),
    Figure(
        name="large/text", what="50 MB bytes, text: times smtplib", at_least=6, measure=_speed(_client, _smtplib, _text)
    ),
    Figure(
        name="large/text-raw",
        what="50 MB bytes, text: times a raw socket",
        at_least=1 / 3,
        measure=_speed(_client, raw(), _text),
    ),
    Figure(
        name="large/base64",
        what="50 MB bytes, base64: times smtplib",
        at_least=6,
        measure=_speed(_client, _smtplib, _base64),
    ),
    Figure(
        name="large/base64-raw",
        what="50 MB bytes, base64: times a raw socket",
        at_least=1 / 3,
        measure=_speed(_client, raw(), _base64),
    ),
    Figure(name="large/str", what="50 MB str: times smtplib", at_least=5, measure=_speed(_client, _smtplib, _str)),
    Figure(
        name="memory/bytes",
        what="50 MB bytes: memory beside the message, in messages",
        at_most=0.1,
        measure=_memory(_text),
    ),
    Figure(
        name="memory/str",
        what="50 MB str: memory beside the message, in messages",
        at_most=0.1,
        measure=_memory(_str),
    ),
    Figure(
        name="tls/small",
        what="1 KiB over TLS, lockstep: times a raw TLS socket",
        at_least=0.9,
        measure=_speed(_client, raw(), sink=_tls_sink),
    ),
    Figure(name="tls/smtplib", what="1 KiB over TLS: times smtplib", measure=_speed(_client, _smtplib, sink=_tls_sink)),
    Figure(
        name="tls/text",
        what="50 MB bytes over TLS, text: times a raw TLS socket",
        at_least=0.9,
        measure=_speed(_client, raw(), _text, _tls_sink),
    ),
    Figure(
        name="tls/base64",
        what="50 MB bytes over TLS, base64: times a raw TLS socket",
        at_least=0.9,
        measure=_speed(_client, raw(), _base64, _tls_sink),
    ),
    Figure(name="start/import", what="import: time, in imports of smtplib", at_most=1, measure=_imports),
    Figure(
        name="start/session",
        what="connect, EHLO, QUIT: time of the client, in smtplib's",
        at_most=1,
        measure=_sessions,
    ),
]
