"""This module owns what is remembered from one run to the next: reading YAML costs more than playing a dialogue.

It is kept in the user's cache folder, which nobody else may write; an entry counts only for the very same file, read by
the very same code. Anything wrong with it means that the file is read again.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import os
import pickle
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from platformdirs import user_cache_path

import conformance
import fake_servers
import scenarios

FOLDER_VARIABLE = "SMTP_CONFORMANCE_CACHE"
"""Names another folder; empty: nothing is kept."""

_KEPT = 6
_WITHOUT_PARTS = frozenset({str, bytes, int, float, bool, frozenset})

_Stamp = tuple[int, int]
_T = TypeVar("_T")


class Memory(Generic[_T]):
    """What was read from files, by the file's path and a word on how it was read.

    Args:
        kind: what is remembered; the beginning of the name of the file that keeps it.
        read_with: what else the values depend on, beside the file and the code that reads it.
    """

    def __init__(self, kind: str, read_with: object = None) -> None:
        self._kind = kind
        self._file = _file_of(kind, read_with)
        self._known: dict[str, tuple[_Stamp, _T]] = _read(self._file)
        self._news = False

    def recall(self, path: Path, how: str = "") -> _T | None:
        """Return what was read from a file, if it is still the same file."""
        remembered = self._known.get(_key(path, how))
        return remembered[1] if remembered and remembered[0] == _stamp_of(path) else None

    def note(self, path: Path, value: _T, how: str = "") -> None:
        """Remember what was read from a file."""
        stamp = _stamp_of(path)
        if stamp is not None:
            self._known[_key(path, how)] = (stamp, value)
            self._news = True

    def keep(self) -> None:
        """Keep what was noted for the next run; where that cannot be done, it is read again then."""
        if not self._news or self._file is None:
            return
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self._file.parent)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_octets_of(self._known))
            Path(name).replace(self._file)
            self._news = False
            self._forget_older(self._file)

    def _forget_older(self, file: Path) -> None:
        """Keep only those used last: each version of the code, each interpreter and each catalogue has its own."""
        siblings = sorted(file.parent.glob(f"{self._kind}-*.pickle"), key=lambda path: path.stat().st_atime)
        for path in siblings[:-_KEPT]:
            path.unlink(missing_ok=True)


def _key(path: Path, how: str) -> str:
    return f"{path}\0{how}"


def _stamp_of(path: Path) -> _Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _file_of(kind: str, read_with: object) -> Path | None:
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder == "":
        return None
    root = Path(folder) if folder else user_cache_path("smtp-conformance")
    return root / f"{kind}-{_fingerprint(read_with)}.pickle"


def _fingerprint(read_with: object) -> str:
    """Return what stands for the code that reads, and for what it reads with."""
    digest = hashlib.sha256(f"{conformance.__version__} {sys.version} {read_with!r}".encode())
    for package in (Path(__file__).parent, Path(fake_servers.__file__).parent):
        for path in sorted(package.glob("*.py")):
            digest.update(f"{path} {_stamp_of(path)}".encode())
    digest.update((scenarios.ROOT / "schema.json").read_bytes())
    return digest.hexdigest()[:16]


def _read(file: Path | None) -> dict[str, tuple[_Stamp, Any]]:
    if file is None:
        return {}
    try:
        if not _is_ours_alone(file):
            return {}
        os.utime(
            file, ns=(time.time_ns(), file.stat().st_mtime_ns)
        )  # many systems note no time of reading by themselves
        return dict(_read_once(file, _stamp_of(file)))
    except OSError:
        return {}


@lru_cache(maxsize=4)
def _read_once(file: Path, stamp: _Stamp | None) -> dict[str, tuple[_Stamp, Any]]:  # noqa: ARG001 - another file then
    try:
        with _undisturbed():
            found = pickle.loads(file.read_bytes())  # noqa: S301 - a file that only this user can have written
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is only a memory
        return {}
    return found if isinstance(found, dict) else {}


def _is_ours_alone(file: Path) -> bool:
    """Tell whether nobody but this user can have put the file there."""
    others_may_write = stat.S_IWGRP | stat.S_IWOTH
    return all(
        status.st_uid == os.getuid() and not status.st_mode & others_may_write
        for status in (file.stat(), file.parent.stat())
    )


def _octets_of(known: Mapping[str, tuple[_Stamp, object]]) -> bytes:
    file = io.BytesIO()
    shared = _Sharing()
    _Pickler(file, protocol=pickle.HIGHEST_PROTOCOL).dump({key: shared.of(value) for key, value in known.items()})
    return file.getvalue()


class _Sharing:
    """Has equal parts of frozen values be one object: scenarios have most of their parts in common with others."""

    def __init__(self) -> None:
        self._known: dict[object, object] = {}

    def of(self, value: object) -> object:
        """Return an equal value, made of parts that are shared."""
        kind = type(value)
        if kind in _WITHOUT_PARTS:
            return self._known.setdefault((kind, value), value)
        if type(value) is tuple:
            parts = tuple(map(self.of, value))
            return self._known.setdefault((kind, *map(id, parts)), parts)
        if is_dataclass(kind):
            values = [self.of(getattr(value, name)) for name in _field_names(kind)]
            key = (kind, *map(id, values))
            if key not in self._known:
                self._known[key] = _made(kind, *values)
            return self._known[key]
        return value


class _Pickler(pickle.Pickler):
    """Writes a frozen value as its class and fields: the way of ``dataclasses`` asks for the fields of every value."""

    def reducer_override(self, value: Any) -> Any:
        if not is_dataclass(value) or isinstance(value, type):
            return NotImplemented
        return _made, (type(value), *[getattr(value, name) for name in _field_names(type(value))])


def _made(kind: type, *values: object) -> object:
    made: object = object.__new__(kind)
    for set_field, value in zip(_setters(kind), values, strict=True):
        set_field(made, value)
    return made


@cache
def _setters(kind: type) -> tuple[Callable[[object, object], None], ...]:
    """Return what sets the fields of a frozen class of slots, one for each."""
    return tuple(getattr(kind, name).__set__ for name in _field_names(kind))


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the collector of garbage away while much is made that stays."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
