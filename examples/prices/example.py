"""The example as it stands in a local account: the deployed rulebook, the built site, and the feed."""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from examples.bucket import upload
from examples.prices import build
from examples.prices.feed import Feed
from examples.prices.market import Market
from jamwire.local.account import LocalAccount
from jamwire.local.paths import ROOT
from jamwire.operations.deployment import Deployment
from jamwire.operations.live import listening_to
from jamwire.operations.subscribers import find_subscribers

SCRIPT: Final = ROOT / "live" / "jamwire-live.js"

LISTED_TODAY: Final = {"YARR": 48.0}
"""A symbol that the site was not built with, and its price at the opening: the page makes a row for it."""


def local_account(directory: Path) -> LocalAccount:
    """An account for the example's rulebook."""
    return LocalAccount(directory, app=f"{sys.executable} -m examples.prices.app")


def publish(deployment: Deployment, folder: Path, address: str) -> None:
    """Build the site with the prices as they are, and put it into its bucket.

    Args:
        deployment: Where to.
        folder: Where the built site goes first.
        address: Where the state is seen.
    """
    [live] = listening_to(deployment)
    prices = build.read_state(f"{address}{build.STATE}", time.time())
    dist = folder / "dist"
    build.build(build.SITE, dist, live_url=live.url, live_key=live.key, prices=prices)
    shutil.copy(SCRIPT, dist)
    upload(deployment, dist)


def feed_of(deployment: Deployment, rate: float, seed: int) -> Feed:
    """The feed of all symbols.

    Args:
        deployment: Who is told.
        rate: Ticks a second.
        seed: Of the market.
    """
    opened = {symbol: about["opened"] for symbol, about in build.symbols_of(build.SITE).items()}
    market = Market(opened | LISTED_TODAY, Random(seed))  # noqa: S311 - no secret
    return Feed(deployment, market, rate, waiting_in(deployment))


def waiting_in(deployment: Deployment) -> Callable[[], int]:
    """Gives how many notices are on their way to the pages."""
    queue, sqs = find_subscribers(deployment)["Live"].queue_url, deployment.client("sqs")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def waiting() -> int:
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return sum(map(int, found.values()))

    return waiting
