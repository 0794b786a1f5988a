"""This module owns the command line. What a command does is elsewhere; click is imported for it and its help alone."""

from __future__ import annotations

import errno
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

import conformance
from conformance.cli_help import EXAMPLES_OF_ALL, EXAMPLES_OF_RUN, Sections
from conformance.errors import ExitCode, ScenarioError, SuiteError, visible

if TYPE_CHECKING:
    from conformance.scenario.collection import Corpus

_OF_THE_MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
_LEVELS = ("documented", "protocol", "de-facto")


def run_command_line() -> NoReturn:
    """Run the command line and exit with the code of the design; errors are one clear message."""
    _escape_what_cannot_be_written()
    try:
        code = main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.Abort:
        code = 130
    except click.ClickException as error:
        error.show()
        code = ExitCode.USAGE
    except SuiteError as error:
        click.echo(visible(f"smtp-conformance: {error}"), err=True)
        code = error.exit_code
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        code = ExitCode.OK
    except OSError as error:
        if error.errno not in _OF_THE_MACHINE:
            raise
        click.echo(f"smtp-conformance: the machine failed, and no candidate's verdict depends on it: {error}", err=True)
        code = ExitCode.INTERNAL
    sys.exit(int(code or 0))


def _escape_what_cannot_be_written() -> None:
    """See to it that no text ends a command because the encoding of its output has no place for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@click.group(
    cls=Sections,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXAMPLES_OF_ALL,
)
@click.version_option(conformance.__version__, prog_name="smtp-conformance")
def main() -> None:
    """Judge SMTP and LMTP clients that have the API of Python's smtplib."""


_scenarios_option = click.option(
    "--scenarios",
    "folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A folder of scenarios of your own, beside the shipped ones. Repeatable.",
)


def _selecting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that select scenarios."""
    for option in (
        click.argument("patterns", nargs=-1, metavar="[PATTERN]..."),
        click.option(
            "--level", "levels", multiple=True, type=click.Choice(_LEVELS), help="Only this level. Repeatable."
        ),
        click.option("--tag", "tags", multiple=True, metavar="TAG", help="Only scenarios with this tag. Repeatable."),
        _scenarios_option,
    ):
        command = option(command)
    return command


def _reporting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name where reports are written."""
    for name, what in (
        ("badge", "a badge for shields.io, as JSON"),
        ("markdown", "a summary in Markdown, for the page of a CI job"),
        ("junit", "JUnit XML"),
        ("html", "a page to look through, one file"),
    ):
        file = click.Path(path_type=Path)
        command = click.option(f"--{name}", f"{name}_file", type=file, metavar="F", help=f"Write {what}.")(command)
    return command


@main.command(epilog=EXAMPLES_OF_RUN)
@click.option(
    "--client",
    "clients",
    multiple=True,
    metavar="SPEC",
    help="What to judge: a module (smtplib, package.module:attribute), a module in another interpreter (smtplib@3.8, "
    "smtplib@/path/to/python), adapter:NAME, exec:COMMAND. Repeatable. Left out: reference_client.",
)
@_selecting
@click.option("-n", "--workers", type=click.IntRange(min=0), default=0, metavar="N", help="Spread over N processes.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="F", help="Write results as JSON lines.")
@_reporting
@click.option("--durations", type=click.IntRange(min=0), default=0, metavar="N", help="Tell the N slowest scenarios.")
@click.option(
    "--baseline",
    "baselines",
    multiple=True,
    metavar="F",
    help="Known failures of a candidate: a file, a folder of files, or 'shipped'. Each file says which candidate it is "
    "about. Repeatable.",
)
@click.option("--update-baseline", is_flag=True, help="Rewrite the baselines by what this (whole) run shows.")
@click.option(
    "--timeout-factor",
    type=click.FloatRange(min=0.1),
    default=1.0,
    show_default=True,
    metavar="X",
    help="Multiply every time.",
)
@click.option("--in-process", is_flag=True, help="Run the candidate in this process: for debugging.")
@click.option("-x", "--exitfirst", is_flag=True, help="Stop at the first failure.")
@click.option("-q", "--quiet", count=True, help="Only what failed, in a line each; -qq: only who conforms.")
@click.option("-v", "--verbose", count=True, help="Every scenario as it comes, all failures in full; -vv: at length.")
def run(**options: Any) -> None:
    """Play scenarios against candidates and judge them.

    PATTERN is an id, a family, a glob, a file, or a clause; none: all.
    """
    from conformance.report.run import RunOptions, run_scenarios

    sys.exit(run_scenarios(RunOptions(**options)))


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="F...")
@_reporting
@click.option(
    "--mixed", is_flag=True, help="Take results of different suites, or of different states of the scenarios."
)
@_scenarios_option
def report(files: Sequence[Path], folders: Sequence[Path], *, mixed: bool, **forms: Path | None) -> None:
    """Build reports out of one or several result files, written by run --json.

    Without an option it tells what is in the files. Parts of one candidate's results are put together.
    """
    from conformance.report.forms import Forms, report_files
    from conformance.report.listing import tell_of

    tell_of(report_files(files, Forms(**forms), folders=folders, mixed=mixed), folders)


@main.command("list")
@_selecting
@click.option("--presets", is_flag=True, help="The behaviours of fake servers instead, see serve.")
def list_scenarios(
    patterns: Sequence[str], levels: Sequence[str], tags: Sequence[str], folders: Sequence[Path], *, presets: bool
) -> None:
    """List scenarios: id, level, title. Or presets: name, title."""
    if presets:
        from conformance.serving.gallery import preset_list

        for line in preset_list(patterns):
            click.echo(line)
        return
    from conformance.report.listing import list_of
    from conformance.scenario.selection import select

    list_of(select(_corpus(folders).scenarios, patterns, levels=levels, tags=tags))


@main.command()
@click.argument("scenario_id", metavar="ID")
@_scenarios_option
def show(scenario_id: str, folders: Sequence[Path]) -> None:
    """Show a scenario as an annotated dialogue, or the rules of a preset."""
    from conformance.serving.rule_files import preset_names, preset_source

    if scenario_id in preset_names():
        click.echo(preset_source(scenario_id), nl=False)
        return
    from conformance.report.listing import show_all
    from conformance.scenario.selection import select

    corpus = _corpus(folders)
    show_all(select(corpus.scenarios, [scenario_id]), corpus.clauses)


@main.command()
@click.argument("patterns", nargs=-1, metavar="[PATTERN]...")
@click.option("--uncovered", is_flag=True, help="Only clauses without a scenario.")
@_scenarios_option
def clauses(patterns: Sequence[str], *, uncovered: bool, folders: Sequence[Path]) -> None:
    """List the clauses: where each stands, what it says, and how many scenario files judge it.

    PATTERN is a clause, a glob, or the first part of ids: lmtp; none: all.
    """
    from conformance.report.listing import list_of_clauses

    list_of_clauses(_corpus(folders), patterns=patterns, uncovered=uncovered)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@_scenarios_option
def lint(paths: Sequence[Path], folders: Sequence[Path]) -> None:
    """Check scenario files and the clause catalogue; without PATH all of them."""
    from conformance.scenario.lint import lint_corpus, lint_paths

    problems = lint_paths(paths, folders) if paths else lint_corpus(folders)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        files = len({problem.path for problem in problems})
        click.echo(f"{len(problems)} problem{'s' * (len(problems) != 1)} in {files} file{'s' * (files != 1)}", err=True)
        sys.exit(ExitCode.USAGE)
    click.echo("no problems", err=True)


@main.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@_selecting
@click.option("-n", "--workers", type=click.IntRange(min=0), default=0, metavar="N", help="Spread over N processes.")
@click.option("--timeout-factor", type=click.FloatRange(min=0.1), default=1.0, metavar="X", help="Multiply every time.")
def compare(before: str, after: str, **options: Any) -> None:
    """Tell what differs between two candidates, or two results.

    A and B are what run --client takes, or files that run --json wrote. PATTERN: as for run. Exits with 0 if nothing
    differs, with 1 if something does.
    """
    from conformance.report import compare as comparing
    from conformance.report.changes import comparison_lines
    from conformance.report.run import RunOptions
    from conformance.report.screen import Screen
    from conformance.scenario.collection import read_catalogue

    found = comparing.compare(before, after, RunOptions(**options))
    Screen().say_lines(comparison_lines(found, read_catalogue(options["folders"])))
    sys.exit(found.exit_code)


@main.command()
@click.argument("patterns", nargs=-1, metavar="[PATTERN]...")
@_reporting
@click.option("-n", "--workers", type=click.IntRange(min=0), default=0, metavar="N", help="Spread over N processes.")
@click.option("--list", "only_list", is_flag=True, help="Tell which candidates there are, and judge none.")
def matrix(patterns: Sequence[str], workers: int, *, only_list: bool, **reports: Path | None) -> None:
    """Judge all candidates of this machine, held against the shipped baselines, side by side in one table."""
    from conformance.report.forms import Forms
    from conformance.report.matrix import find_candidates, judge_all

    found = list(find_candidates())
    for each in found:
        if only_list or not each.there:
            click.echo(f"{'' if each.there else 'left out: '}{each.client}: {each.told}")
    if not only_list:
        clients = [each.client for each in found if each.there]
        sys.exit(judge_all(clients, patterns=patterns, workers=workers, forms=Forms(**reports)))


@main.group()
def driver() -> None:
    """Help for the authors of drivers."""


@driver.command()
@click.argument("command", nargs=-1, required=True, metavar="-- COMMAND...")
def check(command: Sequence[str]) -> None:
    """Tell step by step what a driver still gets wrong, and what to do about it.

    Exits with 0 if nothing is wrong, with 1 if something is, with 3 if the driver cannot be started.
    """
    from conformance.runner.driver_check import check_driver

    wrong = 0
    for finding in check_driver(command):
        click.echo(f"{'wrong' if finding.wrong else 'ok':5}  {finding.step}")
        if finding.wrong:
            wrong += 1
            for line in (*finding.wrong.splitlines(), f"to do: {finding.fix}", f"read:  {finding.reference}"):
                click.echo(f"       {line}")
    click.echo(f"{wrong} of the steps went wrong" if wrong else "this driver speaks the protocol")
    sys.exit(ExitCode.FAILED if wrong else ExitCode.OK)


_endpoint_options = (
    click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen."),
    click.option(
        "--port", type=click.IntRange(0, 65535), default=0, show_default=True, metavar="P", help="0 takes a free port."
    ),
    click.option("--unix", type=click.Path(path_type=Path), metavar="PATH", help="Listen on a Unix socket instead."),
    click.option("--tls", is_flag=True, help="Negotiate TLS at once, as on port 465."),
    click.option("--lmtp", is_flag=True, help="Speak LMTP."),
    click.option("--ca-file", type=click.Path(path_type=Path), metavar="F", help="Write what clients are to trust."),
    click.option("-q", "--quiet", is_flag=True, help="No live transcript."),
)


def _listening(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where a server listens."""
    for option in _endpoint_options:
        command = option(command)
    return command


@main.command()
@click.argument("what", required=False, metavar="[RULES.yaml|PRESET|ID]")
@_listening
@click.option("--starttls/--no-starttls", default=None, help="Whether STARTTLS is offered.")
@click.option("--user", "users", multiple=True, metavar="NAME:PASSWORD", help="Who is let in; none: everybody.")
@click.option("--maildir", type=click.Path(path_type=Path), metavar="DIR", help="Write messages into a maildir.")
@click.option("--json-lines", metavar="F", help="Write messages as JSON lines; - is standard output.")
@click.option("--exact", is_flag=True, help="Of a scenario, compare what commands say, not only their verbs.")
@click.option("--time-factor", type=click.FloatRange(min=0.0), default=1.0, metavar="X", help="Multiply every time.")
@click.option("--connections", type=click.IntRange(min=1), default=1000, metavar="N", help="How many at once.")
def serve(**options: Any) -> None:
    """Be a mail server that behaves as a rule file, a preset or a scenario says; without any: well.

    The first line is "READY protocol address port". SIGINT and SIGTERM end it.
    """
    from conformance.serving.serve import ServeOptions
    from conformance.serving.serve import serve as serve_until_signal

    serve_until_signal(ServeOptions(**options))


@main.command()
@click.option("--upstream", required=True, metavar="HOST:PORT", help="The real server.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), metavar="F", help="The file to write.")
@click.option(
    "--as", "form", type=click.Choice(("script", "rules")), default="script", help="Word for word, or what was refused."
)
@click.option("--upstream-tls", is_flag=True, help="The real server negotiates TLS at once.")
@click.option("--upstream-ca", type=click.Path(path_type=Path), metavar="F", help="Whom to trust for its certificate.")
@click.option("--insecure", is_flag=True, help="Do not verify its certificate.")
@click.option("--keep-credentials", is_flag=True, help="Write passwords down as well.")
@click.option("--keep-content", is_flag=True, help="Write mail data down as well.")
@click.option("--sessions", type=click.IntRange(min=1), metavar="N", help="End after so many.")
@_listening
def record(**options: Any) -> None:
    """Stand between a client and a real server, and write down what they say, to be replayed by "serve"."""
    from conformance.serving.record import RecordOptions
    from conformance.serving.record import record as record_until_signal

    record_until_signal(RecordOptions(**options))


def _corpus(folders: Sequence[Path]) -> Corpus:
    """Return all scenarios; broken files are told, and do not keep the sound ones from being used."""
    from conformance.scenario.collection import SHIPPED, read_corpus

    corpus = read_corpus([SHIPPED, *folders])
    if corpus.problems:
        click.echo(str(ScenarioError(corpus.problems)), err=True)
    return corpus
