"""Every snippet of docs/fake-servers.md does what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.scenario.tree import read_tree
from conformance.serving.rule_files import read_behaviour
from fake_servers.rule_text import RuleSettings
from tests.pytest_program import PYTEST

PAGE = Path(__file__).parents[2] / "docs" / "fake-servers.md"
TEXT = PAGE.read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PATIENCE = 60.0  # seconds; nothing here takes that long unless it is broken


def snippets(kind: str) -> list[str]:
    return [text for language, text in SNIPPETS if language == kind]


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(  # noqa: S603 - what the page says
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_no_snippet_is_of_a_kind_that_is_not_tried() -> None:
    assert {language for language, _ in SNIPPETS} == {"python", "sh", "yaml", "text"}


def test_the_python_is_a_test_suite_in_which_one_test_fails_as_told(tmp_path: Path) -> None:
    for snippet in snippets("python"):
        name = re.match(r"# (\w+\.py)\n", snippet)
        assert name is not None
        (tmp_path / name[1]).write_text(snippet, encoding="utf-8")
    done = run([*PYTEST, "-p", "no:cacheprovider", "-q"], tmp_path)
    assert "1 failed, 7 passed" in done.stdout, done.stdout + done.stderr
    (shown,) = snippets("text")
    for line in (line.strip() for line in shown.splitlines()):
        if line != "…" and "connection 1" not in line:
            assert line in re.sub(r"E {3,}", "E   ", done.stdout)


@pytest.mark.parametrize("snippet", snippets("yaml"))
def test_the_yaml_is_a_rule_file(snippet: str) -> None:
    assert read_behaviour(read_tree(snippet, "page.yaml")).rules


@pytest.mark.parametrize("snippet", [one for one in snippets("sh") if not one.startswith("pip install")])
def test_the_shell_does_what_it_says(tmp_path: Path, snippet: str) -> None:
    if "curl " in snippet and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    done = run(["bash", "-e", "-c", snippet], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_setting_of_a_rule_is_on_the_page() -> None:
    assert [name for name in RuleSettings.__annotations__ if f"`{name}`" not in TEXT] == []
