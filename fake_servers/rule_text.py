"""This module owns rules as people write them: ``"RCPT TO:<bob@*>", "450 4.2.1 busy", times=2``.

It turns texts and numbers into a ``Rule``, and says what is wrong with them. Files it does not read.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypedDict

from fake_servers import steps
from fake_servers.matching import GREETING_VERBS, CommandPattern, one_of, parse_pattern
from fake_servers.rules import Action, Conditions, Counting, Keep, Place, Rate, Rule, Scope, Trickle

_REPLY_LINE = re.compile(r"(?P<code>[2-5][0-9][0-9])(?:[ -](?P<text>[^\r\n]*))?")
_RATE = re.compile(r"(?P<count>[0-9]+) *(?:/|a|per) *(?P<times>[0-9]*) *(?P<unit>second|s|minute|min|m|hour|h)s?")
_UNITS = {"s": 1.0, "second": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hour": 3600.0}
_PLACES = {place.value: place for place in Place if place is not Place.COMMAND}
_NO_ARGUMENT = {"STARTTLS", "DATA", "QUIT", "RSET"}
_WITH_ARGUMENT = {"MAIL", "RCPT", "AUTH", "NOOP", "VRFY", "EXPN", "HELP", "BDAT", "ETRN", "TURN"}
_VERBS = _NO_ARGUMENT | _WITH_ARGUMENT | GREETING_VERBS


class RuleSettings(TypedDict, total=False):
    """What a rule takes besides its place and its reply; docs/fake-servers.md describes each."""

    per: str
    nth: int
    skip: int
    times: int
    within: float
    rate: str
    chance: float
    tls: bool
    authenticated: bool
    talked_early: bool
    eight_bit: bool
    user: str
    sender: str
    recipient: str
    containing: str
    larger_than: int
    more_connections_than: int
    keep: bool
    delay: float
    stall: float
    dribble: int
    every: float
    raw: str | bytes
    read: int
    flood: str
    silence: bool
    stop_reading: bool
    certificate: str
    cut: str
    close: str
    do: Sequence[Mapping[str, object]]


class RuleError(ValueError):
    """A rule is written wrongly.

    Attributes:
        key: the setting that is wrong; empty if it is the rule as a whole.
    """

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}: {message}" if key else message)
        self.key = key


def written_reply(lines: str | Iterable[str]) -> bytes:
    """Return a reply as it goes over the wire; the hyphens of a multiline reply are put in.

    Raises:
        ValueError: it is no reply; the message says why, and how to send it all the same.
    """
    texts = [lines] if isinstance(lines, str) else list(lines)
    found = [_REPLY_LINE.fullmatch(text) for text in texts]
    codes = set()
    for text, line in zip(texts, found, strict=True):
        if line is None:
            message = f"{text!r} is no reply line: a reply code (200 to 599), a blank, a text; to send it, write raw"
            raise ValueError(message)
        codes.add(line["code"])
    if len(codes) != 1:
        message = f"a reply has one reply code, not {' and '.join(sorted(codes)) or 'none'}; to send it, write raw"
        raise ValueError(message)
    shown = [f"{line['code']} {line['text'] or ''}" for line in found if line]
    marked = [f"{text[:3]}-{text[4:]}" for text in shown[:-1]] + [shown[-1]]
    return "".join(f"{text}\r\n" for text in marked).encode()


def build_rule(at: str, reply: str | Sequence[str] | None = None, **settings: Any) -> Rule:
    """Return the rule that these texts describe.

    Args:
        at: a place (``connect``, ``tls``, ``greeting``, ``hello``, ``credentials``, ``end of data``), a command with
            globs (``RCPT TO:<bob@*>``), or its verb alone.
        reply: what the server replies.
        settings: see ``RuleSettings``.

    Raises:
        RuleError: something is written wrongly.
    """
    place, pattern = _place_of(at)
    if reply is not None:
        settings = {**settings, "reply": reply}
    known = {*_COUNTING, *_CONDITIONS, *_ACTIONS, "do", "every"}
    for key in settings:
        if key not in known:
            raise RuleError(key, f"no setting of a rule{_did_you_mean(key, known)}")
    actions = _actions_of(settings)
    rule = Rule(
        place=place,
        pattern=pattern,
        conditions=Conditions(
            **{key: _read(key, settings[key], _CONDITIONS[key]) for key in _CONDITIONS if key in settings}
        ),
        counting=Counting(**{key: _read(key, settings[key], _COUNTING[key]) for key in _COUNTING if key in settings}),
        actions=actions,
        text=_in_one_line(at, settings),
    )
    _check_place(rule)
    return rule


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def _in_one_line(at: str, settings: Mapping[str, object]) -> str:
    said = ", ".join(f"{key} {value}" for key, value in settings.items())
    return f"{at}: {said}"


# Places.


def _place_of(at: object) -> tuple[Place, CommandPattern | None]:
    if not isinstance(at, str) or not at.strip():
        raise RuleError("at", f"a place or a command is expected, not {at!r}")
    words = " ".join(at.split())
    place = _PLACES.get(words.lower().replace("-", " "))
    if place is not None:
        return place, None
    if words.lower() == "hello":
        return Place.COMMAND, one_of([parse_pattern(f"{verb} *") for verb in sorted(GREETING_VERBS)])
    try:
        return Place.COMMAND, _command_pattern(words)
    except ValueError as error:
        why = str(error).partition("; to expect")[0]
        raise RuleError("at", f"{why}; places are {', '.join([*_PLACES, 'hello'])}") from error


def _command_pattern(words: str) -> CommandPattern:
    """Return the pattern of a command in a rule: unlike in a dialogue, further parameters do not matter."""
    verb, _, arguments = words.partition(" ")
    verb = verb.upper()
    if words != "*" and verb not in _VERBS and not verb.startswith("X"):
        message = f"{verb!r} is no command{_did_you_mean(verb, {*_VERBS, *(place.upper() for place in _PLACES)})}"
        raise ValueError(message)
    if words == "*" or verb in _NO_ARGUMENT:
        return parse_pattern(words)
    if not arguments:
        return parse_pattern(f"{verb} *")
    if verb in {"MAIL", "RCPT"}:
        return parse_pattern(words if words.endswith((" *", ":*")) else f"{words} *")
    if verb == "AUTH" and " " not in arguments:
        return one_of([parse_pattern(words), parse_pattern(f"{words} *")])
    return parse_pattern(words)


def _check_place(rule: Rule) -> None:
    if not rule.actions:
        raise RuleError("", f"a rule does something: a reply, or one of {', '.join(sorted({*_ACTIONS, 'do'}))}")
    negotiates = any(isinstance(action, steps.NegotiateTls) for action in rule.actions)
    if negotiates and rule.place is not Place.TLS:
        raise RuleError("certificate", "certificate and cut go with the place tls only")
    if any(isinstance(action, Keep) for action in rule.actions) and rule.place is not Place.END_OF_DATA:
        raise RuleError("keep", "goes with the place end of data only")


# Settings.


def _read(key: str, value: object, reader: Callable[[Any], Any]) -> Any:
    try:
        return reader(value)
    except RuleError:
        raise
    except ValueError as error:
        raise RuleError(key, str(error)) from error


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        message = f"a number of at least 0 is expected, not {value!r}"
        raise ValueError(message)
    return float(value)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        message = f"a whole number of at least 0 is expected, not {value!r}"
        raise ValueError(message)
    return value


def _positive(value: object) -> int:
    number = _count(value)
    if not number:
        raise ValueError("a whole number of at least 1 is expected, not 0")
    return number


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        message = f"true or false is expected, not {value!r}"
        raise ValueError(message)  # noqa: TRY004 - what is wrong is the rule, not the program
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        message = f"a text is expected, not {value!r}"
        raise ValueError(message)  # noqa: TRY004
    return value


def _rate(value: object) -> Rate:
    found = _RATE.fullmatch(_text(value).strip())
    if found is None or not int(found["count"]) or found["times"] == "0":
        message = f"a rate is written as 5/second or 100/10min, not {value!r}"
        raise ValueError(message)
    return Rate(count=int(found["count"]), seconds=int(found["times"] or 1) * _UNITS[found["unit"]])


def _chance(value: object) -> float:
    number = _number(value)
    if number > 1:
        message = f"a probability between 0 and 1 is expected, not {value!r}"
        raise ValueError(message)
    return number


def _one_of_these(kind: type[Scope | steps.Ending | steps.Certificate]) -> Callable[[object], Any]:
    def read(value: object) -> Any:
        known = [str(member) for member in kind]
        if value not in known:
            message = f"{value!r} is none of {', '.join(known)}{_did_you_mean(str(value), known)}"
            raise ValueError(message)
        return kind(str(value))

    return read


_COUNTING: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "per": _one_of_these(Scope),
        "nth": _positive,
        "skip": _count,
        "times": _positive,
        "within": _number,
        "rate": _rate,
        "chance": _chance,
    }
)

_CONDITIONS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "tls": _truth,
        "authenticated": _truth,
        "talked_early": _truth,
        "eight_bit": _truth,
        "user": _text,
        "sender": _text,
        "recipient": _text,
        "containing": _text,
        "larger_than": _count,
        "more_connections_than": _count,
    }
)


# Actions, in the order in which those of one rule are played.


def _octets(value: object) -> bytes:
    return value if isinstance(value, bytes) else _text(value).encode()


def _flag(action: Action) -> Callable[[object], Action | None]:
    return lambda value: action if _truth(value) else None


def _reply(value: object) -> Action:
    if not isinstance(value, str) and not (isinstance(value, Sequence) and all(isinstance(x, str) for x in value)):
        message = f"a reply is a text or a list of texts, not {value!r}"
        raise ValueError(message)
    return steps.Reply(octets=written_reply(value))


_ENDING = _one_of_these(steps.Ending)
_CERTIFICATE = _one_of_these(steps.Certificate)

_ACTIONS: Mapping[str, Callable[[Any], Action | None]] = MappingProxyType(
    {
        "keep": _flag(Keep()),
        "delay": lambda value: steps.Pause(seconds=_number(value)),
        "stall": lambda value: steps.Stall(seconds=_number(value)),
        "dribble": lambda value: Trickle(octets=_positive(value), seconds=0.0),
        "raw": lambda value: steps.Octets(octets=_octets(value)),
        "reply": _reply,
        "certificate": lambda value: steps.NegotiateTls(certificate=_CERTIFICATE(value)),
        "cut": lambda value: steps.NegotiateTls(cut=_ENDING(value)),
        "read": lambda value: steps.ReadOctets(octets=_positive(value)),
        "flood": lambda value: steps.Flood(octets=_octets(value)),
        "silence": _flag(steps.Silence()),
        "stop_reading": _flag(steps.Silence(reading=False)),
        "close": lambda value: steps.Close(ending=_ENDING(value)),
    }
)


def _actions_of(settings: Mapping[str, object]) -> tuple[Action, ...]:
    named = [key for key in _ACTIONS if key in settings]
    if "do" not in settings:
        return tuple(_played(settings, named))
    if named:
        raise RuleError("do", f"names all actions in order; {named[0]} stands beside it")
    listed = settings["do"]
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise RuleError("do", f"a list of actions is expected, not {listed!r}")
    actions: list[Action] = []
    for item in listed:
        actions += _single(item)
    return tuple(actions)


def _single(item: object) -> list[Action]:
    if not isinstance(item, Mapping) or len(set(item) - {"every"}) != 1:
        raise RuleError("do", f"each entry is one action with its value, not {item!r}")
    (key,) = set(item) - {"every"}
    if key not in _ACTIONS:
        raise RuleError("do", f"{key!r} is no action{_did_you_mean(str(key), _ACTIONS)}")
    return list(_played(item, [key]))


def _played(settings: Mapping[str, object], keys: Sequence[str]) -> Iterable[Action]:
    for key in keys:
        action = _read(key, settings[key], _ACTIONS[key])
        if isinstance(action, Trickle):
            action = replace(action, seconds=_read("every", settings.get("every", 0.0), _number))
        if action is not None:
            yield action
    if "every" in settings and "dribble" not in settings:
        raise RuleError("every", "goes with dribble: so many seconds between two segments")
