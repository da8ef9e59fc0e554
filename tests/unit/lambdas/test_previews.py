"""A preview between a publish and its deploy: as the webhooks come in, and as each part of the site's loop takes them."""

from typing import Any

import pytest

from jamwire.samples.request import build_request
from jamwire.samples.sample import Sample
from jamwire.samples.signing import generate_key_pair
from lambdas.contracts.builds import Build
from lambdas.contracts.documents import to_document
from lambdas.contracts.event import Event
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.endpoint_document import Endpoint
from lambdas.live.pushes import is_for_visitors
from tests.fakes.events import happening
from tests.fakes.ingest import IngestHarness
from tests.unit.lambdas.cdn.edge import Edge, edge
from tests.unit.lambdas.rebuild.site import QUIET, Site

TOPIC = {"x-contentful-topic": "ContentManagement.Entry.publish"}
ENTRY = {
    "sys": {"id": "e7", "type": "Entry", "contentType": {"sys": {"id": "article"}}},
    "fields": {"title": {"en": "Ferries"}, "slug": {"en": "ferries"}},
}


class Senders:
    """What calls the endpoints of the site, and the clock of all of them."""

    def __init__(self, clock: Edge | Site) -> None:
        self.clock = clock
        names = ("contentful", "netlify")
        self.pairs = {name: generate_key_pair(CATALOGUE[name].scheme) for name in names}
        self.ingest = IngestHarness(
            {"contentful": Endpoint("contentful", routes={"article": ["/a/{slug}"]}), "netlify": "netlify"},
            secrets={name: (verifying,) for name, (_, verifying) in self.pairs.items()},
        )

    def send(self, source: str, headers: dict[str, str], body: Any) -> Event:
        self.ingest.now = self.clock.now
        signing, _ = self.pairs[source]
        sample = Sample(source, "", body, headers)
        url = f"https://jamwire.example/{source}"
        request = build_request(
            sample, CATALOGUE[source].scheme, signing, url=url, now=self.clock.now, fresh="1"
        )
        return self.ingest.accept(request)

    def publish(self, id: str = "e7") -> Event:
        return self.send("contentful", TOPIC, ENTRY | {"sys": ENTRY["sys"] | {"id": id}})

    def deploy(self, id: str, context: str, state: str = "ready", title: str = "", **more: str) -> Event:
        body = {"id": id, "state": state, "name": "guide", "context": context, "title": title, **more}
        return self.send("netlify", {"x-netlify-event": "deploy_created"}, body)


def test_preview_purges_nothing_and_spoils_no_purge_after_it() -> None:
    site = edge(wait_for_deploy=True)
    senders = Senders(site)
    site.hear(senders.publish())
    site.run(10)
    build = Build(correlation="0a1b2c3d4e5f", started=site.now, echoes_correlation=True)
    order = happening(
        "build.requested",
        at=site.now,
        source="/subscribers/Rebuild",
        correlation=build.correlation,
        body=to_document(build),
    )
    site.hear(order)
    for state in ("building", "ready"):
        preview = senders.deploy("p1", "deploy-preview", state)
        site.hear(preview)
        assert not is_for_visitors(preview)
        site.run(30)
    assert site.items == []
    site.hear(senders.deploy("d1", "production", title=f"Ferries [jamwire:{build.correlation}]"))
    assert site.items == [["/a/ferries"]]
    site.run(60)
    assert site.told == [("cdn.invalidated", build.correlation, ("/a/ferries",))]


def test_preview_ends_no_build_and_is_no_publish() -> None:
    site = Site()
    senders = Senders(site)
    site.hear(senders.publish())
    site.run(QUIET)
    site.hear(senders.publish("e8"))
    site.run(QUIET)
    for state in ("building", "ready", "error"):
        site.hear(senders.deploy("p1", "branch-deploy", state))
        site.run(60)
    assert len(site.builds) == 1
    [(_, correlation)] = site.builds
    site.hear(senders.deploy("d1", "production", title=f"x [jamwire:{correlation}]"))
    assert len(site.builds) == 2


@pytest.mark.parametrize("wait_for_deploy", [True, False])
def test_whatever_leaves_the_site_as_it_is_purges_nothing(wait_for_deploy: bool) -> None:
    site = edge(wait_for_deploy=wait_for_deploy)
    for type in (
        "preview.started",
        "preview.succeeded",
        "preview.failed",
        "deploy.cancelled",
        "build.cancelled",
    ):
        site.hear(happening(type, id=type, at=site.now, paths=("/a",)))
        site.run(120)
    assert site.items == []
