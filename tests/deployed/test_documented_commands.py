"""Every command of the README and of the docs: run against the deployment or, where it cannot be, looked at closely."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import cache, partial

import pytest

from jamwire.local.credentials import local_environment
from jamwire.operations.secrets import add_secret, find_destinations, list_secrets, remove_secret
from tests.conftest import ROOT
from tests.deployed.deployed import Deployed
from tests.deployed.documented import documented_commands

NOT_RUN = {
    "jamwire ui": "goes on until somebody ends it; test_ui.py runs it",
    "make bench": "takes minutes",
    "make bootstrap": "works on an AWS account",
    "make cost": "writes a page; tests/unit/bench holds what it counts",
    "make load": "takes minutes",
    "make check": "takes minutes, and is run beside the tests",
    "make demo": "has an account of its own and goes on until somebody ends it",
    "make deploy": "works on an AWS account",
    "make destroy": "works on an AWS account",
    "make diff": "works on an AWS account",
    "make docs": "writes what tests/unit/docs compares",
    "make format": "changes the code",
    "make fuzz": "takes half a minute and more; tests/fuzz runs it",
    "make fuzz-parsers": "takes a minute and more, and installs what fuzzes",
    "make install": "has been run, or nothing here would run",
    "make lock": "changes the locks",
    "make down": "ends the account of this clone, which may be in use",
    "make mutants": "takes minutes; tests/mutants runs it on a few changes",
    "make simulate": "takes a minute and more; tests/simulation runs it",
    "make test": "is what runs this",
    "make test-fast": "is a part of what runs this",
    "make up": "starts the account of this clone, which may be in use; tests/local starts one",
    "jamwire secret add slack-fallback": "the shipped rulebook has one webhook; test_channels.py has two",
    "jamwire audience": "needs somebody who follows; tests/unit/jamwire/cli/test_audience.py runs each",
    "jamwire listen": "goes on until somebody ends it; test_listen.py runs it",
    "jamwire secret add recovery": "the deployed rulebook asks no sender again; tests/unit/stacks/test_recovery.py has it",
    "python -m bench": "takes minutes; tests/bench runs each measurement",
    "python -m bench.followers": "takes minutes",
    "python -m bench.outages": "takes minutes",
    "jamwire unprotect": "would let the account's hub be destroyed; tests/unit/jamwire has it",
    "aws": "the AWS CLI is no part of the installation",
}
"""Beginnings of commands, and why they are not run here."""

REFUSED = "jamwire events replay --since 3h --failed"
"""It asks whether it may, and may not: what other tests have left would be told once more."""

DEAD = re.compile(r"dead-letters|<event>|--failed|events list")
"""Commands that say something about events that could not be delivered, or about events at all."""

SHELL = """set -euo pipefail
curl() { command curl --fail-with-body --silent --show-error "$@"; }
make() { command make --dry-run --no-print-directory "$@"; }
"""
"""An answer of 400 is a failure, and what make would do is told."""

NOWHERE = local_environment(9)
"""Where nothing is deployed: for what is only looked at."""

SAMPLE = "netlify/deploy-failed"

COMMANDS = documented_commands(ROOT)
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def reason_not_to_run(command: str) -> str | None:
    """Why a command is not run, if it is not."""
    words = without_variables(command)
    return next((why for beginning, why in NOT_RUN.items() if f"{words} ".startswith(f"{beginning} ")), None)


def without_variables(command: str) -> str:
    """A command without what is set in front of it."""
    return re.sub(r"""^(\w+=("[^"]*"|\S+) )+""", "", command)


def is_ours_to_run(command: str) -> bool:
    """Whether a command talks to a deployment, or to what sends to it and receives from it."""
    return command.startswith(("jamwire ", "curl "))


RUN = [command for command in COMMANDS if is_ours_to_run(command) and not reason_not_to_run(command)]
MADE = [command for command in COMMANDS if without_variables(command).startswith("make ")]


def in_shell(
    line: str, *, given: str = "", environment: Mapping[str, str] = NOWHERE
) -> subprocess.CompletedProcess[str]:
    """Runs a line in a shell."""
    command = ["bash", "-c", SHELL + line]
    return subprocess.run(
        command, input=given, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture
def shell(deployed: Deployed) -> Run:
    """Runs a line in a shell as a person has it who works on the deployment."""
    certificate = str(deployed.account.certificate)
    environment = local_environment(deployed.account.ports.port, deployed.account.certificate) | {
        "SSL_CERT_FILE": certificate,
        "CURL_CA_BUNDLE": certificate,
        "SECRET": list_secrets(deployed.deployment, "zap")[-1].value,
    }
    return partial(in_shell, environment=environment)


@contextmanager
def secrets_as_before(deployed: Deployed) -> Iterator[None]:
    """Ends the secrets that a command has added."""
    deployment = deployed.deployment
    names = [*(e.name for e in deployment.endpoints), *find_destinations(deployment)]
    before = {name: list_secrets(deployment, name) for name in names}
    yield
    for name in names:
        for key in list_secrets(deployment, name):
            if key not in before[name]:
                remove_secret(deployment, name, key.id)


def dead_event(deployed: Deployed) -> str:
    """The id of an event that Slack refused for good."""
    deployed.fault(status=404, count=1)
    sent = deployed.send(SAMPLE)
    deployed.dead_letter("Slack", sent)
    deployed.until_archived(SAMPLE, sent)
    return sent.id


def filled(deployed: Deployed, command: str) -> str:
    """A command with values where the docs have placeholders."""
    event = dead_event(deployed) if DEAD.search(command) else ""
    values: Mapping[str, Callable[[], str]] = {
        "<event>": lambda: event,
        "<id>": lambda: add_secret(deployed.deployment, "site", "no-sender-has-this-one").id,
        "<inbox>": lambda: deployed.account.ports.inbox_url,
        "<url of zap>": lambda: deployed.deployment.endpoint("zap").url,
        "NAME": lambda: "site",
    }
    for placeholder, value in values.items():
        if placeholder in command:
            command = command.replace(placeholder, value())
    return command


def answer_to(deployed: Deployed, command: str) -> str:
    """What a person puts in: the secret that is asked for, or a yes."""
    if adds := re.search(r"secret add ([\w-]+)$", command):
        return list_secrets(deployed.deployment, adds[1])[-1].value
    return "n\n" if command == REFUSED else "y\n"


@pytest.mark.parametrize("command", RUN)
def test_documented_command_works(deployed: Deployed, shell: Run, command: str) -> None:
    with secrets_as_before(deployed) if "secret " in command else nullcontext():
        line = filled(deployed, command)
        run = shell(line, given=answer_to(deployed, line))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "no such" not in run.stderr  # there was something to work on
    if "<url of zap>" in command:
        assert_told(deployed, json.loads(run.stdout)["id"], json.loads(shlex.split(line)[-1]))
    if "/api/faults" in command:
        assert deployed.inbox("GET", "/api/faults")


def assert_told(deployed: Deployed, event_id: str, said: Mapping[str, str]) -> None:
    """What was sent is read in Slack, and on open pages where it has a topic."""
    expected = {"slack", "live"} if "topic" in said else {"slack"}

    def telling() -> bool:
        channels = {
            delivery["channel"]
            for delivery in deployed.deliveries_of(event_id)
            if all(said[word] in json.dumps(delivery["request"]) for word in ("title", "text"))
        }
        return expected <= channels

    deployed.until(telling, f"{said} in {expected}")


@pytest.mark.parametrize("command", MADE)
def test_documented_target_exists_and_knows_its_options(command: str) -> None:
    run = in_shell(command)
    assert run.returncode == 0, run.stderr
    lines = [line for line in run.stdout.splitlines() if not line.startswith("test -n ")]
    assert_options_exist(lines[-1])


def assert_options_exist(line: str) -> None:
    """A program's help has each option that it is given."""
    if options := re.findall(r" (--[a-z-]+)", line):
        program = re.sub("<[a-z ]+>", "x", line.partition(" --")[0])
        assert set(options) <= options_of(program.strip())


@cache
def options_of(program: str) -> set[str]:
    """Options of which a program's help tells."""
    return set(re.findall(r"--[a-z-]+", in_shell(f"{program} --help").stdout))


@pytest.mark.parametrize("command", ["status", "send"])
def test_local_account_is_an_option(command: str) -> None:
    assert "--local" in options_of(f"{ROOT}/.venv/bin/jamwire {command}")


def test_every_documented_command_is_known() -> None:
    """Whoever writes down a new one says here how it is tried."""
    assert [c for c in COMMANDS if not (is_ours_to_run(c) or reason_not_to_run(c))] == []


def test_everything_that_is_not_run_is_documented() -> None:
    commands = [without_variables(command) for command in COMMANDS]
    stale = [known for known in NOT_RUN if not any(f"{c} ".startswith(f"{known} ") for c in commands)]
    assert stale == []
