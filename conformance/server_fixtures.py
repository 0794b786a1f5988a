"""This module owns the pytest fixtures of the fake servers: ``smtp_server``, ``lmtp_server`` and their kin.

It is loaded by pytest wherever this distribution is installed, also where the suite's own requirements are not: so it
imports them only once a server is asked for.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fake_servers.mail_server import MailServer

_SERVERS = pytest.StashKey["list[MailServer]"]()
_MARKER = "mail_server"


class ServerFaultError(Exception):
    """A fake server itself was at fault, or could not be ended: what it saw is not to be trusted."""


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(*presets, play=None, rules=(), time_factor=1.0, **settings): what the mail servers of a test do: "
        "presets or rule files, a scenario to play, rules as (place, reply) pairs, settings of the conduct",
    )


def _started(request: pytest.FixtureRequest, name: str, *, transport: str = "tcp", lmtp: bool = False) -> MailServer:
    """Return a running server that behaves as the markers of the test say."""
    try:
        from conformance.errors import SuiteError
        from conformance.serving.library import FileLibrary
        from fake_servers.mail_server import MailServer
        from fake_servers.manners import Conduct
        from fake_servers.rule_text import RuleError
        from fake_servers.steps import Transport
    except ImportError as error:
        pytest.fail(f"fake servers need {error.name}: pip install 'smtp-conformance[conformance]'", pytrace=False)
    settings: dict[str, Any] = {}
    markers = list(request.node.iter_markers(_MARKER))[::-1]
    for marker in markers:
        settings |= marker.kwargs
    named = {key: settings.pop(key) for key in ("play", "rules", "time_factor") if key in settings}
    with contextlib.ExitStack() as undo:
        try:
            server = MailServer(
                Conduct(lmtp=lmtp, **settings),
                transport=Transport(transport),
                library=FileLibrary(),
                time_factor=named.get("time_factor", 1.0),
                name=name,
            )
            undo.callback(server.stop)
            for preset in (preset for marker in markers for preset in marker.args):
                server.preset(preset)
            for at, reply in named.get("rules", ()):
                server.rule(at, reply)
            if "play" in named:
                server.play(named["play"])
        except (SuiteError, RuleError, TypeError, ValueError, OSError) as error:
            pytest.fail(f"{name} cannot be what the marker {_MARKER} says: {error}", pytrace=False)
        undo.pop_all()
    server.start()
    request.node.stash.setdefault(_SERVERS, []).append(server)
    return server


def _ended(server: MailServer) -> None:
    """Stop a server, within its deadline.

    Raises:
        ServerFaultError: it was at fault.
    """
    server.stop()
    if server.transcript.faults:
        raise ServerFaultError("\n".join(server.transcript.faults))


@pytest.fixture
def smtp_server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    """A well-behaved ESMTP server with STARTTLS and AUTH, on a port of its own."""
    server = _started(request, "smtp_server")
    yield server
    _ended(server)


@pytest.fixture
def smtp_tls_server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    """The same under implicit TLS, as on port 465."""
    server = _started(request, "smtp_tls_server", transport="tls")
    yield server
    _ended(server)


@pytest.fixture
def lmtp_server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    """A well-behaved LMTP server, on a port of its own."""
    server = _started(request, "lmtp_server", lmtp=True)
    yield server
    _ended(server)


@pytest.fixture
def lmtp_unix_server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    """A well-behaved LMTP server, on a Unix socket of its own."""
    server = _started(request, "lmtp_unix_server", transport="unix", lmtp=True)
    yield server
    _ended(server)


@pytest.fixture
def mail_server_factory(request: pytest.FixtureRequest) -> Iterator[Callable[..., MailServer]]:
    """Make as many servers as the test needs: ``mail_server_factory("backup", transport="tls", lmtp=False)``."""
    made: list[MailServer] = []

    def make(name: str = "mail server", *, transport: str = "tcp", lmtp: bool = False) -> MailServer:
        made.append(_started(request, name, transport=transport, lmtp=lmtp))
        return made[-1]

    yield make
    for server in made:
        server.stop()
    for server in made:
        _ended(server)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Show what was said to a test that failed, and tell what had to be cut behind it."""
    report = yield
    servers = item.stash.get(_SERVERS, [])
    if report.failed and call.when == "call":
        report.sections += [(f"{server.name}: what was said", server.dialogue) for server in servers]
    if call.when == "teardown":
        cut = [f"{item.nodeid}: {server.name}: {what}" for server in servers for what in server.cut]
        if cut:
            report.mail_servers_cut = cut  # a list of texts passes from worker to controller unharmed
    return report


class _Summary:
    """Collects what had to be cut, and tells it at the end of the run."""

    def __init__(self) -> None:
        self.cut: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of what a test left behind."""
        self.cut += getattr(report, "mail_servers_cut", [])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell it."""
        if self.cut:
            terminalreporter.section("connections that fake servers had to cut")
            for line in self.cut:
                terminalreporter.write_line(line)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Listen to reports where they are told to people: in the controller of pytest-xdist, not in its workers."""
    if not hasattr(session.config, "workerinput"):
        session.config.pluginmanager.register(_Summary(), "smtp-conformance-servers")
