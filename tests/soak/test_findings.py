"""A soak that finds nothing has to be able to find something."""

from __future__ import annotations

from dataclasses import replace

from conformance.runner.verdict import Difference, Result, Verdict
from tests.soak.findings import MEMORY_WARM_UP, WARM_UP, Verdicts, growth, judged
from tests.soak.gauge import Gauge

STEADY = Gauge(
    threads=1, descriptors=8, children=1, files=5, blocks=500_000, memory_kb=90_000, children_memory_kb=30_000
)


def rounds(**grows: int) -> list[Gauge]:
    """Gauges of rounds in which these grow by so much each."""
    return [
        replace(STEADY, **{name: getattr(STEADY, name) + by * number for name, by in grows.items()})
        for number in range(MEMORY_WARM_UP + 6)
    ]


def test_what_stays_as_it_is_is_no_finding() -> None:
    assert list(growth("it", rounds())) == []
    assert list(growth("it", rounds(blocks=50, memory_kb=100))) == []


def test_one_thread_descriptor_child_or_file_more_is_a_finding() -> None:
    for name in ("threads", "descriptors", "children", "files"):
        (found,) = growth("it", rounds(**{name: 1}))
        assert f"it: {name} grew" in found


def test_an_object_for_each_scenario_is_a_finding() -> None:
    (found,) = growth("it", rounds(blocks=1700))
    assert "blocks grew by 1700 a round" in found


def test_memory_that_grows_on_is_a_finding_and_its_first_rounds_are_none() -> None:
    (found,) = growth("it", rounds(memory_kb=3000))
    assert "memory_kb grew by 3000 a round over 6 rounds" in found
    assert list(growth("it", rounds(memory_kb=3000, children_memory_kb=20_000)[: WARM_UP + 3])) == []


def test_memory_that_goes_up_and_down_is_a_finding_only_if_it_surely_grows() -> None:
    def swaying(*, by: int) -> list[Gauge]:
        return [
            replace(gauge, children_memory_kb=gauge.children_memory_kb + (number * 7919) % 30_000)
            for number, gauge in enumerate(rounds(children_memory_kb=by))
        ]

    assert list(growth("it", swaying(by=0))) == []
    assert list(growth("it", swaying(by=900))) == []
    (found,) = growth("it", swaying(by=30_000))
    assert "children_memory_kb grew by" in found


def test_a_verdict_that_differs_is_told_at_once_and_a_missing_one_at_the_end() -> None:
    verdicts = Verdicts()
    assert not verdicts.add({"a/b": ["pass"], "a/c": ["pass"]})
    (found,) = verdicts.add({"a/b": ["fail", "expected x"]})
    assert found == "a/b came out in another way in run 2: fail | expected x; before: pass"
    assert list(verdicts.findings()) == ["a/c has 1 verdicts in 2 runs"]


def test_ports_and_durations_are_no_difference() -> None:
    def of(got: str) -> Result:
        difference = Difference(step="call: x", line=1, expected="y", got=got)
        facts = {"id": "a/b", "candidate": "c", "level": "protocol", "verdict": Verdict.FAIL, "clauses": ("d",)}
        return Result(**facts, duration=1.0, title="t", path="p", differences=(difference,))  # type: ignore[arg-type]

    assert judged(of("127.0.0.1:34567 after 0.31 s")) == judged(of("127.0.0.1:45678 after 0.29 s"))
    assert judged(of("250 ok")) != judged(of("251 ok"))
