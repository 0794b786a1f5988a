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

COUNTED_KEYS = 100_000
"""For how many connections, senders or triples a rule counts; beyond, the oldest is forgotten."""

JUNK_COMMANDS = 10_000
"""After so many commands on a connection that led to no message, a mail server gives the client up."""

KEPT_OCTETS = 128 << 20
"""How much mail a server keeps in memory; what is too much is refused as for a full disk."""

KEPT_EVENTS = 200_000
"""How many events the transcript of a mail server keeps."""

KEPT_EVENT_OCTETS = 16384
"""How much of one event it keeps: of mail data, the beginning of each segment."""

MESSAGE_OCTETS = 32 << 20
"""The largest message that a mail server takes, unless it is told otherwise."""

RECIPIENTS = 1000
"""How many recipients a mail server takes for one message, unless it is told otherwise."""

CONNECTIONS = 1000
"""How many connections a mail server serves at once; more get 421."""

IDLE_SECONDS = 300.0
"""How long a mail server waits for its client: RFC 5321 section 4.5.3.2.7 asks for five minutes."""

LEAVE_SECONDS = 10.0
"""How long a mail server that has said goodbye waits for the client to close."""

BREACHES = 1000
"""How many breaches the transcript of a mail server keeps: a client that breaks a rule breaks it each time."""

AHEAD_OCTETS = 256 << 10
"""What a client may have sent ahead of the replies; before they are out, no more is read."""

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
