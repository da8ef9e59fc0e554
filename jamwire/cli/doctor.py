"""``jamwire doctor``: what is wrong with a deployment, and what to do about it."""

import dataclasses
from typing import Annotated, Final

import typer

from jamwire.cli.options import Json, Local, Name, find_deployment
from jamwire.cli.terminal import err, one_line, print_json, print_table
from jamwire.operations.deployment import NAME
from jamwire.operations.doctor.examine import CHECKS, PROBE, examination_of, examine

_COLUMNS: Final = ("Check", "Subject", "Finding", "Advice")


def doctor(
    probe: Annotated[
        bool, typer.Option(help="Send a marked event to the topic and a marked message to each queue.")
    ] = True,
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """Check all that a deployment needs, and say what to do; 1 where something is wrong."""
    deployment, _ = find_deployment(local, name)
    checks = [check for check in CHECKS if probe or check != PROBE]
    with err.status("Checking"):
        found = examine(examination_of(deployment), checks)
    if json:
        print_json([dataclasses.asdict(finding) for finding in found])
    else:
        rows = [(f.check, one_line(f.subject), f.finding, one_line(f.advice)) for f in found]
        print_table(_COLUMNS, rows, prose="wrapped")
    if any(finding.finding == "wrong" for finding in found):
        raise typer.Exit(1)
