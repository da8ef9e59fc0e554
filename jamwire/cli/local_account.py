"""The local account, and what a deployment is made of."""

import secrets
import time

from jamwire.cli.options import (
    Json,
    Local,
    Name,
    endpoints_document,
    find_deployment,
    local_account,
    print_endpoints,
)
from jamwire.cli.terminal import err, out, plain, print_json, print_table
from jamwire.operations.archive import Archive, has_archive
from jamwire.operations.deployment import NAME, Deployment
from jamwire.operations.elsewhere import find_elsewhere
from jamwire.operations.hearings import find_hearings
from jamwire.operations.http_client import curl_line
from jamwire.operations.listeners import find_alarm_emails, find_deaf_stacks
from jamwire.operations.send_sample import request_for_curl
from jamwire.samples.catalogue import SAMPLES
from lambdas.ingest.catalogue import CATALOGUE


def up(local: Local = True, name: Name = NAME) -> None:
    """Start or update the local account, and deploy every stack into it."""
    account = local_account(name)
    started = time.monotonic()
    with err.status("Starting") as status:

        def on_progress(text: str) -> None:
            err.print(f"[dim]{time.monotonic() - started:5.1f} s[/dim]  {plain(text)}")
            status.update(text)

        ports = account.up(on_progress)
        deployment = account.deployment
        endpoints = deployment.endpoints
    err.print(f"[dim]{time.monotonic() - started:5.1f} s[/dim]  Ready\n")
    out.print(f"Console   {account.console_url}\n")
    print_endpoints(endpoints)
    out.print(f"\nInbox     {ports.inbox_url}/api/deliveries")
    out.print(f"Shell     export AWS_ENDPOINT_URL=http://127.0.0.1:{ports.port} AWS_REGION=us-east-1 \\")
    out.print(
        "            AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test CDK_DEFAULT_ACCOUNT=000000000000"
    )
    endpoint = next((e for e in endpoints if e.source == "netlify"), endpoints[0])
    sample = next(
        s
        for label, s in SAMPLES.items()
        if label.startswith(f"{endpoint.source}/") and "started" not in label
    )
    out.print("\nPaste this to send a signed webhook, then look into the inbox:\n")
    request = request_for_curl(deployment, endpoint, sample, fresh=secrets.token_hex(12))
    out.print(plain(curl_line(endpoint.url, request)))


def down() -> None:
    """Stop the local account."""
    local_account(NAME).down()
    err.print("The local account is stopped.")


def status(local: Local = False, json: Json = False, name: Name = NAME) -> None:
    """Show the endpoints, the inbox and the stacks, with warnings."""
    deployment, inbox = find_deployment(local, name)
    warnings, hearings = _warnings(deployment), find_hearings(deployment)
    stacks = [{"name": stack.name, "status": stack.status} for stack in deployment.stacks]
    if json:
        print_json(
            {
                "endpoints": endpoints_document(deployment.endpoints, hearings),
                "inbox": inbox,
                "stacks": stacks,
                "warnings": warnings,
            }
        )
        return
    print_endpoints(deployment.endpoints, hearings)
    if inbox:
        out.print(f"\nInbox      {inbox}")
    print_table(("Stack", "Status"), [(stack["name"], stack["status"]) for stack in stacks])
    for warning in warnings:
        err.print(f"[yellow]warning:[/yellow] {plain(warning)}")


def _warnings(deployment: Deployment) -> list[str]:
    """What a deployment does not tell by itself."""
    deaf = [
        f"{name}: it listens to a hub that is gone, and hears nothing. Deploy it again: make deploy ARGS=--force"
        for name in find_deaf_stacks(deployment)
    ]
    unconfirmed = [
        f"{email.address}: no alarm reaches it until AWS's mail is confirmed (jamwire alarms)"
        for email in find_alarm_emails(deployment)
        if not email.confirmed
    ]
    return [*deaf, *unconfirmed, *_warnings_of_archive(deployment)]


def _warnings_of_archive(deployment: Deployment) -> list[str]:
    """What only the event store shows; nothing where there is none."""
    if not has_archive(deployment):
        return []
    sources = {endpoint.name: CATALOGUE[endpoint.source] for endpoint in deployment.endpoints}
    archive = Archive.of(deployment, time.sleep)
    return [found.warning for found in find_elsewhere(archive, sources, time.time())]


def endpoints(local: Local = False, json: Json = False, name: Name = NAME) -> None:
    """List the addresses to give to your services, and when each was last heard."""
    deployment, _ = find_deployment(local, name)
    found, hearings = deployment.endpoints, find_hearings(deployment)
    if json:
        print_json(endpoints_document(found, hearings))
    else:
        print_endpoints(found, hearings)
