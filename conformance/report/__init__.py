"""Tells people and programs what came out: terminal, JSON lines, failure texts."""
