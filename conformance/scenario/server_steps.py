"""This module owns what scenarios write under ``server:``: it turns nodes into the steps of a fake server.

It knows the notation; what a step does on the wire is the engine's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from conformance.errors import Problem, ScenarioError
from conformance.scenario.matchers import octets_of
from conformance.scenario.parameters import Runtime, resolve
from conformance.scenario.repeats import repeat_of, times_of
from conformance.scenario.replies import ehlo_reply, reply_octets, reply_problems
from conformance.scenario.tree import Mapping, Node, Place, Scalar, Sequence, plain
from conformance.scenario.turns import turn_problems
from fake_servers import steps
from fake_servers.matching import CommandPattern, exact, one_of, parse_pattern, regular_expression

_NO_RUNTIME = Runtime()


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """How a scenario is played: its ``over`` value.

    Attributes:
        transport: of the fake server's connections.
        lmtp: whether the client class is LMTP.
        starttls: whether the dialogue is played behind STARTTLS.
    """

    transport: steps.Transport
    lmtp: bool = False
    starttls: bool = False


CARRIAGES = {
    "tcp": Carriage(transport=steps.Transport.TCP),
    "tls": Carriage(transport=steps.Transport.TLS),
    "starttls": Carriage(transport=steps.Transport.TCP, starttls=True),
    "lmtp": Carriage(transport=steps.Transport.TCP, lmtp=True),
    "unix": Carriage(transport=steps.Transport.UNIX, lmtp=True),
}


def build_script(node: Node, carriage: Carriage, *, courteous: bool, name: str) -> steps.Script:
    """Return the script that the list under ``server:`` describes.

    Raises:
        ScenarioError: all steps that are wrong, each at its place.
    """
    builder = _Builder(carriage)
    dialogues: list[steps.Dialogue] = []
    places: dict[int, Place] = {}
    transport = carriage.transport
    current: list[steps.Step] = []
    for item in node.items if isinstance(node, Sequence) else ():
        verb, value = _only_entry(item)
        if verb == "next-connection":
            dialogues.append(steps.Dialogue(steps=tuple(current), transport=transport, courteous=courteous))
            current, transport, builder.last_code = [], _next_transport(value, carriage), ""
            continue
        for step in builder.build(verb, value):
            current.append(step)
            places[step.line] = item.place
    dialogues.append(steps.Dialogue(steps=tuple(current), transport=transport, courteous=courteous))
    for dialogue in dialogues:
        for step, message in turn_problems(dialogue.steps, lmtp=carriage.lmtp):
            builder.problems.append(
                places[step.line].problem(message) if step.line in places else node.place.problem(message)
            )
    if builder.problems:
        raise ScenarioError(builder.problems)
    return steps.Script(dialogues=tuple(dialogues), lmtp=carriage.lmtp, name=name)


def _only_entry(item: Node) -> tuple[str, Node]:
    assert isinstance(item, Mapping)  # noqa: S101 - the schema has seen to it
    key, value = item.entries[0]
    return str(key.value), value


def _next_transport(value: Node, carriage: Carriage) -> steps.Transport:
    named = plain(value)
    return CARRIAGES[str(named)].transport if named else carriage.transport


@dataclass(slots=True)
class _Builder:
    """Builds steps one by one; remembers what decides the meaning of the next."""

    carriage: Carriage
    problems: list[Problem] = field(default_factory=list)
    last_code: str = ""

    def build(self, verb: str, value: Node) -> Iterator[steps.Step]:
        maker = _MAKERS[verb]
        made: list[steps.Step] = []
        try:
            made = list(maker(self, value))
        except ScenarioError as error:
            self.problems.extend(error.problems)
        except ValueError as error:
            self.problems.append(value.place.problem(str(error)))
        for step in made:
            label = step.label or f"{verb}: {_brief(value)}".rstrip(": ")
            self._remember(step)
            yield replace(step, label=label, line=value.place.line)

    def _remember(self, step: steps.Step) -> None:
        if isinstance(step, steps.Reply | steps.Octets):
            self.last_code = step.octets[:3].decode("latin-1")
        elif isinstance(step, steps.Pieces):
            self.last_code = step.pieces[0][:3].decode("latin-1")

    @property
    def hello_verb(self) -> str:
        return "LHLO" if self.carriage.lmtp else "EHLO"

    # One method a key of the notation, in the order of scenarios/README.md.

    def hello(self, value: Node) -> Iterator[steps.Step]:
        extensions = [str(resolve(str(item), None)) for item in _list(value)]
        yield _reply("220 fake.example.test ready", label="S: 220 fake.example.test ready")
        if self.carriage.starttls:
            yield from self._greeting_command(["STARTTLS"])
            yield from self.starttls(value)
        yield from self._greeting_command(extensions)

    def _greeting_command(self, extensions: list[str]) -> Iterator[steps.Step]:
        yield _command(f"{self.hello_verb} *")
        reply = ehlo_reply(extensions)
        yield steps.Reply(octets=reply, label=f"S: {_brief_octets(reply)}")

    def helo_only(self, _value: Node) -> Iterator[steps.Step]:
        yield _reply("220 fake.example.test ready", label="S: 220 fake.example.test ready")
        yield _command(f"{self.hello_verb} *")
        yield _reply("502 5.5.1 No such command", label="S: 502 5.5.1 No such command")
        yield _command("HELO *")
        yield _reply("250 fake.example.test", label="S: 250 fake.example.test")

    def reply(self, value: Node) -> Iterator[steps.Step]:
        yield steps.Reply(octets=_checked_reply(value))

    def command(self, value: Node) -> Iterator[steps.Step]:
        # Behind 334 comes a response of the SASL exchange (RFC 4954 section 4): no verb, no parameters.
        yield steps.Command(pattern=_pattern(value, verbatim=self.last_code == "334"))

    def data(self, value: Node) -> Iterator[steps.Step]:
        yield _mail_data(value)

    def accept(self, value: Node) -> Iterator[steps.Step]:
        wanted = plain(value)
        assert isinstance(value, Mapping) and isinstance(wanted, dict)  # noqa: S101, PT018 - schema
        yield _command(_resolved(f"MAIL FROM:<{wanted['from']}>"))
        yield _reply("250 2.1.0 Ok")
        for recipient in wanted["to"]:
            yield _command(_resolved(f"RCPT TO:<{recipient}>"))
            yield _reply("250 2.1.5 Ok")
        yield _command("DATA")
        yield _reply("354 Go ahead")
        yield _mail_data(value.get("data"))
        for _ in wanted["to"] if self.carriage.lmtp else [None]:
            yield _reply("250 2.0.0 Queued")

    def starttls(self, value: Node) -> Iterator[steps.Step]:
        yield _command("STARTTLS")
        yield _reply("220 2.0.0 Ready to start TLS")
        yield from self.tls(value)

    def tls(self, value: Node) -> Iterator[steps.Step]:
        wanted = plain(value)
        settings = wanted if isinstance(wanted, dict) else {}
        cut = settings.get("cut")
        yield steps.NegotiateTls(
            certificate=steps.Certificate(settings.get("certificate", "trusted")),
            require_client_certificate=settings.get("client-certificate") == "required",
            cut=steps.Ending(cut) if cut else None,
            instead=str(settings.get("instead", "")).encode(),
            optional=settings.get("optional") is True,
            label="tls" if not settings else "",
        )

    def raw(self, value: Node) -> Iterator[steps.Step]:
        yield steps.Octets(octets=_content(value))

    def segment(self, value: Node) -> Iterator[steps.Step]:
        assert isinstance(value, Sequence)  # noqa: S101 - schema
        yield steps.Octets(octets=b"".join(_checked_reply(item) for item in value.items))

    def unasked(self, value: Node) -> Iterator[steps.Step]:
        yield steps.Reply(octets=_checked_reply(value), asked=False)

    def split(self, value: Node) -> Iterator[steps.Step]:
        assert isinstance(value, Mapping)  # noqa: S101 - schema
        reply = value.get("reply")
        assert reply is not None  # noqa: S101 - schema
        octets = _checked_reply(reply)
        cuts = [0, *(int(str(cut)) for cut in _list(value.get("at"))), len(octets)]
        if cuts != sorted(set(cuts)):
            message = f"at: the cuts must rise and lie within the {len(octets)} octets of the reply"
            raise ScenarioError([value.place.problem(message)])
        yield steps.Pieces(pieces=tuple(octets[a:b] for a, b in pairwise(cuts)))

    def dribble(self, value: Node) -> Iterator[steps.Step]:
        yield steps.Dribble(octets=_integer(value))

    def pause(self, value: Node) -> Iterator[steps.Step]:
        yield steps.Pause(seconds=float(str(plain(value))))

    def stall(self, value: Node) -> Iterator[steps.Step]:
        yield steps.Stall(seconds=float(str(plain(value))))

    def silence(self, _value: Node) -> Iterator[steps.Step]:
        yield steps.Silence()

    def stop_reading(self, _value: Node) -> Iterator[steps.Step]:
        yield steps.Silence(reading=False)

    def read(self, value: Node) -> Iterator[steps.Step]:
        yield steps.ReadOctets(octets=_integer(value))

    def flood(self, value: Node) -> Iterator[steps.Step]:
        assert isinstance(value, Mapping)  # noqa: S101 - schema
        sent, times = value.get("send"), value.get("times")
        assert sent is not None  # noqa: S101 - schema
        octets = _content(sent)
        count = times_of(times, len(octets), plain(times)) if times is not None else None
        yield steps.Flood(octets=octets, times=count)

    def close(self, value: Node) -> Iterator[steps.Step]:
        yield steps.Close(ending=steps.Ending(str(plain(value))))

    def peer(self, value: Node) -> Iterator[steps.Step]:
        facts = plain(value)
        assert isinstance(facts, dict)  # noqa: S101 - schema
        yield steps.CheckPeer(facts={name.replace("-", "_"): wanted for name, wanted in facts.items()})

    def optional(self, value: Node) -> Iterator[steps.Step]:
        yield steps.Branches(branches=(self._branch(value), ()))

    def either(self, value: Node) -> Iterator[steps.Step]:
        assert isinstance(value, Sequence)  # noqa: S101 - schema
        yield steps.Branches(branches=tuple(self._branch(item) for item in value.items))

    def _branch(self, value: Node) -> tuple[steps.Step, ...]:
        assert isinstance(value, Sequence)  # noqa: S101 - schema
        last_code = self.last_code
        branch = tuple(step for item in value.items for step in self.build(*_only_entry(item)))
        if branch and not isinstance(branch[0], steps.Command):
            self.problems.append(value.place.problem("a branch begins with the command (C:) that chooses it"))
        self.last_code = last_code
        return branch


_MAKERS: dict[str, Callable[[_Builder, Node], Iterable[steps.Step]]] = {
    "hello": _Builder.hello,
    "helo-only": _Builder.helo_only,
    "S": _Builder.reply,
    "C": _Builder.command,
    "data": _Builder.data,
    "accept": _Builder.accept,
    "starttls": _Builder.starttls,
    "tls": _Builder.tls,
    "raw": _Builder.raw,
    "segment": _Builder.segment,
    "unasked": _Builder.unasked,
    "split": _Builder.split,
    "dribble": _Builder.dribble,
    "pause": _Builder.pause,
    "stall": _Builder.stall,
    "silence": _Builder.silence,
    "stop-reading": _Builder.stop_reading,
    "read": _Builder.read,
    "flood": _Builder.flood,
    "close": _Builder.close,
    "peer": _Builder.peer,
    "optional": _Builder.optional,
    "either": _Builder.either,
}

STEP_NAMES = frozenset(_MAKERS) | {"next-connection"}


def _reply(line: str, *, label: str = "") -> steps.Reply:
    return steps.Reply(octets=reply_octets([line]), label=label or f"S: {line}")


def _resolved(text: str) -> str:
    return str(resolve(text, None))


def _command(text: str) -> steps.Command:
    return steps.Command(pattern=parse_pattern(text), label=f"C: {text}")


def _pattern(value: Node, *, verbatim: bool) -> CommandPattern:
    if isinstance(value, Sequence):
        if value.tag != "one-of":
            raise ScenarioError([value.place.problem("a list of commands needs the tag !one-of")])
        return one_of([_pattern(item, verbatim=verbatim) for item in value.items])
    text = str(resolve(str(plain(value) if plain(value) is not None else ""), None))
    match value.tag:
        case "":
            return exact(f"{text}\r\n".encode()) if verbatim else parse_pattern(text)
        case "exact":
            return exact(text.encode("latin-1"))
        case "re":
            return regular_expression(text)
    raise ScenarioError([value.place.problem(f"a command has no tag !{value.tag}; it takes !exact, !re and !one-of")])


def _checked_reply(value: Node) -> bytes:
    lines = [str(resolve(str(line), None)) for line in _list(value)]
    problems = [value.place.problem(problem) for problem in reply_problems(lines)]
    if problems:
        raise ScenarioError(problems)
    return reply_octets(lines)


def _mail_data(value: Node | None) -> steps.MailData:
    if value is None or value.tag == "any":
        return steps.MailData(content=None)
    if not isinstance(value, Sequence):
        return steps.MailData(content=_content(value))
    if value.tag != "one-of":
        raise ScenarioError([value.place.problem("a list of contents needs the tag !one-of")])
    first, *others = map(_content, value.items)
    return steps.MailData(content=first, others=tuple(others))


def _content(value: Node) -> bytes:
    if value.tag == "bytes":
        return octets_of(value, _NO_RUNTIME)
    if value.tag == "repeat" and isinstance(value, Mapping):
        text, times = repeat_of(value, _NO_RUNTIME)
        return text.encode() * times
    if not isinstance(value, Scalar) or value.value is None:
        raise ScenarioError([value.place.problem("octets are written as text, !bytes, !crlf or !repeat")])
    text = str(resolve(str(value.value), None))
    return (text.replace("\n", "\r\n") if value.tag == "crlf" else text).encode()


def _list(value: Node | None) -> list[object]:
    wanted = plain(value) if value is not None else []
    return wanted if isinstance(wanted, list) else [wanted]


def _integer(value: Node) -> int:
    return int(str(plain(value)))


def _brief(value: Node) -> str:
    text = str(plain(value)) if plain(value) is not None else ""
    return text if len(text) <= 70 else f"{text[:60]}… ({len(text)} characters)"


def _brief_octets(octets: bytes) -> str:
    return " / ".join(octets.decode("latin-1").split("\r\n")[:-1])
