"""What was read is remembered for the very same file only, and only where nobody else can have written it."""

from __future__ import annotations

import os
import pickle
from dataclasses import astuple, dataclass, field
from pathlib import Path

import pytest

from conformance.scenario.collection import read_corpus
from conformance.scenario.memory import FOLDER_VARIABLE, Memory


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "read.yaml"
    path.write_text("one")
    return path


def noted(file: Path, value: str = "one") -> None:
    memory: Memory[str] = Memory("words")
    memory.note(file, value)
    memory.keep()


def recalled(file: Path, how: str = "", read_with: object = None) -> str | None:
    memory: Memory[str] = Memory("words", read_with)
    return memory.recall(file, how)


def test_what_was_noted_is_recalled_in_the_next_run(file: Path) -> None:
    noted(file)
    assert recalled(file) == "one"


def test_a_changed_file_is_read_again(file: Path) -> None:
    noted(file)
    file.write_text("another")
    assert recalled(file) is None


def test_a_file_that_is_gone_is_not_recalled(file: Path) -> None:
    noted(file)
    file.unlink()
    assert recalled(file) is None


def test_what_was_read_in_another_way_or_with_other_clauses_is_another_thing(file: Path) -> None:
    noted(file)
    assert recalled(file, how="as b.yaml") is None
    assert recalled(file, read_with="other clauses") is None


def test_a_memory_that_is_damaged_is_no_memory(file: Path, folder: Path) -> None:
    noted(file)
    next(folder.iterdir()).write_bytes(b"garbage")
    assert recalled(file) is None


@pytest.mark.parametrize("where", ["file", "folder"])
def test_what_others_may_have_written_is_not_even_opened(file: Path, folder: Path, where: str) -> None:
    noted(file)
    kept = next(folder.iterdir())
    kept.write_bytes(pickle.dumps(_Trap()))
    (kept if where == "file" else folder).chmod(0o777)
    assert recalled(file) is None
    assert not _Trap.sprung


def test_nothing_is_kept_where_the_user_wants_none(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, "")
    noted(file)
    assert recalled(file) is None
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(file: Path, folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    noted(file)
    assert recalled(file) is None


class _Trap:
    sprung = False

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return _spring, (str(os.getpid()),)


def _spring(_: str) -> None:
    _Trap.sprung = True


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    place: int = field(compare=False)


def test_equal_parts_become_one_and_only_those_that_are_equal_in_all(file: Path) -> None:
    parts = (Part("a", 1), Part("a", 1), Part("a", 2), Part("a", True), Part(b"a", 1))  # type: ignore[arg-type]
    memory: Memory[tuple[Part, ...]] = Memory("parts")
    memory.note(file, parts)
    memory.keep()
    recalled = Memory[tuple[Part, ...]]("parts").recall(file)
    assert recalled is not None
    assert recalled[0] is recalled[1]
    assert [(part.name, part.place, type(part.place)) for part in recalled] == [
        (part.name, part.place, type(part.place)) for part in parts
    ]


def test_every_shipped_scenario_is_recalled_as_it_was_read() -> None:
    first = read_corpus().scenarios  # notes and keeps it: the folder is empty
    again = read_corpus().scenarios
    # Of all fields, also those that do not count when scenarios are compared.
    assert list(map(astuple, again)) == list(map(astuple, first))
