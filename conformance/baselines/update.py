"""This module owns the rewriting of a baseline after a whole run: line by line, so that everything else stays.

What stays: comments, blank lines, and each entry that still holds. An entry that no longer holds gives its reason and
link to the entries that take its place.
"""

from __future__ import annotations

import json
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.baselines.form import Baseline, Entry

_WIDTH = 112


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came out of one scenario.

    Attributes:
        id: of the scenario.
        held: the places of the patterns that mean it.
        message: how it failed, whole; empty where it did not.
        lasting: the beginning of the message that will be the same the next time.
        breaches: the clauses of wire checks that were broken beside it.
        duty: the scenario's clauses in words.
        duties: those of wire checks, by clause.
    """

    id: str
    held: tuple[str, ...] = ()
    message: str = ""
    lasting: str = ""
    breaches: tuple[str, ...] = ()
    duty: str = ""
    duties: Mapping[str, str]

    @property
    def file_id(self) -> str:
        """The id without the case."""
        return self.id.partition("[")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An entry to be written."""

    patterns: tuple[str, ...]
    message: str = ""
    breach: str = ""
    reason: str
    link: str = ""

    def lines(self) -> list[str]:
        """Return the entry as lines of YAML."""
        first, *others = self.patterns
        written = [f"  - id: {first}"] if not others else ["  - id:", *(f"      - {glob}" for glob in self.patterns)]
        written.append(f"    message: {json.dumps(self.message)}" if self.message else f"    breach: {self.breach}")
        written.append("    reason: >-")
        words = textwrap.wrap(self.reason, _WIDTH, break_long_words=False, break_on_hyphens=False)
        written.extend(f"      {line}" for line in words)
        if self.link:
            written.append(f"    link: {self.link}")
        return written


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A baseline's new text, and how many entries came and went."""

    text: str
    added: int
    removed: int


def new_text(client: str, language: str) -> str:
    """Return the text of a baseline without entries."""
    about = f"{client}, {language}" if language else client
    lines = [f"# Known failures of {about}.", "candidate:", f"  client: {json.dumps(client)}"]
    if language:
        lines.append(f"  language: {language}")
    return "\n".join([*lines, "known: []", ""])


def update(baseline: Baseline, seen: Sequence[Seen], others: Iterable[Baseline] = ()) -> Update:
    """Return a baseline as it must be after a whole run.

    Args:
        baseline: as it is.
        seen: all that came out of the run.
        others: baselines of the same folder: they may know the reason of a failure that is new here.
    """
    kept = [entry for entry in baseline.entries if _holds(entry, seen)]
    gone = [entry for entry in baseline.entries if entry not in kept]
    known_elsewhere = [entry for other in others for entry in other.entries]
    wanted = list(_listings(seen, kept, [*gone, *known_elsewhere]))
    return Update(text=_edited(baseline, gone, wanted), added=len(wanted), removed=len(gone))


def _holds(entry: Entry, seen: Sequence[Seen]) -> bool:
    for pattern in entry.patterns:
        meant = [each for each in seen if pattern.place in each.held]
        if not meant or not all(_comes_about(entry, each) for each in meant):
            return False
    return True


def _comes_about(entry: Entry, seen: Seen) -> bool:
    """Tell whether a scenario fails as listed; a listed breach need not come about (see ``runner.baseline``)."""
    return bool(entry.breach) or entry.fits(seen.message)


# -- what must be listed anew


def _listings(seen: Sequence[Seen], kept: Sequence[Entry], known: Sequence[Entry]) -> Iterator[Listing]:
    """Yield an entry for each failure and breach that no entry lists, one for all cases of a file where they agree."""
    files: dict[str, list[Seen]] = defaultdict(list)
    for each in seen:
        files[each.file_id].append(each)
    for cases in files.values():
        for ids, message, of in _grouped(
            cases, [each for each in cases if each.message and not _is_listed(each, kept)]
        ):
            yield _listing(ids, known, of, message=message)
        for clause in sorted({clause for each in cases for clause in each.breaches}):
            broken = [each for each in cases if clause in each.breaches and not _is_listed(each, kept, clause)]
            if broken:
                yield _listing(_globs(cases, broken), known, broken[0], breach=clause)


def _is_listed(seen: Seen, kept: Sequence[Entry], clause: str = "") -> bool:
    return any(
        entry.breach == clause and any(pattern.place in seen.held for pattern in entry.patterns) for entry in kept
    )


def _grouped(cases: Sequence[Seen], failing: Sequence[Seen]) -> Iterator[tuple[tuple[str, ...], str, Seen]]:
    """Yield patterns, message and an example for those that fail alike."""
    shared = _common_start([each.lasting for each in failing]).rstrip()
    if failing and ", got " in shared:
        yield _globs(cases, failing), shared, failing[0]
        return
    alike: dict[str, list[Seen]] = defaultdict(list)
    for each in failing:
        alike[each.lasting].append(each)
    for message, group in alike.items():
        yield _globs(cases, group), message, group[0]


def _common_start(texts: Sequence[str]) -> str:
    first, last = min(texts, default=""), max(texts, default="")
    ends = (index for index, char in enumerate(first) if last[index : index + 1] != char)
    return first[: next(ends, len(first))]


def _globs(cases: Sequence[Seen], meant: Sequence[Seen]) -> tuple[str, ...]:
    """Return patterns for some cases of a file: one for all, and one for all transports of a row."""
    if len(cases) == len(meant) > 1:
        return (f"{meant[0].file_id}[*]",)
    rows: dict[str, list[Seen]] = defaultdict(list)
    for each in cases:
        rows[each.id.rpartition(",")[0]].append(each)
    globs = []
    for row, all_of_it in rows.items():
        own = [each.id for each in all_of_it if each in meant]
        globs.extend([f"{row},*]"] if row and len(own) == len(all_of_it) > 1 else own)
    return tuple(globs)


def _listing(
    patterns: tuple[str, ...], known: Sequence[Entry], of: Seen, *, message: str = "", breach: str = ""
) -> Listing:
    """Return an entry: with the reason of one that is about the same, else with the duty as a reason."""
    duty = of.duties.get(breach, "") if breach else of.duty
    before = max(known, key=lambda entry: _likeness(entry, of, message, breach), default=None)
    if before is None or not _likeness(before, of, message, breach):
        return Listing(patterns=patterns, message=message, breach=breach, reason=duty or "not explained yet")
    return Listing(patterns=patterns, message=message, breach=breach, reason=before.reason, link=before.link)


def _likeness(entry: Entry, of: Seen, message: str, breach: str) -> int:
    """Return how much an entry is about this failure: 0 not at all, 2 with the same message."""
    if entry.breach != breach or not (entry.means([of.id]) or any(p.place in of.held for p in entry.patterns)):
        return 0
    same = not breach and (entry.fits(message) or any(listed.startswith(message) for listed in entry.messages))
    return 2 if same else 1


# -- the text


def _edited(baseline: Baseline, gone: Sequence[Entry], wanted: Sequence[Listing]) -> str:
    lines = baseline.text.splitlines()
    head = next(number for number, line in enumerate(lines, 1) if line.startswith("known:"))
    insertions: dict[int, list[str]] = defaultdict(list)
    for listing in sorted(wanted, key=lambda listing: (listing.patterns, listing.breach)):
        before = [entry for entry in baseline.entries if entry.patterns[0].glob <= listing.patterns[0]]
        insertions[before[-1].lines[1] if before else head].extend(listing.lines())
    dropped = {number for entry in gone for number in range(entry.lines[0], entry.lines[1] + 1)}
    empty = len(gone) == len(baseline.entries) and not wanted
    lines[head - 1] = "known: []" if empty else "known:"
    written = []
    for number, line in enumerate(lines, 1):
        if number not in dropped:
            written.append(line)
        written.extend(insertions[number])
    return "\n".join([*written, ""])
