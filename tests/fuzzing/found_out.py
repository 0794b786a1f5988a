"""This module owns ``python -m tests.fuzzing.found_out MINIATURE CLASS``: exits with 0 if random servers find it out.

A miniature may change the reference client's own modules: each is tried in a process of its own.
"""

from __future__ import annotations

import importlib
import sys

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.fuzzing.profiles import quick
from tests.fuzzing.servers import RandomServer, servers
from tests.fuzzing.test_random_servers import Call, check, login, send_large, sendmail


def main(miniature: str, name: str) -> int:
    """Search; say what was found."""
    kind = getattr(importlib.import_module(f"tests.miniatures.wrong.{miniature}"), name)
    calls = [sendmail, send_large, *([login] if name == "SMTP" else [])]

    @settings(quick(300), report_multiple_bugs=False, phases=[Phase.generate])
    @given(servers(lmtp=name == "LMTP"), st.sampled_from(calls))
    def search(server: RandomServer, call: Call) -> None:
        check(server, kind, call)

    try:
        search()
    except Exception as found:  # noqa: BLE001 - a wrong client may raise what it likes
        sys.stdout.write(f"{miniature} is found out: {type(found).__name__}: {str(found)[:200]}\n")
        return 0
    sys.stdout.write(f"{miniature} survives\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
