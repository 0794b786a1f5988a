"""An initial response that would make the AUTH line longer than 512 octets waits for the challenge."""

import reference_client
from reference_client import *
from reference_client import _sasl


class Freedom:
    def auth(self, mechanism, authobject, *, initial_response_ok=True):
        initial = authobject() if initial_response_ok else None
        if initial is None or len(_sasl.encode(initial)) > 480:
            later = authobject if initial is None else lambda challenge: initial
            return super().auth(mechanism, later, initial_response_ok=False)
        first = lambda challenge=None: initial if challenge is None else authobject(challenge)
        return super().auth(mechanism, first)


class SMTP(Freedom, reference_client.SMTP): ...


class SMTP_SSL(Freedom, reference_client.SMTP_SSL): ...


class LMTP(Freedom, reference_client.LMTP): ...
