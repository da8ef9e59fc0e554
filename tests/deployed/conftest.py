"""One deployment for all tests that do not change it, with IAM enforced: every function works by its own role."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import boto3
import pytest

from jamwire.cli.main import main
from jamwire.local.account import LocalAccount
from jamwire.local.credentials import local_environment
from tests.deployed.deployed import Deployed, Jamwire

HERE = Path(__file__).parent


@pytest.fixture(scope="package")
def _deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    app = f"env PYTHONPATH={HERE.parents[1]} {sys.executable} {HERE / 'rulebook.py'}"
    with LocalAccount(tmp_path_factory.mktemp("account"), app=app, auth=True) as account:
        account.up()
        yield Deployed(account)


@pytest.fixture
def deployed(_deployed: Deployed) -> Iterator[Deployed]:
    _deployed.renew_budget()  # all tests together send more than the rulebook allows for a day
    yield _deployed
    _deployed.inbox("DELETE", "/api/faults")
    _deployed.until_quiet()  # the CDN takes what waits together, and the next test wants its own
    _deployed.inbox("DELETE", "/api/deliveries")


@pytest.fixture
def jamwire(deployed: Deployed) -> Jamwire:
    """Runs the command in this process; in one of its own, where test_documented_commands runs it, it mostly imports."""
    certificate = deployed.account.certificate
    environment = local_environment(deployed.account.ports.port, certificate) | {
        "SSL_CERT_FILE": str(certificate)
    }

    def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, environment, clear=True),
            mock.patch.object(boto3, "DEFAULT_SESSION", None),  # it remembers other credentials
            mock.patch.object(sys, "argv", ["jamwire", *arguments]),
            mock.patch.object(sys, "stdin", io.StringIO(given)),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = exit_code()
        return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())

    return run


def exit_code() -> int:
    """Runs the command with what it finds in this process; the code with which it ends."""
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
