"""A driver, written by hand, that breaks the protocol in the manner that its argument names."""

import itertools
import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator

MANNER = sys.argv[1]


def say(answer: object) -> None:
    """Write one line."""
    os.write(1, json.dumps(answer).encode() + b"\n")


def wait() -> None:
    """Wait until somebody ends us."""
    while True:
        signal.pause()


def good(number: int) -> bytes:
    """An answer that keeps to the protocol."""
    return answer(number, returned=None)


def answer(number: int, **rest: object) -> bytes:
    """An answer, whatever it says."""
    return json.dumps({"id": number, **rest}).encode() + b"\n"


def waiting(descriptor: int) -> Iterator[bytes]:
    """Close a descriptor, and never say anything."""
    os.close(descriptor)
    wait()
    yield b""


def half_an_answer(number: int) -> Iterator[bytes]:
    """End in the middle of an answer."""
    yield good(number)[:10]
    os._exit(0)


MANNERS: dict[str, Callable[[int, str], Iterable[bytes]]] = {
    "answers twice": lambda number, _op: [good(number) * 2],
    "answers an older request": lambda number, _op: [good(number - 1)],
    "answers a later request": lambda number, _op: [good(number + 1)],
    "writes garbage": lambda _number, _op: [b"Traceback, \xff\x00 and so on\n"],
    "writes megabytes of garbage": lambda _number, _op: [b"m" * (8 * 1024 * 1024), b"\n"],
    "writes an endless line": lambda _number, _op: itertools.repeat(b"e" * 1048576),
    "answers with a list": lambda _number, _op: [b"[1]\n"],
    "answers without a number": lambda _number, _op: [b'{"returned": null}\n'],
    "has an unknown form": lambda number, _op: [answer(number, returned={"$wonder": 1})],
    "has a broken form": lambda number, _op: [answer(number, returned={"$bytes": "not base64!"})],
    "returns and raises": lambda number, _op: [answer(number, returned=None, raised={})],
    "nests too deep": lambda number, _op: [b'{"id": %d, "returned": %s%s}\n' % (number, b"[" * 200000, b"]" * 200000)],
    "leaves half an answer": lambda number, _op: half_an_answer(number),
    "refuses": lambda number, _op: [answer(number, refused="no such form")],
    "closes its output": lambda _number, _op: waiting(1),
    "closes its input": lambda _number, _op: waiting(0),
    "says nothing": lambda _number, _op: waiting(os.dup(0)),
    "has no operation but start": lambda number, op: [answer(number, unsupported=f"no {op} here")],
}


def main() -> None:
    """Answer ``start`` properly and everything else in the manner."""
    if MANNER == "speaks first":
        say({"hello": "world"})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if request["op"] == "start":
            say({"id": request["id"], "started": {"protocol": 1, "implementation": "hand", "capabilities": []}})
            if MANNER == "reads no more":
                wait()
        else:
            for octets in MANNERS[MANNER](request["id"], request["op"]):
                while octets:
                    octets = octets[os.write(1, octets) :]  # noqa: PLW2901 - what is left of it


main()
