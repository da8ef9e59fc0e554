"""A small deployment with IAM enforced, a page that is served under a strict policy, and a browser that looks at it."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from jamwire.live import Listening, listening_to
from jamwire.local.account import LocalAccount
from tests.browser.cable import Cable
from tests.deployed.deployed import Deployed

HERE = Path(__file__).parent
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--ignore-certificate-errors",  # the local account's certificate is its own
)


def chromium() -> str | None:
    """Where a Chromium is on this machine."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    if not chromium():
        pytest.skip("There is no Chromium here; install one with: apt-get install chromium")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(_playwright: Playwright) -> Iterator[Browser]:
    browser = _playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    app = f"env PYTHONPATH={HERE.parents[1]} {sys.executable} {HERE / 'rulebook.py'}"
    with LocalAccount(tmp_path_factory.mktemp("account"), app=app, auth=True) as account:
        account.up()
        yield Deployed(account)


@pytest.fixture(scope="session")
def listening(deployed: Deployed) -> Listening:
    [live] = listening_to(deployed.deployment)
    return live


@pytest.fixture
def cable(deployed: Deployed) -> Iterator[Cable]:
    with Cable(deployed.account.ports.port) as cable:
        yield cable
