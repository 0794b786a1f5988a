"""This module owns the comparison of a command line with what a script expects: by meaning, not by spelling."""
