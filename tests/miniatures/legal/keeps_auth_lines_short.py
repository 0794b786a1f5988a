"""An initial response that would make the AUTH line longer than 512 octets waits for the challenge."""

from reference_client import *
from reference_client import __all__, _sasl
from reference_client._transaction import MailSession


class Freedom(MailSession):
    def auth(self, mechanism, authobject, *, initial_response_ok=True):
        initial = authobject() if initial_response_ok else None
        if initial is None or len(_sasl.encode(initial)) > 480:
            later = authobject if initial is None else lambda challenge: initial
            return super().auth(mechanism, later, initial_response_ok=False)
        first = lambda challenge=None: initial if challenge is None else authobject(challenge)
        return super().auth(mechanism, first)


SMTP.__bases__ = (Freedom,)
