"""Shows the example in a local account of its own: ``python -m examples.bus_times``, or ``make demo``."""

import argparse
import re
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from examples.bus_times.example import Example, local_account
from examples.bus_times.show import RateLimit, Show
from examples.bus_times.visitor import a_visitor
from examples.edge import make_app
from examples.serving import edges_of, serving
from examples.showing import a_positive, shown
from jamwire.cli.terminal import out, plain
from jamwire.local.chromium import MISSING
from jamwire.local.credentials import HOST
from jamwire.local.paths import DIRECTORY
from jamwire.local.processes import free_port
from jamwire.operations.live import listening_to

PORT: Final = 8012
BLOCKED_PORT: Final = 8013
BUILD_SECONDS: Final = 5.0
STEP_SECONDS: Final = 0.1
DEFAULTS: Final = RateLimit()


def show(options: argparse.Namespace) -> None:
    """Show it until Ctrl-C."""
    began = time.monotonic()

    def tell(text: str) -> None:
        out.print(f"[dim]{time.monotonic() - began:6.1f} s[/dim]  {plain(text)}")

    folder: Path = options.directory
    port = free_port(options.port)
    with local_account(folder, f"http://{HOST}:{port}") as account, ExitStack() as served:
        account.up(tell)
        [live] = listening_to(account.deployment)
        url = served.enter_context(serving(make_app(*edges_of(account)), port))
        blocked = make_app(*edges_of(account), blocked=urlsplit(live.url).netloc)
        blocked_url = served.enter_context(serving(blocked, options.blocked_port))
        example = Example.prepare(account, folder, url)
        example.build_host.build_seconds = BUILD_SECONDS
        tell("Building the site")
        example.build_host.deploy()
        visitor = served.enter_context(a_visitor(account.ports.inbox_url, url))
        if visitor:
            visitor.follow()
            tell("A visitor follows line 12 on the page, and closes it")
        else:
            tell(f"No visitor follows line 12. {MISSING}")
        out.print(_invitation(url, blocked_url, account.ports.inbox_url, options.publish_after))
        pace = RateLimit(
            speed=options.speed, begin=options.begin, publish_after=options.publish_after, seed=options.seed
        )
        day = Show(example, pace, tell, time.monotonic, visitor)
        with suppress(KeyboardInterrupt):
            while True:
                day.step()
                time.sleep(STEP_SECONDS)
        tell("Stopping")


def _invitation(url: str, blocked_url: str, inbox: str, publish_after: float) -> str:
    return f"""
Open      [bold]{url}/[/bold] whenever you like: it is right at once, and delays move on it as they are sent.
          [bold]{blocked_url}/[/bold] is the same behind a proxy that swallows Upgrade: no WebSocket opens, and the
          page follows by asking every few seconds.
          [bold]{url}/news/[/bold] beside it: in {publish_after:g} s an article is published. The page offers its new
          version once the site is built and the CDN has forgotten the old one.
Follow    Press "Tell me when line 12 is late", and close the page: your browser's push service brings the next delay.
          By e-mail or text message the inbox is the mailbox and the phone.
Inbox     {inbox}/api/deliveries
End       Ctrl-C
"""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="examples.bus_times", description=__doc__)
    parser.add_argument(
        "--speed", type=a_positive, default=DEFAULTS.speed, help="seconds of the day in one (default: 60)"
    )
    parser.add_argument(
        "--begin", type=_time, default=DEFAULTS.begin, help="when the day begins (default: 06:00)"
    )
    parser.add_argument(
        "--publish-after", type=a_positive, default=DEFAULTS.publish_after, help="seconds (default: 15)"
    )
    parser.add_argument("--seed", type=int, default=DEFAULTS.seed, help="another seed is another day")
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"of the page, if it is free (default: {PORT})"
    )
    parser.add_argument(
        "--blocked-port",
        type=int,
        default=BLOCKED_PORT,
        help=f"of the page without WebSockets, likewise (default: {BLOCKED_PORT})",
    )
    parser.add_argument("--directory", type=Path, default=DIRECTORY / "demo", help="of the local account")
    return parser.parse_args()


def _time(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise argparse.ArgumentTypeError(f"{text!r}, expected a time such as 06:00")
    return text


if __name__ == "__main__":
    shown(show, _options())
