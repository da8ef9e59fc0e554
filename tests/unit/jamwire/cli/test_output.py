"""What the commands print: headings for people, documents for `--json`."""

import json
from dataclasses import replace

import pytest

from jamwire.cli.options import endpoints_document, print_endpoints
from jamwire.cli.terminal import print_json
from jamwire.operations.deliveries import DeliveryStatus
from jamwire.operations.deployment import DeployedEndpoint
from jamwire.operations.documents import event_document
from jamwire.operations.events import FoundEvent
from jamwire.operations.hearings import Heard
from jamwire.operations.selection import EventSummary
from lambdas.ingest.schemes.tokens import Token

SITE = DeployedEndpoint("site", "netlify", "https://jamwire.example/site", Token())
SUMMARY = EventSummary("e1", "/endpoints/site", "deploy.failed", "2027-01-15T08:00:00.000Z", "error", "docs")


def test_endpoints_are_printed_with_whole_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    print_endpoints([SITE])
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split() == ["Endpoint", "Source", "URL"]
    assert row.split() == ["site", "netlify", "https://jamwire.example/site"]


def test_json_of_endpoints_has_no_secret_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    print_json(endpoints_document([SITE], {"site": Heard()}))
    [document] = json.loads(capsys.readouterr().out)
    assert {name: value for name, value in document.items() if value is not None} == {
        "name": "site",
        "source": "netlify",
        "url": "https://jamwire.example/site",
    }


def test_endpoints_are_printed_with_what_is_expected(capsys: pytest.CaptureFixture[str]) -> None:
    cms = replace(SITE, name="cms", expect=86_400.0)
    hearings = {"cms": Heard("2027-01-15T08:00:00Z", "2027-01-15T08:00:00Z"), "site": Heard()}
    print_endpoints([cms, SITE], hearings)
    _, expected, other = capsys.readouterr().out.splitlines()
    assert expected.split()[3:] == ["every", "1", "d", "2027-01-15T08:00:00Z", "silent"]
    assert other.split()[3:] == ["never"]
    [document, _] = endpoints_document([cms, SITE], hearings)
    assert (document["expect"], document["last_heard"]) == (86_400.0, "2027-01-15T08:00:00Z")


def test_json_of_a_found_event_has_its_deliveries() -> None:
    found = FoundEvent(SUMMARY, {"Slack": DeliveryStatus("dead")})
    assert event_document(found)["deliveries"] == {"Slack": "dead"}
    assert "deliveries" not in event_document(FoundEvent(SUMMARY, {}))
