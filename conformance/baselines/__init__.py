"""Baselines: the known failures of candidates, as files that must stay true; those of CPython's smtplib ship."""
