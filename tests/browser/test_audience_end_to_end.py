"""From a click on a page to a click on a notification, over all that is deployed.

The browser's push service is the inbox. What it was pushed is opened by http-ece, which shares nothing with what
encrypts it, and given to the worker by the DevTools protocol.
"""

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser, expect

from jamwire.local.account import LocalAccount
from tests.browser.following import WATCH, Following, a_visitor, push_service_of
from tests.browser.test_follow_push import click, opened, until_shown
from tests.deployed.deployed import Deployed
from tests.deployed.followers import Audience

RULEBOOK = Path(__file__).parents[1] / "deployed" / "audience.py"
URL = "https://example.com/line-12/"

SUBSCRIBE = """
PushManager.prototype.subscribe = async ({ applicationServerKey: key }) => {
  const said = (await kept()) ? undefined : { key, ...(await subscribeAtTheInbox(key)) };
  if (said) await keep(said);
  return kept();
};
"""


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[Following]:
    with a_visitor(browser) as visitor:
        visitor.files["/watch.js"] = ("text/javascript", WATCH + SUBSCRIBE)
        yield visitor


@pytest.fixture(scope="module")
def audience(visitor: Following, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audience]:
    """One for the visitor's site, over HTTP: a browser would not trust the account's certificate."""
    app = f"env PYTHONPATH={RULEBOOK.parents[2]} {sys.executable} {RULEBOOK}"
    directory, context = tmp_path_factory.mktemp("account"), {"site_url": visitor.site}
    with LocalAccount(directory, app=app, context=context) as account:
        account.up()
        audience = Audience(Deployed(account))
        visitor.endpoint = SimpleNamespace(url=audience.outputs["AudienceUrl"])
        yield audience


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


COLD_MS = 60_000
"""How long the first answer of a function may take, on a machine that starts many of them."""


def decrypt(push: dict[str, Any], subscription: dict[str, Any]) -> str:
    private = int.from_bytes(from_base64url(subscription["private"]))
    text: bytes = http_ece.decrypt(
        from_base64url(push["body"]),
        private_key=ec.derive_private_key(private, ec.SECP256R1()),
        auth_secret=from_base64url(subscription["keys"]["auth"]),
        version="aes128gcm",
    )
    return text.decode()


def test_click_on_a_page_leads_to_a_click_on_a_notification(visitor: Following, audience: Audience) -> None:
    subscriptions: list[dict[str, Any]] = []

    def subscribe(key: str) -> dict[str, Any]:
        subscriptions.append(
            audience.deployed.inbox("POST", "/push/subscriptions", {"applicationServerKey": key})
        )
        return {name: subscriptions[-1][name] for name in ("endpoint", "keys")}

    visitor.context.set_default_timeout(COLD_MS)
    visitor.context.expose_function("subscribeAtTheInbox", subscribe)
    page = visitor.open()
    page.get_by_role("button", name="Tell me about line 12").click()
    page.get_by_role("button", name="Yes, tell me").click()
    expect(page.get_by_text("You follow this line.")).to_be_visible()
    [subscription] = subscriptions
    elsewhere = visitor.open("/elsewhere")
    page.close()

    event = audience.tell("line-12", title="Line 12 is late", url=URL)
    place = f"/push/subscriptions/{subscription['endpoint'].rpartition('/')[2]}/messages"
    [push] = audience.deployed.until(lambda: audience.deployed.inbox("GET", place)["messages"], "a push")
    text = decrypt(push, subscription)
    assert json.loads(text) == push["message"], "the inbox has read the same"
    push_service_of(visitor, elsewhere).deliver(text)
    [shown] = until_shown(elsewhere, "Line 12 is late")
    assert (shown["tag"], shown["data"]["id"]) == ("line-12", event)
    click(visitor)
    assert opened(visitor) == [["opened", URL]]

    elsewhere.locator("button[data-jamwire-follow=line-12]").click()
    expect(elsewhere.locator("button[data-jamwire-follow=line-12]")).to_have_attribute(
        "aria-pressed", "false"
    )
    audience.until_told(audience.tell("line-12"))
    assert len(audience.deployed.inbox("GET", "/api/deliveries?channel=push")) == 1
