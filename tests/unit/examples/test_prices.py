"""The example's prices: the page as it is built, and ticks at a steady rate."""

import re
from html import unescape
from pathlib import Path
from random import Random

from examples.prices.build import SITE, build, symbols_of
from examples.prices.feed import Feed
from examples.prices.market import Market, Tick

LIVE = {"live_url": "wss://live.example.com/event/realtime", "live_key": "da2-0123"}
HOSTILE = '<script>alert("1")</script> & $symbol'


def built(dist: Path, **said: object) -> str:
    build(SITE, dist / "dist", **said)  # type: ignore[arg-type]
    return (dist / "dist" / "index.html").read_text()


def test_page_is_built_with_the_prices_as_they_are(tmp_path: Path) -> None:
    harb = {"fields.Price": HOSTILE, "fields.Change": "+1.00%", "time": "2026-11-26T18:22:05.000Z"}
    page = built(tmp_path, prices={"price/HARB": harb}, **LIVE)
    assert page.count("<li data-jamwire-topic=") == len(symbols_of(SITE)) == 49
    assert HOSTILE in unescape(page)
    assert "<script>" not in page
    assert "18:22 UTC" in page
    assert f"{symbols_of(SITE)['ALDR']['opened']:.2f}" in page


def test_page_that_listens_may_do_so_and_nothing_more(tmp_path: Path) -> None:
    page = built(tmp_path, **LIVE)
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    allowed = unescape(policy).split("; ")
    assert allowed[0] == "default-src 'none'"
    assert "connect-src 'self' wss://live.example.com" in allowed
    assert "unsafe" not in policy
    assert not re.search(r" (style|on[a-z]+)=", page)  # the policy would forbid them
    assert "<script" not in built(tmp_path)


class Clock:
    """A time that is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Kept(Feed):
    """A feed that keeps what it would send."""

    def send(self, ticks: list[Tick]) -> None:  # type: ignore[override]
        self.sent = [*getattr(self, "sent", []), ticks]


def a_feed(clock: Clock, waiting: int = 0) -> Kept:
    market = Market({"A": 10.0, "B": 20.0}, Random(1))  # noqa: S311
    return Kept(deployment=None, market=market, rate=200, waiting=lambda: waiting, clock=clock)  # type: ignore[arg-type]


def test_ticks_come_at_their_rate_whatever_the_steps() -> None:
    clock = Clock()
    feed = a_feed(clock)
    for seconds in (0.25, 0.001, 0.003, 0.002, 0.25, 0.494):
        clock.now += seconds
        feed.step()
    times = [tick["at"] for ticks in feed.sent for tick in ticks]
    assert times == [1_000_000 + 5 * place for place in range(1, 201)]


def test_what_a_busy_machine_could_not_send_is_left_out() -> None:
    clock = Clock()
    feed = a_feed(clock)
    clock.now += 60
    assert feed.step() == 200
    assert feed.sent[0][0]["at"] == 1_059_005


def test_feed_waits_for_an_account_that_is_behind() -> None:
    clock = Clock()
    behind, well = a_feed(clock, waiting=101), a_feed(clock, waiting=100)
    clock.now += 0.5
    assert [behind.step(), well.step()] == [0, 100]


def test_market_tells_the_change_since_the_opening() -> None:
    market = Market({"A": 10.0}, Random(1))  # noqa: S311
    for _ in range(300):
        tick = market.tick(1_000.0)
        change = float(str(tick["change"]).replace("\N{MINUS SIGN}", "-").removesuffix("%")) / 100
        assert abs(float(tick["price"]) / 10.0 - 1 - change) < 0.002
        assert tick["change"] != "\N{MINUS SIGN}0.00%"
