"""Soak: the whole corpus again and again. No verdict may differ, nothing may grow, nothing may be left behind."""
