"""This module owns the bounds of the fake servers: each has a name and a reason.

Times are seconds before the script's time factor.
"""

from __future__ import annotations

RECEIVE_OCTETS = 65536
"""How much is taken from the kernel at once."""

LINE_OCTETS = 1 << 20
"""A client's line without end is cut here, so that a flooding client costs bounded memory."""

CONNECTION_OCTETS = 128 << 20
"""A client that sends more than this on one connection is cut off, for the same reason."""

FLOOD_OCTETS = 16 << 20
"""An endless flood ends here: a client that swallowed so much has no bound of its own."""

FLOOD_BLOCK_OCTETS = 65536
"""A flood is sent in blocks of about this size, each recorded as one event."""

TLS_RECORD_OCTETS = 16384
"""The largest plaintext of one TLS record (RFC 8446 section 5.1)."""

NARROW_RECEIVE_BUFFER_OCTETS = 4096
"""What the kernel keeps for a server that has stopped reading: so little that a writer soon blocks."""

STALLED_RECEIVE_BUFFER_OCTETS = 65536
"""What the kernel keeps while a server stalls: a writer blocks, and goes on quickly afterwards."""

UNEXPECTED_COMMANDS = 20
"""After so many commands that the script does not expect, the connection is closed."""

PIECE_GAP_SECONDS = 0.01
"""Between two pieces of a split reply, so that a waiting client reads the first before the second comes."""

ACKNOWLEDGED_SECONDS = 0.2
"""How long a piece waits for the peer's kernel to acknowledge the one before (delayed ACKs take up to 40 ms)."""

CLIENT_SECONDS = 600.0
"""How long a server waits for its client before it gives up the connection as a fault of the run."""

STOP_SECONDS = 5.0
"""How long ``stop`` waits for the threads of a server that it has woken."""

SETTLE_SECONDS = 1.0
"""How long ``stop`` lets connections work off what has arrived, before it cuts them."""

BACKLOG = 128
"""How many connections may wait to be accepted."""

UNIX_PATH_OCTETS = 103
"""The longest path of a Unix socket that every system takes (sun_path: 104 on BSD, 108 on Linux, with its NUL)."""
