"""Making requests in tests (each helper fails where the answer is of another kind), and in which interpreters."""

from __future__ import annotations

import functools
from pathlib import Path

from conformance.driver.answers import Observation, Raised, Returned
from conformance.driver.channel import Channel
from conformance.driver.interpreters import find_interpreter
from conformance.driver.requests import Request
from conformance.errors import CandidateError

WITHIN = 30.0
INTERPRETERS = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "pypy3")


@functools.cache
def interpreter_of(name: str) -> str:
    """The path of an interpreter; empty if there is none here."""
    try:
        return find_interpreter(name, folder=Path.cwd())
    except CandidateError:
        return ""


def observe(channel: Channel, request: Request) -> Observation:
    answer = channel.request(request, within=WITHIN)
    assert isinstance(answer, Observation), answer
    return answer


def returned(channel: Channel, request: Request) -> object:
    outcome = observe(channel, request).outcome
    assert isinstance(outcome, Returned), outcome
    return outcome.value


def raised(channel: Channel, request: Request) -> Raised:
    outcome = observe(channel, request).outcome
    assert isinstance(outcome, Raised), outcome
    return outcome
