"""An initial response that would make the AUTH line longer than 512 octets waits for the challenge."""

from reference_client import *
from reference_client import _sasl
from reference_client._authentication import AuthenticatedSession

_auth = AuthenticatedSession.auth


def auth(self, mechanism, authobject, *, initial_response_ok=True):
    initial = authobject() if initial_response_ok else None
    if initial is None or len(_sasl.encode(initial)) > 480:
        rest = authobject if initial is None else lambda challenge: initial
        return _auth(self, mechanism, rest, initial_response_ok=False)
    first = iter([initial])
    return _auth(self, mechanism, lambda challenge=None: next(first) if challenge is None else authobject(challenge))


AuthenticatedSession.auth = auth
