"""This module owns what a run as a whole has to do with baselines: which is whose, what is stale, and rewriting them.

Whether one scenario fails as it must is decided where it is played (``conformance.runner.baseline``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.baselines.form import Baseline, Pattern, about, files_of, folder_of, read_baseline
from conformance.baselines.update import Judged, Seen, new_text, update
from conformance.driver.answers import Identity
from conformance.errors import ExitCode, SuiteError, UsageError
from conformance.runner.baseline import lasting_message_of, message_of
from conformance.runner.judge import FAKE_SERVER_FAILED
from conformance.runner.verdict import Result
from conformance.scenario.model import Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What part of the corpus a run was about.

    Attributes:
        patterns: none: all.
        narrowed: whether there were levels or tags beside them.
        exitfirst: whether the run ends at the first failure.
        updating: whether the baselines are to be rewritten.
    """

    patterns: Sequence[str]
    narrowed: bool
    exitfirst: bool
    updating: bool

    def __post_init__(self) -> None:
        if self.updating and (self.patterns or self.narrowed or self.exitfirst):
            raise UsageError(
                "--update-baseline needs a whole run, for what is not run would be taken out: "
                "leave out PATTERN, --level, --tag and --exitfirst"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBaselines:
    """The baselines of a run.

    Attributes:
        by_client: each candidate's baselines, by what the user called the candidate; the most particular one last.
        new: for each candidate that has none of its own, the file that it is to be written to.
    """

    by_client: Mapping[str, Sequence[Baseline]]
    new: Mapping[str, tuple[Path, Identity]]

    @classmethod
    def of(cls, names: Sequence[str], identities: Mapping[str, Identity], *, updating: bool) -> RunBaselines:
        """Find out whose the baselines are that a user names.

        Raises:
            UsageError: there is no such file, or it is about none of the candidates.
            ScenarioError: a file is broken.
        """
        if updating and not names:
            raise UsageError("--update-baseline needs --baseline F: the file, or the folder of files, to write")
        files = {path: None for name in names for path in files_of(name) if path.exists() or not updating}
        baselines = [read_baseline(path) for path in files]
        by_client = {client: about(baselines, client, identity) for client, identity in identities.items()}
        _refuse_useless(names, baselines, by_client, identities)
        lacking = {
            client: identity
            for client, identity in identities.items()
            if not by_client[client] or any(by_client[client][-1].covers(each) for each in baselines)
        }
        return cls(by_client=by_client, new=dict(_new_files(names, lacking)) if updating else {})

    def finish(
        self, results: Sequence[Result], code: int, selected: Selected, clauses: Mapping[str, Clause]
    ) -> tuple[list[str], int]:
        """Return what is said of the baselines at the end of a run, and the exit code of it all.

        Args:
            results: all of the run.
            code: the exit code without baselines.
            selected: what the user selected.
            clauses: the catalogue.

        Raises:
            UsageError: the run was cut short, and the baselines were to be rewritten; or they cannot be written.
        """
        whole = code == ExitCode.OK or (code == ExitCode.FAILED and not selected.exitfirst)
        if selected.updating:
            failed = [result.id for result in results if result.reason.startswith(FAKE_SERVER_FAILED)]
            if not whole or failed:
                why = (
                    f"the fake server failed in {failed[0]}" if failed else f"the run ended with exit code {int(code)}"
                )
                raise UsageError(f"no baseline was written: {why}")
            return list(self._rewritten(results, clauses)), ExitCode.OK
        stale = self._stale(results, selected.patterns) if whole and not selected.narrowed else []
        return stale, max(code, ExitCode.FAILED) if stale else code

    def _stale(self, results: Sequence[Result], patterns: Sequence[str]) -> list[str]:
        """Return what is said of patterns that mean no scenario that was run, though they could have."""
        used = {place for result in results for place in result.baseline}
        return [
            f"stale: {pattern.place}: {pattern.glob} means no scenario that was run; take it out, "
            "or run all with --update-baseline"
            for baseline in self._all
            for pattern in baseline.patterns()
            if pattern.place not in used and _was_selected(pattern, patterns)
        ]

    @property
    def _all(self) -> Iterable[Baseline]:
        return {each.path: each for of_client in self.by_client.values() for each in of_client}.values()

    def _rewritten(self, results: Sequence[Result], clauses: Mapping[str, Clause]) -> Iterator[str]:
        """Write the baselines anew; yield what was done."""
        by_client = {client: list(of_client) for client, of_client in self.by_client.items()}
        for client, (path, identity) in self.new.items():
            _write(path, new_text(identity.implementation, _language(identity)))
            by_client[client].append(read_baseline(path))
        judged = [
            Judged(
                baselines=of_client, seen=[_seen(result, clauses) for result in results if result.candidate == client]
            )
            for client, of_client in by_client.items()
        ]
        for done in update(judged, beside=_beside([each for one in judged for each in one.baselines])):
            _write(done.baseline.path, done.text)
            counts = f"{done.added} entries written, {done.changed} changed, {done.removed} taken out"
            yield f"{done.baseline.path}: {counts}"


def _beside(baselines: Sequence[Baseline]) -> list[Baseline]:
    """Return the baselines of the same clients in the same folders; what else lies there does not matter."""
    paths = {each.path for each in baselines}
    found = []
    for path in sorted({path for folder in {each.parent for each in paths} for path in files_of(str(folder))} - paths):
        with contextlib.suppress(SuiteError):
            found.append(read_baseline(path))
    return [each for each in found if each.client in {each.client for each in baselines}]


def _refuse_useless(
    names: Sequence[str],
    baselines: Iterable[Baseline],
    by_client: Mapping[str, Sequence[Baseline]],
    identities: Mapping[str, Identity],
) -> None:
    """Refuse a file that the user named and that no candidate is judged by."""
    for baseline in baselines:
        if baseline.path in map(Path, names) and not any(baseline in of_client for of_client in by_client.values()):
            whose = ", ".join(filter(None, (baseline.client, baseline.language)))
            there = "; ".join(f"{client} ({identity})" for client, identity in identities.items())
            raise UsageError(
                f"--baseline {baseline.path} is about {whose}, and none of the candidates is that: {there}"
            )


def _new_files(names: Sequence[str], lacking: Mapping[str, Identity]) -> Iterator[tuple[str, tuple[Path, Identity]]]:
    folders = [folder_of(name) for name in names if folder_of(name).is_dir()]
    files = [Path(name) for name in names if not Path(name).exists() and not folder_of(name).is_dir()]
    for client, identity in lacking.items():
        if files:
            yield client, (files.pop(0), identity)
        elif folders:
            name = "-".join(filter(None, (identity.implementation, *_language(identity).lower().split())))
            yield client, (folders[0] / f"{name}.yaml", identity)
        else:
            raise UsageError(f"no baseline is about {client} ({identity}): name a file or a folder to write it to")


def _language(identity: Identity) -> str:
    """Return the language that a new baseline is about: the standard library's client is another with each version."""
    return ".".join(identity.language.split(".")[:2]) if identity.implementation == "smtplib" else ""


def _was_selected(pattern: Pattern, patterns: Sequence[str]) -> bool:
    """Tell whether all that a pattern can mean was run: it lies within a family or a folder that the user selected."""
    return not patterns or any(pattern.glob.startswith(f"{chosen.rstrip('/')}/") for chosen in patterns)


def _seen(result: Result, clauses: Mapping[str, Clause]) -> Seen:
    breaches = {breach.clause for breach in (*result.breaches, *result.known_breaches)}
    duties = {clause: _duty(clauses, [clause]) for clause in breaches}
    return Seen(
        id=result.id,
        held=result.baseline,
        message=message_of(result),
        lasting=lasting_message_of(result),
        breaches=tuple(sorted(breaches)),
        duty=_duty(clauses, result.clauses),
        duties=duties,
    )


def _duty(clauses: Mapping[str, Clause], ids: Iterable[str]) -> str:
    """Return clauses in words, as a reason to begin with."""
    known = [clauses[clause_id] for clause_id in ids if clause_id in clauses]
    return "; ".join(f"{clause.says} (RFC {clause.rfc})" if clause.rfc else clause.says for clause in known)


def _write(path: Path, text: str) -> None:
    """Write a file as a whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
