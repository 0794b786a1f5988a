"""This module owns the verdict: what was observed against what the scenario expects. All differences, not the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.driver.answers import Observation, Raised, Returned
from conformance.driver.values import Absent, Named
from conformance.runner.play import Played, PlayedStep
from conformance.runner.verdict import MOST_EVENTS, Difference, Result, Verdict, WireBreach, line_of
from conformance.runner.wire_clauses import WIRE_CLAUSES
from conformance.scenario.matchers import Matcher, Satisfies, build_matcher, shown
from conformance.scenario.model import ClientStep, Outcome, Scenario, Verb
from conformance.scenario.parameters import Runtime
from conformance.scenario.tree import Node, plain
from fake_servers.transcript import Kind, Transcript

FAKE_SERVER_FAILED = "the fake server failed, which is no fault of the candidate's:"
"""How the reason begins where the suite is at fault."""


def judge(scenario: Scenario, candidate: str, played: Played, *, brief: bool = False) -> Result:
    """Return the verdict on what was observed.

    Args:
        scenario: what had to come out.
        candidate: as the user named it.
        played: what came out.
        brief: whether the result comes without its dialogue if all is well: to keep it takes as long as to judge.
    """
    transcript = played.transcript or Transcript()
    breaches = tuple(
        WireBreach(clause=WIRE_CLAUSES[breach.rule], message=breach.message, event=breach.event)
        for breach in transcript.breaches
    )
    own = [breach for breach in breaches if breach.clause in scenario.clauses]
    differences = (
        *_deviations(transcript),
        *(
            Difference(step="on the wire", line=0, expected=breach.clause, got=breach.message, event=breach.event)
            for breach in own
        ),
        *_step_differences(played),
        *_end_differences(played),
    )
    verdict, reason = _verdict(played, transcript, differences)
    is_untold = brief and verdict is Verdict.PASS and not breaches
    return Result(
        id=scenario.id,
        candidate=candidate,
        level=str(scenario.level),
        verdict=verdict,
        clauses=scenario.clauses,
        duration=round(played.duration, 6),
        title=scenario.title,
        path=scenario.path,
        tags=tuple(sorted(scenario.tags)),
        differences=differences if verdict in (Verdict.FAIL, Verdict.ERROR) else (),
        breaches=tuple(breach for breach in breaches if breach not in own),
        reason=reason,
        dialogue=() if is_untold else tuple(line_of(event) for event in transcript.events[:MOST_EVENTS]),
    )


def _verdict(played: Played, transcript: Transcript, differences: tuple[Difference, ...]) -> tuple[Verdict, str]:
    if transcript.faults:
        return Verdict.ERROR, "\n".join([FAKE_SERVER_FAILED, *transcript.faults])
    if played.trouble:
        return Verdict.ERROR, str(played.trouble)
    if played.unsupported:
        return Verdict.UNSUPPORTED, played.unsupported
    return (Verdict.FAIL if differences else Verdict.PASS), ""


def _deviations(transcript: Transcript) -> Iterator[Difference]:
    for deviation in transcript.deviations:
        yield Difference(
            step=deviation.step or "behind the last step of the script",
            line=deviation.line,
            expected=deviation.expected,
            got=deviation.received,
            event=deviation.event,
        )


def _step_differences(played: Played) -> Iterator[Difference]:
    for seen in played.steps:
        if isinstance(seen.answer, Observation) and seen.step.verb is not Verb.EXPECT:
            if seen.step.verb is Verb.INSPECT:
                yield from _inspection(seen, played.runtime)
                continue
            yield from _outcome_differences(seen.step, seen.answer, played.runtime)
            yield from _attribute_differences(seen, played.runtime)
            yield from _report_differences(seen.step, seen.answer, played.runtime)


def _compare(step: ClientStep, what: str, node: Node, observed: object, runtime: Runtime) -> Iterator[Difference]:
    yield from _matched(step, what, build_matcher(node, runtime), observed, node.place.line)


def _matched(step: ClientStep, what: str, matcher: Matcher, observed: object, line: int) -> Iterator[Difference]:
    for mismatch in matcher.mismatches(observed):
        yield Difference(
            step=step.label, line=line, expected=f"{what}{mismatch.where} {mismatch.expected}", got=mismatch.got
        )


def _outcome_differences(step: ClientStep, answer: Observation, runtime: Runtime) -> Iterator[Difference]:
    """Yield nothing if one of the outcomes came about, else how the nearest one differs."""
    candidates = [list(_one_outcome(step, outcome, answer, runtime)) for outcome in step.outcomes]
    if all(candidates):
        nearest = min(candidates, key=lambda found: (_of_other_kind(found), len(found)))
        if len(candidates) > 1 and _of_other_kind(nearest):
            expected = " or ".join(_in_words(outcome) for outcome in step.outcomes)
            nearest = [Difference(step=step.label, line=step.place.line, expected=expected, got=_came(answer))]
        yield from nearest


def _of_other_kind(found: list[Difference]) -> bool:
    return any(difference.expected.startswith(("to return", "an exception")) for difference in found)


def _one_outcome(step: ClientStep, outcome: Outcome, answer: Observation, runtime: Runtime) -> Iterator[Difference]:
    came = answer.outcome
    if outcome.anything:
        return
    if isinstance(came, Returned):
        if outcome.raises:
            yield Difference(step=step.label, line=step.place.line, expected=_in_words(outcome), got=_came(answer))
        elif outcome.returns is not None:
            yield from _compare(step, "the return value", outcome.returns, came.value, runtime)
        return
    if not set(outcome.raises) & _names_of(came):
        yield Difference(step=step.label, line=step.place.line, expected=_in_words(outcome), got=_came(answer))
    else:
        for name, node in outcome.attributes:
            value = came.attributes.get(name, Absent("no such attribute"))
            yield from _compare(step, f"the exception's {name}", node, value, runtime)


def _names_of(raised: Raised) -> set[str]:
    return {raised.class_name, *raised.instance_of}


def _in_words(outcome: Outcome) -> str:
    if outcome.raises:
        return f"an exception: {' or '.join(outcome.raises)}"
    return "to return" if outcome.returns is None else f"to return {plain(outcome.returns)!r}"


def _came(answer: Observation) -> str:
    if isinstance(answer.outcome, Returned):
        return f"a return: {shown(answer.outcome.value)}"
    where = f" (at {answer.outcome.where[-1]})" if answer.outcome.where else ""
    return f"{answer.outcome}{where}"


def _attribute_differences(seen: PlayedStep, runtime: Runtime) -> Iterator[Difference]:
    if isinstance(seen.answer, Observation) and not seen.attributes and isinstance(seen.answer.outcome, Raised):
        return  # the object was never made; that is said already
    for name, node in seen.step.attributes:
        observed = seen.attributes.get(name, Absent("not answered"))
        yield from _compare(seen.step, f"attribute {name}", node, observed, runtime)


def _report_differences(step: ClientStep, answer: Observation, runtime: Runtime) -> Iterator[Difference]:
    for name, node in step.checks:
        match name:
            case "prints":
                yield from _compare(step, "printed", node, answer.printed, runtime)
            case "challenges":
                yield from _compare(step, "challenges", node, _challenges(answer), runtime)
            case "warns":
                given = tuple(warning.category for warning in answer.warnings)
                yield from _warning_differences(step, node, given, runtime)


def _warning_differences(
    step: ClientStep, node: Node, given: tuple[str, ...], runtime: Runtime
) -> Iterator[Difference]:
    if node.tag:
        yield from _compare(step, "the warnings' categories:", node, given, runtime)
        return
    category = str(plain(node))
    matcher = Satisfies(f"a {category}", lambda seen: isinstance(seen, tuple) and category in seen)
    yield from _matched(step, "a warning:", matcher, given, node.place.line)


def _challenges(answer: Observation) -> tuple[object, ...]:
    """Return what an authobject was called with; None where it was called without a challenge."""
    return tuple(args[0] if args else None for args in answer.authobject_calls)


def _inspection(seen: PlayedStep, runtime: Runtime) -> Iterator[Difference]:
    assert isinstance(seen.answer, Observation)  # noqa: S101 - the caller has seen to it
    outcome = seen.answer.outcome
    found = outcome.value if isinstance(outcome, Returned) else {}
    value = found.get(seen.step.subject, Absent("not answered")) if isinstance(found, dict) else Absent("not answered")
    for name, node in seen.step.checks:
        observed = tuple(value) if isinstance(value, list) else value
        yield from _compare(seen.step, name, node, observed, runtime)


def _end_differences(played: Played) -> Iterator[Difference]:
    for seen in played.steps:
        if seen.step.verb is not Verb.EXPECT:
            continue
        for name, node in seen.step.checks:
            if name == "connection":
                if seen.connection and seen.connection != plain(node):
                    line = node.place.line
                    yield Difference(
                        step="expect", line=line, expected=f"the connection {plain(node)}", got=seen.connection
                    )
            else:
                yield from _END_CHECKS[name](seen.step, node, played)


def _audit(step: ClientStep, node: Node, played: Played) -> Iterator[Difference]:
    yield from _compare(step, "audit events", node, tuple(_acts(played)), played.runtime)


def _acts(played: Played) -> Iterator[tuple[object, ...]]:
    """Yield what the audit events tell, each act once.

    The norm and later editions of the same page name the events differently (an erratum): either name passes, or both.
    """
    before, name_before = None, ""
    for event in played.closing.events if played.closing else ():
        act = (event.name.removeprefix("smtplib.").removeprefix("SMTP."), *map(_name_of_object, event.args))
        if act == before and event.name != name_before:
            before = None
            continue
        yield act
        before, name_before = act, event.name


def _name_of_object(value: object) -> object:
    return value.name if isinstance(value, Named) else value


def _dialled(step: ClientStep, node: Node, played: Played) -> Iterator[Difference]:
    dialled = played.closing.dialled if played.closing else ()
    yield from _compare(step, "dialled", node, tuple(dialled), played.runtime)


def _watched(step: ClientStep, node: Node, played: Played) -> Iterator[Difference]:
    calls = played.closing.watched if played.closing else ()
    observed = tuple((call.method, *call.args, *([dict(call.kwargs)] if call.kwargs else [])) for call in calls)
    yield from _compare(step, "calls of watched methods", node, observed, played.runtime)


def _never_sent(_step: ClientStep, node: Node, played: Played) -> Iterator[Difference]:
    events = played.transcript.events if played.transcript else []
    wanted = plain(node)
    for text in wanted if isinstance(wanted, list) else []:
        octets = str(text).encode()
        for index, event in enumerate(events):
            if event.kind is Kind.CLIENT and octets in event.octets:
                yield Difference(
                    step="expect",
                    line=node.place.line,
                    expected=f"{text!r} never to be sent",
                    got="it was sent",
                    event=index,
                )


_END_CHECKS: dict[str, Callable[[ClientStep, Node, Played], Iterator[Difference]]] = {
    "audit": _audit,
    "dialled": _dialled,
    "watched": _watched,
    "never-sent": _never_sent,
}
