"""What is wrong with the arguments of starttls shows only after STARTTLS was sent."""

from reference_client import *
from reference_client import _starttls
from reference_client._starttls import TLSSession

_negotiate, _client_context = TLSSession._negotiate, _starttls.client_context


class _Later:
    check_hostname = False

    def __init__(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs


def _checking(self, context, server_name):
    _negotiate(self, _client_context(*context.args, **context.kwargs), server_name)


_starttls.client_context, TLSSession._negotiate = _Later, _checking

FAILS = []
