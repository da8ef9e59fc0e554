"""A small deployment with IAM enforced, a page that is served under a strict policy, and a browser that looks at it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from jamwire.local.account import LocalAccount
from jamwire.local.chromium import FLAGS, MISSING, find_chromium
from jamwire.operations.live import Listening, listening_to
from tests.browser.cable import Cable
from tests.browser.console import NOW, PlayedConsole, a_console
from tests.browser.console_world import World
from tests.deployed.deployed import Deployed

HERE = Path(__file__).parent

# As all else of Playwright: a function's first answer on a busy machine takes seconds.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="package")
def _playwright() -> Iterator[Playwright]:
    if not find_chromium():
        pytest.skip(MISSING)
    with (
        sync_playwright() as playwright
    ):  # an event loop in this thread, which other tests want for their own
        yield playwright


@pytest.fixture(scope="package")
def browser(_playwright: Playwright) -> Iterator[Browser]:
    browser = _playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def _deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    app = f"env PYTHONPATH={HERE.parents[1]} {sys.executable} {HERE / 'rulebook.py'}"
    with LocalAccount(tmp_path_factory.mktemp("account"), app=app, auth=True) as account:
        account.up()
        yield Deployed(account)


@pytest.fixture
def deployed(_deployed: Deployed) -> Deployed:
    return _deployed


@pytest.fixture
def listening(deployed: Deployed) -> Listening:
    [live] = listening_to(deployed.deployment)
    return live


@pytest.fixture
def cable(deployed: Deployed) -> Iterator[Cable]:
    with Cable(deployed.account.ports.port) as cable:
        yield cable


@pytest.fixture(scope="package")
def _operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    app = f"env PYTHONPATH={HERE.parents[1]} {sys.executable} {HERE / 'console_rulebook.py'}"
    with LocalAccount(tmp_path_factory.mktemp("account"), app=app, auth=True) as account:
        account.up()
        yield Deployed(account)


@pytest.fixture
def operated(_operated: Deployed) -> Iterator[Deployed]:
    """A deployment that the console looks at; left as it was found."""
    yield _operated
    _operated.inbox("DELETE", "/api/faults")
    _operated.until_quiet()
    _operated.inbox("DELETE", "/api/deliveries")


@pytest.fixture
def world() -> World:
    """What the console's server has to show."""
    return World()


@pytest.fixture
def busy(browser: Browser, world: World) -> Iterator[PlayedConsole]:
    """A console with something in every view, at a time that stands still."""
    with a_console(browser) as played:
        played.context.clock.set_fixed_time(NOW)
        played.answers |= world.answers()
        yield played
