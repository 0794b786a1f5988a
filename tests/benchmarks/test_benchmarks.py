"""The benchmark's own parts, and that it runs; never how fast anything is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.figures import FIGURES, QUICK, Effort, Figure
from benchmarks.memory import extra_memory
from benchmarks.pairs import Spread, Turn, take_turns
from benchmarks.senders import RECIPIENTS, SENDER, Message, client, client_session, raw
from benchmarks.servers import own_sink

if TYPE_CHECKING:
    from benchmarks.senders import Sender

ROOT = Path(__file__).parents[2]
SMALL = Message(octets=1024)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize(
    "sender",
    [
        client("smtplib"),
        client("reference_client"),
        client("reference_client", pipelining=True),
        raw(),
        raw(grouped=True),
    ],
    ids=["smtplib", "reference_client", "pipelining", "raw", "raw-grouped"],
)
def test_every_sender_can_send_to_our_sink(sender: Sender, tls: bool) -> None:
    with own_sink(tls=tls) as server, sender(server, SMALL) as send:
        send(3)


@pytest.mark.parametrize(
    ("pipelining", "recipients", "turns"), [(False, 1, 4), (False, 5, 8), (True, 1, 2), (True, 300, 2)]
)
def test_the_sink_counts_round_trips(pipelining: bool, recipients: int, turns: int) -> None:
    with (
        own_sink(counting=True) as server,
        client_session("reference_client", server, pipelining=pipelining) as smtp,
    ):
        before = int(smtp.docmd("VRFY", "turns")[1])
        smtp.sendmail(SENDER, RECIPIENTS[:recipients], SMALL.make())
        assert int(smtp.docmd("VRFY", "turns")[1]) - before - 1 == turns


def test_memory_is_that_of_the_client_and_tells_copies_from_streams() -> None:
    message = Message(octets=20_000_000)
    ballast = message.make()  # what the process has that starts the other is none of its business
    with own_sink() as server:
        assert extra_memory("smtplib", server, message) > 1
        assert extra_memory("reference_client", server, message) < 0.5
    assert ballast


@pytest.mark.parametrize("kind", ["text", "base64"])
@pytest.mark.parametrize("as_str", [False, True])
def test_a_message_has_about_the_size_that_it_should(kind: str, as_str: bool) -> None:
    made = Message(octets=10_000, kind=kind, as_str=as_str).make()
    assert isinstance(made, str) == as_str
    assert 9_900 < len(made) <= 10_000


def test_turns_alternate_in_pairs_and_the_first_pair_is_not_counted() -> None:
    taken = []

    def turn(name: str, seconds: float) -> Turn:
        taken.append(name)
        return Turn(seconds, 2 * seconds)

    comparison = take_turns(lambda: turn("a", 1.0), lambda: turn("b", 3.0 if len(taken) > 1 else 99.0), 3, acts=10)
    assert "".join(taken) == "abbaabba"
    assert comparison.ratio == Spread(minimum=3, median=3, maximum=3)
    assert comparison.ours.median == pytest.approx(0.1)


def test_figures_have_names_of_their_own_and_one_target_at_most() -> None:
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)
    assert not [figure for figure in FIGURES if figure.at_least is not None and figure.at_most is not None]


def test_a_target_is_met_from_its_own_side() -> None:
    def never(_: Effort) -> None:
        raise AssertionError

    speed = Figure(name="x", what="x", at_least=2, measure=never)  # type: ignore[arg-type]
    cost = Figure(name="x", what="x", at_most=2, measure=never)  # type: ignore[arg-type]
    plain = Figure(name="x", what="x", measure=never)  # type: ignore[arg-type]
    assert [speed.is_met_by(value) for value in (1.9, 2.0)] == [False, True]
    assert [cost.is_met_by(value) for value in (2.0, 2.1)] == [True, False]
    assert plain.is_met_by(1) is None
    assert QUICK.large_pairs > 1


def test_the_command_measures_what_is_asked_for_and_writes_it_as_json(tmp_path: Path) -> None:
    done = run("--quick", "pipelining/round-trips", "memory/*", "--json", str(tmp_path / "figures.json"))
    assert done.returncode == 0, done.stderr
    assert "pipelining/round-trips" in done.stdout
    figures = {figure["name"]: figure for figure in json.loads((tmp_path / "figures.json").read_text())["figures"]}
    assert figures.keys() == {"pipelining/round-trips", "memory/bytes", "memory/str"}
    assert all(figure["met"] for figure in figures.values()), "neither of them hangs on how fast a machine is"


def test_the_command_says_which_figures_there_are() -> None:
    listed = run("--list").stdout
    assert all(figure.name in listed for figure in FIGURES)


def test_a_figure_that_does_not_exist_is_a_wrong_usage() -> None:
    done = run("small/sendmail")
    assert done.returncode == 2
    assert "--list" in done.stderr
