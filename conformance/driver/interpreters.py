"""This module owns finding the interpreter that ``@3.8``, ``@pypy3`` or ``@/path`` means."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.errors import CandidateError

if TYPE_CHECKING:
    from findpython import PythonVersion

_SYSTEM = frozenset({Path("/bin"), Path("/usr/bin")})


def find_interpreter(wanted: str, *, folder: Path) -> str:
    """Return the path of an interpreter.

    Args:
        wanted: a version (``3.8``, ``3.8.18``), a program on PATH (``pypy3``), or a path.
        folder: what a relative path is relative to.

    Raises:
        CandidateError: there is none; the message says where was looked.
    """
    if os.sep in wanted:
        path = folder / Path(wanted).expanduser()
        if not os.access(path, os.X_OK) or path.is_dir():
            raise CandidateError(f"no interpreter at {path}: there is no program of this name")
        return os.path.abspath(path)  # noqa: PTH100 - resolving the symlink would leave a virtual environment
    if not wanted[:1].isdigit():
        program = shutil.which(wanted)
        if program is None:
            raise CandidateError(f"no interpreter {wanted!r} on PATH; name its version or write its path")
        return program
    return _find_version(wanted)


def _find_version(wanted: str) -> str:
    numbers = wanted.split(".")
    if not all(number.isdigit() for number in numbers) or len(numbers) > 3:
        raise CandidateError(f"{wanted!r} is no version of Python; write it like 3.8 or 3.8.18")
    others = set()
    for python in _likely_first(wanted):
        release = _release_of(python)
        if release[: len(numbers)] == numbers:
            return str(python.executable)
        others.add(".".join(release))
    there = ", ".join(sorted(others - {""}, key=lambda text: [int(part) for part in text.split(".")])) or "none at all"
    raise CandidateError(
        f"no Python {wanted} found on PATH, in pyenv, asdf, rye or uv (there are: {there}); "
        f"write the path of one: smtplib@/path/to/python{wanted}"
    )


def _likely_first(wanted: str) -> Iterator[PythonVersion]:
    """Yield the interpreters that there are; those whose path tells the version first, since asking costs time."""
    from findpython import providers  # noqa: PLC0415 - only here is it needed, and its import reads the machine

    found: dict[str, PythonVersion] = {}
    for make in providers.ALL_PROVIDERS.values():
        provider = make.create()
        for python in provider.find_pythons() if provider else ():
            found.setdefault(str(python.executable), python)
    for path in sorted(found, key=lambda path: _unlikeliness(path, wanted)):
        yield found[path]


def _unlikeliness(path: str, wanted: str) -> tuple[bool, bool, bool, bool, str]:
    """Return a sort key: real interpreters named for the version, then others that may be it, then all.

    The system's own come last of those: distributions carry patches, and who asks for a version means Python's.
    """
    named = Path(path).name == f"python{wanted}"
    elsewhere = f"{os.sep}{wanted}" not in path and not named
    return elsewhere, Path(path).parent in _SYSTEM, "shims" in path, not named, path


def _release_of(python: PythonVersion) -> list[str]:
    """Ask an interpreter for its version; one that cannot be run has none (a pyenv shim, a broken link)."""
    return [str(part) for part in python.version.release] if python.is_valid() else []
