"""This module owns the rewriting of baselines after a whole run: line by line, so that everything else stays.

What stays: comments, blank lines, reasons, links, and each entry as far as it still holds. Several baselines may be
about one candidate. One that is about several candidates lists what fails in all of them; it is rewritten by a run of
all of them, and by no other.
"""

from __future__ import annotations

import json
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.baselines.form import Baseline, Entry, Pattern, begins

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

    def fails_as(self, breach: str) -> bool:
        """Tell whether it failed; with a breach: by this one."""
        return breach in self.breaches if breach else bool(self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One candidate of a run.

    Attributes:
        baselines: those about it; the last one takes what is new and not shared.
        seen: all that came out.
    """

    baselines: Sequence[Baseline]
    seen: Sequence[Seen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An entry to be written."""

    patterns: tuple[str, ...]
    messages: tuple[str, ...] = ()
    breach: str = ""
    reason: str
    link: str = ""

    def lines(self) -> list[str]:
        """Return the entry as lines of YAML."""
        words = textwrap.wrap(self.reason, _WIDTH, break_long_words=False, break_on_hyphens=False)
        written = [*self.block("id"), *self.block("breach" if self.breach else "message"), "    reason: >-"]
        written.extend(f"      {line}" for line in words)
        if self.link:
            written.append(f"    link: {self.link}")
        written[0] = f"  - {written[0].lstrip()}"
        return written

    def block(self, key: str) -> list[str]:
        """Return the lines of one key: ``id``, ``message`` or ``breach``."""
        if key == "breach":
            return [f"    breach: {self.breach}"]
        values = self.patterns if key == "id" else tuple(map(json.dumps, self.messages))
        if len(values) == 1:
            return [f"    {key}: {values[0]}"]
        return [f"    {key}:", *(f"      - {value}" for value in values)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A baseline's new text, and how many entries came, went, and were changed."""

    baseline: Baseline
    text: str
    added: int
    removed: int
    changed: int


def new_text(client: str, language: str) -> str:
    """Return the text of a baseline without entries."""
    about = f"{client}, {language}" if language else client
    lines = [f"# Known failures of {about}.", "candidate:", f"  client: {json.dumps(client)}"]
    if language:
        lines.append(f"  language: {language}")
    return "\n".join([*lines, "known: []", ""])


def update(judged: Sequence[Judged], beside: Sequence[Baseline] = ()) -> list[Update]:
    """Return baselines as they must be after a whole run.

    Args:
        judged: all candidates of the run.
        beside: baselines about candidates that are not of this run: they may know the reason of a failure that is new
            here, and what is shared with them stays as it is.
    """
    baselines = {each.path: each for one in judged for each in one.baselines}.values()
    fixed = [each for each in baselines if any(each.covers(other) for other in beside)]
    changes = {
        (each.path, entry.lines): _revised(entry, [one.seen for one in judged if each in one.baselines])
        for each in baselines
        if each not in fixed
        for entry in each.entries
    }
    known = [entry for each in (*baselines, *beside) for entry in each.entries]
    wanted = _shared_out(judged, fixed, [list(_new(one, changes, known)) for one in judged])
    return [
        _edited(each, {entry.lines: changes[each.path, entry.lines] for entry in each.entries}, wanted[each.path])
        for each in baselines
        if each not in fixed
    ]


# -- what is listed already


def _revised(entry: Entry, runs: Sequence[Sequence[Seen]]) -> Listing | None:
    """Return an entry as far as it holds in all runs; None if it does not at all."""
    patterns: list[str] = []
    meant: list[Seen] = []
    for pattern in entry.patterns:
        found = [[each for each in seen if pattern.place in each.held] for seen in runs]
        lasting = {each.id for each in found[0]} if found else set()
        for seen in found:
            lasting &= {each.id for each in seen if each.fails_as(entry.breach)}
        if lasting and all(len(seen) == len(lasting) for seen in found):
            patterns.append(pattern.glob)
        elif lasting:
            cases = [each for each in runs[0] if each.file_id in {id_.partition("[")[0] for id_ in lasting}]
            patterns.extend(_globs_of_all(cases, [each for each in cases if each.id in lasting]))
        meant.extend(each for seen in found for each in seen if each.id in lasting)
    if not patterns:
        return None
    return Listing(
        patterns=tuple(patterns),
        messages=() if entry.breach else _messages(entry, meant),
        breach=entry.breach,
        reason=entry.reason,
        link=entry.link,
    )


def _messages(entry: Entry, meant: Sequence[Seen]) -> tuple[str, ...]:
    """Return the messages: as they are where each failure fits one, for a failure may have several ways by chance.

    Where one fits none, its message is added, and what fits no failure is left out.
    """
    if all(entry.fits(each.message) for each in meant):
        return entry.messages
    used = [text for text in entry.messages if any(begins(each.message, text) for each in meant)]
    for each in meant:
        if not any(begins(each.message, text) for text in used):
            used.append(each.lasting)
    return tuple(used)


def _globs_of_all(cases: Sequence[Seen], meant: Sequence[Seen]) -> Iterator[str]:
    files: dict[str, list[Seen]] = defaultdict(list)
    for each in cases:
        files[each.file_id].append(each)
    for of_file in files.values():
        yield from _globs(of_file, [each for each in of_file if each in meant])


# -- what must be listed anew


def _new(
    one: Judged, changes: Mapping[tuple[Path, tuple[int, int]], Listing | None], known: Sequence[Entry]
) -> Iterator[Listing]:
    """Yield an entry for each failure and breach that no entry lists, one for all cases of a file where they agree."""
    listed = [
        (pattern, entry.breach)
        for each in one.baselines
        for entry in each.entries
        for pattern in _patterns_left(entry, changes.get((each.path, entry.lines), _as_it_is(entry)))
    ]
    files: dict[str, list[Seen]] = defaultdict(list)
    for each in one.seen:
        files[each.file_id].append(each)
    for cases in files.values():
        failing = [each for each in cases if each.message and not _is_listed(each, listed)]
        for ids, message, of in _grouped(cases, failing):
            yield _listing(ids, known, of, message=message)
        for clause in sorted({clause for each in cases for clause in each.breaches}):
            broken = [each for each in cases if clause in each.breaches and not _is_listed(each, listed, clause)]
            if broken:
                yield _listing(_globs(cases, broken), known, broken[0], breach=clause)


def _as_it_is(entry: Entry) -> Listing:
    return Listing(patterns=tuple(pattern.glob for pattern in entry.patterns), breach=entry.breach, reason="")


def _patterns_left(entry: Entry, change: Listing | None) -> Iterator[Pattern]:
    """Yield the patterns that stay, and those that came in the place of others, which have no place yet."""
    before = {pattern.glob: pattern for pattern in entry.patterns}
    for glob in change.patterns if change else ():
        yield before.get(glob, Pattern(glob=glob, place=""))


def _is_listed(seen: Seen, listed: Sequence[tuple[Pattern, str]], clause: str = "") -> bool:
    return any(
        breach == clause and (pattern.place in seen.held if pattern.place else pattern.means([seen.id]))
        for pattern, breach in listed
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
    new = Listing(patterns=patterns, messages=(message,) if message else (), breach=breach, reason=duty)
    if before is None or not _likeness(before, of, message, breach):
        return replace(new, reason=duty or "not explained yet")
    return replace(new, reason=before.reason, link=before.link)


def _likeness(entry: Entry, of: Seen, message: str, breach: str) -> int:
    """Return how much an entry is about this failure: 0 not at all, 2 with the same message."""
    if entry.breach != breach or not (entry.means([of.id]) or any(p.place in of.held for p in entry.patterns)):
        return 0
    same = not breach and (entry.fits(message) or any(begins(listed, message) for listed in entry.messages))
    return 2 if same else 1


def _shared_out(
    judged: Sequence[Judged], fixed: Sequence[Baseline], new: Sequence[Sequence[Listing]]
) -> dict[Path, list[Listing]]:
    """Return what is new for each baseline: what all candidates of a shared one have in common, goes there."""
    wanted: dict[Path, list[Listing]] = defaultdict(list)
    for one, listings in zip(judged, new, strict=True):
        for listing in listings:
            homes = [each for each in one.baselines if each not in fixed and _common(each, listing, judged, new)]
            home = (homes or [one.baselines[-1]])[0]
            if listing not in wanted[home.path]:
                wanted[home.path].append(listing)
    return wanted


def _common(baseline: Baseline, listing: Listing, judged: Sequence[Judged], new: Sequence[Sequence[Listing]]) -> bool:
    return all(listing in of for one, of in zip(judged, new, strict=True) if baseline in one.baselines)


# -- the text


def _edited(baseline: Baseline, changes: Mapping[tuple[int, int], Listing | None], wanted: Sequence[Listing]) -> Update:
    lines = baseline.text.splitlines()
    head = next(number for number, line in enumerate(lines, 1) if line.startswith("known:"))
    insertions: dict[int, list[str]] = defaultdict(list)
    for listing in sorted(wanted, key=lambda listing: (listing.patterns, listing.breach)):
        before = [entry for entry in baseline.entries if entry.patterns[0].glob <= listing.patterns[0]]
        insertions[before[-1].lines[1] if before else head].extend(listing.lines())
    replaced: dict[int, list[str]] = {}
    removed = changed = 0
    for entry in baseline.entries:
        change = changes[entry.lines]
        if change is None:
            removed += 1
            replaced.update(_replacement(entry.lines, []))
        elif not _is_same(entry, change):
            changed += 1
            replaced.update(_rewritten(entry, change, lines))
    lines[head - 1] = "known: []" if removed == len(baseline.entries) and not wanted else "known:"
    written = []
    for number, line in enumerate(lines, 1):
        written.extend(replaced.get(number, [line]))
        written.extend(insertions[number])
    text = "\n".join([*written, ""])
    return Update(baseline=baseline, text=text, added=len(wanted), removed=removed, changed=changed)


def _is_same(entry: Entry, change: Listing) -> bool:
    return tuple(pattern.glob for pattern in entry.patterns) == change.patterns and entry.messages == change.messages


def _rewritten(entry: Entry, change: Listing, lines: Sequence[str]) -> dict[int, list[str]]:
    """Return the lines that take the place of an entry's: of what changed in it, or of all where lines are shared."""
    if not entry.blocks:
        return _replacement(entry.lines, change.lines())
    written: dict[int, list[str]] = {}
    for key, before, now in (
        ("id", tuple(pattern.glob for pattern in entry.patterns), change.patterns),
        ("message", entry.messages, change.messages),
    ):
        if before != now:
            first, last = entry.blocks[key]
            block = change.block(key)
            block[0] = lines[first - 1][: lines[first - 1].index(key)] + block[0].lstrip()
            written.update(_replacement((first, last), block))
    return written


def _replacement(span: tuple[int, int], lines: list[str]) -> dict[int, list[str]]:
    return {number: lines if number == span[0] else [] for number in range(span[0], span[1] + 1)}
