"""What docs/connect.md shows under "In the sender's own words" does what the page says."""

import json
import re
from typing import Any

import pytest

import stacks.endpoints
from jamwire.samples.signing import sign
from lambdas.contracts.event import Event
from lambdas.ingest.endpoint_document import Endpoint
from lambdas.ingest.mapping import READERS
from tests.conftest import ROOT
from tests.fakes.ingest import NOW, SECRET, IngestHarness, a_request

SECTION = (
    (ROOT / "docs" / "connect.md").read_text().split("## In the sender's own words")[1].split("\n## ")[0]
)
BODIES = [json.loads(text) for text in re.findall(r"^```json\n(.*?)^```", SECTION, re.M | re.S)]


def shown() -> dict[str, Endpoint]:
    """The endpoints of the section's code, with the names that a rulebook may import."""
    names: dict[str, Any] = {name: getattr(stacks.endpoints, name) for name in stacks.endpoints.__all__}
    found: dict[str, Endpoint] = {}
    for code in re.findall(r"^```python\n(.*?)^```", SECTION, re.M | re.S):
        exec(code, names)  # noqa: S102 - the page's own code
        found |= names["endpoints"]
    return found


def events(name: str, body: Any, **headers: str) -> list[Event]:
    harness = IngestHarness(shown())
    scheme = harness.ingest.endpoints[name].scheme
    request = a_request(name, body, **headers)
    return harness.events(sign(scheme, SECRET, request, now=NOW, delivery_id=""))


def test_bus_feed_becomes_a_notice_for_each_departure() -> None:
    late, later = events("buses", BODIES[0])
    assert [late.notice.title, later.notice.title] == ["Line 12 is 7 min late", "Line 14 is 25 min late"]
    assert (late.type, late.subject, late.sender.time) == (
        "notice.sent",
        "line-12",
        "2027-01-15T08:00:00.000Z",
    )
    assert (late.notice.text, late.notice.severity, late.notice.paths) == (
        "Snow",
        "warning",
        ("/lines/12", "/"),
    )
    assert late.notice.fields == {"Stop": "Town Hall", "Delay": "7 min"}
    assert (later.notice.text, later.notice.severity) == ("", "error")


def test_price_feed_becomes_an_update_by_its_headers() -> None:
    [event] = events("prices", BODIES[1], x_change="price", x_delivery="7")
    assert (event.type, event.notice.title) == ("content.updated", "Day ticket now costs 7.5 EUR")
    assert (event.subject, event.notice.tags) == ("price-B12", ("product-B12",))
    assert (event.sender.time, event.sender.sequence) == ("2027-01-15T08:00:00.000Z", 41)


def test_source_of_the_catalogue_is_overruled_in_one_part() -> None:
    paid = {"object": "payment_intent", "amount": 500, "currency": "eur", "customer": "Ada"}
    [event] = events("payments", {"type": "payment_intent.succeeded", "data": {"object": paid}})
    assert (event.type, event.notice.text) == ("payment.succeeded", "Customer Ada")
    assert "5.00 EUR" in event.notice.title


@pytest.mark.parametrize("part", READERS)
def test_page_names_every_part_of_a_notice(part: str) -> None:
    assert f"`{part}`" in SECTION
