"""This module owns ``!repeat``, and how much a scenario may have sent: a few lines must not fill the memory."""

from __future__ import annotations

from conformance.errors import ScenarioError
from conformance.scenario.parameters import Runtime, resolve
from conformance.scenario.tree import Mapping, Node, did_you_mean, plain

MOST_OCTETS = 64 << 20
"""Of one message or flood; the largest that is shipped has a quarter of it."""

_KEYS = ("text", "times", "as")


def repeat_of(node: Node, runtime: Runtime) -> tuple[str, int]:
    """Return the text of a ``!repeat``, and how often.

    Raises:
        ScenarioError: it has no text or number, or would be too long.
    """
    settings = plain(node)
    if not isinstance(node, Mapping) or not isinstance(settings, dict):
        raise ScenarioError([node.place.problem("!repeat takes a mapping with text and times")])
    problems = [
        key.place.problem(f"!repeat has no key {key.value!r}{did_you_mean(str(key.value), _KEYS)}")
        for key, _ in node.entries
        if key.value not in _KEYS
    ]
    if problems:
        raise ScenarioError(problems)
    text = str(resolve(str(settings.get("text", "")), runtime))
    return text, times_of(node, len(text), settings.get("times", 1))


def times_of(node: Node, length: int, times: object) -> int:
    """Return how often something of this length is repeated; a parameter of ``cases`` comes as text.

    Raises:
        ScenarioError: it is no number, or too much.
    """
    if not str(times).isdecimal():
        raise ScenarioError([node.place.problem(f"times: expected a whole number, got {times!r}")])
    number = int(str(times))
    if number * max(length, 1) > MOST_OCTETS:
        raise ScenarioError([node.place.problem(f"{number} times {length} octets are more than {MOST_OCTETS}")])
    return number
