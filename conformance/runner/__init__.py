"""Plays scenarios against candidates, and judges what was observed."""
