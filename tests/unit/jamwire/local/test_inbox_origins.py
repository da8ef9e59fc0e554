"""Whose pages may ask the inbox."""

import pytest


def test_inbox_answers_under_no_other_host_name(inbox):
    assert inbox.get("/api/deliveries", headers={"host": "rebound.example.com"}).status_code == 400


FOREIGN = [
    {"origin": "https://evil.example.com"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:8080"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]
ASKED = [
    *(("GET", path) for path in ("/api/deliveries", "/api/faults", "/push/subscriptions/a/messages")),
    *(("POST", path) for path in ("/api/faults", "/api/texts", "/push/subscriptions")),
    *(("DELETE", path) for path in ("/api/deliveries", "/api/faults", "/push/subscriptions/a")),
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(("method", "path"), ASKED)
def test_page_of_another_site_is_refused(inbox, method, path, headers):
    answer = inbox.request(
        method, path, content=b'{"status": 500}' if method == "POST" else None, headers=headers
    )

    assert answer.status_code == 403
    assert inbox.get("/api/faults").json() == []


def test_page_of_the_inbox_itself_may_ask(inbox):
    own = {"origin": "http://127.0.0.1", "sec-fetch-site": "same-origin"}

    assert inbox.post("/api/faults", json={"status": 500}, headers=own).status_code == 204
    assert inbox.get("/api/faults", headers={"sec-fetch-site": "none"}).json()
