"""This module owns what a soak finds: verdicts that differ, holdings that grow, things that are left behind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.runner.verdict import Result
from tests.soak.gauge import Gauge

WARM_UP = 2
"""Rounds in which a process may still grow: imports, caches, thread stacks, pools of the allocator."""

MEMORY_KB_A_ROUND = 64
"""Growth of resident memory a round that is put down to the allocator; a corpus has 1,700 scenarios: 40 octets each."""

_OF_THIS_RUN = re.compile(r"127(?:\.[0-9]+){3}|\b[0-9]{4,5}\b|/\S*/smtp-[^/\s]*/s\b|[0-9]+\.[0-9]+ s\b")
"""Addresses, ports, socket paths and durations: words of a difference that may change from one run to the next."""

Judged = list[str]
"""A verdict and all that is wrong, in words that do not change from one run to the next."""


def judged(result: Result) -> Judged:
    """Return what of a result must come out alike each time."""
    wrong = [*map(str, result.differences), *(f"{breach.clause}: {breach.message}" for breach in result.breaches)]
    return [str(result.verdict), *(_OF_THIS_RUN.sub("…", text) for text in (*wrong, result.reason) if text)]


@dataclass(kw_only=True)
class Verdicts:
    """What came out of each scenario over all runs."""

    seen: dict[str, Counter[tuple[str, ...]]] = field(default_factory=dict)
    runs: int = 0

    def add(self, run: Mapping[str, Judged]) -> None:
        """Take a whole run."""
        self.runs += 1
        for scenario, found in run.items():
            self.seen.setdefault(scenario, Counter())[tuple(found)] += 1

    def findings(self) -> Iterable[str]:
        """Yield each scenario that came out in more than one way, or not in every run."""
        for scenario, ways in sorted(self.seen.items()):
            if len(ways) > 1:
                told = "; ".join(f"{count} times {' | '.join(way)[:300]}" for way, count in ways.most_common())
                yield f"{scenario} came out in {len(ways)} ways: {told}"
            if ways.total() != self.runs:
                yield f"{scenario} has {ways.total()} verdicts in {self.runs} runs"


def growth(who: str, gauges: Sequence[Gauge]) -> Iterable[str]:
    """Yield what a process held more of at the end of its rounds than behind the first ones."""
    settled = gauges[WARM_UP:]
    if len(settled) < 2:
        return
    for name in ("threads", "descriptors", "children", "files"):
        counts = [getattr(gauge, name) for gauge in settled]
        if max(counts) > counts[0]:
            yield f"{who}: {name} grew from {counts[0]} to {max(counts)} over {len(counts)} rounds"
    for name in ("memory_kb", "children_memory_kb"):
        slope = _slope([float(getattr(gauge, name)) for gauge in settled])
        if slope > MEMORY_KB_A_ROUND:
            yield f"{who}: {name} grew by {slope:.0f} KB a round over {len(settled)} rounds"


def slope_kb(gauges: Sequence[Gauge], name: str) -> float:
    """Return by how much memory grows a round, behind the warm-up; 0 where that cannot be said."""
    settled = [float(getattr(gauge, name)) for gauge in gauges[WARM_UP:]]
    return _slope(settled) if len(settled) > 1 else 0.0


def _slope(values: Sequence[float]) -> float:
    """Return the slope of the line through the values (least squares)."""
    middle = (len(values) - 1) / 2
    mean = sum(values) / len(values)
    over = sum((at - middle) * (value - mean) for at, value in enumerate(values))
    return over / sum((at - middle) ** 2 for at in range(len(values)))
