"""This module owns what a baseline is and how its file is read; it does not know about results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from pathlib import Path

from conformance.driver.answers import Identity
from conformance.errors import Problem, ScenarioError, UsageError
from conformance.scenario.schema import schema_problems
from conformance.scenario.tree import Mapping, Node, Place, plain, read_tree
from conformance.scenario.tree import Sequence as SequenceNode

SHIPPED = Path(__file__).parent
"""The folder of the baselines that come with the suite."""
SHIPPED_AS = "shipped"
"""What a user writes for that folder."""
_SCHEMA = SHIPPED / "schema.json"
_VERB = re.compile(r"\b(?:mail from|rcpt to):", re.IGNORECASE)


def folded(text: str) -> str:
    """Return a text with the verbs of its commands in one case, which says nothing there (RFC 5321 section 2.4)."""
    return _VERB.sub(lambda verb: verb[0].lower(), text)


def begins(message: str, listed: str) -> bool:
    """Tell whether a message begins as it is listed."""
    return folded(message).startswith(folded(listed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One pattern of ids, and where it stands."""

    glob: str
    place: str

    def means(self, names: Iterable[str]) -> bool:
        """Tell whether one of a scenario's names is meant."""
        expression = re.escape(self.glob).replace(r"\*", ".*").replace(r"\?", ".")
        return any(re.fullmatch(expression, name) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One known failure.

    Attributes:
        patterns: which scenarios fail so.
        messages: how the message begins, in one of these ways; empty where a breach is listed.
        breach: the clause of an always-on wire check that is broken; empty where a message is listed.
        reason: what duty is broken, and how.
        link: where it was reported; empty where it was not.
        lines: its first and its last line in the file.
        blocks: the first and the last line of each key, where each has lines of its own.
    """

    patterns: tuple[Pattern, ...]
    messages: tuple[str, ...]
    breach: str
    reason: str
    link: str
    lines: tuple[int, int]
    blocks: MappingType[str, tuple[int, int]]

    @property
    def why(self) -> str:
        """The reason, with the link where there is one."""
        return f"{self.reason} ({self.link})" if self.link else self.reason

    def fits(self, message: str) -> bool:
        """Tell whether a failure with this message is the one that is listed."""
        return any(begins(message, listed) for listed in self.messages)

    def means(self, names: Iterable[str]) -> bool:
        """Tell whether a scenario of these names is meant."""
        known = tuple(names)
        return any(pattern.means(known) for pattern in self.patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The known failures of one candidate.

    Attributes:
        path: the file.
        client: which client it is about; ``*`` and ``?`` stand for others.
        language: the language, with as much of its version as matters; empty: any.
        entries: in the order of the file.
        text: the file's.
    """

    path: Path
    client: str
    language: str
    entries: tuple[Entry, ...]
    text: str

    def is_for(self, spec: str, identity: Identity) -> bool:
        """Tell whether a candidate is meant: by what its driver says that it is, or by how the user named it."""
        client = Pattern(glob=self.client, place="")
        language = f"{identity.language}."
        return client.means((identity.implementation, spec)) and language.startswith(f"{self.language}.".lstrip("."))

    def covers(self, other: Baseline) -> bool:
        """Tell whether another one is about some of the candidates that this one is about."""
        return other.client == self.client and other.language.startswith(self.language) and other.path != self.path

    def entries_for(self, names: Sequence[str]) -> list[Entry]:
        """Return the entries about a scenario, by its id and its former ids."""
        return [entry for entry in self.entries if entry.means(names)]

    def patterns(self) -> Iterator[Pattern]:
        """Yield all patterns."""
        for entry in self.entries:
            yield from entry.patterns


def read_baselines(names: Iterable[str]) -> list[Baseline]:
    """Read baselines.

    Args:
        names: files, folders (all their files) and ``shipped``, as the user wrote them.

    Raises:
        UsageError: there is no such file or folder.
        ScenarioError: a file is broken.
    """
    return [read_baseline(path) for name in names for path in files_of(name)]


def files_of(name: str) -> list[Path]:
    """Return the baseline files that a name stands for; one that does not exist is itself."""
    path = folder_of(name)
    return sorted(path.glob("*.yaml")) if path.is_dir() else [path]


def folder_of(name: str) -> Path:
    """Return the path that a name stands for."""
    return SHIPPED if name == SHIPPED_AS else Path(name)


def read_baseline(path: Path) -> Baseline:
    """Read one baseline.

    Raises:
        UsageError: the file cannot be read.
        ScenarioError: it is broken; the problems have their places.
    """
    shown = f"{SHIPPED_AS}/{path.name}" if path.parent == SHIPPED else str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--baseline {shown} cannot be read: {error}; --update-baseline writes a new one") from error
    tree = read_tree(text, shown)
    problems = list(schema_problems(tree, _SCHEMA)) or list(_mistakes(tree))
    if problems:
        raise ScenarioError(problems)
    candidate = plain(_at(tree, "candidate"))
    assert isinstance(candidate, dict)  # noqa: S101 - the schema has seen to it
    return Baseline(
        path=path,
        client=candidate["client"],
        language=candidate.get("language", ""),
        entries=tuple(_entries(_items(tree), text.splitlines())),
        text=text,
    )


def about(baselines: Iterable[Baseline], spec: str, identity: Identity) -> list[Baseline]:
    """Return the baselines of a candidate: they add up. The last one is the one that is most about it."""
    fitting = [baseline for baseline in baselines if baseline.is_for(spec, identity)]
    return sorted(fitting, key=lambda baseline: (len(baseline.language), baseline.client.count("*") == 0))


def _at(tree: Node, key: str) -> Node:
    found = tree.get(key) if isinstance(tree, Mapping) else None
    assert found is not None  # noqa: S101 - the schema has seen to it
    return found


def _items(tree: Node) -> list[Mapping]:
    known = _at(tree, "known")
    assert isinstance(known, SequenceNode)  # noqa: S101 - the schema has seen to it
    return [item for item in known.items if isinstance(item, Mapping)]


def _mistakes(tree: Node) -> Iterator[Problem]:
    for item in _items(tree):
        if ("message" in set(item)) == ("breach" in set(item)):
            yield item.place.problem("a known failure has either a message or a breach")
        elif not all(text.strip() for text in _texts_of(_at(item, "message" if "message" in set(item) else "breach"))):
            yield item.place.problem("an empty message would fit every failure")


def _entries(items: Sequence[Mapping], lines: Sequence[str]) -> Iterator[Entry]:
    starts = [_first_line(item.place, lines) for item in items]
    ends = [*(start - 1 for start in starts[1:]), len(lines)]
    for item, start, end in zip(items, starts, ends, strict=False):  # without items there is no end either
        words = {key: " ".join(str(plain(value)).split()) for key, value in _others(item)}
        last = _last_line(lines, end)
        yield Entry(
            patterns=tuple(_patterns(_at(item, "id"))),
            messages=tuple(_texts_of(_at(item, "message"))) if "message" in set(item) else (),
            breach=words.get("breach", ""),
            reason=words["reason"],
            link=words.get("link", ""),
            lines=(start, last),
            blocks=_blocks(item, lines, last),
        )


def _blocks(item: Mapping, lines: Sequence[str], last: int) -> dict[str, tuple[int, int]]:
    """Return the lines of each key; none where keys share a line."""
    starts = [(str(key.value), key.place.line) for key, _ in item.entries]
    if len({line for _, line in starts}) < len(starts):
        return {}
    ends = [*(line - 1 for _, line in starts[1:]), last]
    return {key: (start, _last_line(lines, end)) for (key, start), end in zip(starts, ends, strict=True)}


def _others(item: Mapping) -> Iterator[tuple[str, Node]]:
    for key, value in item.entries:
        if key.value not in ("id", "message"):
            yield str(key.value), value


def _texts_of(node: Node) -> Iterator[str]:
    """Yield a text, or those of a list."""
    yield from (str(plain(item)) for item in (node.items if isinstance(node, SequenceNode) else (node,)))


def _first_line(place: Place, lines: Sequence[str]) -> int:
    """Return the line of the dash, which may stand alone before the entry."""
    return place.line if lines[place.line - 1].lstrip().startswith("-") else place.line - 1


def _last_line(lines: Sequence[str], end: int) -> int:
    """Return the last line of an entry before a line: a comment before the next entry is that entry's."""
    return next(number for number in range(end, 0, -1) if lines[number - 1].split("#")[0].strip())


def _patterns(node: Node) -> Iterator[Pattern]:
    items = node.items if isinstance(node, SequenceNode) else (node,)
    for item in items:
        place = item.place
        yield Pattern(glob=str(plain(item)), place=f"{place.path}:{place.line}:{place.column}")
