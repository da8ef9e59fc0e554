"""What the hub needs a person for: to hear its alarms, and to let it be destroyed."""

import dataclasses
from typing import Annotated

import typer

from jamwire.cli.options import Json, Local, Name, find_deployment
from jamwire.cli.terminal import err, out, plain, print_json
from jamwire.operations.deployment import NAME
from jamwire.operations.listeners import find_alarm_emails
from jamwire.operations.protection import find_protected, unprotect


def alarms(
    unless_confirmed: Annotated[
        bool, typer.Option("--unless-confirmed", help="Say nothing where every address is confirmed.")
    ] = False,
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """Say who gets alarms by e-mail, and how to try it."""
    deployment, _ = find_deployment(local, name)
    emails = find_alarm_emails(deployment)
    command = (
        f"aws cloudwatch set-alarm-state --alarm-name {deployment.name}-IngestErrors "
        "--state-value ALARM --state-reason test"
    )
    if json:
        print_json({"emails": [dataclasses.asdict(email) for email in emails], "command": command})
        return
    if not emails:
        err.print(
            "[yellow]No alarm reaches anybody by e-mail:[/yellow] set alarm_email in cdk.json, and deploy."
        )
        return
    for email in emails:
        if not email.confirmed:
            err.print(
                f"[yellow]AWS has sent a mail to {plain(email.address)}: confirm it.[/yellow] Until then no alarm "
                "reaches this address."
            )
        elif not unless_confirmed:
            err.print(f"Alarms are sent to {plain(email.address)}.")
    if not (unless_confirmed and all(email.confirmed for email in emails)):
        err.print("Then try an alarm, and look into the mailbox:")
        out.print(plain(command))


def unprotect_hub(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    local: Local = False,
    name: Name = NAME,
) -> None:
    """Let the hub and an audience be destroyed; asks first."""
    deployment, _ = find_deployment(local, name)
    names = find_protected(deployment)
    if not names:
        err.print(f"{deployment.hub.name} is not protected.")
        return
    listed = " and ".join(names)
    if not yes:
        typer.confirm(
            f"Turn off the termination protection of {listed}? With the hub go its endpoints' secrets, and every other "
            "stack must be deployed anew after it; with an audience go its keys, without which its list is of no use",
            abort=True,
        )
    unprotect(deployment, names)
    err.print(f"{listed} may be destroyed now. Deploying turns the protection on again.")
