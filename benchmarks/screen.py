"""The terminal: figures as they come in."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from .figures import Figure, Measured, MissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Show = Callable[[Figure, Measured | MissingError], None]

_WIDTH_OF_NO_TERMINAL = 120


class Screen:
    """Where people read."""

    def __init__(self, *, to_error: bool = False) -> None:
        self._console = Console(stderr=to_error, highlight=False)
        if not self._console.is_terminal:
            self._console = Console(stderr=to_error, highlight=False, width=_WIDTH_OF_NO_TERMINAL)

    def list(self, figures: Sequence[Figure]) -> None:
        """Tell which figures there are."""
        table = Table(box=None)
        for heading in ("figure", "what", "target"):
            table.add_column(heading)
        for figure in figures:
            table.add_row(figure.name, figure.what, _target(figure))
        self._console.print(table)

    @contextmanager
    def table(self, heading: str, note: str) -> Iterator[Show]:
        """Show a table that grows, between a heading and a note on what its figures are."""
        self._console.print(f"{heading}\n")
        table = Table(box=None, pad_edge=False)
        table.add_column("figure", no_wrap=True)
        table.add_column("what")
        for column in ("target", "median", "range", "by the clock"):
            table.add_column(column, justify="right", no_wrap=True)
        table.add_column("")
        with Live(table, console=self._console, auto_refresh=False) as live:

            def show(figure: Figure, measured: Measured | MissingError) -> None:
                table.add_row(*_row(figure, measured))
                live.refresh()

            yield show
        self._console.print(f"\n{note}")


def _row(figure: Figure, measured: Measured | MissingError) -> list[Text | str]:
    if isinstance(measured, MissingError):
        return [figure.name, f"{figure.what}: {measured}", _target(figure), "", "", "", Text("missing", "yellow")]
    spread = measured.figure
    met = figure.is_met_by(spread.median)
    verdict = {True: Text("met", "green"), False: Text("missed", "bold red"), None: Text("")}[met]
    clock = ""
    if measured.comparison is not None:
        median = measured.comparison.by_wall_clock.median
        clock = f"{1 / median if figure.at_most else median:.2f}"
    span = f"{spread.minimum:.2f} … {spread.maximum:.2f}"
    return [figure.name, figure.what, _target(figure), f"{spread.median:.2f}", span, clock, verdict]


def _target(figure: Figure) -> str:
    if figure.at_least is not None:
        return f"≥ {figure.at_least:.2f}"
    return "" if figure.at_most is None else f"≤ {figure.at_most:.2f}"
