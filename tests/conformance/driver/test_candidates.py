from __future__ import annotations

import importlib.metadata
import os
import sys
from pathlib import Path

import pytest

from conformance.driver.candidates import Candidate, parse_candidate
from conformance.driver.interpreters import find_interpreter
from conformance.errors import CandidateError, UsageError


def entry_points(**named: str) -> object:
    def of_group(*, group: str) -> list[importlib.metadata.EntryPoint]:
        return [importlib.metadata.EntryPoint(name, value, group) for name, value in named.items()]

    return of_group


class TestSpecs:
    @pytest.mark.parametrize("text", ["smtplib", "reference_client", "package.module", "package.module:Name.inner"])
    def test_a_module_runs_in_this_interpreter(self, text: str, tmp_path: Path) -> None:
        spec = parse_candidate(text, folder=tmp_path)
        assert (spec.text, spec.drive, spec.command[0]) == (text, text, sys.executable)
        assert spec.own_interpreter

    def test_a_module_is_imported_from_the_users_folder_first(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHONPATH", "/elsewhere")
        paths = parse_candidate("smtplib", folder=tmp_path).environment()["PYTHONPATH"].split(os.pathsep)
        assert paths[:2] == [str(tmp_path), "/elsewhere"]

    def test_our_own_packages_are_not_shown_to_another_interpreter(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PYTHONPATH", raising=False)
        spec = parse_candidate(f"smtplib@{find_another(tmp_path)}", folder=tmp_path)
        assert spec.environment()["PYTHONPATH"] == str(tmp_path)

    def test_a_command_is_split_like_a_shell_does(self, tmp_path: Path) -> None:
        spec = parse_candidate("exec:node 'my driver.js' --x", folder=tmp_path)
        assert (spec.command, spec.drive) == (("node", "my driver.js", "--x"), None)
        assert "PYTHONPATH" not in spec.environment() or os.environ.get("PYTHONPATH")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "unknown client ''"),
            ("no/module", "a client is a module"),
            ("module:", "a client is a module"),
            ("a b", "a client is a module"),
            ("exec:", "exec: needs a command"),
            ("exec:'", "cannot be split into words"),
            ("smtplib@", "a version, a program on PATH, or a path is missing behind @"),
            ("smtplib@3.x", "is no version of Python"),
            ("smtplib@./none", "there is no program of this name"),
            ("smtplib@no-such-python", "no interpreter 'no-such-python' on PATH"),
        ],
    )
    def test_what_means_nothing_is_said(self, text: str, said: str, tmp_path: Path) -> None:
        with pytest.raises(CandidateError, match=said):
            parse_candidate(text, folder=tmp_path)


class TestAdapters:
    def test_an_adapter_is_what_its_entry_point_names(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.metadata, "entry_points", entry_points(other="adapters.other:api"))
        assert parse_candidate("adapter:other", folder=tmp_path).drive == "adapters.other:api"

    def test_an_unknown_adapter_is_said_with_the_nearest_known(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(importlib.metadata, "entry_points", entry_points(aiosmtplib="a.b", other="c"))
        with pytest.raises(CandidateError, match=r"did you mean 'aiosmtplib'\?.*aiosmtplib, other"):
            parse_candidate("adapter:aiosmtp", folder=tmp_path)


class TestInterpreters:
    def test_a_version_is_found(self) -> None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        assert find_interpreter(version, folder=Path.cwd())

    def test_a_version_that_is_nowhere_is_said_with_what_was_looked_at(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "python3").symlink_to(sys.executable)
        monkeypatch.setenv("PATH", str(tmp_path))
        for place in ("HOME", "PYENV_ROOT", "ASDF_DATA_DIR", "RYE_HOME", "UV_PYTHON_INSTALL_DIR"):
            monkeypatch.setenv(place, str(tmp_path / "nowhere"))
        with pytest.raises(CandidateError, match=r"no Python 3\.99 found .*there are: .*3\.\d+.*smtplib@/path/to"):
            find_interpreter("3.99", folder=Path.cwd())

    def test_a_program_on_the_path_is_found(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        another = find_another(tmp_path)
        monkeypatch.setenv("PATH", str(another.parent))
        assert find_interpreter("another-python", folder=Path.cwd()) == str(another)

    def test_a_relative_path_starts_at_the_users_folder_and_keeps_its_links(self, tmp_path: Path) -> None:
        another = find_another(tmp_path)
        assert find_interpreter("./another-python", folder=tmp_path) == str(another)


def test_a_candidate_starts_where_python_does_not_look_beside_its_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    with Candidate(parse_candidate("smtplib")) as candidate:
        assert candidate.identity.implementation == "smtplib"


class TestInThisProcess:
    @pytest.mark.parametrize("text", ["exec:node x.js", "smtplib@./another-python"])
    def test_only_a_module_of_this_interpreter_can_be_driven_so(self, text: str, tmp_path: Path) -> None:
        find_another(tmp_path)
        with pytest.raises(UsageError, match="--in-process drives a module in this interpreter"):
            Candidate(parse_candidate(text, folder=tmp_path), in_process=True)


def find_another(folder: Path) -> Path:
    """Another name of this interpreter, which is another interpreter as far as anybody can tell."""
    link = folder / "another-python"
    link.symlink_to(sys.executable)
    return link
