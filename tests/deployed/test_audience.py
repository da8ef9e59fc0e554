"""An audience by all channels, with IAM enforced: who follows is told, and who has ended it hears nothing more."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jamwire.local.account import LocalAccount
from tests.deployed.deployed import Deployed
from tests.deployed.followers import Audience, Browser, Mailbox, Phone

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    app = f"env PYTHONPATH={HERE.parents[1]} {sys.executable} {HERE / 'audience.py'}"
    with LocalAccount(tmp_path_factory.mktemp("account"), app=app, auth=True) as account:
        account.up()
        yield Deployed(account)


@pytest.fixture(scope="module")
def audience(deployed: Deployed) -> Audience:
    return Audience(deployed)


def test_browser_that_follows_is_pushed(audience: Audience) -> None:
    browser = Browser(audience)
    assert browser.follow("line-12").document["topics"] == ["line-12"]
    audience.tell("line-7")
    event = audience.tell("line-12", title="Line 12 is late", url="https://example.com/line-12")
    [push] = audience.deployed.until(browser.messages, "a push")
    said = push["message"]["notification"]
    assert (said["title"], said["navigate"]) == ("Line 12 is late", "https://example.com/line-12")
    assert said["data"]["id"] == event
