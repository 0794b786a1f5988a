"""This module owns the record of a relayed session, and its writing as YAML that replays it.

Credentials and mail data are masked unless they are asked for. Sockets it does not know.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from fake_servers.matching import GREETING_VERBS, arguments_of, parse_pattern, verb_of
from fake_servers.octets import without_line_end
from fake_servers.replies import SentReply, offered_extensions
from fake_servers.rule_text import RuleError, build_rule

_REPLY_LINE = re.compile(r"[2-5][0-9][0-9](?:[ -][^\r\n]*)?")
_ENHANCED = re.compile(r"[2-5][0-9][0-9][ -](?P<class>[0-9])\.[0-9]{1,3}\.[0-9]{1,3}(?: |$)")
_ANY_LINE = '!re ".*"'
_ANY_DATA = '!any ""'
_BY_ITSELF = {"SIZE", "STARTTLS", "AUTH"}
"""What a mail server offers by its settings, not by its list of extensions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """The server sent a reply."""

    octets: bytes
    asked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded:
    """The client sent a command line."""

    line: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenged:
    """The client sent the response to a challenge."""

    line: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedData:
    """The client sent mail data; ``content`` is without transparency."""

    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsBegan:
    """Both sides went on under TLS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The server ended the connection."""


Passed: TypeAlias = Replied | Commanded | Challenged | PassedData | TlsBegan | Closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmasked:
    """What is written down as it is, though it may be nobody's business."""

    credentials: bool = False
    content: bool = False


class Recording:
    """What was said on all connections."""

    def __init__(self, *, lmtp: bool) -> None:
        self.lmtp = lmtp
        self._lock = threading.Lock()
        self._connections: dict[int, list[Passed]] = {}

    def begin(self, number: int) -> list[Passed]:
        """Return the list in which a connection is to be recorded."""
        with self._lock:
            return self._connections.setdefault(number, [])

    @property
    def connections(self) -> Sequence[Sequence[Passed]]:
        """The connections in order, those left out on which nothing was said."""
        with self._lock:
            return [list(said) for _, said in sorted(self._connections.items()) if said]

    def as_script(self, title: str, unmasked: Unmasked) -> str:
        """Return a file that replays every connection word for word: the server's half of a scenario."""
        lines = [f"title: {_quoted(title)}", *(["protocol: lmtp"] if self.lmtp else []), "server:"]
        for number, said in enumerate(self.connections):
            if number:
                lines.append("  - next-connection:")
            lines += [f"  - {step}" for one in said for step in _script_step(one, unmasked)]
        return "\n".join(lines) + "\n"

    def as_rules(self, title: str) -> str:
        """Return a rule file: the extensions that were offered, and every reply that refused something."""
        lines = [f"title: {_quoted(title)}", *(["protocol: lmtp"] if self.lmtp else []), *self._settings()]
        rules = list(self._rules())
        return "\n".join([*lines, "rules:" if rules else "rules: []", *rules]) + "\n"

    def _settings(self) -> Iterator[str]:
        offered: dict[str, str] = {}
        for reply in self._greeting_replies():
            offered |= offered_extensions(SentReply(octets=reply.octets, code="250"))
        if not offered:
            return
        extensions = [f"{name} {value}".strip() for name, value in offered.items() if name not in _BY_ITSELF]
        known = [name for name in offered.get("AUTH", "").split() if name in {"PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"}]
        yield "settings:"
        yield f"  extensions: {json.dumps(extensions)}"
        yield f"  mechanisms: {json.dumps(known)}"
        yield f"  starttls: {json.dumps('STARTTLS' in offered)}"
        if offered.get("SIZE", "").isdecimal() and int(offered["SIZE"]):
            yield f"  size: {int(offered['SIZE'])}"

    def _greeting_replies(self) -> Iterator[Replied]:
        for at, reply in self._answers():
            if at.partition(" ")[0] in GREETING_VERBS and reply.octets.startswith(b"250"):
                yield reply

    def _answers(self) -> Iterator[tuple[str, Replied]]:
        """Yield each reply with the place of a rule that it answered at."""
        for said in self.connections:
            at = "greeting"
            for one in said:
                match one:
                    case Commanded():
                        at = _place_of(one.line)
                    case Challenged():
                        at = "credentials"
                    case PassedData():
                        at = "end of data"
                    case Replied() if one.asked:
                        yield at, one

    def _rules(self) -> Iterator[str]:
        told: dict[str, list[bytes]] = {}
        for at, reply in self._answers():
            if not _is_place(at):  # garbage that a client sent: no rule can be about it
                continue
            told.setdefault(at, []).append(reply.octets)
        for at, replies in told.items():
            alike = len(Counter(replies)) == 1
            for number, octets in enumerate(replies[:1] if alike else replies, 1):
                if octets[:1] in {b"4", b"5"}:
                    yield f"  - at: {_quoted(at)}"
                    if not alike:
                        yield f"    nth: {number}"
                    key, value = _written(octets)
                    yield f"    {'reply' if key == 'S' else key}: {value}"


def _is_place(at: str) -> bool:
    try:
        build_rule(at, close="fin")
    except RuleError:
        return False
    return True


def _place_of(line: bytes) -> str:
    """Return the place of a rule that is about this command: the path of an envelope, else the verb."""
    verb = verb_of(line)
    arguments = arguments_of(line)
    if verb in {"MAIL", "RCPT"} and ">" in arguments:
        return f"{verb} {arguments[: arguments.rindex('>') + 1]}"
    return f"AUTH {arguments.partition(' ')[0].upper()}" if verb == "AUTH" else verb


def _script_step(passed: Passed, unmasked: Unmasked) -> Iterator[str]:
    match passed:
        case Replied():
            key, value = _written(passed.octets)
            yield f"{key if passed.asked or key != 'S' else 'unasked'}: {value}"
        case Commanded():
            yield f"C: {_command(passed.line, unmasked)}"
        case Challenged():
            yield f"C: {_quoted(_decoded(passed.line)) if unmasked.credentials else _ANY_LINE}"
        case PassedData():
            yield f"data: {_octets(passed.content) if unmasked.content else _ANY_DATA}"
        case TlsBegan():
            yield "tls:"
        case Closed():
            yield "close: fin"


def _written(octets: bytes) -> tuple[str, str]:
    """Return the key and the value that send a reply: as a reply where it is one in good order, else as raw octets."""
    lines = [_decoded(line) for line in octets.splitlines()]
    in_order = all(_REPLY_LINE.fullmatch(line) and line[:3] == lines[-1][:3] for line in lines)
    ends = octets.count(b"\r\n") == len(lines) and octets.isascii()
    classes = {found["class"] for line in lines if (found := _ENHANCED.match(line))}
    if not in_order or not ends or classes - {lines[-1][:1]}:
        return "raw", _octets(octets)
    return "S", _quoted(lines[0]) if len(lines) == 1 else f"[{', '.join(map(_quoted, lines))}]"


def _command(line: bytes, unmasked: Unmasked) -> str:
    verb, arguments = verb_of(line), arguments_of(line)
    if verb in GREETING_VERBS:
        return _quoted(f"{verb} *")
    if verb == "AUTH" and not unmasked.credentials:
        mechanism, blank, _ = arguments.partition(" ")
        return _quoted(f"AUTH {mechanism}{' *' if blank else ''}")
    text = re.sub(r" SIZE=[0-9]+", " [SIZE=*]", _decoded(line), flags=re.IGNORECASE)
    try:
        parse_pattern(text)
    except ValueError:
        return f"!exact {_quoted(without_line_end(line).decode('latin-1'))}"
    return _quoted(text)


def _decoded(line: bytes) -> str:
    return without_line_end(line).decode("utf-8", "replace")


def _octets(octets: bytes) -> str:
    return f"!bytes {_quoted(octets.decode('latin-1'))}"


def _quoted(text: str) -> str:
    """Return a text as YAML writes it in double quotes, of which JSON's way is one."""
    return json.dumps(text)
