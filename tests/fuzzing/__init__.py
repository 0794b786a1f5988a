"""Properties that hold for every input, stated in words; ``python -m tests.fuzzing`` searches for one that breaks them.

Within the usual tests each property is tried on a few inputs, always the same ones.
"""
