"""The command ``python -m benchmarks``."""

from __future__ import annotations

import json
import os
import platform
import ssl
import sys
from dataclasses import asdict
from fnmatch import fnmatchcase
from typing import IO, TYPE_CHECKING, Any

import click

from .figures import FIGURES, QUICK, THOROUGH, Figure, Measured, MissingError
from .screen import Screen
from .servers import stay_on_one_core

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOTE = """Two senders take turns, ABBA; each pair gives a ratio. It is that of the processor time of both sides,
client and server; by the clock: the median of the ratios of elapsed time, which feels what else runs."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("patterns", metavar="[PATTERN]...", nargs=-1)
@click.option("--quick", is_flag=True, help="Fewer turns: about a minute, and wider ranges.")
@click.option("--json", "json_file", type=click.File("w"), metavar="F", help="Write the figures as JSON; '-': here.")
@click.option("--list", "only_list", is_flag=True, help="Tell which figures there are.")
def main(patterns: tuple[str, ...], json_file: IO[str] | None, *, quick: bool, only_list: bool) -> None:
    """Measure the reference client against smtplib and raw sockets, in turns; a target that is missed is no error.

    PATTERN is the name of a figure or a glob; none: all.
    """
    figures = [one for one in FIGURES if not patterns or any(fnmatchcase(one.name, pattern) for pattern in patterns)]
    if not figures:
        raise click.UsageError(f"no figure is called {' or '.join(patterns)}; --list tells which there are")
    screen = Screen(to_error=json_file is not None and json_file.name == "-")
    if only_list:
        screen.list(figures)
        return
    machine = _machine(is_on_one_core=stay_on_one_core())
    results: list[dict[str, Any]] = []
    with screen.table(_in_words(machine), _NOTE) as show:
        for figure in figures:
            measured = _measure(figure, quick=quick)
            show(figure, measured)
            results.append(_as_json(figure, measured))
    if json_file is not None:
        json.dump({"machine": machine, "figures": results}, json_file, indent=2)
        json_file.write("\n")


def _in_words(machine: Mapping[str, Any]) -> str:
    one_core = "client and server on one core" if machine["one core"] else "not bound to one core"
    load = "" if machine["load"] is None else f", load {machine['load']:.1f}"
    where = f"{machine['python']}, {machine['tls']}, {machine['system']}"
    return f"{where}\n{machine['processors']} processors{load}; {one_core}"


def _measure(figure: Figure, *, quick: bool) -> Measured | MissingError:
    try:
        return figure.measure(QUICK if quick else THOROUGH)
    except MissingError as missing:
        return missing


def _machine(*, is_on_one_core: bool) -> dict[str, Any]:
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "one core": is_on_one_core,
        "tls": ssl.OPENSSL_VERSION,
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def _as_json(figure: Figure, measured: Measured | MissingError) -> dict[str, Any]:
    known = {"name": figure.name, "what": figure.what, "at_least": figure.at_least, "at_most": figure.at_most}
    if isinstance(measured, MissingError):
        return {**known, "missing": str(measured)}
    return {**known, "met": figure.is_met_by(measured.figure.median), **asdict(measured)}


if __name__ == "__main__":
    sys.exit(main())
