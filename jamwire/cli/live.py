"""What visitors' pages need to listen to a deployment, and what they show at this moment."""

from dataclasses import asdict
from typing import Annotated

import typer

from jamwire.cli.options import Json, Local, Name, find_deployment
from jamwire.cli.terminal import out, plain, print_json, print_table
from jamwire.operations.deployment import NAME
from jamwire.operations.errors import OperationError
from jamwire.operations.live import SCRIPT, integrity_of, listening_to
from jamwire.operations.live_states import read_states

app = typer.Typer(invoke_without_command=True)


@app.callback()
def live(context: typer.Context, local: Local = False, json: Json = False, name: Name = NAME) -> None:
    """Print what to put into the site's pages so that they listen; with `state`, what they show."""
    if context.invoked_subcommand:
        return
    found = list(listening_to(find_deployment(local, name)[0]))
    if not found:
        raise OperationError("No stack pushes to open pages; add a LiveStack to app.py and deploy it")
    integrity = integrity_of(SCRIPT)
    if json:
        documents = [asdict(each) | {"tag": each.tag, "policy": each.policy} for each in found]
        print_json([document | {"integrity": integrity} for document in documents])
        return
    for each in found:
        out.print(
            f"[dim]{plain(each.stack)}: copy live/jamwire-live.js into the site, and put into its pages[/dim]"
        )
        out.print(plain(each.tag))
        if each.private_state_url:
            out.print("[dim]Programs read the state of private topics at[/dim]")
            out.print(plain(each.private_state_url))
        out.print("[dim]Where there is a Content-Security-Policy, it must allow[/dim]")
        out.print(plain(each.policy))
    if integrity:
        out.print("[dim]Who serves the script from elsewhere may add to its tag[/dim]")
        out.print(plain(f'integrity="{integrity}" crossorigin="anonymous"'))


@app.command()
def state(
    topics: Annotated[list[str] | None, typer.Argument(help="These topics; all where none is named.")] = None,
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """Print what is true of topics at this moment, so that a build puts it into pages."""
    found = list(read_states(find_deployment(local, name)[0], topics or ()))
    if json:
        print_json([known.document for known in found])
        return
    rows = [(known.topic, title, value) for known in found for title, value in known.says.items()]
    print_table(("Topic", "Name", "Says"), rows)
