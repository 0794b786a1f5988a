"""This module owns which forms of a report are written where; what they look like is each one's own business."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.errors import UsageError
from conformance.report.merging import Collected, collect
from conformance.report.results import read_results
from conformance.scenario.collection import read_catalogue
from conformance.scenario.model import Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """Where each form is to be written; None: nowhere."""

    html_file: Path | None = None
    junit_file: Path | None = None
    markdown_file: Path | None = None
    badge_file: Path | None = None

    @property
    def wanted(self) -> tuple[Path, ...]:
        """The files that are to be written."""
        paths = (self.html_file, self.junit_file, self.markdown_file, self.badge_file)
        return tuple(path for path in paths if path is not None)

    def check(self) -> None:
        """See to it that the files can be written, before a long run.

        Raises:
            UsageError: one cannot.
        """
        for path in self.wanted:
            if path.is_dir() or not path.parent.is_dir():
                why = "it is a folder" if path.is_dir() else f"there is no folder {path.parent}"
                raise UsageError(f"{path} cannot be written: {why}")


def write_forms(forms: Forms, collected: Collected, clauses: Mapping[str, Clause]) -> None:
    """Write all that is wanted.

    Raises:
        UsageError: a file cannot be written.
    """
    try:
        if forms.html_file:
            from conformance.report.html import page_of

            forms.html_file.write_text(page_of(collected, clauses), encoding="utf-8")
        if forms.junit_file:
            from conformance.report.junit import write_junit

            write_junit(forms.junit_file, collected, clauses)
        if forms.markdown_file:
            from conformance.report.markdown import markdown_of

            forms.markdown_file.write_text(markdown_of(collected, clauses), encoding="utf-8")
        if forms.badge_file:
            from conformance.report.badge import badge_of

            forms.badge_file.write_text(json.dumps(badge_of(collected, clauses), indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be written: {error.strerror}") from error


def report_files(
    paths: Sequence[Path], forms: Forms, *, folders: Sequence[Path] = (), mixed: bool = False
) -> Collected:
    """Build reports out of result files.

    Raises:
        SuiteError: a file is none of ours, they cannot be merged, or a report cannot be written.
    """
    forms.check()
    collected = collect([read_results(path) for path in paths], mixed=mixed)
    write_forms(forms, collected, read_catalogue(folders))
    return collected
