"""Replies are decoded as ASCII."""

from reference_client import *
from reference_client import __all__, _reply, _stream


def _finish(self, _finish=_reply.ReplyReader._finish):
    reply = _finish(self)
    reply.text.decode("ascii")
    return reply


_reply.ReplyReader._finish = _finish
_stream.usual_replies = lambda received: ()  # all replies go that way

FAILS = [
    "debugging/any-octets",
    "hello/control-characters-in-the-first-line",
    "hostile/any-octets-to-ehlo",
    "replies/text-is-octets",
]
