"""This module owns what a soak finds: verdicts that differ, holdings that grow, things that are left behind."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.runner.verdict import Result
from tests.soak.gauge import Gauge

WARM_UP = 3
"""Rounds in which a process may still grow: imports, caches, thread stacks, pools of the allocator."""

MEMORY_WARM_UP = 12
"""The same for resident memory: which of a dozen candidates meets the large messages is chance, and none gives back."""

BLOCKS_A_ROUND = 300
"""Growth in objects a round that is put down to caches; one object a scenario that stays would be 1,700 of them."""

MEMORY_KB_A_ROUND = 512
"""Growth of resident memory a round that is put down to the system's allocator: 300 octets a scenario."""

_SURE = 3
"""Standard errors by which a growth must exceed its bound: a dozen candidates hold more and less from round to round,
as chance has them meet large messages, and over few rounds that looks like a growth."""

_FEWEST = 4
"""Rounds over which a growth can be told at all."""

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

    def add(self, run: Mapping[str, Judged]) -> Iterable[str]:
        """Take a whole run; return each scenario that came out in another way than before."""
        self.runs += 1
        news = []
        for scenario, found in run.items():
            ways = self.seen.setdefault(scenario, Counter())
            if ways and tuple(found) not in ways:
                before, now = (" | ".join(way)[:300] for way in (next(iter(ways)), tuple(found)))
                news.append(f"{scenario} came out in another way in run {self.runs}: {now}; before: {before}")
            ways[tuple(found)] += 1
        return news

    def findings(self) -> Iterable[str]:
        """Yield each scenario that did not come out in every run."""
        for scenario, ways in sorted(self.seen.items()):
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
    bounds = {"blocks": BLOCKS_A_ROUND, "memory_kb": MEMORY_KB_A_ROUND, "children_memory_kb": MEMORY_KB_A_ROUND}
    for name, bound in bounds.items():
        counted = settled if name == "blocks" else gauges[MEMORY_WARM_UP:]
        slope, error = _slope([float(getattr(gauge, name)) for gauge in counted])
        if slope - _SURE * error > bound:
            yield f"{who}: {name} grew by {slope:.0f} a round over {len(counted)} rounds"


def slope_kb(gauges: Sequence[Gauge], name: str) -> float:
    """Return by how much memory grows a round, behind the warm-up; 0 where that cannot be said."""
    return _slope([float(getattr(gauge, name)) for gauge in gauges[MEMORY_WARM_UP:]])[0]


def _slope(values: Sequence[float]) -> tuple[float, float]:
    """Return the slope of the line through the values (least squares) and its standard error; 0 for too few values."""
    count = len(values)
    if count < _FEWEST:
        return 0.0, 0.0
    middle = (count - 1) / 2
    mean = sum(values) / count
    spread = sum((at - middle) ** 2 for at in range(count))
    slope = sum((at - middle) * (value - mean) for at, value in enumerate(values)) / spread
    beside = sum((value - mean - slope * (at - middle)) ** 2 for at, value in enumerate(values))
    return slope, math.sqrt(beside / (count - 2) / spread)
