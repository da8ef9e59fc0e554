"""The inbox as build hosts: what each build hook answers, and what is recorded of a request."""

import pytest

from tests.unit.jamwire.local.inbox import EVENT_ID, HOOKS, ORDER, deliveries


@pytest.mark.parametrize(
    ("host", "status"), [("netlify", 200), ("vercel", 201), ("cloudflare", 200), ("amplify", 202)]
)
def test_build_hook_answers_as_its_build_host_does(inbox, host, status):
    answer = inbox.post(HOOKS[host], json=ORDER)

    assert answer.status_code == status
    [delivery] = deliveries(inbox)
    assert (delivery["channel"], delivery["event_id"]) == ("build", EVENT_ID)
    assert delivery["request"] == {"host": host, "query": {}, "body": ORDER}


def test_github_dispatch_needs_a_token(inbox):
    body = {"event_type": "jamwire", "client_payload": ORDER}
    path = "/repos/local/site/dispatches"

    assert inbox.post(path, json=body).status_code == 401
    answer = inbox.post(path, json=body, headers={"authorization": "Bearer x"})

    assert (answer.status_code, answer.content) == (204, b"")
    assert deliveries(inbox)[1]["event_id"] == EVENT_ID
    bad = inbox.post(path, json={"event_type": ""}, headers={"authorization": "Bearer x"})
    assert bad.status_code == 422


def test_path_of_no_build_host_is_refused(inbox):
    assert inbox.post("/build_hooks/nothing", json=ORDER).status_code == 404
    assert deliveries(inbox)[0]["status"] == 404


def test_build_request_shows_its_title_and_no_credential(inbox):
    inbox.post(f"{HOOKS['netlify']}?trigger_title=News&token=secret", json=ORDER)

    assert deliveries(inbox)[0]["request"]["query"] == {"trigger_title": "News"}


@pytest.mark.parametrize("body", [b"", b"text", b"[1]", b"null", b'{"client_payload": []}', b"[" * 9999])
def test_build_request_is_recorded_whatever_it_holds(inbox, body):
    assert inbox.post(HOOKS["netlify"], content=body).status_code == 200
    assert deliveries(inbox)[0]["event_id"] is None
