"""This module owns what pytest does in another way in a run from the command line: collecting, and playing.

It is a plugin of that run alone, beside ``pytest_plugin``. To pytest each folder and each file is a node of its own,
with some ten hooks, and a test has three reports, for its setup, call and teardown; a scenario has no setup. Either
would cost as much as a tenth of the playing.
"""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from conformance.errors import ScenarioError
from conformance.pytest_plugin import ScenarioFile, scenario_items, session_of
from conformance.scenario.collection import SHIPPED
from conformance.scenario.loader import find_sources

_END_THE_RUN = (pytest.exit.Exception, KeyboardInterrupt)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what the command line knows of its reader."""
    parser.addoption("--smtp-announce", action="store_true", help="tell what is played now: somebody looks on")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the collector of garbage away while much is made that stays to the end, and let it pass over that later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the shipped corpus from its folder, where all of it is asked for."""
    return Corpus.from_parent(parent, path=path) if path == SHIPPED and parent.session.isinitpath(path) else None


class Corpus(pytest.Directory):
    """The shipped scenarios; ids of items are what they are where each file is a node."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield the selected scenarios for each candidate; a file that cannot be read tells so as a node of its own."""
        session = session_of(self.config)
        session.start_first()
        for source in find_sources(self.path):
            try:
                chosen = session.scenarios_in(source)
            except ScenarioError:
                yield ScenarioFile.from_parent(self, path=source.path, source=source)
            else:
                yield from scenario_items(self, chosen, nodeid=f"{source.file_id}.yaml", path=source.path)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool:
    """Play one scenario, and report its call only."""
    hooks = item.ihook
    announces = item.config.getoption("--smtp-announce")
    if announces:
        hooks.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    call = pytest.CallInfo.from_call(item.runtest, when="call", reraise=_END_THE_RUN)
    report = hooks.pytest_runtest_makereport(item=item, call=call)
    hooks.pytest_runtest_logreport(report=report)
    if announces:
        hooks.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
