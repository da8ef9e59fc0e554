"""What a page, or the CDN before it, is answered."""

import json
from typing import Any

import pytest

import lambdas.live_state.handler
from lambdas.clients.live_states import LiveStates
from lambdas.contracts.live_state import Entry
from lambdas.contracts.settings import LiveStateSettings
from tests.fakes.live_table import LiveTable

FAR = 4_000_000_000_000


@pytest.fixture(autouse=True)
def states(monkeypatch: pytest.MonkeyPatch) -> LiveStates:
    client: Any = LiveTable()
    states = LiveStates(client, "states")
    settings = LiveStateSettings(states_table="states", private_claim="sub")
    monkeypatch.setattr(lambdas.live_state.handler, "_states", lambda: states)
    monkeypatch.setattr(lambdas.live_state.handler, "_settings", lambda: settings)
    for namespace, topic in (
        ("notice", "line-12"),
        ("notice", "line-12/0615"),
        ("private", "account/eve"),
    ):
        entries = {"text": Entry(f"of {topic}", 1, "a", FAR)}
        states.merge(f"{namespace}/{topic}", topic, entries, now=FAR)
    states.merge("notice/line-12/0600", "line-12/0600", {"text": Entry("old", 1, "a", 1)}, now=2)
    return states


def answer(path: str, *, etag: str = "", claims: dict[str, str] | None = None) -> dict[str, Any]:
    context = {"authorizer": {"jwt": {"claims": claims}}} if claims is not None else {}
    headers = {"if-none-match": etag} if etag else {}
    return lambdas.live_state.handler.handle(
        {"rawPath": path, "headers": headers, "requestContext": context}, None
    )


def document(path: str, **of: Any) -> Any:
    answered = answer(path, **of)
    assert answered["statusCode"] == 200, answered
    return json.loads(answered["body"])


def test_topic_is_answered_with_its_entries() -> None:
    assert document("/notice/line-12.json") == {
        "schema": 1,
        "topic": "line-12",
        "entries": {"text": ["of line-12", 1, "a", FAR]},
    }


def test_document_says_that_it_is_json() -> None:
    assert answer("/notice/line-12.json")["headers"]["content-type"] == "application/json"


def test_topic_of_which_nothing_was_said_is_empty() -> None:
    assert document("/notice/line-7.json") == {"schema": 1, "topic": "line-7", "entries": {}}


def test_family_is_answered_without_what_is_forgotten() -> None:
    said = document("/notice-family/line-12.json")
    assert (set(said["topics"]), "cut" in said) == ({"line-12/0615"}, False)


def test_family_that_is_too_large_is_cut_and_counted(
    states: LiveStates, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "Live-State")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Jamwire")
    topics = [f"price/{number:02}" for number in range(20)]
    for topic in topics:
        states.merge(f"notice/{topic}", topic, {"text": Entry('"' * 45_000, 1, "a", FAR)}, now=FAR)
    answered = answer("/notice-family/price.json")
    said = json.loads(answered["body"])
    assert (list(said["topics"]), said["cut"]) == (topics[:11], True)
    assert len(json.dumps(answered)) < 6_000_000
    line = json.loads(capsys.readouterr().out)
    assert (line["service"], line["TooLarge"]) == ("Live-State", 1)
    [metric] = line["_aws"]["CloudWatchMetrics"]
    assert (metric["Namespace"], metric["Dimensions"]) == ("Jamwire", [["service"]])


def test_site_is_answered_with_its_updates(states: LiveStates) -> None:
    update = {
        "id": "u",
        "type": "deploy.succeeded",
        "time": "2027-01-15T08:00:00.000Z",
        "paths": [],
        "tags": [],
    }
    states.add_update(update, now=1_800_000_000)
    assert document("/site.json") == {"schema": 1, "updates": [update]}


def test_sites_own_distribution_may_serve_it_below_a_prefix() -> None:
    assert answer("/_jamwire/notice/line-12.json")["body"] == answer("/notice/line-12.json")["body"]


def test_lifetime_is_a_second_at_the_edge_and_none_in_the_browser() -> None:
    assert answer("/notice/line-12.json")["headers"]["cache-control"] == "max-age=0, s-maxage=1"
    assert answer("/nowhere")["headers"]["cache-control"] == "no-store"


def test_unchanged_document_is_not_sent_again() -> None:
    first = answer("/notice/line-12.json")
    for shown in (first["headers"]["etag"], f"W/{first['headers']['etag']}"):
        again = answer("/notice/line-12.json", etag=shown)
        assert (again["statusCode"], again["body"]) == (304, "")
        assert again["headers"]["etag"] == first["headers"]["etag"]
    assert answer("/notice/line-7.json", etag=first["headers"]["etag"])["statusCode"] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/notice/.json",
        "/notice/a%2Fb.json",
        "/notice/a/b/c/d/e.json",
        "/notice/line-12",
        "/secret/x.json",
        "/notice/<script>.json",
        "/notice/a//b.json",
        "/notice/" + "x" * 51 + ".json",
        "/site.json/",
    ],
)
def test_no_other_path_has_a_document(path: str) -> None:
    answered = answer(path)
    assert answered["statusCode"] == 404
    assert answered["headers"]["content-type"] == "application/problem+json"
    assert "<" not in answered["body"]


@pytest.mark.parametrize(
    ("path", "claims", "status"),
    [
        ("/private/account/eve.json", {"sub": "eve"}, 200),
        ("/private-family/account/eve.json", {"sub": "eve"}, 200),
        ("/private/account/eve.json", {"sub": "mallory"}, 403),
        ("/private/account/eve.json", {}, 403),
        ("/private/account/eve.json", None, 403),
        ("/_jamwire/private/account/eve.json", None, 403),  # a public route
        ("/private-family/account.json", {"sub": "eve"}, 403),
        ("/private-family/account.json", {"sub": ""}, 403),
        ("/private/account.json", {"sub": ""}, 403),
    ],
)
def test_private_document_is_for_whom_it_is_about(path: str, claims: Any, status: int) -> None:
    answered = answer(path, claims=claims)
    assert answered["statusCode"] == status
    assert ("of account/eve" in answered["body"]) is (status == 200 and "family" not in path)


def test_no_cdn_keeps_a_private_document() -> None:
    headers = answer("/private/account/eve.json", claims={"sub": "eve"})["headers"]
    assert headers["cache-control"] == "private, no-cache"


def test_every_answer_may_be_read_by_the_site_and_is_never_a_page() -> None:
    for path in ("/notice/line-12.json", "/nowhere", "/private/account/eve.json"):
        headers = answer(path)["headers"]
        assert headers["access-control-allow-origin"] == "*"
        assert "Date" in headers["access-control-expose-headers"]
        assert headers["x-content-type-options"] == "nosniff"
