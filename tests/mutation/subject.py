"""This module owns the client that is broken: its files, and how it is imported with one of them changed.

Nothing is written to disk: a finder that goes before all others hands out the source of the mutant.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A client.

    Attributes:
        name: as ``--client`` takes it.
        files: its source files, each by the name of its module.
    """

    name: str
    files: Mapping[str, Path]

    def source(self, module: str) -> str:
        """Return the text of a module."""
        return self.files[module].read_text(encoding="utf-8")


def subject_named(name: str) -> Subject:
    """Return a client: a module, or a package with all its modules.

    Raises:
        LookupError: there is none of this name.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise LookupError(f"no client {name}")
    origin = Path(spec.origin)
    if origin.name != "__init__.py":
        return Subject(name=name, files={name: origin})
    modules = {f"{name}.{path.stem}": path for path in sorted(origin.parent.glob("*.py"))}
    modules[name] = modules.pop(f"{name}.__init__")
    return Subject(name=name, files=modules)


def break_client(subject: Subject, module: str, source: str) -> None:
    """Let this process import the client with one module changed, now and whenever it is imported anew."""
    for loaded in list(sys.modules):
        if loaded == subject.name or loaded.startswith(subject.name + "."):
            del sys.modules[loaded]
    sys.meta_path.insert(0, _MutantFinder(module, subject.files[module], source))


class _MutantFinder(importlib.abc.MetaPathFinder):
    """Finds one module, in a changed form."""

    def __init__(self, module: str, path: Path, source: str) -> None:
        self._module = module
        self._path = path
        self._source = source

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._module:
            return None
        loader = _MutantLoader(fullname, str(self._path), self._source)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


class _MutantLoader(importlib.machinery.SourceFileLoader):
    """Compiles the changed source under the name of the real file, past the cache of compiled files."""

    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self._changed = source

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - it loads one module only
        return compile(self._changed, self.path, "exec", dont_inherit=True)
