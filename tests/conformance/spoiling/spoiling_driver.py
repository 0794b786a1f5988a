"""A driver for the reference client whose answer to a call of noop is spoiled in the manner that it is started with."""

import importlib.util
import json
import os
import sys
from collections.abc import Callable

from conformance.driver import candidates

found = importlib.util.spec_from_file_location("python_driver", candidates.DRIVER)
assert found is not None
assert found.loader is not None
python_driver = importlib.util.module_from_spec(found)
found.loader.exec_module(python_driver)

Answer = dict[str, object]


def line_of(answer: Answer) -> bytes:
    return json.dumps(answer).encode() + b"\n"


SPOILED: dict[str, Callable[[Answer], bytes]] = {
    "garbage": lambda _answer: b"this is no answer\n",
    "megabytes": lambda _answer: b"x" * 3_000_000 + b"\n",
    "twice": lambda answer: line_of(answer) * 2,
    "out-of-order": lambda answer: line_of({**answer, "id": int(str(answer["id"])) - 1}),
    "no-form": lambda answer: line_of({"id": answer["id"], "returned": {"$nonsense": 1}}),
    "nothing": lambda _answer: b"",
}


def main() -> None:
    session = python_driver.Session()
    for line in sys.stdin:
        request = json.loads(line)
        if request["op"] == "start":
            request["drive"] = "reference_client"
        octets = line_of(session.answer(request))
        if request.get("method") == "noop":
            octets = SPOILED[sys.argv[1]](json.loads(octets))
        os.write(1, octets)
        if session.ended:
            break


main()
