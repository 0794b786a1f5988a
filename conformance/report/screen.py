"""This module owns the terminal: colours, tables, the live line. It is the only one that imports rich.

Where standard output is no terminal, or NO_COLOR is set, there is nothing but text: no escape sequence, nothing that is
drawn over, and a width that does not change.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from conformance.report.styled import Span, Style, StyledLine, line

_COLOURS = {
    Style.PLAIN: "",
    Style.HEAD: "bold",
    Style.QUIET: "dim",
    Style.EXPECTED: "green",
    Style.GOT: "red",
    Style.OFFENDING: "bold red",
    Style.SERVER: "",
    Style.CLIENT: "cyan",
    Style.COMMAND: "bold",
    Style.GOOD: "bold green",
    Style.BAD: "bold red",
    Style.PASS: "green",
    Style.FAIL: "bold red",
    Style.ERROR: "bold magenta",
    Style.UNSUPPORTED: "yellow",
    Style.KNOWN: "cyan",
}
_AS_IT_IS = (Style.COMMAND, Style.SERVER, Style.CLIENT, Style.OFFENDING)
_WIDTH_OF_NO_TERMINAL = 100


class Screen:
    """Standard output, for people.

    Args:
        live: whether a line may be drawn over again and again, where there is a terminal.
    """

    def __init__(self, *, live: bool = False) -> None:
        self.terminal = sys.stdout.isatty()
        plain = not self.terminal or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        self._console = Console(
            highlight=False,
            markup=False,
            emoji=False,
            color_system=None if plain else "auto",
            force_terminal=None if self.terminal else False,
            width=None if self.terminal or "COLUMNS" in os.environ else _WIDTH_OF_NO_TERMINAL,
        )
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=max(6, min(30, self.width - 74))),
            MofNCompleteColumn(),
            TextColumn("{task.fields[totals]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
            console=self._console,
            transient=True,
            disable=plain or not live,
        )
        self._task = self._progress.add_task("starting", total=None, totals="")

    @property
    def width(self) -> int:
        """How many characters a line has."""
        return self._console.width

    def say(self, *spans: str | Span) -> None:
        """Write a line; on a terminal, words that do not fit go on below, but nothing is broken that may be copied."""
        text = _text(spans)
        if not self.terminal or text.cell_len <= self.width or any(style in _AS_IT_IS for _, style in line(*spans)):
            self._console.print(text, soft_wrap=True)
            return
        first = len(text.plain) - len(text.plain.lstrip())
        for number, piece in enumerate(text.wrap(self._console, max(self.width - first - 4, 20))):
            self._console.print(Text(" " * (first + 4) if number else "").append_text(piece), soft_wrap=True)

    def say_lines(self, lines: Iterable[StyledLine]) -> None:
        """Write lines."""
        for spans in lines:
            self.say(*spans)

    def rule(self, title: str, style: Style) -> None:
        """Write a title with a rule behind it."""
        self._console.rule(Text(title, style=_COLOURS[style]), align="left", style=_COLOURS[style])

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[Span]], *, total: Sequence[Span] = ()) -> None:
        """Write a table; the first column is text, the others are numbers."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for number, head in enumerate(heads):
            table.add_column(Text(head), justify="right" if number else "left", overflow="fold", no_wrap=not number)
        for row in rows:
            table.add_row(*(_text([span]) for span in row))
        if total:
            table.add_section()
            table.add_row(*(_text([span]) for span in total), style="bold")
        self._console.print(table)

    def start(self) -> None:
        """Begin to draw the live line."""
        self._progress.start()

    def stop(self) -> None:
        """Take the live line away."""
        self._progress.stop()

    def progress(self, *, done: int, total: int, family: str, totals: Mapping[Style, int]) -> None:
        """Redraw the live line."""
        counts = " ".join(f"[{_COLOURS[style]}]{count} {style}[/]" for style, count in totals.items() if count)
        self._progress.update(
            self._task, completed=done, total=total or None, description=f"{family[:14]:14}", totals=counts
        )


def _text(spans: Iterable[str | Span]) -> Text:
    text = Text()
    for span in spans:
        words, style = (span, Style.PLAIN) if isinstance(span, str) else span
        text.append(words, style=_COLOURS[style])
    return text
