"""This module owns a run from the command line: pytest plays the scenarios, this tells what came out.

pytest (and pytest-xdist with ``-n``) collects and distributes; nothing of the user's own pytest configuration or
plugins takes part.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.baselines.form import folder_of
from conformance.driver.candidates import Candidate, parse_candidate
from conformance.errors import ExitCode, SuiteError, UsageError
from conformance.report.baselining import RunBaselines, Selected
from conformance.report.forms import Forms, write_forms
from conformance.report.merging import collect
from conformance.report.provenance import header_of_run
from conformance.report.results import ResultFile, ResultWriter
from conformance.report.run_place import place_of_run
from conformance.report.terminal import ProgressOnly, TerminalReport
from conformance.runner.smoke import smoke_test
from conformance.runner.verdict import Result, Verdict
from conformance.scenario.collection import SHIPPED, path_of, read_catalogue, read_corpus
from conformance.scenario.model import Clause
from conformance.scenario.selection import select

_PYTEST_INI = Path(__file__).with_name("run.pytest.ini")
_NOT_WANTED = (
    *("terminal", "cacheprovider", "logging", "unraisableexception", "doctest", "unittest", "stepwise"),
    *("warnings", "capture", "faulthandler", "threadexception", "assertion", "subtests", "tmpdir"),
)
"""Plugins of pytest's own that a run has no use for; together they cost as much as a third of the playing."""


_FEW_FILES = 100
"""So many scenario files are named to pytest one by one; to look through all folders takes it half a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What ``smtp-conformance run`` was asked for, by the names of its options."""

    patterns: Sequence[str] = ()
    levels: Sequence[str] = ()
    tags: Sequence[str] = ()
    folders: Sequence[Path] = ()
    clients: Sequence[str] = ()
    workers: int = 0
    json_file: Path | None = None
    junit_file: Path | None = None
    html_file: Path | None = None
    markdown_file: Path | None = None
    badge_file: Path | None = None
    durations: int = 0
    timeout_factor: float = 1.0
    in_process: bool = False
    exitfirst: bool = False
    quiet: int = 0
    verbose: int = 0
    baselines: Sequence[str] = ()
    update_baseline: bool = False

    @property
    def baselines_that_exist(self) -> Sequence[str]:
        """The baselines that a run can be held against; one that is to be written is none yet."""
        return [name for name in self.baselines if folder_of(name).exists()]

    @property
    def forms(self) -> Forms:
        """The reports that are to be written."""
        return Forms(
            html_file=self.html_file,
            junit_file=self.junit_file,
            markdown_file=self.markdown_file,
            badge_file=self.badge_file,
        )

    @property
    def partial(self) -> bool:
        """Whether only a part of the scenarios is meant."""
        return bool(self.patterns or self.levels or self.tags)

    @property
    def selected(self) -> Selected:
        """What part of the corpus is meant."""
        return Selected(
            patterns=self.patterns,
            narrowed=bool(self.levels or self.tags),
            exitfirst=self.exitfirst,
            updating=self.update_baseline,
        )


def run_scenarios(options: RunOptions, make_report: type[TerminalReport] | None = None) -> int:
    """Play scenarios against candidates, report, and return the exit code of the design.

    Args:
        options: what is to be played.
        make_report: what tells of it; left out: the terminal report, and where baselines are rewritten, nothing of
            what fails.

    Raises:
        SuiteError: nothing could be run; the error knows its exit code.
    """
    clients = list(dict.fromkeys(options.clients)) or ["reference_client"]
    for folder in options.folders:
        if not folder.is_dir():
            raise UsageError(f"--scenarios {folder}: no such folder")
    options.forms.check()
    places = _places_of_selection(options)
    clauses = read_catalogue(options.folders)
    make_report = make_report or (ProgressOnly if options.update_baseline else TerminalReport)
    report = make_report(
        clauses=clauses,
        clients=clients,
        verbosity=options.verbose - options.quiet,
        durations=options.durations,
        partial=options.partial,
    )
    with place_of_run():
        return _run(options, places, clients, clauses, report)


def _run(
    options: RunOptions,
    places: Sequence[Path],
    clients: Sequence[str],
    clauses: Mapping[str, Clause],
    report: TerminalReport,
) -> int:
    identities = []
    by_client = {}
    for text in clients:
        with Candidate(spec=parse_candidate(text), in_process=options.in_process) as candidate:
            smoke_test(candidate)
            identities.append({"name": text, **identity_form(candidate)})
            by_client[text] = candidate.identity
    baselines = RunBaselines.of(options.baselines, by_client, updating=options.update_baseline)
    report.candidates(identities)
    header = header_of_run(
        identities, folders=options.folders, patterns=options.patterns, levels=options.levels, tags=options.tags
    )
    writer = ResultWriter(options.json_file, header) if options.json_file else None
    recorder = _Recorder(report, writer)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        status = pytest.main(_pytest_arguments(options, places, clients, announce=report.live), plugins=[recorder])
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
    code, fault = _outcome(recorder, int(status))
    complete = code in (ExitCode.OK, ExitCode.FAILED) and recorder.is_whole
    if writer:
        writer.close(complete=complete)
    report.end(recorder.results, recorder.broken, code)
    if options.forms.wanted and recorder.results:
        played = ResultFile(
            path=Path("this run"), header=header, results=tuple(recorder.results), truncated=not complete
        )
        write_forms(options.forms, collect([played]), clauses)
        report.wrote(options.forms.wanted)
    if fault is not None:
        raise fault
    said, code = baselines.finish(recorder.results, code, options.selected, clauses)
    sys.stdout.writelines(f"{line}\n" for line in said)
    return code


def _outcome(recorder: _Recorder, status: int) -> tuple[int, SuiteError | None]:
    """Return the exit code, and the fault that ended the run, if one did: what came out before is reported first."""
    try:
        return recorder.exit_code(status), None
    except SuiteError as error:
        return error.exit_code, error


def _places_of_selection(options: RunOptions) -> Sequence[Path]:
    """Return where pytest is to look for what is meant: some files, or whole folders.

    Raises:
        NothingSelectedError: a pattern means no scenario, or nothing is left; told before anything is played.
    """
    folders = [SHIPPED, *options.folders]
    if not options.partial:
        return folders
    corpus = read_corpus(folders)
    if corpus.problems:  # what is meant may be in a broken file, which the run will tell
        return folders
    chosen = select(corpus.scenarios, options.patterns, levels=options.levels, tags=options.tags)
    files = list(dict.fromkeys(path_of(scenario) for scenario in chosen))
    return files if len(files) <= _FEW_FILES else folders


def identity_form(candidate: Candidate) -> dict[str, object]:
    """Return what a candidate's driver says of itself, as results keep it."""
    identity = candidate.identity
    return {
        "implementation": identity.implementation,
        "version": identity.version,
        "language": identity.language,
        "executable": identity.executable,
        "openssl": identity.openssl,
        "capabilities": sorted(identity.capabilities),
    }


def _pytest_arguments(
    options: RunOptions, places: Sequence[Path], clients: Sequence[str], *, announce: bool
) -> list[str]:
    arguments = [
        *("-c", str(_PYTEST_INI), "--rootdir", str(SHIPPED)),
        *("-p", "conformance.pytest_plugin", "-p", "conformance.run_plugin"),
        *(word for name in _NOT_WANTED for word in ("-p", f"no:{name}")),
        "--continue-on-collection-errors",
        f"--smtp-timeout-factor={options.timeout_factor}",
    ]
    for option, values in (
        ("client", clients),
        ("select", options.patterns),
        ("level", options.levels),
        ("tag", options.tags),
        ("scenarios", options.folders),
        ("baseline", options.baselines_that_exist),
    ):
        arguments.extend(f"--smtp-{option}={value}" for value in values)
    if options.in_process:
        arguments.append("--smtp-in-process")
    if not (options.json_file or options.forms.wanted):
        arguments.append("--smtp-brief")
    if announce:
        arguments.append("--smtp-announce")
    if options.workers:
        arguments.extend(["-p", "xdist.plugin", "-n", str(options.workers), "--dist", "worksteal"])
    if options.exitfirst:
        arguments.append("-x")
    return [*arguments, *map(str, places)]


class _Recorder:
    """Takes the results out of pytest's reports, wherever the scenario was played."""

    def __init__(self, report: TerminalReport, writer: ResultWriter | None) -> None:
        self.results: list[Result] = []
        self.broken: list[str] = []
        self._faults: list[str] = []
        self._expected = 0
        self._exits: list[tuple[int, str]] = []
        self._report = report
        self._writer = writer

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note broken scenario files."""
        text = str(report.longrepr) if report.failed else ""
        if text and text not in self.broken:
            self.broken.append(text)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Tell how many scenarios there are."""
        self._expect(len(items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Tell how many scenarios there are, where workers collect them."""
        self._expect(len(ids))

    def _expect(self, count: int) -> None:
        self._expected = count
        self._report.expect(count)

    @property
    def is_whole(self) -> bool:
        """Whether each scenario has its result: with ``-x`` the rest is not played."""
        return len(self.results) == self._expected

    def pytest_runtest_logstart(self, location: tuple[str, int | None, str]) -> None:
        """Tell what is played now."""
        self._report.begin(location[2])

    def pytest_runtest_logfinish(self, location: tuple[str, int | None, str]) -> None:
        """Tell that it is played no longer."""
        self._report.finish(location[2])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the result of a scenario."""
        found = getattr(report, "smtp_result", None)
        if found is not None:
            result = found if isinstance(found, Result) else Result.from_json(json.loads(found))
            self.results.append(result)
            self._report.add(result)
            if self._writer:
                self._writer.add(result)
        elif report.failed:
            self._faults.append(f"{report.nodeid}: {report.longreprtext}")

    def pytest_internalerror(self, excrepr: object) -> bool:
        """Note that pytest itself, or this suite, failed; it is told at the end, and once."""
        self._faults.append(str(excrepr))
        return True

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note why the run was ended early."""
        if isinstance(excinfo.value, pytest.exit.Exception):
            self._exits.append((excinfo.value.returncode or ExitCode.INTERNAL, excinfo.value.msg))

    def exit_code(self, status: int) -> int:
        """Return the exit code of the run.

        Raises:
            SuiteError: the run was ended early, or failed by no fault of a candidate's.
        """
        if self._exits:
            code, message = self._exits[0]
            error = SuiteError(message)
            error.exit_code = ExitCode(code)
            raise error
        if self._faults:
            raise SuiteError("the suite itself failed:\n" + "\n".join(self._faults))
        if status == pytest.ExitCode.INTERRUPTED and not self.broken:
            return 130
        if self.broken:
            return ExitCode.USAGE
        if not self.results:
            return ExitCode.NOTHING_SELECTED
        failed = any(result.verdict in (Verdict.FAIL, Verdict.ERROR) or result.breaches for result in self.results)
        return ExitCode.FAILED if failed else ExitCode.OK
