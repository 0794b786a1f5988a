"""This module owns what a run as a whole has to do with baselines: which is whose, what is stale, and rewriting them.

Whether one scenario fails as it must is decided where it is played (``conformance.runner.baseline``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.baselines.form import Baseline, Pattern, choose, files_of, folder_of, read_baseline
from conformance.baselines.update import Seen, new_text, update
from conformance.driver.answers import Identity
from conformance.errors import ExitCode, UsageError
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
        by_client: each candidate's baseline, by what the user called the candidate.
        new: for each candidate without one, the file that it is to be written to.
    """

    by_client: Mapping[str, Baseline]
    new: Mapping[str, tuple[Path, Identity]]

    @classmethod
    def of(cls, names: Sequence[str], identities: Mapping[str, Identity], *, updating: bool) -> RunBaselines:
        """Find out whose the baselines are that a user names.

        Raises:
            UsageError: there is no such file, or it is about none of the candidates, or several are about one.
            ScenarioError: a file is broken.
        """
        if updating and not names:
            raise UsageError("--update-baseline needs --baseline F: the file, or the folder of files, to write")
        files = {path: None for name in names for path in files_of(name) if path.exists() or not updating}
        baselines = [read_baseline(path) for path in files]
        by_client = {
            client: baseline
            for client, identity in identities.items()
            if (baseline := choose(baselines, client, identity))
        }
        _refuse_useless(names, baselines, by_client, identities)
        lacking = {client: identity for client, identity in identities.items() if client not in by_client}
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
            for baseline in self.by_client.values()
            for pattern in baseline.patterns()
            if pattern.place not in used and _was_selected(pattern, patterns)
        ]

    def _rewritten(self, results: Sequence[Result], clauses: Mapping[str, Clause]) -> Iterator[str]:
        """Write the baselines anew; yield what was done."""
        for client, (path, identity) in self.new.items():
            language = ".".join(identity.language.split(".")[:2]) if identity.implementation == "smtplib" else ""
            _write(path, new_text(identity.implementation, language))
            yield self._rewrite(read_baseline(path), client, results, clauses)
        for client, baseline in self.by_client.items():
            yield self._rewrite(baseline, client, results, clauses)

    def _rewrite(
        self, baseline: Baseline, client: str, results: Iterable[Result], clauses: Mapping[str, Clause]
    ) -> str:
        seen = [_seen(result, clauses) for result in results if result.candidate == client]
        beside = [read_baseline(path) for path in sorted(baseline.path.parent.glob("*.yaml")) if path != baseline.path]
        done = update(baseline, seen, [other for other in beside if other.client == baseline.client])
        _write(baseline.path, done.text)
        return f"{baseline.path}: {done.added} entries written, {done.removed} taken out"


def _refuse_useless(
    names: Sequence[str],
    baselines: Iterable[Baseline],
    by_client: Mapping[str, Baseline],
    identities: Mapping[str, Identity],
) -> None:
    """Refuse a file that the user named and that no candidate is judged by."""
    for baseline in baselines:
        if baseline.path in map(Path, names) and baseline not in by_client.values():
            about = ", ".join(filter(None, (baseline.client, baseline.language)))
            there = "; ".join(f"{client} ({identity})" for client, identity in identities.items())
            raise UsageError(
                f"--baseline {baseline.path} is about {about}, and none of the candidates is that: {there}"
            )


def _new_files(names: Sequence[str], lacking: Mapping[str, Identity]) -> Iterator[tuple[str, tuple[Path, Identity]]]:
    folders = [folder_of(name) for name in names if folder_of(name).is_dir()]
    files = [Path(name) for name in names if not Path(name).exists() and not folder_of(name).is_dir()]
    for client, identity in lacking.items():
        if files:
            yield client, (files.pop(0), identity)
        elif folders:
            language = ".".join(identity.language.split(".")[:2]) if identity.implementation == "smtplib" else ""
            name = "-".join(filter(None, (identity.implementation, *language.lower().split())))
            yield client, (folders[0] / f"{name}.yaml", identity)
        else:
            raise UsageError(f"no baseline is about {client} ({identity}): name a file or a folder to write it to")


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
