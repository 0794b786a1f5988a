"""This module owns what results say of where they come from: suite, scenarios, machine, and what was selected."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import conformance
from conformance.report.results import FORM
from conformance.scenario.collection import SHIPPED


def header_of_run(
    candidates: Sequence[Mapping[str, Any]],
    *,
    folders: Sequence[Path] = (),
    patterns: Sequence[str] = (),
    levels: Sequence[str] = (),
    tags: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the first line of a result file.

    Args:
        candidates: each with its name and what its driver says of itself.
        folders: of scenarios beside the shipped ones.
        patterns: what the user selected by; none: everything.
        levels: the same.
        tags: the same.
    """
    return {
        "type": "header",
        "form": FORM,
        "suite": conformance.__version__,
        "corpus": corpus_digest([SHIPPED, *folders]),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "platform": "-".join((os.uname().sysname, os.uname().release, os.uname().machine)),
        "selection": {"patterns": list(patterns), "levels": list(levels), "tags": list(tags)},
        "candidates": list(candidates),
    }


def corpus_digest(roots: Sequence[Path]) -> str:
    """Return what two runs have in common if they could play the very same scenarios."""
    digest = hashlib.sha256()
    for root in roots:
        for path in sorted(root.rglob("*.yaml")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
