"""This module owns how pytest collects the shipped corpus in a run from the command line: in one go, from its folder.

It is a plugin of that run alone. To pytest each folder and each file is a node of its own, with some ten hooks; in
every worker that takes as long as a tenth of the playing.
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
    """Collect the shipped corpus, where all of it is asked for."""
    return Corpus.from_parent(parent, path=path) if path == SHIPPED and parent.session.isinitpath(path) else None


class Corpus(pytest.Directory):
    """The shipped scenarios; ids of items are what they are where each file is a node."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield the selected scenarios for each candidate; a file that cannot be read tells so as a node of its own."""
        session = session_of(self.config)
        for source in find_sources(self.path):
            try:
                chosen = session.scenarios_in(source)
            except ScenarioError:
                yield ScenarioFile.from_parent(self, path=source.path, source=source)
            else:
                yield from scenario_items(self, chosen, nodeid=f"{source.file_id}.yaml", path=source.path)
