"""Scenarios: read, checked, multiplied by their cases and transports, as values."""
