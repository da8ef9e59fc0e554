"""``jamwire send``: a signed sample of what a source sends."""

import dataclasses
import secrets
import time
from typing import Annotated

import typer

from jamwire.cli.options import Json, Local, Name, ask, find_deployment
from jamwire.cli.terminal import print_json, print_table
from jamwire.operations.deployment import NAME
from jamwire.operations.http_client import curl_line, post
from jamwire.operations.send_sample import endpoint_for, request_for_curl
from jamwire.operations.send_sample import send as send_sample
from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.request import build_request
from lambdas.ingest.catalogue import CATALOGUE


def send(
    sample: Annotated[
        str | None, typer.Argument(help="Such as netlify/deploy-failed; `--list` shows all.")
    ] = None,
    endpoint: Annotated[
        str, typer.Option(help="Which endpoint; else the first of the sample's source.")
    ] = "",
    to: Annotated[str, typer.Option(help="Any address instead; its secret is read or asked for.")] = "",
    tamper: Annotated[
        bool, typer.Option(help="Sign it wrongly; success is then to be refused with 401.")
    ] = False,
    curl: Annotated[bool, typer.Option(help="Print a curl line instead of sending.")] = False,
    show: Annotated[bool, typer.Option("--list", help="List the samples.")] = False,
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """Send a signed sample of what a source sends."""
    if show or sample is None:
        _print_samples(json)
        return
    if sample not in SAMPLES:
        raise typer.BadParameter(
            f"{sample!r} is not a sample; `jamwire send --list` shows them", param_hint="SAMPLE"
        )
    chosen, fresh = SAMPLES[sample], secrets.token_hex(12)
    if to:
        key = ask("Secret of the endpoint")
        scheme = CATALOGUE[chosen.source].scheme
        request = build_request(chosen, scheme, key, url=to, now=time.time(), fresh=fresh, tamper=tamper)
        answer = post(to, request)
    else:
        deployment, _ = find_deployment(local, name)
        target = endpoint_for(deployment, chosen, endpoint)
        if curl:
            typer.echo(curl_line(target.url, request_for_curl(deployment, target, chosen, fresh=fresh)))
            return
        answer = send_sample(deployment, target, chosen, fresh=fresh, tamper=tamper)
    if json:
        print_json(dataclasses.asdict(answer))
    else:
        typer.echo(f"{answer.status} {answer.body}")
    if (answer.status == 401) if tamper else (200 <= answer.status < 300):
        return
    raise typer.Exit(1)


def _print_samples(json: bool) -> None:
    if json:
        print_json([{"name": name, "description": sample.description} for name, sample in SAMPLES.items()])
    else:
        print_table(
            ("Sample", "What it is"), [(name, sample.description) for name, sample in SAMPLES.items()]
        )
