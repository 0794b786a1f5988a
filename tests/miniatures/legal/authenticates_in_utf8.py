"""Credentials and responses outside ASCII go out as UTF-8."""

import base64

from reference_client import *
from reference_client import _sasl

_sasl.encode = lambda response: base64.b64encode(response.encode("utf-8")).decode("ascii")
_check = _sasl.check_credentials
_sasl.check_credentials = lambda user, password: _check(*(text.encode("utf-8").decode("latin-1").encode("ascii", "replace").decode() for text in (user, password)))
_cram_md5 = _sasl.cram_md5


def cram_md5(user, password, challenge):
    import hmac

    return f"{user} {hmac.new(password.encode('utf-8'), challenge, 'md5').hexdigest()}"


_sasl.cram_md5 = cram_md5
