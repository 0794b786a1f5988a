"""This module owns the pytest side of a run: scenario files are collected, each scenario is a test.

It is loaded by pytest wherever this distribution is installed, also where the suite's own requirements are not: so it
imports them only once scenarios are asked for.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.runner.session import RunSession
    from conformance.runner.verdict import Result
    from conformance.scenario.loader import Source
    from conformance.scenario.model import Scenario

_SESSION = pytest.StashKey["RunSession"]()
DEFAULT_CLIENT = "reference_client"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of ``smtp-conformance run`` under names of their own."""
    group = parser.getgroup("smtp-conformance", "conformance of SMTP clients")
    group.addoption(
        "--smtp-client",
        action="append",
        default=[],
        metavar="SPEC",
        help=f"candidate to judge, repeatable (default: {DEFAULT_CLIENT})",
    )
    group.addoption(
        "--smtp-scenarios",
        action="append",
        default=[],
        metavar="DIR",
        help="a folder of scenarios beside the shipped ones, repeatable",
    )
    group.addoption("--smtp-select", action="append", default=[], metavar="PATTERN", help="id, family, glob or clause")
    group.addoption("--smtp-level", action="append", default=[], metavar="LEVEL", help="only scenarios of this level")
    group.addoption("--smtp-tag", action="append", default=[], metavar="TAG", help="only scenarios with this tag")
    group.addoption(
        "--smtp-timeout-factor", type=float, default=1.0, metavar="X", help="multiplies every time in scenarios"
    )
    group.addoption(
        "--smtp-in-process", action="store_true", help="no process of its own for the candidate: for debugging"
    )
    group.addoption(
        "--smtp-brief", action="store_true", help="results of what passes come without what went over the wire"
    )
    group.addoption(
        "--smtp-baseline",
        action="append",
        default=[],
        metavar="F",
        help="known failures of a candidate: a file, a folder of them, or 'shipped'; repeatable",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register what scenario items are marked with."""
    config.addinivalue_line("markers", "smtp(level): a scenario of smtp-conformance, and who settles its matter")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the scenario files of the shipped corpus and of the folders that the user names."""
    if file_path.suffix != ".yaml":
        return None
    import scenarios

    own = [Path(folder).resolve() for folder in parent.config.getoption("--smtp-scenarios")]
    root = next((root for root in (scenarios.ROOT, *own) if file_path.is_relative_to(root)), None)
    if root is None or file_path == root / "clauses.yaml":
        return None
    from conformance.scenario.loader import source_of

    return ScenarioFile.from_parent(parent, path=file_path, source=source_of(file_path, root))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give the scenarios that wait for time to pass their turns among the others, which are played meanwhile."""
    if _SESSION in config.stash:
        from conformance.runner.ahead import in_order_of_turns

        idle: dict[pytest.Item, float] = {
            item: item.scenario.idle_seconds for item in items if isinstance(item, ScenarioItem)
        }
        waiting = [item for item in items if idle.get(item)]
        others = [item for item in items if not idle.get(item)]
        # pytest-xdist gives each of its workers a part of the same order.
        workers = getattr(config, "workerinput", {"workercount": 1})["workercount"]
        items[:] = in_order_of_turns(waiting, others, seconds=idle.__getitem__, queues=workers)
        plays = [(item.scenario, item.client) for item in items if isinstance(item, ScenarioItem)]
        config.stash[_SESSION].play_ahead(plays, queues=workers)


def session_of(config: pytest.Config) -> RunSession:
    """Return what the whole run shares; made when the first scenario is collected."""
    if _SESSION not in config.stash:
        from conformance.baselines.form import read_baselines
        from conformance.errors import SuiteError
        from conformance.runner.session import RunSession

        try:
            config.stash[_SESSION] = RunSession(
                clients=config.getoption("--smtp-client") or [DEFAULT_CLIENT],
                roots=[Path(folder).resolve() for folder in config.getoption("--smtp-scenarios")],
                patterns=config.getoption("--smtp-select"),
                levels=config.getoption("--smtp-level"),
                tags=config.getoption("--smtp-tag"),
                time_factor=config.getoption("--smtp-timeout-factor"),
                in_process=config.getoption("--smtp-in-process"),
                brief=config.getoption("--smtp-brief"),
                baselines=read_baselines(config.getoption("--smtp-baseline")),
            )
        except SuiteError as error:
            pytest.exit(str(error), returncode=error.exit_code)
    return config.stash[_SESSION]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the candidates' processes."""
    if _SESSION in config.stash:
        config.stash[_SESSION].close()


class ScenarioFile(pytest.File):
    """One scenario file; collects an item for each row, transport and candidate."""

    def __init__(self, *, source: Source, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._source = source

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the selected scenarios of the file, for each candidate.

        Raises:
            CollectError: the file is broken; the message says all that is wrong, with places.
        """
        from conformance.errors import ScenarioError

        session = session_of(self.config)
        try:
            chosen = session.scenarios_in(self._source)
        except ScenarioError as error:
            if not session.may_mean(self._source):
                return
            raise self.CollectError(str(error)) from error
        yield from scenario_items(self, chosen, nodeid=self.nodeid, path=self.path)


def scenario_items(
    parent: pytest.Collector, scenarios: Sequence[Scenario], *, nodeid: str, path: Path
) -> Iterator[ScenarioItem]:
    """Yield an item for each of a file's scenarios and each candidate; the file's id in pytest begins theirs."""
    clients = session_of(parent.config).clients
    for client in clients:
        suffix = f" @{client}" if len(clients) > 1 else ""
        for scenario in scenarios:
            name = f"{scenario.id}{suffix}"
            # Said in full: of a name alone, pytest 9.2 makes another id than of the same id in its cache (--lf).
            yield ScenarioItem.from_parent(
                parent, name=name, nodeid=f"{nodeid}::{name}", path=path, scenario=scenario, client=client
            )


@functools.cache
def _mark(level: str) -> pytest.MarkDecorator:
    return pytest.mark.smtp(level=level)


class NotConformingError(Exception):
    """A scenario did not pass; carries its result to the report, and says of itself all that is known."""

    def __init__(self, result: Result, text: str) -> None:
        super().__init__(text)
        self.result = result


class ScenarioItem(pytest.Item):
    """One scenario against one candidate."""

    def __init__(self, *, scenario: Scenario, client: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scenario = scenario
        self.client = client
        self.result: Result | None = None
        self.add_marker(_mark(str(scenario.level)))
        self.extra_keyword_matches.update({client, str(scenario.level), *scenario.tags, *scenario.clauses})
        self.user_properties.extend([("candidate", client), ("level", str(scenario.level))])

    def runtest(self) -> None:
        """Play the scenario; skipped where the candidate has no such operation, xfailed where its baseline lists it."""
        from conformance.errors import SuiteError
        from conformance.report.failure import failure_text
        from conformance.report.summary import is_wrong
        from conformance.runner.verdict import Verdict

        try:
            self.result = session_of(self.config).run(self.scenario, self.client)
        except SuiteError as error:
            pytest.exit(str(error), returncode=error.exit_code)
        match self.result.verdict:
            case Verdict.UNSUPPORTED:
                pytest.skip(self.result.reason)
            case Verdict.KNOWN:
                pytest.xfail(self.result.reason)
            case _ if is_wrong(self.result):
                raise NotConformingError(self.result, failure_text(self.result, session_of(self.config).clauses))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the text that explains a failure without further digging."""
        if isinstance(excinfo.value, NotConformingError):
            from conformance.report.failure import first_words

            representation: Any = excinfo.getrepr(
                style="value"
            )  # passes from a worker to the controller, as text does not
            representation.reprcrash.message = first_words(excinfo.value.result)
            return representation
        return super().repr_failure(excinfo, style)

    @functools.cached_property
    def location(self) -> tuple[str, int | None, str]:
        """Where it stands and what it is called, in the words of its id: pytest takes its time to find them."""
        return self.nodeid.partition("::")[0], None, self.name

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the scenario stands and what it is called."""
        return self.path, None, self.name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Send the result along with the report."""
    report = yield
    if isinstance(item, ScenarioItem) and call.when == "call" and item.result is not None:
        if report.skipped and isinstance(
            report.longrepr, tuple
        ):  # skipped for what the scenario asks, not by a line here
            report.longrepr = (str(item.path), 1, report.longrepr[2])
        report.smtp_result = item.result
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_report_to_serializable(report: Any) -> None:
    """Turn the result into text, which passes unharmed from a worker of pytest-xdist to its controller."""
    if hasattr(report, "smtp_result"):
        report.smtp_result = json.dumps(report.smtp_result.to_json())
