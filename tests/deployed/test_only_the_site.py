"""What an entry's life comes to: purges, builds and messages of the site, and none of a preview or a cancelled build."""

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from jamwire.local.inbox.build import title_of_order
from jamwire.samples.sample import Sample
from tests.deployed.deployed import Deployed

PREVIEW = "netlify/preview-succeeded"
TITLE = re.compile(r"\*<[^|>]*\|((?:Live|No|docs:)[^>]*)>\*")
"""How Slack is told a title with its link; what others are told at the same time, such as alarms, begins otherwise."""


@dataclass
class Entry:
    """An entry of the blog, as its editor changes it."""

    deployed: Deployed
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    revision: int = 0

    def publish(self, slug: str) -> None:
        """Publish it, at an address of its own for each slug."""
        fields = {"title": {"en-US": "Winter"}, "slug": {"en-US": slug}}
        self._tell("publish", type="Entry", fields=fields)

    def unpublish(self) -> None:
        """Take it away, of which only the id is told."""
        self._tell("unpublish", type="DeletedEntry")

    def _tell(self, action: str, *, type: str, **parts: Any) -> None:
        self.revision += 1
        kind = {"sys": {"id": "blogPost"}}
        system = {"id": self.id, "type": type, "contentType": kind, "revision": self.revision}
        topic = {"x-contentful-topic": f"ContentManagement.Entry.{action}"}
        self.deployed.send(Sample("contentful", action, {"sys": system, **parts}, topic))


def purged(deployed: Deployed) -> list[list[str]]:
    """The paths of each invalidation, oldest first."""
    return [d["request"]["Paths"] for d in deployed.inbox("GET", "/api/deliveries?channel=cdn")]


def told(deployed: Deployed) -> list[str]:
    """The titles of what Slack was told of the site, in order of the alphabet and without the times that are in them."""
    messages = json.dumps(deployed.inbox("GET", "/api/deliveries?channel=slack"), ensure_ascii=False)
    return sorted(re.sub(" after [^:]+", "", title) for title in TITLE.findall(messages))


def order(deployed: Deployed, number: int) -> str:
    """The title of the order of this number, once it has come."""
    orders = deployed.until(lambda: deployed.orders()[number - 1 :], f"order {number}")
    return title_of_order(orders[0]["request"])


def deploy(deployed: Deployed, number: int, *, purges: list[str]) -> None:
    """Deploy an order, after which exactly these paths are purged.

    The CDN has heard of the change before: of a deploy of it knows not what, it purges everything.
    """
    deployed.until(
        lambda: set(purges) <= set(deployed.state("Cdn").get("pending", ())), "the change at the CDN"
    )
    known = len(purged(deployed))
    deployed.tell_of_deploy(order(deployed, number), "succeeded")
    assert deployed.until(lambda: purged(deployed)[known:], "an invalidation") == [purges]


def test_only_what_is_on_the_site_is_purged_built_and_told(deployed: Deployed) -> None:
    old, new = (f"winter-{secrets.token_hex(4)}" for _ in range(2))
    entry = Entry(deployed)

    entry.publish(old)
    order(deployed, 1)
    deployed.until_archived(PREVIEW, deployed.send(PREVIEW))  # a preview is ready while the site is built
    assert {d["channel"] for d in deployed.inbox("GET", "/api/deliveries")}.isdisjoint({"cdn", "live"})
    deploy(deployed, 1, purges=["/blog", f"/blog/{old}"])

    entry.publish(new)
    cancelled = order(deployed, 2)
    deployed.tell_of_deploy(cancelled, "cancelled", error_message="Canceled build")
    assert order(deployed, 3) != cancelled
    deploy(deployed, 3, purges=sorted(["/blog", f"/blog/{old}", f"/blog/{new}"]))

    entry.unpublish()
    deploy(deployed, 4, purges=["/blog", f"/blog/{new}"])

    deployed.until_quiet()
    assert len(deployed.orders()) == 4
    assert len(purged(deployed)) == 3
    assert told(deployed) == [
        "Live: Winter published",
        "Live: Winter published",
        "Live: blogPost unpublished",
        "No deploy, the build was cancelled: Winter published",
        "docs: deploy cancelled",
        "docs: deployed",
        "docs: deployed",
        "docs: deployed",
    ]
