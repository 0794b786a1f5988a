"""Scenarios that wait are played some at a time; what comes of each reaches who asks for it."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from conformance.runner.ahead import ALONE_AT_ONCE, AT_ONCE, PlayedAhead, in_order_of_turns
from conformance.scenario.collection import read_corpus


@pytest.mark.parametrize(("at_once", "others"), [(AT_ONCE, 100), (ALONE_AT_ONCE, 0)])
def test_plays_that_wait_for_each_other_all_end(at_once: int, others: int) -> None:
    meeting = threading.Barrier(at_once, timeout=10)

    def play(number: int) -> int:
        meeting.wait()
        return number * number

    ahead = PlayedAhead(range(at_once + others), range(at_once), play)
    assert [ahead.outcome_of(number) for number in range(at_once)] == [n * n for n in range(at_once)]
    ahead.close(lambda: None)


def test_each_is_played_once_whoever_asks_and_in_which_order() -> None:
    played: Counter[str] = Counter()
    ahead = PlayedAhead("abc", "abc", lambda name: played.update([name]))
    for name in ("b", "a", "c"):
        ahead.outcome_of(name)
    ahead.close(lambda: None)
    assert played == {"a": 1, "b": 1, "c": 1}


def test_who_has_a_part_of_the_turns_has_no_more_than_a_handful_played_for_nothing() -> None:
    played: list[int] = []
    ended = threading.Event()

    def play(number: int) -> None:
        played.append(number)
        if number:
            ended.wait()

    ahead = PlayedAhead(range(1000), range(1000), play)
    ahead.outcome_of(0)
    ahead.close(ended.set)
    assert set(played) <= set(range(1 + ALONE_AT_ONCE))


@pytest.mark.parametrize("queues", [1, 2, 3])
def test_turns_of_those_that_wait_come_neither_first_nor_last_in_any_queue(queues: int) -> None:
    waiting, others = range(-12, 0), range(120)
    order = in_order_of_turns(waiting, others, seconds=float, queues=queues)
    assert sorted(order) == sorted([*waiting, *others])
    assert [play for play in order if play >= 0] == list(others)
    for number in range(queues):
        queue = _queue(order, number, queues)
        turns = [turn for turn, play in enumerate(queue) if play < 0]
        assert len(turns) == len(waiting) // queues
        assert len(queue) * 0.25 < turns[0] <= turns[-1] < len(queue) * 0.85


def _queue(order: list[int], number: int, queues: int) -> list[int]:
    return order[len(order) * number // queues : len(order) * (number + 1) // queues]


@pytest.mark.parametrize(("waiting", "others"), [([], []), ([1, 2, 3], []), ([], [1, 2, 3]), ([1], [2])])
def test_few_plays_all_have_their_turn(waiting: list[int], others: list[int]) -> None:
    assert sorted(in_order_of_turns(waiting, others, seconds=float, queues=2)) == sorted([*waiting, *others])


def test_plays_are_begun_as_long_as_their_turns_are_in_the_same_part() -> None:
    begun = {number: threading.Event() for number in (0, 499, 500)}
    ahead = PlayedAhead(range(1000), begun, lambda number: begun[number].set(), queues=2)
    ahead.begin_from(0)
    assert begun[499].wait(10)
    assert not begun[500].is_set()
    ahead.begin_from(501)
    ahead.close(lambda: None)
    assert not begun[500].is_set()


def test_the_longest_are_begun_first_and_of_those_begun_together_the_shortest_has_its_turn_first() -> None:
    seconds = [0.1 * number for number in range(2 * AT_ONCE)]
    order = in_order_of_turns(range(len(seconds)), [], seconds=seconds.__getitem__, queues=1)
    assert order == [*range(AT_ONCE, 2 * AT_ONCE), *range(AT_ONCE)]


def test_what_a_play_raises_reaches_who_asked() -> None:
    def play(_: str) -> None:
        raise LookupError("no such thing")

    ahead = PlayedAhead("a", "a", play)
    with pytest.raises(LookupError, match="no such thing"):
        ahead.outcome_of("a")
    ahead.close(lambda: None)


def test_a_scenario_waits_if_a_server_or_host_is_silent_pauses_or_stalls() -> None:
    waiting = {scenario.file_id for scenario in read_corpus().scenarios if scenario.idle_seconds}
    assert {"timeouts/reply", "timeouts/slow-reader", "replies/split-with-pause", "replies/split-reply"} <= waiting
    assert "timeouts/connecting" in waiting  # a host that never answers, and no server
    assert not {"sendmail/all-refused", "connect/host-and-port"} & waiting


def test_closing_interrupts_what_is_being_played_and_waits_for_its_end() -> None:
    begun, interrupted, ended = threading.Event(), threading.Event(), threading.Event()

    def play(name: str) -> None:
        if name != "asked":
            begun.set()
            interrupted.wait(10)
            ended.set()

    both = ["asked", "played for nothing"]
    ahead = PlayedAhead(both, both, play)
    ahead.outcome_of("asked")
    assert begun.wait(10)
    ahead.close(interrupted.set)
    assert ended.is_set()
