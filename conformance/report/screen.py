"""This module owns the terminal: colours, tables, the live line. It is the only one that imports rich.

Where standard output is no terminal, or NO_COLOR is set, there is nothing but text: no escape sequence, nothing that is
drawn over, and a width that does not change. Where its encoding is not Unicode, signs become letters.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from conformance.errors import visible
from conformance.report.signs import SIGNS
from conformance.report.styled import Span, Style, StyledLine, line
from conformance.runner.verdict import Verdict

_COLOURS = {
    Style.PLAIN: "",
    Style.HEAD: "bold",
    Style.QUIET: "dim",
    Style.EXPECTED: "green",
    Style.EXPECTED_ONLY: "bold underline green",
    Style.GOT: "red",
    Style.GOT_ONLY: "bold underline red",
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
_WIDEST_TABLE = 400
"""Characters of a row of a table where there is no terminal, and so no edge at which it would break."""
_WIDE = 110
"""Characters of a line from which on the live line has words for signs, and ids for families."""
_WITHOUT_UNICODE = str.maketrans({"·": ".", "…": "...", "✓": "+", "✕": "x", "–": "-", "≈": "~", "→": "->"})  # noqa: RUF001 - the signs are meant


class _Left(ProgressColumn):
    """How long the rest will take, if it goes on as it has so far."""

    def render(self, task: Task) -> Text:
        """Return the estimate; nothing before there is a ground for one."""
        if not (task.total and task.completed and task.elapsed):
            return Text("")
        seconds = int(task.elapsed / task.completed * (task.total - task.completed))
        return Text(f"~{seconds // 60}:{seconds % 60:02} left", style="dim")


class Screen:
    """Standard output, for people.

    Args:
        live: whether a line may be drawn over again and again, where there is a terminal.

    Attributes:
        terminal: whether it is one.
        live: whether there is a line that is drawn over.
        width: how many characters a line should have.
    """

    def __init__(self, *, live: bool = False) -> None:
        self.terminal = sys.stdout.isatty()
        self._unicode = "utf" in (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
        plain = not self.terminal or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        self._console = Console(
            highlight=False,
            markup=False,
            emoji=False,
            color_system=None if plain else "auto",
            force_terminal=None if self.terminal else False,
            width=None if self.terminal else _WIDEST_TABLE,
        )
        columns = os.environ.get("COLUMNS", "")
        self.width = int(columns) if columns.isdecimal() else _WIDTH_OF_NO_TERMINAL
        if self.terminal:
            self.width = self._console.width
        wide = self.width >= _WIDE
        self.live = live and not plain
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=max(6, self.width - (110 if wide else 70))),
            MofNCompleteColumn(),
            TextColumn("{task.fields[totals]}"),
            TimeElapsedColumn(),
            _Left(),
            console=self._console,
            transient=True,
            disable=not self.live,
        )
        self._task = self._progress.add_task("reading scenarios", total=None, totals="")

    def say(self, *spans: str | Span) -> None:
        """Write a line; on a terminal, words that do not fit go on below, but nothing is broken that may be copied."""
        text = self._text(spans)
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
        title = f"{visible(title)} "
        dashes = ("─" if self._unicode else "-") * max(3, self.width - len(title))
        self._console.print(Text(title + dashes, style=_COLOURS[style]), soft_wrap=True)

    def table(
        self, heads: Sequence[str], rows: Iterable[Sequence[Span]], *, total: Sequence[Span] = (), left: int = 1
    ) -> None:
        """Write a table.

        Args:
            heads: of the columns.
            rows: the cells of each.
            total: the last row.
            left: how many columns are text, the others are numbers.
        """
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for number, head in enumerate(heads):
            justify: Literal["left", "right"] = "left" if number < left else "right"
            table.add_column(Text(head), justify=justify, overflow="fold", no_wrap=bool(number))
        for row in rows:
            table.add_row(*(self._text([span]) for span in row))
        if total:
            table.add_section()
            table.add_row(*(self._text([span]) for span in total), style="bold")
        self._console.print(table)

    def start(self) -> None:
        """Begin to draw the live line."""
        self._progress.start()

    def stop(self) -> None:
        """Take the live line away."""
        self._progress.stop()

    def progress(self, *, done: int, total: int, playing: str, totals: Mapping[Verdict, int]) -> None:
        """Redraw the live line.

        Args:
            done: how many scenarios have been played.
            total: how many there are; 0: not known yet.
            playing: the id of one that is being played; empty where it is not known.
            totals: how many of each verdict.
        """
        if not self.live:
            return
        wide = self.width >= _WIDE
        counts = " ".join(
            f"[{_COLOURS[Style(verdict)]}]{f'{count} {verdict}' if wide else SIGNS[verdict] + str(count)}[/]"
            for verdict, count in totals.items()
            if count
        )
        what = f"{playing[:34]:34}" if wide else f"{playing.partition('/')[0][:12]:12}"
        self._progress.update(
            self._task,
            completed=done,
            total=total or None,
            description=escape(visible(what)),
            totals=self._legible(counts),
        )

    def _legible(self, text: str) -> str:
        return text if self._unicode else text.translate(_WITHOUT_UNICODE)

    def _text(self, spans: Iterable[str | Span]) -> Text:
        text = Text()
        for span in spans:
            words, style = (span, Style.PLAIN) if isinstance(span, str) else span
            text.append(self._legible(visible(words)), style=_COLOURS[style])
        return text
