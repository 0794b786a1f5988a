"""This module owns how a result is held against a baseline: a known failure must come about, and as it is listed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from conformance.baselines.form import Baseline, Entry
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
    return message[: min(varies.start() if varies else len(message), max(_LONGEST_MESSAGE, start))].rstrip()


def hold(result: Result, names: Sequence[str], baseline: Baseline) -> Result:
    """Hold a result against a baseline.

    Args:
        result: what came out without it.
        names: the scenario's id and its former ids.
        baseline: of the result's candidate.
    """
    entries = baseline.entries_for(names)
    if not entries or result.reason.startswith(FAKE_SERVER_FAILED):
        return result
    places = tuple(pattern.place for entry in entries for pattern in entry.patterns if pattern.means(names))
    held = replace(result, baseline=places, own_verdict=result.verdict, trouble=_trouble_of(result))
    held = _without_known_breaches(held, {entry.breach for entry in entries})
    failures = [entry for entry in entries if entry.messages]
    return _held_failure(held, failures) if failures else held


def _trouble_of(result: Result) -> str:
    return result.reason if result.verdict is Verdict.ERROR else ""


def _without_known_breaches(result: Result, listed: set[str]) -> Result:
    """Return the result with the listed breaches apart.

    A listed breach need not come about: a candidate that is out of step races with the server, and overtakes a reply
    in one run and not in the next. What it returns is no race, and is judged by the scenario.
    """
    known = tuple(breach for breach in result.breaches if breach.clause in listed)
    rest = tuple(breach for breach in result.breaches if breach.clause not in listed)
    return replace(result, breaches=rest, known_breaches=known)


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
    was = "unexpected pass" if result.verdict is Verdict.PASS else f"unexpected verdict {result.verdict}"
    reason = (
        f"{was}: {_where(result)} lists it as a known failure ({entries[0].why}); take the entry out, "
        "or run again with --update-baseline"
    )
    return replace(result, verdict=Verdict.FAIL, reason=reason)


def _where(result: Result) -> str:
    return ", ".join(place.rpartition(":")[0] for place in result.baseline)
