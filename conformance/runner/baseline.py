"""This module owns how a result is held against a baseline: a known failure must come about, and as it is listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from conformance.baselines.form import Baseline, Entry, folded
from conformance.runner.judge import FAKE_SERVER_FAILED
from conformance.runner.verdict import Result, Verdict

_LONGEST_MESSAGE = 160
_EXCEPTION = re.compile(r"[\w.]+(?=: )")
"""An exception's class; what it says behind is another thing in each version of Python."""
_VARIES = re.compile(
    r"(?<=[EHLehl][HEhe][Ll][Oo]) "  # behind EHLO, HELO and LHLO stands the name of this host
    r"| \(at | \(during| within |\[SSL|\(_ssl|0x|[^\s(]*\d{4,}|of length|<socket|\(\d+ (characters|octets)"
)
"""Where a message begins to tell what is another the next time: host, place, port, length, time, OpenSSL's words."""


def message_of(result: Result) -> str:
    """Return the message of a failure: its first difference, or its reason; what is not printable is escaped."""
    own = result.own_verdict or result.verdict
    if own is Verdict.FAIL and result.differences:
        text = str(result.differences[0])
    elif own is Verdict.ERROR:
        text = (result.trouble or result.reason).partition("\n")[0]
    else:
        return ""
    return "".join(char if " " <= char <= "~" else char.encode("unicode_escape").decode("ascii") for char in text)


def lasting_message_of(result: Result) -> str:
    """Return the beginning of a message that will be the same the next time."""
    message = message_of(result)
    start = message.find(", got ") + len(", got ") if result.differences else 0
    ends = _EXCEPTION.match(message, start)
    if ends and result.differences:
        return message[: ends.end()]
    varies = _VARIES.search(message, start)
    end = min(varies.start() if varies else len(message), max(_LONGEST_MESSAGE, start))
    return (message[:start] + folded(message[start:end])).rstrip()


def hold(result: Result, names: Sequence[str], baselines: Iterable[Baseline]) -> Result:
    """Hold a result against baselines.

    Args:
        result: what came out without them.
        names: the scenario's id and its former ids.
        baselines: all that are about the result's candidate.
    """
    entries = [entry for baseline in baselines for entry in baseline.entries_for(names)]
    if not entries or result.reason.startswith(FAKE_SERVER_FAILED):
        return result
    places = tuple(pattern.place for entry in entries for pattern in entry.patterns if pattern.means(names))
    held = replace(result, baseline=places, own_verdict=result.verdict, trouble=_trouble_of(result))
    held, missing = _held_breaches(held, [entry for entry in entries if entry.breach])
    if missing:
        return _unexpected(held, f"{missing[0].breach} was kept", missing[0])
    failures = [entry for entry in entries if entry.messages]
    return _held_failure(held, failures) if failures else held


def _trouble_of(result: Result) -> str:
    return result.reason if result.verdict is Verdict.ERROR else ""


def _held_breaches(result: Result, entries: Sequence[Entry]) -> tuple[Result, list[Entry]]:
    """Return the result with the listed breaches apart, and the entries whose breach did not come about."""
    listed = {entry.breach for entry in entries}
    known = tuple(breach for breach in result.breaches if breach.clause in listed)
    rest = tuple(breach for breach in result.breaches if breach.clause not in listed)
    missing = [entry for entry in entries if entry.breach not in {breach.clause for breach in known}]
    return replace(result, breaches=rest, known_breaches=known), missing


def _held_failure(result: Result, entries: Sequence[Entry]) -> Result:
    message = message_of(result)
    fitting = [entry for entry in entries if message and entry.fits(message)]
    if fitting:
        return replace(result, verdict=Verdict.KNOWN, reason=fitting[0].why)
    if message:
        listed = " or ".join(repr(listed) for entry in entries for listed in entry.messages)
        reason = f"it fails in another way than {_where(result)} lists, which is: {listed}"
        if result.trouble:
            reason += f"\n{result.trouble}"
        return replace(result, reason=reason)
    was = "unexpected pass" if result.own_verdict is Verdict.PASS else f"unexpected verdict {result.own_verdict}"
    return _unexpected(result, was, entries[0])


def _unexpected(result: Result, was: str, entry: Entry) -> Result:
    reason = (
        f"{was}: {_where(result)} lists it as a known failure ({entry.why}); take the entry out, "
        "or run again with --update-baseline"
    )
    return replace(result, verdict=Verdict.FAIL, reason=reason)


def _where(result: Result) -> str:
    return ", ".join(place.rpartition(":")[0] for place in result.baseline)
