"""This module owns what scenarios write under ``client:``: it turns nodes into client steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.errors import Problem, ScenarioError
from conformance.scenario.arguments import argument_value
from conformance.scenario.matchers import build_matcher
from conformance.scenario.model import ClientStep, Outcome, Verb
from conformance.scenario.parameters import Runtime
from conformance.scenario.server_steps import Carriage
from conformance.scenario.tree import Mapping, Node, Scalar, Sequence, did_you_mean, plain

_OUTCOME_KEYS = frozenset({"returns", "raises", "one-of", "outcome"})
_COMMON_KEYS = _OUTCOME_KEYS | {"attributes", "prints"}
_KEYS = {
    Verb.OPEN: _COMMON_KEYS | {"as", "args", "kwargs", "watch", "warns"},
    Verb.CALL: _COMMON_KEYS | {"on", "args", "kwargs", "challenges", "warns"},
    Verb.SET: frozenset({"on"}),
    Verb.GET: frozenset({"on", "attributes"}),
    Verb.ENTER: _COMMON_KEYS | {"on"},
    Verb.LEAVE: _COMMON_KEYS | {"on"},
    Verb.INSPECT: frozenset({"parameters", "bases", "value"}),
    Verb.EXPECT: frozenset(),
}
_CHECKS = frozenset({"prints", "challenges", "warns", "parameters", "bases", "value"})
EXPECT_KEYS = frozenset({"connection", "dialled", "audit", "watched", "never-sent"})
_DRY_RUN = Runtime(port=25, path="/path", ca_file="ca", client_certificate_file="c", client_key_file="k")


def build_client(node: Node, carriage: Carriage) -> tuple[ClientStep, ...]:
    """Return the steps that the list under ``client:`` describes.

    Raises:
        ScenarioError: all steps that are wrong, each at its place.
    """
    problems: list[Problem] = []
    built: list[ClientStep] = []
    for item in node.items if isinstance(node, Sequence) else ():
        assert isinstance(item, Mapping)  # noqa: S101 - the schema has seen to it
        try:
            step = _build_step(item)
        except ScenarioError as error:
            problems.extend(error.problems)
            continue
        built.extend(_carried(step, carriage))
    problems.extend(problem for step in built for problem in _value_problems(step))
    if problems:
        raise ScenarioError(problems)
    return tuple(built)


def _build_step(item: Mapping) -> ClientStep:
    verb = _verb_of(item)
    subject = item.get(verb)
    assert subject is not None  # noqa: S101 - _verb_of found it
    place = item.entries[0][0].place
    checks = [(key, value) for key in item if key in _CHECKS and (value := item.get(key)) is not None]
    if verb is Verb.EXPECT:
        checks = _entries(subject)
    kwargs = _entries(item.get("kwargs"))
    if verb in (Verb.SET, Verb.LEAVE):
        kwargs = _entries(subject)
    args = item.get("args")
    return ClientStep(
        verb=verb,
        place=place,
        label=_label(verb, subject, args),
        subject=str(plain(subject)) if isinstance(subject, Scalar) and subject.value is not None else "",
        on=str(plain(item.get("on" if verb is not Verb.OPEN else "as") or _scalar(item, "client"))),
        args=tuple(args.items) if isinstance(args, Sequence) else None if verb is Verb.OPEN else (),
        kwargs=tuple(kwargs),
        watch=tuple(map(str, _plain_list(item.get("watch")))),
        outcomes=tuple(_outcomes(item)),
        attributes=tuple(_entries(item.get("attributes"))),
        checks=tuple(checks),
    )


def _verb_of(item: Mapping) -> Verb:
    verbs = [verb for verb in Verb if item.get(verb) is not None]
    if len(verbs) != 1:
        found = " and ".join(verbs) if verbs else f"none ({', '.join(item)})"
        message = f"a client step has one of {', '.join(Verb)}; this has {found}"
        raise ScenarioError([item.place.problem(message)])
    allowed = _KEYS[verbs[0]]
    problems = [
        key.place.problem(f"{verbs[0]} takes no {key.value!r}{did_you_mean(str(key.value), allowed)}")
        for key, _ in item.entries
        if key.value != verbs[0] and key.value not in allowed
    ]
    if problems:
        raise ScenarioError(problems)
    return verbs[0]


def _outcomes(item: Mapping) -> Iterator[Outcome]:
    used = [key for key in item if key in _OUTCOME_KEYS]
    if len(used) > 1:
        raise ScenarioError([item.place.problem(f"a step comes out in one way, not {' and '.join(used)}")])
    match used:
        case []:
            yield Outcome()
        case ["outcome"]:
            yield Outcome(anything=True)
        case ["returns"]:
            yield Outcome(returns=item.get("returns"))
        case ["raises"]:
            yield _raised(item.get("raises"))
        case _:
            choices = item.get("one-of")
            assert isinstance(choices, Sequence)  # noqa: S101 - schema
            for choice in choices.items:
                assert isinstance(choice, Mapping)  # noqa: S101 - schema
                yield from _outcomes(choice)


def _raised(node: Node | None) -> Outcome:
    if isinstance(node, Scalar):
        return Outcome(raises=(str(node.value),))
    if isinstance(node, Sequence):
        return Outcome(raises=tuple(map(str, _plain_list(node))))
    assert isinstance(node, Mapping)  # noqa: S101 - schema
    name, attributes = node.entries[0]
    return Outcome(raises=(str(name.value),), attributes=tuple(_entries(attributes)))


def _carried(step: ClientStep, carriage: Carriage) -> Iterator[ClientStep]:
    """Yield the step as the transport of the scenario wants it."""
    if step.verb is not Verb.OPEN or step.subject != "SMTP":
        yield step
        return
    if carriage.lmtp:
        yield replace(step, subject="LMTP")
    elif carriage.transport == "tls":
        yield replace(step, subject="SMTP_SSL")
    else:
        yield step
    if carriage.starttls:
        context = Mapping(place=step.place, entries=(), tag="context")
        yield ClientStep(
            verb=Verb.CALL,
            place=step.place,
            label="call: starttls",
            subject="starttls",
            on=step.on,
            args=(),
            kwargs=(("context", context),),
            implied=True,
        )


def _value_problems(step: ClientStep) -> Iterator[Problem]:
    """Try every value of the step once, so that what is wrong shows before a run."""
    arguments = [*(step.args or ()), *(value for _, value in step.kwargs)]
    expected = [value for _, value in (*step.attributes, *step.checks)]
    for outcome in step.outcomes:
        expected.extend(value for _, value in outcome.attributes)
        if outcome.returns is not None:
            expected.append(outcome.returns)
    for node in arguments:
        try:
            argument_value(node, _DRY_RUN)
        except ScenarioError as error:
            yield from error.problems
    for node in expected:
        try:
            build_matcher(node, _DRY_RUN)
        except ScenarioError as error:
            yield from error.problems


def _label(verb: Verb, subject: Node, args: Node | None) -> str:
    text = f"{verb}: {_brief(subject)}".rstrip(": ")
    return f"{text} {_brief(args)}" if args is not None else text


def _brief(node: Node) -> str:
    value = plain(node)
    text = value if isinstance(value, str) else "" if value is None else repr(value)
    return text if len(text) <= 90 else f"{text[:80]}… ({len(text)} characters)"


def _entries(node: Node | None) -> list[tuple[str, Node]]:
    return [(str(key.value), value) for key, value in node.entries] if isinstance(node, Mapping) else []


def _plain_list(node: Node | None) -> list[object]:
    value = plain(node) if node is not None else []
    return value if isinstance(value, list) else [value]


def _scalar(item: Mapping, text: str) -> Scalar:
    return Scalar(place=item.place, value=text)
