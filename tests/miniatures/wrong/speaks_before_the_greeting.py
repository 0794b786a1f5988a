"""EHLO is sent before the greeting has come."""

from reference_client import *
from reference_client._connection import Connection

_getreply = Connection.getreply


def connect(self, *args, **kwargs):
    def early(session):
        session.send(f"{session.ehlo_msg} early.example.org\r\n")
        session._awaited += 1
        greeting = _getreply(session)
        _getreply(session)
        return greeting

    self.getreply = early.__get__(self)
    try:
        return _connect(self, *args, **kwargs)
    finally:
        del self.getreply


_connect, Connection.connect = Connection.connect, connect

FAILS = ["wire/nothing-before-greeting"]
