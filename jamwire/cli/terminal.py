"""Where the commands print, and how."""

import json
import sys
from collections.abc import Iterable
from typing import Final, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

_WIDEST: Final = 1000
"""Columns of a table: the terminal wraps a long address, and a copy of it is whole."""


def print_json(value: object) -> None:
    """Print what ``--json`` asks for."""
    typer.echo(json.dumps(value, indent=2))


def print_table(
    columns: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, prose: Literal["", "cut", "wrapped"] = ""
) -> None:
    """Print a table; no cell is cut.

    Args:
        columns: The headings.
        rows: The cells.
        prose: What becomes of a last column of prose, which takes what a terminal's line has left: it is ``cut`` or
            ``wrapped`` there.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2 if prose else 3, 0, 0), header_style="dim")
    for column in columns[:-1]:
        table.add_column(column, no_wrap=True)  # an address is there to be copied, whole
    table.add_column(columns[-1], no_wrap=not prose)
    for row in rows:
        last = Text(row[-1], no_wrap=True, overflow="ellipsis") if prose == "cut" else plain(row[-1])
        table.add_row(*map(plain, row[:-1]), last)
    Console(highlight=False, width=None if prose and sys.stdout.isatty() else _WIDEST).print(table)


def one_line(text: str) -> str:
    """A stranger's text on one line, with nothing in it that a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def plain(text: str) -> str:
    """Text that Rich takes for no markup."""
    return text.replace("[", r"\[")
