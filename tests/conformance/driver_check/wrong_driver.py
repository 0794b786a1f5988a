"""A driver for the reference client that does one thing wrong: the one that it is started with."""

import importlib.util
import json
import os
import sys
from typing import Any

from conformance.driver import candidates

found = importlib.util.spec_from_file_location("python_driver", candidates.DRIVER)
assert found is not None
assert found.loader is not None
python_driver = importlib.util.module_from_spec(found)
found.loader.exec_module(python_driver)

Line = dict[str, Any]


def spoil(wrong: str, request: Line, answer: Line) -> Line:
    op, returned = request["op"], answer.get("returned")
    if wrong == "numbers" and request["id"] == 7:
        return {**answer, "id": 8}
    if wrong == "object" and op == "open" and returned:
        return {**answer, "returned": None}
    if wrong == "reply" and request.get("method") == "ehlo":
        return {**answer, "returned": "250 ok"}
    if wrong == "refused recipients" and request.get("method") == "sendmail" and returned:
        return {**answer, "returned": {"$dict": []}}
    if wrong == "names" and "raised" in answer:
        return {**answer, "raised": {**answer["raised"], "instance_of": ["Error"]}}
    if wrong == "absent" and op == "get" and request["names"]:
        return {**answer, "returned": {"$dict": []}}
    if wrong == "refuses" and "unsupported" in answer:
        return {"id": answer["id"], "refused": "what is that?"}
    return answer


def main() -> None:  # noqa: C901 - a list of the ways to be wrong
    wrong = sys.argv[1]
    session = python_driver.Session()
    if wrong == "talks":
        os.write(1, b"the driver is ready\n")
    for line in sys.stdin:
        request = json.loads(line)
        if request["op"] == "start":
            request["drive"] = "reference_client"
        if wrong == "keeps" and request["op"] == "close":
            answer = {"id": request["id"], "returned": None}
        elif wrong == "quits" and request["op"] == "close":
            session.answer({"id": 0, "op": "call", "on": "client", "method": "quit"})
            answer = session.answer(request)
        else:
            answer = spoil(wrong, request, session.answer(request))
        if wrong == "dumps no stack":
            answer.get("started", {})["capabilities"] = ["stack-dump"]
            import signal  # noqa: PLC0415

            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        elif "started" in answer:
            answer["started"]["capabilities"] = ["hosts"]
        os.write(1, json.dumps(answer).encode() + b"\n")
        if session.ended and wrong != "stays":
            break


main()
