"""This module owns the answers of the driver protocol as values, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from conformance.driver.values import FormError, Json, decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A step returned a value."""

    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A step raised an exception.

    Attributes:
        class_name: the name of its class.
        module: where that class is defined.
        instance_of: all names by which a program can catch it: those of the candidate's module (``SMTPDataError``),
            builtins (``OSError``), others with their module (``socket.timeout``, ``ssl.SSLError``).
        attributes: ``smtp_code``, ``recipients``, ``errno`` and whatever else is public.
        text: ``str()`` of it.
        where: the last places that it passed, outermost first.
    """

    class_name: str
    module: str
    instance_of: tuple[str, ...]
    attributes: Mapping[str, object]
    text: str
    where: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.class_name}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningSeen:
    """A warning that a step gave."""

    category: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """An audit event that was raised during a step."""

    name: str
    args: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedCall:
    """A call of a watched method."""

    on: str
    method: str
    args: tuple[object, ...]
    kwargs: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """All that was seen of one step. Records are those of the step; at ``close`` those of the whole scenario.

    Attributes:
        outcome: what came out of it.
        printed: what the candidate wrote to ``sys.stdout`` and ``sys.stderr``, in one.
        warnings: the warnings it gave, ResourceWarning excepted.
        duration: in seconds, as the driver measured it.
        authobject_calls: the arguments of each call of an authobject.
        events: audit events, where they are recorded.
        watched: calls of watched methods.
        dialled: host and port of each attempt to connect, as the client asked, where a host table is given.
    """

    outcome: Returned | Raised
    printed: str = ""
    warnings: tuple[WarningSeen, ...] = ()
    duration: float = 0.0
    authobject_calls: tuple[tuple[object, ...], ...] = ()
    events: tuple[AuditEvent, ...] = ()
    watched: tuple[WatchedCall, ...] = ()
    dialled: tuple[tuple[object, object], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """The candidate or its driver has nothing to do this with."""

    reason: str


Answer: TypeAlias = Observation | Unsupported


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a driver says of itself and of what it drives.

    Attributes:
        implementation: the name of the client.
        version: of the client; empty where it is not known.
        language: name and version: ``CPython 3.11.7``.
        executable: the program that runs it.
        platform: the system that it runs on.
        openssl: the TLS library; empty where there is none.
        file: where the client was loaded from; empty where that says nothing.
        capabilities: what can be given, and what else not every driver does.
    """

    implementation: str
    version: str = ""
    language: str = ""
    executable: str = ""
    platform: str = ""
    openssl: str = ""
    file: str = ""
    capabilities: frozenset[str] = frozenset()

    def __str__(self) -> str:
        parts = [f"{self.implementation} {self.version}".strip(), self.language, self.openssl]
        return ", ".join(filter(None, parts))


def read_identity(answer: Mapping[str, Any]) -> Identity:
    """Return what an answer to ``start`` says.

    Raises:
        FormError: it says something else.
    """
    started = answer["started"]
    if not isinstance(started, dict) or not isinstance(started.get("implementation"), str):
        raise FormError("the answer to start names no implementation")
    texts = {
        name: str(started.get(name) or "")
        for name in ("implementation", "version", "language", "executable", "platform", "openssl", "file")
    }
    return Identity(capabilities=frozenset(map(str, started.get("capabilities", ()))), **texts)


def read_answer(answer: Mapping[str, Any]) -> Answer:
    """Return what an answer to any other request says.

    Raises:
        FormError: it is not as the protocol says.
    """
    if "unsupported" in answer:
        return Unsupported(reason=str(answer["unsupported"]))
    try:
        return _observation(answer)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        if isinstance(error, FormError):
            raise
        raise FormError(f"the answer lacks something or holds something else: {error!r}") from error


_BESIDE_THE_OUTCOME = frozenset({"printed", "warnings", "authobject_calls", "events", "watched", "dialled"})


def _observation(answer: Mapping[str, Any]) -> Observation:
    outcome = _outcome(answer)
    duration = float(answer.get("duration", 0.0))
    if _BESIDE_THE_OUTCOME.isdisjoint(answer):  # nearly always, and a run reads some thousands
        return Observation(outcome=outcome, duration=duration)
    return Observation(
        outcome=outcome,
        printed=str(answer.get("printed", "")),
        warnings=tuple(
            WarningSeen(category=str(item["category"]), text=str(item["text"])) for item in answer.get("warnings", ())
        ),
        duration=duration,
        authobject_calls=tuple(_values(args) for args in answer.get("authobject_calls", ())),
        events=tuple(AuditEvent(name=str(name), args=_values(args)) for name, *args in answer.get("events", ())),
        watched=tuple(
            WatchedCall(on=str(on), method=str(method), args=_values(args), kwargs=_named_values(kwargs))
            for on, method, args, kwargs in answer.get("watched", ())
        ),
        dialled=tuple((decode(host), decode(port)) for host, port in answer.get("dialled", ())),
    )


def _outcome(answer: Mapping[str, Any]) -> Returned | Raised:
    if ("returned" in answer) == ("raised" in answer):
        raise FormError('an answer has exactly one of "returned", "raised" and "unsupported"')
    if "returned" in answer:
        return Returned(value=decode(answer["returned"]))
    raised = answer["raised"]
    return Raised(
        class_name=str(raised["class"]),
        module=str(raised.get("module", "")),
        instance_of=tuple(map(str, raised["instance_of"])),
        attributes=_named_values(raised.get("attributes", {})),
        text=str(raised["text"]),
        where=tuple(map(str, raised.get("where", ()))),
    )


def _values(forms: list[Json]) -> tuple[object, ...]:
    return tuple(decode(form) for form in forms)


def _named_values(forms: Mapping[str, Json]) -> dict[str, object]:
    return {str(name): decode(form) for name, form in forms.items()}
