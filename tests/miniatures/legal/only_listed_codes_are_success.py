"""Of the positive completions only 250 is success for MAIL and the mail data, and 250 and 251 for RCPT."""

from reference_client import *
from reference_client import __all__, _lmtp, _transaction

_transaction.is_positive = _lmtp.is_positive = lambda code: code in (250, 251)
_transaction.is_negative = lambda code: 400 <= code <= 599 or 200 <= code <= 299
