"""The command line: what a user types, what they read, and the exit code that a script sees."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

GOOD = """\
title: A server that greets and offers nothing is understood
clauses: [ehlo.sends-ehlo]
level: documented
server:
  - hello: []
client:
  - open: SMTP
  - call: ehlo
    returns: [250, !type bytes]
"""
FAILING = GOOD.replace("[250,", "[299,")


@pytest.fixture
def corpus_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    (folder / "mine").mkdir(parents=True)
    (folder / "mine" / "good.yaml").write_text(GOOD)
    (folder / "mine" / "failing.yaml").write_text(FAILING)
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*arguments: object, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "conformance", *map(str, arguments)]
        return subprocess.run(  # noqa: S603 - our own command line
            command, cwd=tmp_path, capture_output=True, text=True, timeout=timeout, check=False
        )

    return run


def test_a_passing_scenario_exits_0_and_says_that_the_candidate_conforms(run: Run, corpus_folder: Path) -> None:
    done = run("run", "--scenarios", corpus_folder, "mine/good")
    assert done.returncode == 0, done.stderr
    assert "reference_client conforms in the part that was played\n" in done.stdout
    assert "  documented  conforms          1 of 1 passed\n" in done.stdout


def test_a_failing_scenario_exits_1_and_tells_all_that_is_known(run: Run, corpus_folder: Path) -> None:
    done = run("run", "--scenarios", corpus_folder, "mine/failing", "--client", "smtplib")
    assert done.returncode == 1, done.stderr
    for told in (
        "\nfail mine/failing ──",
        "\nA server that greets and offers nothing is understood\n",
        "clause ehlo.sends-ehlo",
        "at call: ehlo",
        "failing.yaml:9",
        "expected: the return value[0] 299",
        "got:      250",
        "C: ehlo ",
        "S: 250 ",
        "again: smtp-conformance run --client smtplib mine/failing",
        "smtplib does not conform",
    ):
        assert told in done.stdout


def test_a_pattern_that_matches_nothing_exits_5(run: Run, corpus_folder: Path) -> None:
    done = run("run", "--scenarios", corpus_folder, "mine/goood")
    assert done.returncode == 5
    assert "'mine/goood' matches no scenario; did you mean 'mine/good'?" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_an_unknown_client_exits_3(run: Run) -> None:
    done = run("run", "--client", "no_such_module_anywhere")
    assert done.returncode == 3
    assert "no_such_module_anywhere cannot be driven" in done.stderr
    assert "to see it by hand:" in done.stderr


def test_a_client_that_writes_garbage_exits_3(run: Run, tmp_path: Path) -> None:
    driver = tmp_path / "garbage.py"
    driver.write_text("print('hello, I am no driver', flush=True)\nimport time; time.sleep(60)\n")
    done = run("run", "--client", f"exec:{sys.executable} {driver}")
    assert done.returncode == 3
    assert "hello, I am no driver" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["rnu"], ["run", "--no-such-option"], ["run", "--level", "high"], ["show"]])
def test_wrong_usage_exits_2(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Usage:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_not_there_exits_2(run: Run) -> None:
    done = run("run", "--scenarios", "nowhere")
    assert done.returncode == 2
    assert "--scenarios nowhere: no such folder" in done.stderr


def test_a_broken_scenario_exits_2_and_the_rest_is_run(run: Run, corpus_folder: Path, tmp_path: Path) -> None:
    (corpus_folder / "mine" / "broken.yaml").write_text(GOOD.replace("level:", "levl:"))
    results = tmp_path / "results.jsonl"
    done = run("run", "--scenarios", corpus_folder, "ehlo.sends-ehlo", "--json", results)
    assert done.returncode == 2
    assert "broken.yaml:3:1: unknown key 'levl'; did you mean 'level'?" in done.stdout
    assert "mine/good" in results.read_text()
    assert "Traceback" not in done.stdout + done.stderr


def test_two_workers_give_the_same_totals(run: Run, corpus_folder: Path, tmp_path: Path) -> None:
    found = []
    for workers in (0, 2):
        file = tmp_path / f"{workers}.jsonl"
        done = run("run", "--scenarios", corpus_folder, "mine", "-n", workers, "--json", file)
        assert done.returncode == 1, done.stderr
        found.append(json.loads(file.read_text().splitlines()[-1]))
    assert found[0] == found[1]
    assert found[0]["totals"]["pass"] == found[0]["totals"]["fail"] == 1


def test_results_have_a_header_a_line_for_each_scenario_and_a_footer(
    run: Run, corpus_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "results.jsonl"
    run("run", "--scenarios", corpus_folder, "mine", "--json", file)
    header, *results, footer = map(json.loads, file.read_text().splitlines())
    assert header["type"] == "header"
    assert header["candidates"][0]["name"] == "reference_client"
    assert {result["id"]: result["verdict"] for result in results} == {"mine/failing": "fail", "mine/good": "pass"}
    assert all("EHLO" in str(result["dialogue"]) for result in results)
    assert footer == {"type": "footer", "count": 2, "totals": footer["totals"]}


def test_results_of_a_run_that_the_first_failure_ended_have_no_footer(
    run: Run, corpus_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "results.jsonl"
    assert run("run", "-x", "--scenarios", corpus_folder, "mine", "--json", file).returncode == 1
    assert [json.loads(line)["type"] for line in file.read_text().splitlines()] == ["header", "result"]


def test_in_process_gives_the_same_verdicts(run: Run, corpus_folder: Path) -> None:
    done = run("run", "--scenarios", corpus_folder, "mine", "--in-process")
    assert done.returncode == 1
    assert "documented  does not conform  1 of 2 passed, 1 fail" in done.stdout


def test_lint_tells_every_mistake_with_its_place(run: Run, corpus_folder: Path) -> None:
    (corpus_folder / "mine" / "broken.yaml").write_text(GOOD.replace("level:", "levl:").replace("ehlo.", "ehol."))
    done = run("lint", corpus_folder)
    assert done.returncode == 2
    assert "broken.yaml:3:1: unknown key 'levl'" in done.stdout
    assert "broken.yaml:2:11: no clause 'ehol.sends-ehlo'" in done.stdout


def test_lint_is_content_with_sound_files(run: Run, corpus_folder: Path) -> None:
    done = run("lint", corpus_folder)
    assert done.returncode == 0, done.stdout


def test_list_shows_id_level_and_title(run: Run, corpus_folder: Path) -> None:
    done = run("list", "--scenarios", corpus_folder, "mine/good")
    assert done.stdout.split(maxsplit=2) == [
        "mine/good",
        "documented",
        "A server that greets and offers nothing is understood\n",
    ]


def test_show_prints_an_annotated_dialogue(run: Run, corpus_folder: Path) -> None:
    done = run("show", "mine/good", "--scenarios", corpus_folder)
    assert done.returncode == 0
    for told in ("clause ehlo.sends-ehlo", "S: 220 ", "C: EHLO *", "call: ehlo", "returns [250, !type 'bytes']"):
        assert told in done.stdout


def test_the_base_install_says_what_the_suite_needs(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    program = f"import sys; sys.path.insert(0, {str(root)!r}); from conformance.__main__ import main; main()"
    done = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-I", "-S", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "pip install 'smtp-conformance[conformance]'" in done.stderr
