"""How fast the reference client is, as ratios: ``nox -s bench``, or ``python -m benchmarks``.

Every figure compares two senders that take turns within one run, A B A B, so that whatever else the machine does
meets both. What was measured, and what came of it, is in ``docs/benchmarks.md``.
"""
