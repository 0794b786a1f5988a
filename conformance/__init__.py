"""A conformance suite for SMTP and LMTP clients with the API of Python's smtplib."""

__version__ = "0.1.0"
