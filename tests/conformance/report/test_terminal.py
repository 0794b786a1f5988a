"""What a run tells on a terminal, and where there is none."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance.report.terminal import TerminalReport
from conformance.runner.verdict import Result
from tests.conformance.report.samples import (
    CLAUSES,
    failed,
    harmful,
    identity,
    of_candidates,
    one_of_each,
    result,
)


def told(capsys: pytest.CaptureFixture[str], results: Sequence[Result], verbosity: int = 0, durations: int = 0) -> str:
    clients = list(dict.fromkeys(found.candidate for found in results))
    report = TerminalReport(clauses=CLAUSES, clients=clients, verbosity=verbosity, durations=durations)
    report.candidates([identity(client) for client in clients])
    report.expect(len(results))
    for found in results:
        report.add(found)
    report.end(results, [], 1)
    return capsys.readouterr().out


def test_without_a_terminal_there_is_nothing_but_text(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, [*one_of_each(), harmful()], verbosity=1)
    assert not [char for char in text if char < " " and char != "\n"]
    assert "\x1b" not in text


def test_a_table_tells_families_and_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line.split() for line in told(capsys, one_of_each()).splitlines()]
    assert ["family", "pass", "fail", "error", "unsupported", "known", "all"] in lines
    assert ["lmtp", "·", "·", "1", "1", "·", "2"] in lines
    assert ["all", "2", "1", "1", "1", "1", "6"] in lines


def test_several_candidates_stand_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    results = [*of_candidates(one_of_each(), "one"), *of_candidates([result("lmtp/hangs")], "two")]
    lines = [line.split() for line in told(capsys, results).splitlines()]
    assert ["family", "one", "two"] in lines
    assert ["lmtp", "1E", "1U", "·"] in lines
    assert ["passed", "2", "1"] in lines


def test_where_names_are_too_wide_for_a_row_they_are_numbered(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    names = [f"smtplib@/usr/local/bin/python3.{minor}" for minor in range(8, 14)]
    text = told(capsys, of_candidates([failed()], *names))
    assert "[6] smtplib@/usr/local/bin/python3.13" in text
    (head,) = [line for line in text.splitlines() if line.startswith("family")]
    assert head.split() == ["family", "[1]", "[2]", "[3]", "[4]", "[5]", "[6]"]


def test_few_failures_are_told_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, [failed(f"a/{number}") for number in range(12)])
    assert text.count("again: ") == 12
    assert "by clause" not in text


def test_many_failures_are_told_by_clause_the_first_of_each_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    results = [failed(f"a/{number:03}") for number in range(300)]
    results.append(failed("z/rare", clauses=("lmtp.no-helo",)))
    text = told(capsys, results)
    assert text.count("again: ") == 12
    assert "fail z/rare" in text
    assert "all 301 failures by clause" in text
    assert "The failures of 12 of 301 scenario files are told in full above." in text
    assert " 300 sendmail.sender-refused: " in text
    assert "a/000, a/001, a/002, … 297 more" in text
    assert "smtp-conformance run --client smtplib sendmail.sender-refused" in text
    assert told(capsys, results, verbosity=1).count("again: ") == 301


def test_cases_of_one_file_are_told_together_and_by_themselves_where_verbose(
    capsys: pytest.CaptureFixture[str],
) -> None:
    results = [failed(f"a/many[{number}]") for number in range(200)]
    text = told(capsys, results)
    assert "fail a/many[0] and 199 more ───" in text
    (others,) = [line for line in text.splitlines() if line.startswith("also, in the same way: ")]
    assert others.count("[") == 199
    assert len(text.splitlines()) < 40
    assert "by clause" not in text
    assert told(capsys, results, verbosity=1).count("again: ") == 200


def test_several_candidates_are_concluded_in_a_row_each(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, [*of_candidates(one_of_each(), "one"), *of_candidates([result()], "two")])
    lines = [line.split() for line in text.splitlines()]
    assert ["documented", "protocol", "de-facto"] in lines
    assert ["one", "does", "not", "conform", "no", "2/3", "no", "0/2", "no", "0/1"] in lines
    assert ["two", "conforms", "yes", "1/1"] in lines


def test_quiet_tells_a_line_for_each_failure_and_who_conforms(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, [result(), failed()], verbosity=-1).splitlines() == [
        "fail sendmail/refused: call: sendmail: expected the return value 250, got the return value 299",
        "smtplib does not conform: documented no",
    ]
    assert told(capsys, [result()], verbosity=-1).splitlines() == ["smtplib conforms: documented yes"]


def test_quieter_tells_only_who_conforms(capsys: pytest.CaptureFixture[str]) -> None:
    breaching = one_of_each()[-1]
    assert told(capsys, [result(), failed(), breaching], verbosity=-2).splitlines() == [
        "smtplib does not conform: documented no, protocol no",
    ]


def test_who_met_nothing_that_binds_is_not_said_to_fail(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, [result(level="de-facto")], verbosity=-1).splitlines() == [
        "smtplib was judged on nothing that binds: de-facto yes",
    ]


def test_verbose_tells_every_scenario_as_it_comes(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, one_of_each(), verbosity=1)
    for line in (
        "pass        sendmail/plain",
        "unsupported lmtp/unix: no LMTP",
        "known       auth/listed: gh-1: it is so",
    ):
        assert line in text


def test_each_level_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, one_of_each())
    for line in (
        "smtplib does not conform",
        "  documented  does not conform  2 of 3 passed, 1 fail",
        "  protocol    does not conform  0 of 2 passed, 1 error, 1 unsupported, broken on the wire: wire.ascii-only",
        "  de-facto    does not conform  0 of 1 passed, 1 known (reported apart)",
    ):
        assert line in text


def test_rules_of_the_wire_are_told_once_with_all_who_broke_them(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, of_candidates([one_of_each()[-1]], "one", "two"))
    assert text.count("broken beside what is judged: clause wire.ascii-only") == 1
    assert "by one in 1 scenario, two in 1 scenario" in text


def test_the_slowest_are_told_where_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, [result("a/1", duration=1.5), result("a/2", duration=2.5)], durations=1)
    assert "2.500 s  a/2" in text
    assert "1.500 s" not in text


ON_A_TERMINAL = """
from tests.conformance.report.samples import CLAUSES, harmful, identity, result
from conformance.report.terminal import TerminalReport
report = TerminalReport(clauses=CLAUSES, clients=["smtplib"])
report.candidates([identity("smtplib")])
report.expect(2)
results = [result(), harmful()]
for found in results:
    report.begin(found.id)
    report.add(found)
    report.finish(found.id)
report.end(results, [], 1)
"""


def on_a_terminal(**environment: str) -> bytes:
    """Return what is written to a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    usual = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "CI")}
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", ON_A_TERMINAL],
        stdout=theirs,
        cwd=Path(__file__).parents[3],
        env={**usual, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "30", **environment},
    ):
        os.close(theirs)
        written = b""
        while True:
            try:
                octets = os.read(ours, 65536)
            except OSError:  # Linux: the other end was closed
                break
            if not octets:
                break
            written += octets
    os.close(ours)
    return written


def test_a_terminal_gets_colours_and_a_live_line() -> None:
    written = on_a_terminal()
    assert b"\x1b[" in written
    assert b"/2" in written
    assert b"hostile" in written
    assert b" left" in written
    assert "✓1".encode() in written
    assert b"smtplib" in written


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_none_gets_no_escape_sequence(environment: dict[str, str]) -> None:
    written = on_a_terminal(**environment)
    assert b"\x1b" not in written
    assert b"does not conform" in written


def test_a_wide_terminal_gets_words_and_ids() -> None:
    written = on_a_terminal(COLUMNS="140")
    assert b"hostile/harm" in written
    assert b"1 pass" in written


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_where_the_encoding_has_no_signs_there_are_letters(encoding: str) -> None:
    written = on_a_terminal(PYTHONIOENCODING=encoding, NO_COLOR="1")
    assert b"fail hostile/harm ---" in written
    assert b"does not conform" in written
    assert written.isascii()


def test_a_candidates_escape_sequences_never_reach_the_terminal() -> None:
    written = on_a_terminal()
    assert b"\x1b]0;" not in written
    assert b"\\x1b]0;harm" in written
    assert b"\x00" not in written
