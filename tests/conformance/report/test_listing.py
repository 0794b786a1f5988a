"""What list, show, clauses and the help tell: to programs a line each, to people what they can take in."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.errors import NothingSelectedError
from conformance.report import listing
from conformance.scenario.collection import SHIPPED, Corpus, read_corpus
from conformance.scenario.selection import select


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_corpus([SHIPPED])


def test_show_tells_once_what_the_cases_of_a_file_share(corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    listing.show_all(select(corpus.scenarios, ["lmtp/refused-after-data"]), corpus.clauses)
    text = capsys.readouterr().out
    assert text.count("clause lmtp.replies-in-order") == 1
    assert "level protocol, over lmtp, unix, 8 cases, in scenarios/lmtp/refused-after-data.yaml" in text
    assert "\n[first,lmtp], [first,unix]\n" in text
    assert text.count("The server") == 4  # one for each row of the table, however many transports


def test_show_leaves_no_argument_out(corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    listing.show_all(select(corpus.scenarios, ["lmtp/refused-after-data[first,lmtp]"]), corpus.clauses)
    text = capsys.readouterr().out
    assert text.startswith("lmtp/refused-after-data[first,lmtp]: A recipient")
    call = "['alice@example.com', ['bob@example.com', 'carol@example.com', 'dave@example.com'], 'Hi\\n']"
    assert f"  call: sendmail {call}\n" in text
    assert "  expect\n    connection: 'in-step'\n" in text


def test_every_scenario_can_be_shown(corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    listing.show_all(corpus.scenarios, corpus.clauses)
    text = capsys.readouterr().out
    files = {scenario.file_id for scenario in corpus.scenarios}
    assert sum(line.startswith("level ") for line in text.splitlines()) == len(files)
    assert not [char for char in text if char < " " and char != "\n"]


def test_list_has_a_line_for_each_scenario_where_a_program_reads(
    corpus: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    listing.list_of(corpus.scenarios)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        scenario.id for scenario in corpus.scenarios
    ]


def test_list_has_a_title_and_its_cases_where_people_read(
    corpus: Corpus, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    listing.list_of(select(corpus.scenarios, ["lmtp/421-amid-replies"]))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "lmtp/421-amid-replies  protocol"
    assert "    [last,lmtp] [last,unix] [not-last,lmtp] [not-last,unix]" in lines
    assert lines[-1] == "4 scenarios in 1 file"
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(("pattern", "first"), [("lmtp", "lmtp."), ("lmtp.no-*", "lmtp.no-"), ("lmtp.tcp", "lmtp.tcp")])
def test_clauses_are_found_by_their_first_part_glob_and_id(
    corpus: Corpus, capsys: pytest.CaptureFixture[str], pattern: str, first: str
) -> None:
    listing.list_of_clauses(corpus, patterns=[pattern])
    *lines, last = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.split()[2].startswith(first) for line in lines)
    assert last == f"{len(lines)} of {len(lines)} clauses have a scenario"


def test_a_pattern_that_means_no_clause_is_told_with_what_may_be_meant(corpus: Corpus) -> None:
    with pytest.raises(NothingSelectedError, match="'lmpt' matches no clause; did you mean 'lmtp'"):
        listing.list_of_clauses(corpus, patterns=["lmpt"])


def test_the_help_has_every_command_in_a_section_with_its_whole_sentence() -> None:
    text = CliRunner().invoke(main, ["--help"], terminal_width=80).output
    assert "More:" not in text
    assert "..." not in text.partition("Judge clients")[2]
    for name in main.commands:
        assert f"\n  {name} " in text


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_of_its_own(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    assert done.output.startswith(f"Usage: main {name}")
