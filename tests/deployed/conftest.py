"""One deployment for all tests that do not change it, with IAM enforced: every function works by its own role."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jamwire.local.account import LocalAccount
from jamwire.local.credentials import local_environment
from tests.deployed.deployed import Deployed, Jamwire


@pytest.fixture(scope="session")
def _deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with LocalAccount(tmp_path_factory.mktemp("account"), auth=True) as account:
        account.up()
        yield Deployed(account)


@pytest.fixture
def deployed(_deployed: Deployed) -> Iterator[Deployed]:
    _deployed.renew_budget()  # all tests together send more than the rulebook allows for a day
    yield _deployed
    _deployed.inbox("DELETE", "/api/faults")
    _deployed.until_quiet()  # the CDN takes what waits together, and the next test wants its own


@pytest.fixture
def jamwire(deployed: Deployed) -> Jamwire:
    certificate = deployed.account.certificate
    environment = local_environment(deployed.account.ports.port, certificate) | {
        "SSL_CERT_FILE": str(certificate)
    }

    def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        command = [Path(sys.executable).with_name("jamwire"), *arguments]
        return subprocess.run(
            command, input=given, env=environment, capture_output=True, text=True, check=False
        )

    return run
