"""``jamwire listen``: real events of a deployment, forwarded to a receiver on this machine."""

import datetime as dt
import hashlib
import os
import shlex
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from jamwire.cli.forwarding import PrintedForwarding
from jamwire.cli.options import Json, Local, Name, ask, find_deployment, options_of
from jamwire.cli.replay import INTERRUPTED
from jamwire.cli.terminal import err, plain
from jamwire.local.paths import DIRECTORY
from jamwire.operations.archive import Archive, archive_stack
from jamwire.operations.deployment import NAME, DeployedEndpoint, Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.forwarding import Forwarder, SigningPair, check_target, load_payload
from jamwire.operations.listen import Listener
from jamwire.operations.listen_position import Position
from jamwire.operations.selection import EventSummary, Selection
from jamwire.operations.signing_pairs import given_pairs, kept_pairs
from jamwire.operations.times import parse_moment
from lambdas.contracts.event import ENDPOINTS
from lambdas.contracts.outputs import ArchiveOutput, HubOutput

LOCAL_POLL: Final = 0.5
POLL: Final = 2.0
"""Seconds between two looks, at the local account and at AWS."""

VARIABLE: Final = "JAMWIRE_LISTEN_SECRET"

Given = Literal["env", "stdin"]


def listen(
    forward: Annotated[str, typer.Option(help="The receiver, such as http://localhost:8888/hook.")],
    endpoint: Annotated[list[str] | None, typer.Option(help="Only what this endpoint accepted.")] = None,
    type: Annotated[
        list[str] | None, typer.Option("--type", help="Only of this type, or of a family such as 'deploy.*'.")
    ] = None,
    since: Annotated[
        str,
        typer.Option(help="From now on, from so long ago on (1h), or from where a run has stopped (last)."),
    ] = "now",
    retry: Annotated[
        bool, typer.Option("--retry", help="Let events wait, in order, until the receiver takes them.")
    ] = False,
    resend: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Forward this event once more, and end.")
    ] = None,
    given: Annotated[
        Given | None,
        typer.Option(
            "--secret-from", help=f"Sign by a secret of yours: in {VARIABLE}, or on standard input."
        ),
    ] = None,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let the receiver be on another machine.")
    ] = False,
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """Forward real events to a receiver on this machine, signed anew.

    Nobody else is disturbed: the archive is read, and nothing is opened or set up.
    """
    check_target(forward, allow_remote=allow_remote)
    deployment, _ = find_deployment(local, name)
    archive = Archive.of(deployment, time.sleep)
    endpoints = [deployment.endpoint(each) for each in endpoint or ()] or deployment.endpoints
    place = place_of(deployment, forward)
    pairs = _pairs(place, endpoints, given)
    options = (("--endpoint", endpoint), ("--type", type), ("--secret-from", [given] if given else []))
    flags = (("--allow-remote", allow_remote), ("--retry", retry))
    words = [word for option, values in options for value in values or () for word in (option, value)]
    words = ["--forward", forward, *words, *(flag for flag, is_on in flags if is_on)]
    command = f"jamwire listen {shlex.join(words)}{options_of(local, name)}"
    tell = PrintedForwarding(_forwarder(deployment, forward, pairs), command, retry, json)
    if resend:
        _resend(archive, tell, Selection(ids=tuple(resend)), wanted(endpoint or (), ()))
        return
    if not given:
        _print_secrets(endpoints, pairs)
    with closing(Position(place / "position")) as position:
        listener = Listener(
            archive,
            position,
            wanted=wanted(endpoint or (), type or ()),
            forward=tell,
            tell=lambda line: err.print(f"[yellow]{plain(line)}[/yellow]"),
            poll=LOCAL_POLL if deployment.local_url else POLL,
            clock=time.time,
        )
        _begin(listener, position, since)
        err.print(f"Events of {plain(deployment.name)} go to {plain(forward)}; Ctrl-C ends it.")
        _run(listener, command)


def wanted(endpoints: Sequence[str], types: Sequence[str]) -> Callable[[EventSummary], bool]:
    """Whether a sender has sent an event, to one of these endpoints and of one of these types; none stands for all."""
    selections = [
        Selection(type=type, endpoint=name) for type in types or ("",) for name in endpoints or ("",)
    ]
    return lambda summary: (
        summary.source.startswith(ENDPOINTS) and any(selection.fits(summary) for selection in selections)
    )


def place_of(deployment: Deployment, target: str) -> Path:
    """Where is kept what is known of a deployment's receiver."""
    parts = (
        deployment.name,
        deployment.hub.outputs[HubOutput.TOPIC_ARN],  # names account and region
        archive_stack(deployment).outputs[ArchiveOutput.EVENTS_TABLE],
        target,
    )
    return DIRECTORY / "listen" / hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _pairs(place: Path, endpoints: Sequence[DeployedEndpoint], given: Given | None) -> dict[str, SigningPair]:
    if not given:
        return kept_pairs(place / "secrets.json", endpoints)
    secret = os.environ.get(VARIABLE, "") if given == "env" else ask("The receiver's secret")
    if not secret:
        raise OperationError(f"There is no secret in {VARIABLE if given == 'env' else 'the standard input'}")
    return given_pairs(secret, endpoints)


def _forwarder(deployment: Deployment, url: str, pairs: dict[str, SigningPair]) -> Forwarder:
    return Forwarder(
        url,
        endpoints={each.name: each for each in deployment.endpoints},
        keys=pairs,
        load=partial(load_payload, deployment),
        clock=time.time,
    )


def _print_secrets(endpoints: Sequence[DeployedEndpoint], pairs: dict[str, SigningPair]) -> None:
    err.print("[dim]The receiver verifies by these secrets, which are of this machine only:[/dim]")
    for endpoint in endpoints:
        if pair := pairs.get(endpoint.name):
            err.print(f"  {plain(endpoint.name)} [dim]({endpoint.source})[/dim]  {plain(pair.verifies)}")


def _begin(listener: Listener, position: Position, since: str) -> None:
    if since == "last" and position.floor:
        return
    if since in ("now", "last"):
        if since == "last":
            err.print("No run to this address has stopped here before; beginning now.")
        listener.begin_now()
        return
    present = dt.datetime.fromtimestamp(time.time(), dt.UTC)
    try:
        moment = parse_moment(since, present)
    except ValueError as error:
        raise typer.BadParameter(f"{error}, or now, or last", param_hint="--since") from None
    if moment > present:
        raise typer.BadParameter("expected a time that has come", param_hint="--since")
    listener.begin_at(moment.timestamp())


def _run(listener: Listener, command: str) -> None:
    try:
        while True:
            time.sleep(listener.look())
    except KeyboardInterrupt:
        err.print(f"Stopped; to go on without a gap: {plain(f'{command} --since last')}")
        raise typer.Exit(INTERRUPTED) from None


def _resend(
    archive: Archive,
    forward: PrintedForwarding,
    selection: Selection,
    is_wanted: Callable[[EventSummary], bool],
) -> None:
    found = list(filter(is_wanted, archive.find(selection)))
    if not found:
        raise OperationError("No endpoint that is meant has accepted such an event")
    events = archive.read(found)
    taken = [forward(summary, events.get(summary)) for summary in found]
    if not all(taken):
        raise typer.Exit(1)
