"""GitHub's API as it is documented, and what its refusals mean."""

import json

import pytest

from lambdas.clients.http import HttpResponse, NoResponseError
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.recovery.github import MAX_PAGES, GitHub
from tests.fakes.github import API, REDELIVERED_AFTER, TOKEN, URL, FakeGitHub

NOW = 1_800_000_000.0


def github(fake: FakeGitHub, token: str = TOKEN) -> GitHub:
    return GitHub(token=token, send=fake.send, clock=lambda: NOW)


def answering(*responses: HttpResponse) -> GitHub:
    """GitHub, which answers like this, one after the other, and then the last all the time."""
    left = list(responses)
    return GitHub(token=TOKEN, send=lambda request: left.pop(0) if left[1:] else left[0], clock=lambda: NOW)


@pytest.mark.parametrize("url", [URL, f"{URL}/", URL.replace("hub", "HUB")])
def test_webhook_is_found_by_the_endpoints_url(url: str) -> None:
    assert github(FakeGitHub(NOW, urls={1: "https://ci.example/", 2: url})).webhooks(API, URL) == [f"{API}/2"]


def test_webhook_of_a_similar_url_is_another() -> None:
    urls = {1: f"{URL}-2", 2: "https://other.example/code"}
    assert github(FakeGitHub(NOW, urls=urls)).webhooks(API, URL) == []


def test_deliveries_are_read_over_all_pages() -> None:
    fake = FakeGitHub(NOW)
    for number in range(250):
        fake.deliver(f"g{number}")
    found = list(github(fake).deliveries(f"{API}/2", 0))
    assert [delivery.guid for delivery in found] == [f"g{number}" for number in reversed(range(250))]
    assert len(fake.requests) == 3


def test_list_is_left_where_it_is_too_old() -> None:
    fake = FakeGitHub(NOW - 600)
    for number in range(250):
        fake.deliver(f"old{number}")
    fake.now = NOW
    fake.deliver("new")
    assert [d.guid for d in github(fake).deliveries(f"{API}/2", NOW)] == ["new"]
    assert len(fake.requests) == 1


def test_attempt_is_read_as_it_is_listed() -> None:
    fake = FakeGitHub(NOW, endpoint=lambda guid: 502)
    fake.deliver("a", redelivery=True)
    [delivery] = github(fake).deliveries(f"{API}/2", 0)
    assert (delivery.guid, delivery.at, delivery.status) == ("a", NOW + REDELIVERED_AFTER, 502)
    assert delivery.is_redelivery


def test_asked_for_delivery_is_made_again() -> None:
    fake = FakeGitHub(NOW)
    fake.deliver("a")
    [delivery] = github(fake).deliveries(f"{API}/2", 0)
    assert github(fake).ask(f"{API}/2", delivery)
    assert fake.asked == ["a"]
    assert fake.requests[-1] == ("POST", f"/repos/acme/site/hooks/2/deliveries/{delivery.id}/attempts")


@pytest.mark.parametrize("status", [400, 404, 422])
def test_delivery_that_is_gone_is_no_failure(status: int) -> None:
    fake = FakeGitHub(NOW)
    fake.deliver("a")
    [delivery] = github(fake).deliveries(f"{API}/2", 0)
    assert not answering(HttpResponse(status)).ask(f"{API}/2", delivery)


def test_page_elsewhere_is_not_told_the_token() -> None:
    hosts: list[str] = []

    def send(request: HttpRequest) -> HttpResponse:
        hosts.append(request.url.netloc)
        return HttpResponse(200, {"link": '<https://evil.example/hooks?cursor=1>; rel="next"'}, b"[]")

    assert list(GitHub(token=TOKEN, send=send).deliveries(f"{API}/2", 0)) == []
    assert hosts == ["api.github.com"]


def test_list_without_an_end_is_left() -> None:
    calls: list[HttpRequest] = []

    def send(request: HttpRequest) -> HttpResponse:
        calls.append(request)
        return HttpResponse(200, {"link": f'<{API}>; rel="prev", <{API}?cursor=1>; rel="next"'}, b"[]")

    list(GitHub(token=TOKEN, send=send).deliveries(f"{API}/2", 0))
    assert len(calls) == MAX_PAGES


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (301, "GitHub answered 301: it has another name by now"),
        (401, "GitHub answered 401: the token is wrong or has ended"),
        (403, "GitHub answered 403: the token needs the permission Webhooks: read and write"),
        (404, "GitHub answered 404: it does not exist, or the token may not see it"),
        (410, "GitHub answered 410"),
    ],
)
def test_refusal_says_what_to_do(status: int, why: str) -> None:
    with pytest.raises(Undeliverable) as refused:
        answering(HttpResponse(status)).webhooks(API, URL)
    assert refused.value.reason == why


@pytest.mark.parametrize(
    ("response", "after"),
    [
        (HttpResponse(403, {"retry-after": "60"}), 60.0),
        (HttpResponse(429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 90)}), 90.0),
        (HttpResponse(403, body=b"You have exceeded a secondary rate limit."), None),
        (HttpResponse(502), None),
        (HttpResponse(200, body=b"<html>"), None),
        (HttpResponse(200, body=json.dumps({"message": "?"}).encode()), None),
    ],
)
def test_busy_github_is_left_alone(response: HttpResponse, after: float | None) -> None:
    with pytest.raises(Retry) as later:
        answering(response).webhooks(API, URL)
    assert later.value.after == after


def test_lost_answer_is_tried_later() -> None:
    def send(request: HttpRequest) -> HttpResponse:
        raise NoResponseError

    with pytest.raises(Retry, match="did not answer"):
        GitHub(token=TOKEN, send=send).webhooks(API, URL)


def test_token_does_not_show_itself() -> None:
    assert TOKEN not in repr(github(FakeGitHub(NOW)))
