"""What the commands share: options, where they print, and how a deployment is found."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jamwire.operations.deployment import NAME, Deployment, Endpoint, OperationError

if TYPE_CHECKING:
    from jamwire.local.account import LocalAccount

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

_WIDEST: Final = 1000
"""Columns of a table: the terminal wraps a long address, and a copy of it is whole."""

Local = Annotated[bool, typer.Option("--local", help="Use the local account that `jamwire up` started.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[
    str, typer.Option("--deployment", envvar="JAMWIRE_DEPLOYMENT", help="First part of the stacks' names.")
]


def find_deployment(local: bool, name: str) -> tuple[Deployment, str | None]:
    """The deployment, and the inbox's address where it is the local one."""
    if not local:
        return Deployment.aws(name), None
    account = local_account(name)
    ports = account.running()
    if ports is None:
        raise OperationError("The local account is not running; run: make up")
    return account.deployment, ports.inbox_url


def local_account(name: str) -> "LocalAccount":
    """The local account of this clone."""
    from jamwire.local.account import LocalAccount
    from jamwire.local.paths import DIRECTORY

    return LocalAccount(DIRECTORY, context={} if name == NAME else {"deployment": name})


def ask(what: str) -> str:
    """A secret from standard input or a hidden prompt; an argument would stay in the shell's history."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True))
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")


def print_endpoints(found: list[Endpoint]) -> None:
    """Print endpoints with their whole addresses."""
    print_table(("Endpoint", "Source", "URL"), [(e.name, e.source, e.url) for e in found])


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
