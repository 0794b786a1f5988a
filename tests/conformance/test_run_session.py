"""The first candidate of a run is started while there is something else to do, and who plays first plays with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.driver.process import ProcessWire
from conformance.errors import CandidateError
from conformance.runner.session import RunSession
from conformance.runner.verdict import Verdict
from conformance.scenario.collection import SHIPPED
from conformance.scenario.loader import source_of


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was started so far."""
    commands: list[object] = []
    start = ProcessWire.__init__

    def note(self: ProcessWire, command: object, **settings: object) -> None:
        commands.append(command)
        start(self, command, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(ProcessWire, "__init__", note)
    return commands


@pytest.fixture
def session(request: pytest.FixtureRequest) -> Iterator[RunSession]:
    """A run of one candidate."""
    of_one = RunSession(clients=[request.param])
    yield of_one
    of_one.close()


@pytest.mark.parametrize("session", ["smtplib"], indirect=True)
def test_who_plays_first_gets_the_candidate_that_was_started_first(session: RunSession, started: list[object]) -> None:
    session.start_first()
    session.start_first()
    scenario, *_ = session.scenarios_in(source_of(SHIPPED / "session" / "quit.yaml", SHIPPED))
    assert session.run(scenario, "smtplib").verdict is Verdict.PASS
    assert len(started) == 1


@pytest.mark.parametrize("session", ["no_such_client"], indirect=True)
def test_a_candidate_that_cannot_be_started_is_told_by_who_plays_with_it(
    session: RunSession, started: list[object]
) -> None:
    session.start_first()
    scenario, *_ = session.scenarios_in(source_of(SHIPPED / "session" / "quit.yaml", SHIPPED))
    with pytest.raises(CandidateError, match="no_such_client cannot be driven"):
        session.run(scenario, "no_such_client")
    assert len(started) == 2


@pytest.mark.parametrize("session", ["smtplib"], indirect=True)
def test_one_that_nobody_played_with_is_ended_with_the_run(session: RunSession, started: list[object]) -> None:
    session.start_first()
    session.close()
    assert len(started) == 1
    assert not [candidate for candidate in session._all_candidates() if candidate.is_ready]
