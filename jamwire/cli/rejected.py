"""``jamwire rejected``: requests that endpoints refused."""

import datetime as dt
from typing import Annotated

import typer

from jamwire.cli.options import Json, Local, Name, find_deployment
from jamwire.cli.terminal import err, print_json, print_table
from jamwire.operations.deployment import NAME
from jamwire.operations.documents import rejection_document
from jamwire.operations.rejections import list_rejections

app = typer.Typer(no_args_is_help=True, help="Requests that endpoints refused.")


@app.callback()
def group() -> None:
    """Requests that endpoints refused."""


@app.command("list")
def list_(
    hours: Annotated[
        int, typer.Option(help="How far to look back, up to 336 (14 days).", min=1, max=336)
    ] = 24,
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """List rejected requests with the reason; the newest last. Bodies and secrets are not kept."""
    known = list_rejections(find_deployment(local, name)[0], dt.timedelta(hours=hours))
    found = known.rejections
    if known.complete_since:
        err.print(
            f"There are more than can be read: all since {known.complete_since}, and a part of those before."
        )
    if json:
        print_json([rejection_document(rejection) for rejection in found])
    elif found:
        columns = ("Time", "Endpoint", "Status", "Reason", "From", "Bytes", "Digest", "Times")
        rows = [
            (
                r.time,
                r.endpoint,
                str(r.status),
                r.reason,
                r.address,
                str(r.bytes),
                r.digest[:12],
                str(r.count),
            )
            for r in found
        ]
        print_table(columns, rows)
    else:
        err.print(f"Nothing was rejected in the last {hours} hours.")
