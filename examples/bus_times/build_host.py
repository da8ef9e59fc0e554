"""A build host, where the local account has none: what Netlify does between a build hook and the deploy's webhook."""

import hashlib
import mimetypes
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from examples.bus_times import build
from examples.bus_times.inbox import deliveries
from examples.bus_times.senders import tell
from jamwire.local.inbox.build import title_of_order
from jamwire.operations.deployment import Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.live import listening_to
from jamwire.samples.catalogue import SAMPLES

CACHE_CONTROL: Final = "public, max-age=0, s-maxage=31536000"
"""The CDN keeps a file until it is told to forget it; browsers ask each time."""


@dataclass
class BuildHost:
    """Builds a site, puts it into its bucket and tells of it.

    Attributes:
        deployment: Who is told, and where the site's bucket is.
        inbox_url: Where the orders come in.
        site: What it builds.
        dist: Where the files go first.
        build_seconds: How long a build takes at least.
        address: Where the site is seen.
        clock: Seconds that pass.
    """

    deployment: Deployment
    inbox_url: str
    site: Path
    dist: Path
    build_seconds: float = 0.0
    address: str = "https://harbour-lines.example.com"
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
        s3, bucket = self.deployment.client("s3"), self._bucket
        files = {
            path.relative_to(self.dist).as_posix(): path for path in self.dist.rglob("*") if path.is_file()
        }
        listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        there = {item["Key"]: item["ETag"] for item in listed}
        gone = [key for key in there if key not in files]
        changed = {key: path for key, path in files.items() if there.get(key) != _etag(path)}
        for key, path in changed.items():
            kind, _ = mimetypes.guess_type(key)
            s3.put_object(
                Bucket=bucket,
                Key=key,
                Body=path.read_bytes(),
                ContentType=f"{kind}; charset=utf-8" if kind == "text/html" else kind,
                CacheControl=CACHE_CONTROL,
            )
        for key in gone:
            s3.delete_object(Bucket=bucket, Key=key)
        return len(changed) + len(gone)

    def tell(self, what: str, deploy: str, title: str) -> None:
        """Send the webhook of a deploy, as Netlify does; the title is the one of the order."""
        sample = SAMPLES[f"netlify/{what}"]
        body = {**sample.body, "id": deploy, "name": "harbour-lines", "title": title, "ssl_url": self.address}
        tell(self.deployment, "host", replace(sample, body=body))

    def _build(self) -> None:
        live = next(iter(listening_to(self.deployment)), None)
        told = {"JAMWIRE_URL": live.url, "JAMWIRE_KEY": live.key} if live else {}
        built = subprocess.run(  # noqa: S603 - the site's own build
            [sys.executable, build.__file__, self.site, self.dist],
            env={"PATH": os.defpath, **told},
            capture_output=True,
            text=True,
            check=False,
        )
        if built.returncode:
            raise OperationError(f"The build failed: {built.stderr.strip()}")

    @property
    def _bucket(self) -> str:
        return site_outputs(self.deployment)["Bucket"]


def _etag(path: Path) -> str:
    """What S3 calls a file's content."""
    return f'"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}"'


def site_outputs(deployment: Deployment) -> Mapping[str, str]:
    """What the site's stack says of itself: its bucket and its distribution.

    Raises:
        OperationError: There is no such stack.
    """
    site = next((stack for stack in deployment.stacks if stack.short_name == "Site"), None)
    if site is None:
        raise OperationError("The example's site is not deployed; run: make demo")
    return site.outputs
