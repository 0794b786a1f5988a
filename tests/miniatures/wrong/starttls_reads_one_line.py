"""TLS begins behind the first line of the reply to STARTTLS, however many it has."""

from reference_client import *
from reference_client import __all__
from reference_client._starttls import TLSSession

FAILS = ["disconnects/on-starttls", "starttls/reply-of-several-lines"]


class Bug(TLSSession):
    def docmd(self, cmd, args=""):
        if cmd.upper() != "STARTTLS":
            return super().docmd(cmd, args)
        self.putcmd(cmd, args)
        self._awaited = 0
        line = b""
        while not line.endswith(b"\n"):
            octet = self.sock.recv(1)
            if not octet:
                self.close()
                raise SMTPServerDisconnected("the connection was lost")
            line += octet
        if line[:3] == b"421":
            self.close()
        return int(line[:3]), line[4:].strip()


SMTP.__bases__ = (Bug, *SMTP.__bases__)
