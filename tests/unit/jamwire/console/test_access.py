"""The console answers whoever has its token, from its own page, under its own name."""

import pytest

from tests.unit.jamwire.console.conftest import TOKEN, URL, Page

OVERVIEW = "/console/api/overview"


def test_page_itself_needs_no_token(page: Page) -> None:
    page.client.headers.pop("authorization")
    assert page.client.get("/").status_code == 200
    assert page.client.get("/").headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \u00e9", TOKEN]
)
def test_request_without_the_token_is_refused(page: Page, given: str) -> None:
    answer = page.client.get(OVERVIEW, headers={"authorization": given.encode()})
    assert answer.status_code == 401
    assert "jamwire ui" in answer.json()["error"]
    assert TOKEN not in answer.text


@pytest.mark.parametrize(
    "host", ["attacker.example", "127.0.0.1.attacker.example", "127.0.0.1@attacker.example", "[::1]", ""]
)
def test_other_name_for_this_machine_is_refused(page: Page, host: str) -> None:
    assert page.client.get(OVERVIEW, headers={"host": host}).status_code == 403
    assert page.client.get("/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:4001", "localhost:4001", "localhost"])
def test_own_names_are_served(page: Page, host: str) -> None:
    assert page.client.get(OVERVIEW, headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://attacker.example", "null", "http://127.0.0.1:4002", "https://127.0.0.1:4001"]
)
def test_page_of_another_origin_is_refused(page: Page, origin: str) -> None:
    assert page.client.get(OVERVIEW, headers={"origin": origin}).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_request_across_sites_is_refused(page: Page, site: str) -> None:
    assert page.client.get(OVERVIEW, headers={"sec-fetch-site": site}).status_code == 403


def test_own_page_is_served(page: Page) -> None:
    headers = {"origin": URL, "sec-fetch-site": "same-origin"}
    assert page.client.get(OVERVIEW, headers=headers).status_code == 200


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_act_is_posted_as_json_only(page: Page, content_type: str) -> None:
    answer = page.client.post("/console/api/acts/send", content="{}", headers={"content-type": content_type})
    assert answer.status_code == 400
    assert "application/json" in answer.json()["error"]


@pytest.mark.parametrize("path", ["/", OVERVIEW, "/nothing", "/console/api/nothing"])
def test_every_answer_lets_nothing_foreign_in(page: Page, path: str) -> None:
    headers = page.client.get(path).headers
    assert "default-src 'none'; script-src 'self'" in headers["content-security-policy"]
    assert "trusted-types 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-store" if "/api/" in path else "no-cache")


def test_refusal_has_the_headers_too(page: Page) -> None:
    answer = page.client.get(OVERVIEW, headers={"authorization": "Bearer x"})
    assert "content-security-policy" in answer.headers


def test_unknown_address_is_answered_in_words(page: Page) -> None:
    assert page.answer("nothing") == (404, {"error": "There is nothing at this address."})
