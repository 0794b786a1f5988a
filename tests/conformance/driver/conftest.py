"""Channels to candidates of these tests; all that goes over them is checked against the protocol's schema."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import jsonschema
import pytest

import conformance.driver.python_driver
from conformance.driver.candidates import CandidateSpec, parse_candidate
from conformance.driver.channel import Channel
from conformance.driver.in_process import InProcessWire
from conformance.driver.process import ProcessWire
from conformance.driver.requests import Start
from conformance.driver.trouble import CandidateTroubleError
from tests.conformance.driver.asking import INTERPRETERS, interpreter_of

MINIATURES = Path(__file__).with_name("miniatures")
START_WITHIN = 60.0

Drive = Callable[[str], Channel]


@functools.cache
def schema() -> jsonschema.protocols.Validator:
    """The protocol's schema."""
    path = Path(conformance.driver.python_driver.__file__).with_name("protocol.schema.json")
    described = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(described)
    return jsonschema.Draft202012Validator(described)


class CheckedWire:
    """A wire that lets nothing pass that is not as the schema says."""

    def __init__(self, wire: ProcessWire | InProcessWire) -> None:
        self._wire = wire

    def exchange(self, line: bytes, *, within: float, request: str) -> bytes:
        schema().validate(json.loads(line))
        answer = self._wire.exchange(line, within=within, request=request)
        schema().validate(json.loads(answer))
        return answer

    def breach(self, detail: str, request: str) -> CandidateTroubleError:
        return self._wire.breach(detail, request)

    def interrupt(self) -> None:
        self._wire.interrupt()

    def allow_stack_dumps(self) -> None:
        self._wire.allow_stack_dumps()

    def end(self) -> None:
        self._wire.end()


def open_channel(spec: CandidateSpec) -> Channel:
    wire = ProcessWire(spec.command, environment=spec.environment())
    return Channel(CheckedWire(wire), Start(drive=spec.drive), within=START_WITHIN)


@pytest.fixture
def miniatures() -> Path:
    return MINIATURES


@pytest.fixture
def drive() -> Iterator[Drive]:
    """Drive one of the miniatures in this interpreter, in a process of its own."""
    with ExitStack() as channels:
        yield lambda text: channels.enter_context(open_channel(parse_candidate(text, folder=MINIATURES)))


@pytest.fixture
def obliging(drive: Drive) -> Channel:
    return drive("obliging")


@pytest.fixture(scope="module", params=INTERPRETERS)
def everywhere(request: pytest.FixtureRequest) -> Iterator[Channel]:
    """The obliging candidate in each interpreter that is found; each test begins a scenario of its own."""
    if not interpreter_of(request.param):
        pytest.skip(f"no interpreter {request.param} on this machine")
    spec = parse_candidate(f"obliging@{interpreter_of(request.param)}", folder=MINIATURES)
    with open_channel(spec) as channel:
        yield channel


@pytest.fixture(params=INTERPRETERS)
def drive_smtplib(request: pytest.FixtureRequest) -> Iterator[Channel]:
    """The smtplib of each interpreter that is found."""
    if not interpreter_of(request.param):
        pytest.skip(f"no interpreter {request.param} on this machine")
    with open_channel(parse_candidate(f"smtplib@{interpreter_of(request.param)}", folder=MINIATURES)) as channel:
        yield channel
