"""Once the server has said 421, every NOOP returns that reply, and none is sent."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    _goodbye = None

    def connect(self, host="localhost", port=0, source_address=None):
        self._goodbye = None
        return super().connect(host, port, source_address)

    def getreply(self):
        reply = super().getreply()
        if reply[0] == 421:
            self._goodbye = reply
        return reply

    def noop(self):
        return self._goodbye or super().noop()


SMTP.__bases__ = (Bug,)

FAILS = ["disconnects/421-closes", "wire/nothing-after-quit"]
