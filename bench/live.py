"""From a webhook to what a visitor sees, on the local account, and a thousand visitors on one channel."""

import asyncio
import base64
import json
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.credentials import Credentials
from playwright.sync_api import Page, sync_playwright
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from bench import bare_chain
from bench.account import the_account
from bench.end_to_end import WARM_UP, every
from bench.figure import Figure, percentile
from jamwire.local.account import LocalAccount
from jamwire.local.chromium import FLAGS, MISSING, find_chromium
from jamwire.local.credentials import KEY, REGION
from jamwire.operations.deployment import Deployment
from jamwire.operations.live import Listening, listening_to
from jamwire.operations.secrets import list_secrets
from lambdas.contracts.event import timestamp
from lambdas.live.api import Api

ROUNDS: Final = 15
ROUNDS_WITHOUT_ID: Final = 5
REST_SECONDS: Final = 0.33
"""Before each run, so that none finds the processor warmer than another."""

APART_SECONDS: Final = 1.1
"""From one webhook to the next: a topic that was pushed within a second is not quiet (`lambdas.live.delivery`)."""

SHORT_ROUNDS: Final = 2
SUBSCRIBERS: Final = 1_000
SHORT_SUBSCRIBERS: Final = 20
OPENED_AT_ONCE: Final = 50
PATIENCE_SECONDS: Final = 60
TOPIC: Final = "bench"
CHANNEL: Final = f"notice/{TOPIC}"
SCRIPT: Final = Path(__file__).parents[1] / "live" / "jamwire-live.js"

PAGE: Final = """<!doctype html><title>bench</title><p data-jamwire-text="bench.title"></p>
<script>
  const seen = {}, waiting = {};
  const open = new Promise((done) =>
    document.addEventListener("jamwire:state", ({ detail }) => detail.state === "open" && done()));
  new MutationObserver(([{ target }]) => {
    const mark = target.textContent;
    seen[mark] = performance.timeOrigin + performance.now();
    waiting[mark]?.(seen[mark]);
  }).observe(document.querySelector("p"), { childList: true });
  const when = (mark) => seen[mark] ?? new Promise((done, failed) => {
    waiting[mark] = done;
    setTimeout(failed, 30_000, new Error(`${mark} is not shown`));
  });
</script>"""


def measure(*, short: bool) -> Iterator[Figure]:
    """Medians and 99th percentiles of runs that take turns, and the thousand."""
    rounds, subscribers = (SHORT_ROUNDS, SHORT_SUBSCRIBERS) if short else (ROUNDS, SUBSCRIBERS)
    account = the_account()
    [listening] = listening_to(account.deployment)
    api = Api(
        listening.publish_url,
        REGION,
        endpoint=account.deployment.local_url,
        credentials=Credentials(KEY, KEY),
    )
    if find_chromium():
        chain = a_bare_chain(account, listening)
        with a_page(listening) as page:
            yield from to_the_page(account.deployment, page, api, chain, rounds)
    else:
        sys.stderr.write(f"{MISSING}\n")
    seconds = asyncio.run(to_all(listening, api, subscribers))
    yield Figure(
        name=f"{subscribers:,} open subscribers: one publish to the last of them",
        value=seconds * 1000,
        unit="ms",
        note="each notified exactly once; the emulator is one process",
    )


def a_bare_chain(account: LocalAccount, listening: Listening) -> str:
    """The same services, which publish what they are sent; gives the URL that begins them."""
    deployment = account.deployment
    headers = {
        "host": urlsplit(listening.publish_url).netloc,
        "content-type": "application/json",
        "authorization": "AWS4-HMAC-SHA256 of nobody: the account does not ask whose it is",
    }
    return bare_chain.deploy(
        account.client, deployment.local_url, f"{deployment.local_url}/event", headers, name="bare-live"
    )


def to_the_page(
    deployment: Deployment, page: Page, api: Api, chain_url: str, rounds: int
) -> Iterator[Figure]:
    """From the first byte sent until the text has changed, against the same services without Jamwire."""
    endpoint = deployment.endpoint("zap")
    secret = list_secrets(deployment, "zap")[-1].value
    shown = {"authorization": f"Bearer {secret}"}

    def webhook(mark: str, named: Mapping[str, str]) -> None:
        post(endpoint.url, {"topic": TOPIC, "title": mark}, {**shown, **named})

    ways: dict[str, Callable[[str], None]] = {
        "webhook": lambda mark: webhook(mark, {"idempotency-key": mark}),
        "chain": lambda mark: post(chain_url, {"channel": CHANNEL, "events": [notice_text(mark)]}, {}),
        "bare": lambda mark: publish(api, mark),
    }
    without_id = {"webhook": lambda mark: webhook(mark, {})}
    in_turn(page, without_id)
    for _ in range(min(WARM_UP, rounds)):
        in_turn(page, ways)
    runs = [in_turn(page, ways) for _ in range(rounds)]
    runs_without_id = [in_turn(page, without_id) for _ in range(min(ROUNDS_WITHOUT_ID, rounds))]
    for share in (50, 99):
        whole, chain, bare = (percentile([run[name] for run in runs], share) for name in ways)
        yield Figure(
            name=f"webhook to DOM change, p{share}",
            value=whole / chain,
            unit="x",
            goal=1.3,
            note=f"{whole:.1f} ms against {chain:.1f} ms for HTTP API → Lambda → SNS → SQS → Lambda → publish; "
            f"{bare:.1f} ms for a publish alone",
        )
    yield Figure(
        name="webhook to DOM change where the sender names no id, p50",
        value=percentile([run["webhook"] for run in runs_without_id], 50),
        unit="ms",
        note="whether it is a repetition is asked of a table first",
    )


def in_turn(page: Page, ways: Mapping[str, Callable[[str], None]]) -> Mapping[str, float]:
    """Milliseconds that each way takes until the page shows it."""
    return every(APART_SECONDS, {name: partial(timed, page, way) for name, way in ways.items()})


def post(url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
    """Send a webhook.

    Raises:
        RuntimeError: It was not accepted.
    """
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    connection.request("POST", parts.path, json.dumps(body), {"content-type": "application/json", **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{url} answered {answer.status}")


def timed(page: Page, way: Callable[[str], None]) -> float:
    """Milliseconds until the page shows what was sent."""
    mark = secrets.token_hex(12)
    time.sleep(REST_SECONDS)
    started = time.time()
    way(mark)
    changed: float = page.evaluate("(mark) => when(mark)", mark)
    return changed - started * 1000


def publish(api: Api, mark: str) -> None:
    """Publish one notice, as the function does."""
    failures = api.publish(CHANNEL, [notice_text(mark)])
    if failures != [None]:
        raise RuntimeError(f"the publish failed: {failures}")


def notice_text(mark: str) -> str:
    """A notice as pages are told it."""
    now = time.time()
    said = {"id": mark, "type": "notice.sent", "topic": TOPIC, "title": mark}
    return json.dumps({**said, "time": timestamp(now), "order": round(now * 1000)})


@contextmanager
def a_page(listening: Listening) -> Iterator[Page]:
    """A page with the visitor's script, listening."""
    files = {
        "/": ("text/html", f"{PAGE}{listening.tag}".encode()),
        "/jamwire-live.js": ("text/javascript", SCRIPT.read_bytes()),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = files.get(self.path, ("text/plain", b""))
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.evaluate("open")
        yield page
        browser.close()
    server.shutdown()
    server.server_close()


async def to_all(listening: Listening, api: Api, subscribers: int) -> float:
    """Seconds from one publish until the last of so many has it.

    Raises:
        RuntimeError: A subscriber was not notified exactly once.
    """
    mark = secrets.token_hex(12)
    gate = asyncio.Semaphore(OPENED_AT_ONCE)
    ready, delivered = asyncio.Semaphore(0), asyncio.Semaphore(0)
    all_delivered = asyncio.Event()
    visitors = [
        asyncio.create_task(_visit(listening, gate, ready, delivered, all_delivered))
        for _ in range(subscribers)
    ]
    async with asyncio.timeout(PATIENCE_SECONDS):
        for _ in visitors:
            await ready.acquire()
        started = time.perf_counter()
        await asyncio.to_thread(publish, api, mark)
        for _ in visitors:
            await delivered.acquire()
        seconds = time.perf_counter() - started
        all_delivered.set()
        heard = await asyncio.gather(*visitors)
    if heard != [[mark]] * subscribers:
        raise RuntimeError("not every subscriber was notified exactly once")
    return seconds


async def _visit(
    listening: Listening,
    gate: asyncio.Semaphore,
    ready: asyncio.Semaphore,
    delivered: asyncio.Semaphore,
    all_delivered: asyncio.Event,
) -> list[str]:
    """Listen until all subscribers have the notice; gives the ids that came in."""
    shown = {"host": urlsplit(listening.publish_url).netloc, "x-api-key": listening.key}
    header = base64.urlsafe_b64encode(json.dumps(shown).encode()).decode().rstrip("=")
    protocols = [Subprotocol("aws-appsync-event-ws"), Subprotocol(f"header-{header}")]
    url = urlsplit(listening.url)
    heard: list[str] = []
    async with gate:
        connection = await connect(
            listening.url, host="127.0.0.1", port=url.port, subprotocols=protocols, proxy=None
        )
        await connection.send(json.dumps({"type": "connection_init"}))
        subscribe = {"type": "subscribe", "id": "1", "channel": CHANNEL, "authorization": shown}
        await connection.send(json.dumps(subscribe))
        while json.loads(await connection.recv())["type"] != "subscribe_success":
            pass
    ready.release()
    over = asyncio.create_task(all_delivered.wait())
    while not over.done():
        message = asyncio.create_task(connection.recv())
        await asyncio.wait({message, over}, return_when=asyncio.FIRST_COMPLETED)
        if not message.done():
            message.cancel()
            break
        said = json.loads(message.result())
        if said["type"] == "data":
            heard.append(json.loads(said["event"])["id"])
            delivered.release()
    await connection.close()
    return heard
