"""What a visitor of the prices' example meets: who comes late, whose network was away, who comes with ten thousand."""

import asyncio
import multiprocessing
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from bench.account import the_account
from bench.figure import Figure, percentile
from examples.bucket import upload
from examples.edge import STATE, StateEdge, make_app
from examples.prices import build
from examples.prices.example import SCRIPT, feed_of
from examples.prices.feed import Feed
from examples.serving import edges_of, serving
from jamwire.local.chromium import FLAGS, MISSING, find_chromium
from jamwire.operations.live import listening_to
from tests.browser.cable import Cable

VISITS: Final = 20
SHORT_VISITS: Final = 2
WARM_UP: Final = 2
TICK_SECONDS: Final = 0.3
CUTS: Final = (0.5, 2.0, 8.0)
"""Seconds for which the network is away."""

SHORT_CUTS: Final = (0.5,)
LOADS: Final = 10_000
SHORT_LOADS: Final = 100
LOADS_A_SECOND: Final = 1_000
CONNECTIONS: Final = 50
PATIENCE_MS: Final = 60_000
SYMBOL: Final = "HARB"
DOCUMENTS: Final = ("/", f"{STATE}notice-family/price.json", f"{STATE}site.json")
"""What one page load asks the edge for, but for what a browser keeps."""

WATCH: Final = """
  window.changes = [];
  addEventListener("DOMContentLoaded", () => {
    const price = document.querySelector('[data-jamwire-topic="price/HARB"] .price');
    const note = () => requestAnimationFrame(() =>
      changes.push({ value: price.textContent, at: performance.timeOrigin + performance.now() }));
    new MutationObserver(note).observe(price, { childList: true });
  });
  window.loaded = () => performance.timeOrigin + performance.getEntriesByType("navigation")[0].loadEventEnd;
"""


@dataclass
class Stage:
    """The example in an account, with a network to its edge and to its stream that can be cut."""

    feed: Feed
    state: StateEdge
    address: str
    cables: tuple[Cable, Cable]

    @property
    def far_address(self) -> str:
        """The edge at the other end of its cable."""
        return f"http://127.0.0.1:{self.cables[0].port}"

    def tick(self) -> str:
        """Send a price, which is the time; gives it."""
        now = time.time()
        self.feed.send([{"symbol": SYMBOL, "price": f"{now:.3f}", "change": "0", "at": round(now * 1000)}])
        return f"{now:.3f}"


def measure(*, short: bool) -> Iterator[Figure]:
    """Visits, cuts and a crowd, one after another."""
    with a_stage() as stage:
        if chromium := find_chromium():
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                yield from opened_late(stage, browser, SHORT_VISITS if short else VISITS)
                yield after_cuts(stage, browser, SHORT_CUTS if short else CUTS)
                browser.close()
        else:
            sys.stderr.write(f"{MISSING}\n")
        yield a_crowd(stage, SHORT_LOADS if short else LOADS)


@contextmanager
def a_stage() -> Iterator[Stage]:
    """The example's site, built into the account; its pages listen through a cable."""
    with ExitStack() as held:
        account = the_account()
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        site, state = edges_of(account)
        address = held.enter_context(serving(make_app(site, state)))
        to_edge = held.enter_context(Cable(urlsplit(address).port or 0))
        to_stream = held.enter_context(Cable(account.ports.port))
        [live] = listening_to(account.deployment)
        url = live.url.replace(f":{account.ports.port}/", f":{to_stream.port}/")
        build.build(build.SITE, folder / "dist", live_url=url, live_key=live.key)
        (folder / "dist" / SCRIPT.name).write_bytes(SCRIPT.read_bytes())
        upload(account.deployment, folder / "dist")
        stage = Stage(feed_of(account.deployment, 1, 1), state, address, (to_edge, to_stream))
        until_written(stage, stage.tick())
        yield stage


def opened_late(stage: Stage, browser: Browser, visits: int) -> Iterator[Figure]:
    """From a page's load until a price is painted that was not built in, and how old that price is; p99."""
    over = threading.Event()

    def ticks() -> None:
        while not over.wait(TICK_SECONDS):
            stage.tick()

    ticking = threading.Thread(target=ticks)
    ticking.start()
    try:
        seen = [visit(stage, browser) for _ in range(WARM_UP + visits)][WARM_UP:]
    finally:
        over.set()
        ticking.join()
    for name, values, goal in (
        ("load to the fresh value painted", [max(each["at"] - each["loaded"], 0.0) for each in seen], 300),
        ("age of what is painted first", [each["at"] - float(each["value"]) * 1000 for each in seen], 2_000),
    ):
        yield Figure(
            name=f"page opened late: {name}, p99",
            value=percentile(values, 99),
            unit="ms",
            goal=goal,
            note=f"median {percentile(values, 50):.0f} ms of {visits} visits, a notice every {TICK_SECONDS} s",
        )


def visit(stage: Stage, browser: Browser) -> dict[str, Any]:
    """Open the page; gives when it was loaded, and what was painted first."""
    with a_page(browser, stage.address) as page:
        page.wait_for_function("() => changes.length > 0", timeout=PATIENCE_MS)
        found: dict[str, Any] = page.evaluate("() => ({ loaded: loaded(), ...changes[0] })")
        return found


def after_cuts(stage: Stage, browser: Browser, cuts: tuple[float, ...]) -> Figure:
    """From the network's return until an open page shows what was said meanwhile, at most."""
    with a_page(browser, stage.far_address) as page:
        page.wait_for_selector("#live[data-state=open]", timeout=PATIENCE_MS)
        back = [after_cut(stage, page, seconds) for seconds in cuts]
    return Figure(
        name="network's return to the fresh value, longest",
        value=max(back),
        unit="ms",
        goal=1_000,
        note=f"{', '.join(f'{each:.0f}' for each in back)} ms after {', '.join(f'{each:g}' for each in cuts)} s",
    )


def after_cut(stage: Stage, page: Page, seconds: float) -> float:
    """Milliseconds from the network's return until the page shows what was said while it was away."""
    for cable in stage.cables:
        cable.cut()
    page.context.set_offline(True)  # a browser knows it from its system
    page.wait_for_timeout(seconds * 1000)
    said = stage.tick()
    until_written(stage, said)
    for cable in stage.cables:
        cable.mend()
    page.context.set_offline(False)
    began = time.time() * 1000
    shown = "(said) => changes.find(({ value }) => value === said)?.at"
    page.wait_for_function(shown, arg=said, timeout=PATIENCE_MS)
    at: float = page.evaluate(shown, said)
    return at - began


def until_written(stage: Stage, said: str) -> None:
    """Wait until the state says it, which is not what is measured."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not ((found := stage.state.origin(DOCUMENTS[1])) and said.encode() in found.body):
        if time.monotonic() > deadline:
            raise TimeoutError(f"the state does not say {said}")


def a_crowd(stage: Stage, loads: int) -> Figure:
    """Reads of one document's origin in a second, while so many pages are loaded through the edge."""
    stage.state.reads.clear()
    with ProcessPoolExecutor(
        1, multiprocessing.get_context("spawn")
    ) as elsewhere:  # the edge is in this process
        seconds = elsewhere.submit(load, stage.address, loads).result()
    most = max(stage.state.reads.values(), default=0)
    return Figure(
        name=f"{loads:,} page loads: reads of a document's origin a second",
        value=most / ceil(seconds + 1),
        unit="",
        goal=1,
        note=f"{seconds:.1f} s, {len(DOCUMENTS)} requests each; {sum(stage.state.reads.values())} reads in all",
    )


def load(address: str, loads: int) -> float:
    """Load so many pages; gives the seconds that it took."""
    began = time.perf_counter()
    asyncio.run(_load(address, loads))
    return time.perf_counter() - began


async def _load(address: str, loads: int) -> None:
    """Load pages at a steady rate, or as fast as it goes."""
    began = time.perf_counter()
    numbers = iter(range(loads))

    async def visitor() -> None:
        parts = urlsplit(address)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for number in numbers:
            await asyncio.sleep(max(began + number / LOADS_A_SECOND - time.perf_counter(), 0))
            for path in DOCUMENTS:
                writer.write(f"GET {path} HTTP/1.1\r\nhost: {parts.netloc}\r\n\r\n".encode())
                await _answer(reader, path)
        writer.close()

    async with asyncio.TaskGroup() as visitors:
        for _ in range(min(CONNECTIONS, loads)):
            visitors.create_task(visitor())


async def _answer(reader: asyncio.StreamReader, path: str) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    if not head.startswith("http/1.1 200"):
        raise RuntimeError(f"{path} was answered with {head.splitlines()[0]}")
    [length] = [line.partition(":")[2] for line in head.splitlines() if line.startswith("content-length:")]
    await reader.readexactly(int(length))


@contextmanager
def a_page(browser: Browser, address: str) -> Iterator[Page]:
    """The example's page in a browser that has never seen it."""
    context = browser.new_context()
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(f"{address}/")
    yield page
    context.close()
