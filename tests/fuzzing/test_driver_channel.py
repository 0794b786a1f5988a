"""What the channel makes of any lines that a driver writes: answers, or trouble; and after trouble, nothing more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.driver.answers import Observation, Unsupported
from conformance.driver.channel import Channel, NotStartedError, trouble
from conformance.driver.requests import Call, Close, Start
from conformance.driver.trouble import CandidateTroubleError, TroubleKind
from conformance.errors import HarnessError
from tests.fuzzing.profiles import quick

_KEYS = st.sampled_from(
    [
        *("id", "started", "refused", "unsupported", "returned", "raised", "printed", "warnings", "duration", "events"),
        *("authobject_calls", "watched", "dialled", "class", "module", "instance_of", "attributes", "text", "where"),
        *("implementation", "version", "capabilities", "category", "errno", "type", "length", "start", "bases", "repr"),
        *(
            "$str",
            "$int",
            "$float",
            "$bytes",
            "$list",
            "$tuple",
            "$set",
            "$dict",
            "$self",
            "$absent",
            "$object",
            "$cut",
        ),
    ]
)
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from([28, 1e999, float("nan"), 10**400, 2**70, "\0", "\ud800", "aGk=", "1" * 5000, "stack-dump"]),
    st.floats(),
    st.text(max_size=8),
)
_JSON: st.SearchStrategy[Any] = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(_KEYS, st.text(max_size=4)), inner, max_size=5)
    ),
    max_leaves=12,
)
_ANSWERS = st.one_of(
    _JSON,
    st.builds(lambda value: {"returned": value}, _JSON),
    st.builds(
        lambda names, attributes, text: {
            "raised": {"class": "E", "instance_of": names, "attributes": attributes, "text": text}
        },
        st.one_of(_JSON, st.just(["OSError"])),
        st.one_of(_JSON, st.dictionaries(_KEYS, _JSON, max_size=3)),
        _JSON,
    ),
    st.builds(lambda value, more: {"returned": value, **more}, _JSON, st.dictionaries(_KEYS, _JSON, max_size=4)),
    st.builds(lambda kind, value: {"returned": {kind: value, "type": "T\0"}}, _KEYS, _JSON),
)
_STARTS = st.builds(
    lambda name, more: {"started": {"implementation": name, **more}}, _JSON, st.dictionaries(_KEYS, _JSON, max_size=3)
)
_NESTED = "[" * 500 + "]" * 500


class Lines:
    """A wire that answers with given lines, in order; a ``{}`` with a right number where the line is an object."""

    def __init__(self, lines: list[Any]) -> None:
        self._lines = lines
        self.ended = 0

    def exchange(self, line: bytes, *, within: float, request: str) -> bytes:  # noqa: ARG002
        assert not self.ended, "something went over a wire that had ended"
        if not self._lines:
            raise trouble(TroubleKind.HUNG, request, "no more lines")
        given = self._lines.pop(0)
        if isinstance(given, bytes):
            return given
        if isinstance(given, dict) and "id" not in given:
            given = {"id": json.loads(line)["id"], **given}
        return json.dumps(given).encode("utf-8", "surrogatepass")

    def breach(self, detail: str, request: str) -> CandidateTroubleError:
        return trouble(TroubleKind.BREACH, request, detail)

    def end(self) -> None:
        self.ended += 1

    def interrupt(self) -> None:
        """Nobody does, here."""

    def allow_stack_dumps(self) -> None:
        return


STARTED = {"started": {"implementation": "fuzzed"}}


@given(st.one_of(_STARTS, _ANSWERS, st.binary(max_size=60)))
@example({"started": {"implementation": "x", "capabilities": 5}})
@example({"raised": {"class": "E", "instance_of": [], "attributes": {"errno": []}, "text": ""}})
@quick(150)
def test_a_driver_starts_or_it_is_told_why_not(first: Any) -> None:
    """Whatever the first line is: an identity, or an error that says what is wrong, and the process is ended then."""
    wire = Lines([first])
    try:
        channel = Channel(wire, Start(drive="fuzzed"), within=1.0)
    except (CandidateTroubleError, HarnessError, NotStartedError):
        assert wire.ended
        return
    assert channel.usable
    assert repr(channel.identity)


@given(st.lists(st.one_of(_ANSWERS, _ANSWERS, st.binary(max_size=60)), max_size=4))
@example([{"returned": {"$int": 1e999}}])
@example([{"raised": {"class": "E", "instance_of": [], "attributes": {"errno": []}, "text": ""}}])
@example([{"raised": {"class": "E", "instance_of": [], "attributes": {"errno": 28}, "text": ""}}])
@example([b'{"id": 2, "returned": ' + _NESTED.encode() + b"}"])
@example([{"returned": {"$tuple": [], "type": "a\0b"}}])
@example([{"returned": None, "duration": 10**400}])
@example([{"returned": {"$self": "x", "type": "T"}}])
@quick(300)
def test_any_lines_are_answers_or_trouble_and_after_trouble_nothing_goes_over_the_wire(lines: list[Any]) -> None:
    """A line is an observation, "unsupported", or trouble; a channel in trouble has ended its process for good."""
    wire = Lines([STARTED, *lines])
    channel = Channel(wire, Start(drive="fuzzed"), within=1.0)
    for request in (Call(method="noop", args=()), Call(method="ehlo", args=()), Close()):
        try:
            answer = channel.request(request, within=1.0)
        except (CandidateTroubleError, HarnessError):
            assert not channel.usable
            assert wire.ended
            with pytest.raises(HarnessError):
                channel.request(request, within=1.0)
            return
        assert isinstance(answer, Observation | Unsupported)
        assert repr(answer)
    assert channel.at_rest
