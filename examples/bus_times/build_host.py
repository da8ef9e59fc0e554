"""A build host, where the local account has none: what Netlify does between a build hook and the deploy's webhook."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from examples.bucket import upload
from examples.bus_times import build
from examples.inbox import deliveries
from examples.sending import tell
from jamwire.local.inbox.build import title_of_order
from jamwire.operations.audience.audience import find_audiences
from jamwire.operations.deployment import Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.live import listening_to
from jamwire.samples.catalogue import SAMPLES


@dataclass
class BuildHost:
    """Builds a site, puts it into its bucket and tells of it.

    Attributes:
        deployment: Who is told, and where the site's bucket is.
        inbox_url: Where the orders come in.
        site: What it builds.
        dist: Where the files go first.
        address: Where the site is seen, and the state of its topics.
        build_seconds: How long a build takes at least.
        clock: Seconds that pass.
    """

    deployment: Deployment
    inbox_url: str
    site: Path
    dist: Path
    address: str
    build_seconds: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _known: set[str] = field(default_factory=set)
    _begun: dict[str, tuple[str, float]] = field(default_factory=dict)

    def look(self) -> Iterator[str]:
        """Begin what was ordered, and end what has taken its time; tells what it does, in words."""
        for title in self.new_orders():
            yield f"Build ordered: {title}"
            self._begun[title] = (self.begin(title), self.clock())
        for title, (deploy, begun) in list(self._begun.items()):
            if self.clock() >= begun + self.build_seconds:
                del self._begun[title]
                yield f"Deployed {self.deploy()} files that have changed"
                self.tell("deploy-succeeded", deploy, title)

    def new_orders(self) -> list[str]:
        """Titles of the orders that were taken since the last look."""
        taken = [order for order in deliveries(self.inbox_url, "build") if order["status"] == 200]
        titles = [title_of_order(order["request"]) for order in taken]
        fresh = [title for title in dict.fromkeys(titles) if title not in self._known]
        self._known.update(fresh)
        return fresh

    def begin(self, title: str) -> str:
        """Tell that a build begins; gives the deploy's id."""
        deploy = secrets.token_hex(12)
        self.tell("deploy-started", deploy, title)
        return deploy

    def deploy(self) -> int:
        """Build the site and bring its bucket to the same state; gives how many files were put there or removed.

        Raises:
            OperationError: The build failed; the text is what it said.
        """
        self._build()
        return upload(self.deployment, self.dist)

    def tell(self, what: str, deploy: str, title: str) -> None:
        """Send the webhook of a deploy, as Netlify does; the title is the one of the order."""
        sample = SAMPLES[f"netlify/{what}"]
        body = {**sample.body, "id": deploy, "name": "harbour-lines", "title": title, "ssl_url": self.address}
        tell(self.deployment, "host", replace(sample, body=body))

    def _build(self) -> None:
        live = next(iter(listening_to(self.deployment)), None)
        state = f"{self.address}{build.STATE}"
        told = {"JAMWIRE_URL": live.url, "JAMWIRE_KEY": live.key, "JAMWIRE_STATE": state} if live else {}
        for audience in find_audiences(self.deployment):
            told["JAMWIRE_AUDIENCE"] = audience.url
        built = subprocess.run(  # noqa: S603 - the site's own build
            [sys.executable, build.__file__, self.site, self.dist],
            env={"PATH": os.defpath, **told},
            capture_output=True,
            text=True,
            check=False,
        )
        if built.returncode:
            raise OperationError(f"The build failed: {built.stderr.strip()}")
