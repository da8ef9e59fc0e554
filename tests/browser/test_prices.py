"""The prices in a browser: of many ticks the newest is shown, in rows that follow a whole family of topics."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from examples.edge import make_app
from examples.prices.example import LISTED_TODAY, feed_of, local_account, publish
from examples.prices.feed import Feed
from examples.serving import edges_of, serving


@dataclass
class Seen:
    """The feed, and where its prices are seen."""

    feed: Feed
    address: str


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("prices")
    with local_account(folder / "account") as account:
        account.up()
        with serving(make_app(*edges_of(account))) as address:
            publish(account.deployment, folder, address)
            yield Seen(feed_of(account.deployment, rate=200, seed=1), address)


def until_prices_are(page: Page, feed: Feed) -> None:
    """Wait until a page shows each price as it is now."""
    shown = {symbol: f"{price:.2f}" for symbol, price in feed.market.prices.items()}
    rows = [f"{symbol} {shown[symbol]}" for symbol in sorted(shown)]
    page.wait_for_function(
        """(rows) => JSON.stringify(rows) === JSON.stringify(
          [...document.querySelectorAll(".prices > li")].map(
            (row) => `${row.querySelector("h2").textContent} ${row.querySelector(".price").textContent}`))""",
        arg=rows,
    )


def test_newest_of_many_ticks_is_shown_early_and_late(seen: Seen, browser: Browser) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{seen.address}/")
    expect(page.locator("#live")).to_have_text("live")
    # Each tick is later than those before it, however fast the requests are answered: the last is the newest.
    began = time.time()
    ticks = [seen.feed.market.tick(began + place / 1000) for place in range(400)]
    for first in range(0, len(ticks), 100):
        seen.feed.send(ticks[first : first + 100])
    until_prices_are(page, seen.feed)  # the rows that were built, and one of a symbol that is new
    expect(page.locator(".prices > li")).to_have_count(49 + len(LISTED_TODAY))
    expect(page.locator(".prices > li:has(svg polyline[points])")).to_have_count(50)
    expect(page.locator(".prices li[data-jamwire-topic='price/YARR'] .name")).to_have_text("New today")
    late = browser.new_page()
    late.goto(f"{seen.address}/")
    until_prices_are(late, seen.feed)
    expect(late.locator(".prices time[datetime]:not([datetime=''])")).to_have_count(50)
    assert not [url for url in asked if "/_jamwire/notice/" in url]  # the family's document tells of all rows
    assert complaints == []
    for each in (page, late):
        each.context.close()


def test_prices_are_built_in(seen: Seen, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{seen.address}/")
    expect(page.locator(".prices > li")).to_have_count(49)
    expect(page.locator("li[data-jamwire-topic='price/HARB'] .price")).not_to_be_empty()
    expect(page.locator("[data-jamwire-summary]")).to_be_hidden()
    context.close()
