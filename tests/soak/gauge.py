"""This module owns what a process holds: threads, descriptors, children, memory, files; and who belongs to a run.

Linux only: it reads ``/proc``.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

MARK = "SMTP_CONFORMANCE_SOAK"
"""The environment variable by which every process of a run is known, whoever its parent is by now."""

_PROC = Path("/proc")
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """What a process holds at one moment.

    Attributes:
        threads: of the process itself.
        descriptors: of the process itself.
        children: processes that it has started and that have not been reaped.
        files: files and folders below its folder for temporary files.
        blocks: of memory that Python's allocator has given out: objects, in effect.
        memory_kb: resident, of the process itself.
        children_memory_kb: resident, of all its children together.
    """

    threads: int
    descriptors: int
    children: int
    files: int
    blocks: int
    memory_kb: int
    children_memory_kb: int

    def to_json(self) -> dict[str, int]:
        """Return the form that travels between processes."""
        return asdict(self)


def measure(temporary: Path) -> Gauge:
    """Return what this process holds now; ``temporary`` is its folder for temporary files."""
    children = list(_children())
    return Gauge(
        threads=sum(1 for _ in (_PROC / "self/task").iterdir()),
        descriptors=sum(1 for _ in (_PROC / "self/fd").iterdir()) - 1,  # the listing itself has one
        children=len(children),
        files=sum(1 for _ in temporary.rglob("*")),
        blocks=sys.getallocatedblocks(),
        memory_kb=_resident_kb("self"),
        children_memory_kb=sum(map(_resident_kb, children)),
    )


def _children() -> Iterator[str]:
    for task in (_PROC / "self/task").iterdir():
        with contextlib.suppress(OSError):
            yield from (task / "children").read_text().split()


def _resident_kb(process: str) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int((_PROC / process / "statm").read_text().split()[1]) * _PAGE_KB
    return 0


def processes_marked(mark: str) -> dict[int, str]:
    """Return the processes whose environment has this mark, and what each is: number and command."""
    wanted = f"{MARK}={mark}".encode()
    found: dict[int, str] = {}
    for entry in _PROC.iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                found[int(entry.name)] = (
                    (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                )
    return found
