"""Shows the example in a local account of its own: ``python -m examples.prices``, or ``DEMO=prices make demo``."""

import argparse
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from examples.edge import make_app
from examples.prices.example import feed_of, local_account, publish
from examples.serving import edges_of, serving
from examples.showing import a_positive, shown
from jamwire.cli.terminal import out
from jamwire.local.paths import DIRECTORY

PORT: Final = 8012
RATE: Final = 200.0
REQUEST_SECONDS: Final = 0.25
TOLD_SECONDS: Final = 10.0


def show(options: argparse.Namespace) -> None:
    """Show it until Ctrl-C."""
    folder: Path = options.directory
    with local_account(folder) as account:
        account.up(lambda text: out.print(f"[dim]{text}[/dim]"))
        with serving(make_app(*edges_of(account)), options.port) as url:
            publish(account.deployment, folder, url)
            out.print(f"\nOpen      [bold]{url}/[/bold]\nEnd       Ctrl-C\n")
            feed = feed_of(account.deployment, options.rate, options.seed)
            began, ticks = time.monotonic(), 0
            with suppress(KeyboardInterrupt):
                while True:
                    ticks += feed.step()
                    if (seconds := time.monotonic() - began) > TOLD_SECONDS:
                        out.print(f"{ticks / seconds:.0f} ticks a second")
                        began, ticks = time.monotonic(), 0
                    time.sleep(REQUEST_SECONDS)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="examples.prices", description=__doc__)
    parser.add_argument("--rate", type=a_positive, default=RATE, help=f"ticks a second (default: {RATE:g})")
    parser.add_argument("--seed", type=int, default=12, help="another seed is another market")
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"of the page, if it is free (default: {PORT})"
    )
    parser.add_argument(
        "--directory", type=Path, default=DIRECTORY / "demo-prices", help="of the local account"
    )
    return parser.parse_args()


if __name__ == "__main__":
    shown(show, _options())
