"""This module owns how pytest plays a scenario in a run from the command line: without what only fixtures need.

It is a plugin of that run alone. pytest's own protocol makes three reports of a test, for its setup, call and teardown;
a scenario has no setup, and to make, send and read the other two costs as much as a tenth of the playing.
"""

from __future__ import annotations

import pytest

_END_THE_RUN = (pytest.exit.Exception, KeyboardInterrupt)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what the command line knows of its reader."""
    parser.addoption("--smtp-announce", action="store_true", help="tell what is played now: somebody looks on")


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
