"""This module owns the memory of scenarios that were read before: reading YAML costs more than playing a dialogue.

It is kept in the user's cache folder, which nobody else may write; an entry counts only for the very same file, read by
the very same code. Anything wrong with it means that the file is read again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_cache_path

import conformance
import fake_servers
from conformance.scenario.loader import SCHEMA, Source, load
from conformance.scenario.model import Clause, Scenario

_FOLDER_VARIABLE = "SMTP_CONFORMANCE_CACHE"
"""Names another folder; empty: nothing is kept."""

_KEPT = 6

_Stamp = tuple[int, int]


class ScenarioReader:
    """Reads scenario files, and remembers them from one run to the next.

    Args:
        clauses: the catalogue.
    """

    def __init__(self, clauses: Mapping[str, Clause]) -> None:
        self._clauses = clauses
        self._file = _cache_file(clauses)
        self._known: dict[str, tuple[_Stamp, tuple[Scenario, ...]]] = _read(self._file)
        self._news = False

    def read(self, source: Source) -> tuple[Scenario, ...]:
        """Return the scenarios of a file.

        Raises:
            ScenarioError: all mistakes of the file.
        """
        try:
            status = source.path.stat()
        except OSError:
            return load(source, self._clauses)  # which tells what is wrong
        stamp = (status.st_mtime_ns, status.st_size)
        key = f"{source.path}\0{source.shown_as}"
        remembered = self._known.get(key)
        if remembered and remembered[0] == stamp:
            return remembered[1]
        scenarios = load(source, self._clauses)
        self._known[key] = (stamp, scenarios)
        self._news = True
        return scenarios

    def remember(self) -> None:
        """Keep what was read for the next run; where that cannot be done, it is read again then."""
        if not self._news or self._file is None:
            return
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self._file.parent)
            with os.fdopen(descriptor, "wb") as file:
                pickle.dump(self._known, file, protocol=pickle.HIGHEST_PROTOCOL)
            Path(name).replace(self._file)
            self._news = False
            _forget_older(self._file)


def _cache_file(clauses: Mapping[str, Clause]) -> Path | None:
    folder = os.environ.get(_FOLDER_VARIABLE)
    if folder == "":
        return None
    root = Path(folder) if folder else user_cache_path("smtp-conformance")
    return root / f"scenarios-{_fingerprint(clauses)}.pickle"


def _fingerprint(clauses: Mapping[str, Clause]) -> str:
    """Return what stands for the code that reads, and for the catalogue that it reads with."""
    digest = hashlib.sha256(f"{conformance.__version__} {sys.version} {sorted(clauses.items())}".encode())
    for package in (Path(__file__).parent, Path(fake_servers.__file__).parent):
        for path in sorted(package.glob("*.py")):
            digest.update(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}".encode())
    digest.update(SCHEMA.read_bytes())
    return digest.hexdigest()[:16]


def _forget_older(file: Path) -> None:
    """Keep only the newest few: each version of the code and each interpreter has its own."""
    siblings = sorted(file.parent.glob("scenarios-*.pickle"), key=lambda path: path.stat().st_mtime)
    for path in siblings[:-_KEPT]:
        path.unlink(missing_ok=True)


def _read(file: Path | None) -> dict[str, tuple[_Stamp, tuple[Scenario, ...]]]:
    if file is None:
        return {}
    try:
        if file.stat().st_uid != os.getuid():
            return {}
        found = pickle.loads(file.read_bytes())  # noqa: S301 - a file of the user's own, see above
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is only a memory
        return {}
    return found if isinstance(found, dict) else {}
