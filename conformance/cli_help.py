"""This module owns the help of the command line: its sections and its examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

EXAMPLES_OF_ALL = """
\b
Examples:
  smtp-conformance run --client smtplib               judge a client
  smtp-conformance run --client smtplib lmtp auth -x  two families, up to the first failure
  smtp-conformance show lmtp/data-refused             what a scenario is
  smtp-conformance compare smtplib@3.8 smtplib@3.13   what changed
  smtp-conformance serve greylisting                  a mail server that misbehaves

COMMAND --help tells more.
"""
EXAMPLES_OF_RUN = """
\b
Examples:
  smtp-conformance run --client your.package.client
  smtp-conformance run --client smtplib 'lmtp/*' sendmail.sender-refused
  smtp-conformance run --client smtplib --level documented -n 2 --html page.html

\b
Exit codes: 0 all passed, or failed as the baseline says; 1 something failed; 2 wrong usage, or a
broken scenario; 3 the candidate cannot be driven; 5 nothing was selected.
"""


class Sections(click.Group):
    """A group whose help lists its commands by what they are for, each with its whole first sentence."""

    sections: Mapping[str, Sequence[str]] = {
        "Judge clients": ("run", "compare", "matrix", "report"),
        "Look things up": ("list", "show", "clauses", "lint"),
        "Be a server": ("serve", "record"),
        "Write a driver": ("driver",),
    }

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections; a command that is in none comes last."""
        placed = {name for names in self.sections.values() for name in names}
        others = [name for name in self.list_commands(ctx) if name not in placed]
        for title, names in {**self.sections, "More": others}.items():
            rows = [(name, self.commands[name].get_short_help_str(limit=200)) for name in names]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
