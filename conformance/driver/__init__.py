"""Candidates in their own process: how they are named, started, driven and ended."""
