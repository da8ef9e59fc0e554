"""What visitors' pages need to listen to a deployment."""

from dataclasses import asdict

from jamwire.cli.options import Json, Local, Name, find_deployment
from jamwire.cli.terminal import out, plain, print_json
from jamwire.operations.deployment import NAME
from jamwire.operations.errors import OperationError
from jamwire.operations.live import listening_to


def live(local: Local = False, json: Json = False, name: Name = NAME) -> None:
    """Print what to put into the site's pages so that they listen."""
    found = list(listening_to(find_deployment(local, name)[0]))
    if not found:
        raise OperationError("No stack pushes to open pages; add a LiveStack to app.py and deploy it")
    if json:
        print_json([asdict(each) | {"tag": each.tag, "policy": each.policy} for each in found])
        return
    for each in found:
        out.print(
            f"[dim]{plain(each.stack)}: copy live/jamwire-live.js into the site, and put into its pages[/dim]"
        )
        out.print(plain(each.tag))
        out.print("[dim]Where there is a Content-Security-Policy, it must allow[/dim]")
        out.print(plain(each.policy))
