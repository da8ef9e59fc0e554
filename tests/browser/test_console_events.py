"""The console's list of events."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.console import NOW, PlayedConsole, a_console
from tests.browser.histories import history, listed, paged


@pytest.fixture
def console(browser: Browser) -> Iterator[PlayedConsole]:
    with a_console(browser) as played:
        yield played
