"""How much memory a client takes beside the message: ``python -m benchmarks.memory``, a process of its own.

The system keeps the greatest size that a process has had. It is read when the message is there, and again when it is
sent: the difference is what sending took.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from .senders import RECIPIENTS, SENDER, Message, client_session
from .servers import Server

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNIT = 1 if sys.platform == "darwin" else 1024  # octets, or kibioctets: getrusage(2) of either


def extra_memory(module: str, server: Server, message: Message) -> float:
    """Return the memory that sending a message takes at most, in parts of the message."""
    job = json.dumps({"module": module, "port": server.port, "message": asdict(message)})
    command = [sys.executable, "-m", "benchmarks.memory", job]
    root = Path(__file__).parents[1]
    return float(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout)  # noqa: S603


def _peak() -> int:
    # Linux: ru_maxrss knows what the process was before it became this program, which was a larger one.
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) * 1024 for line in status.open() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def main(arguments: Sequence[str]) -> None:
    """Do one job, and print its result."""
    job = json.loads(arguments[0])
    message = Message(**job["message"])
    server = Server(pid=0, port=job["port"])
    with client_session(job["module"], server) as smtp:
        # What a first message loads, and a later one does not, is no matter of its size.
        smtp.sendmail(SENDER, RECIPIENTS[0], Message(octets=1024).make())
        text = message.make()
        before = _peak()
        smtp.sendmail(SENDER, RECIPIENTS[0], text)
        print((_peak() - before) / len(text))


if __name__ == "__main__":
    main(sys.argv[1:])
