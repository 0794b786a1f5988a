"""Fake SMTP and LMTP servers that do exactly what a script says, faults included."""
