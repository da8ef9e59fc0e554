"""What becomes of a batch by its age and by what AppSync answers."""

import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ConnectTimeoutError, NoCredentialsError

import lambdas.live.handler
from lambdas.contracts.event import Event
from lambdas.contracts.settings import LiveSettings
from lambdas.live.api import Api
from lambdas.runtime import Retry, Undeliverable
from tests.fakes.events import an_event

NOW = 1_800_000_000.0  # 2027-01-15T08:00:00Z, when events are accepted here
URL = "https://abc.appsync-api.us-east-1.amazonaws.com/event"


class AppSync:
    """Stands where the service does: keeps what is published, and answers as it is told."""

    def __init__(self) -> None:
        self.requests: list[AWSPreparedRequest] = []
        self.announced: list[Event] = []
        self.answers: dict[str, tuple[int, Any] | Exception] = {}
        self._lock = threading.Lock()

    def send(self, request: AWSPreparedRequest) -> Any:
        body = json.loads(request.body)
        with self._lock:
            self.requests.append(request)
        answer = self.answers.get(body["channel"], (200, {"failed": [], "successful": []}))
        if isinstance(answer, Exception):
            raise answer
        status, document = answer
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        return SimpleNamespace(status_code=status, content=content, headers={})

    def published(self) -> dict[str, list[str]]:
        """Ids by channel, in the order of the calls."""
        found: dict[str, list[str]] = {}
        for request in self.requests:
            body = json.loads(request.body)
            found.setdefault(body["channel"], []).extend(json.loads(text)["id"] for text in body["events"])
        return found


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    counts: dict[str, int] = {}

    def count(name: str, amount: int = 1) -> None:
        counts[name] = counts.get(name, 0) + amount

    monkeypatch.setattr(lambdas.live.handler, "count", count)
    return counts


@pytest.fixture
def appsync(monkeypatch: pytest.MonkeyPatch, counted: Mapping[str, int]) -> AppSync:
    service = AppSync()
    api = Api(URL, "us-east-1")
    monkeypatch.setattr(api, "_http", service)
    monkeypatch.setattr(lambdas.live.handler, "_api", lambda: api)
    monkeypatch.setattr(lambdas.live.handler, "now", lambda: NOW)
    settings = LiveSettings(http_url=URL, late_after=60)
    monkeypatch.setattr(lambdas.live.handler, "_settings", lambda: settings)
    monkeypatch.setattr(
        lambdas.live.handler, "_subscriber_settings", lambda: SimpleNamespace(stack_id="Live")
    )
    publisher = SimpleNamespace(publish=service.announced.append)
    monkeypatch.setattr(lambdas.live.handler, "_publisher", lambda: publisher)
    return service


def a_notice(id: str, topic: str = "line-12", **said: Any) -> Event:
    return replace(an_event(id, type="notice.sent", **said), subject=topic)


def push(*events: Event) -> None:
    lambdas.live.handler.handle.__wrapped__(events)  # type: ignore[attr-defined]


def failures(*events: Event) -> dict[str, tuple[type, str]]:
    """What each event failed by."""
    with pytest.raises(ExceptionGroup) as raised:
        push(*events)
    answers = [answer for answer in raised.value.exceptions if isinstance(answer, Retry | Undeliverable)]
    assert len(answers) == len(raised.value.exceptions)
    return {event.id: (type(answer), answer.reason) for answer in answers for event in answer.of}


def test_a_publish_is_signed_for_the_apis_own_host(appsync: AppSync) -> None:
    push(a_notice("a"))
    [request] = appsync.requests
    assert (request.method, request.url) == ("POST", URL)
    assert request.headers["Host"] == "abc.appsync-api.us-east-1.amazonaws.com"
    assert "/us-east-1/appsync/aws4_request" in str(request.headers["Authorization"])
    assert "SignedHeaders=content-type;host;x-amz-date" in str(request.headers["Authorization"])


def test_where_an_endpoint_is_set_it_connects_there_and_signs_for_the_api(appsync: AppSync) -> None:
    environment = {"AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}
    api = Api.from_environment(URL, environment)
    api._http = appsync  # type: ignore[assignment]
    assert api.publish("site/updated", ['{"id":"a"}']) == [None]
    [request] = appsync.requests
    assert request.url == "http://127.0.0.1:4566/event"
    assert request.headers["Host"] == "abc.appsync-api.us-east-1.amazonaws.com"


@pytest.mark.parametrize(("environment", "verify"), [({}, True), ({"AWS_CA_BUNDLE": "/ca.pem"}, "/ca.pem")])
def test_connection_trusts_the_usual_authorities_or_those_of_its_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], verify: str | bool
) -> None:
    trusted: list[Any] = []
    monkeypatch.setattr("lambdas.live.api.URLLib3Session", lambda verify, timeout: trusted.append(verify))
    Api.from_environment(URL, {"AWS_REGION": "us-east-1", **environment})
    Api(URL, "us-east-1")
    assert trusted == [verify, True]


def test_function_without_credentials_pushes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    session = SimpleNamespace(get_credentials=lambda: None)
    monkeypatch.setattr("lambdas.live.api.session", lambda: session)
    with pytest.raises(NoCredentialsError):
        Api(URL, "us-east-1").publish("site/updated", ["{}"])


def test_a_channels_events_go_together_five_at_a_time_in_the_order_of_time(appsync: AppSync) -> None:
    events = [a_notice(f"{n}", time=f"2027-01-15T08:00:0{n}.000Z") for n in range(7)]
    push(*reversed(events), a_notice("other", topic="line-7"))
    assert appsync.published() == {"notice/line-12": [*"0123456"], "notice/line-7": ["other"]}
    sizes = sorted(len(json.loads(request.body)["events"]) for request in appsync.requests)
    assert sizes == [1, 2, 5]


def test_what_is_too_late_is_dropped_and_counted(appsync: AppSync, counted: Mapping[str, int]) -> None:
    late = a_notice("late", time="2027-01-15T07:58:59.900Z")
    push(
        late, replace(late, id="nonsense", time="yesterday"), a_notice("new", time="2027-01-15T07:59:00.000Z")
    )
    assert appsync.published() == {"notice/line-12": ["new"]}
    assert counted == {"TooLate": 2}


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_busy_appsync_is_waited_for_shortly(appsync: AppSync, status: int) -> None:
    appsync.answers["notice/line-12"] = (status, b"<html>")
    assert failures(a_notice("a")) == {"a": (Retry, f"AppSync answered {status}")}


@pytest.mark.parametrize("status", [401, 403])
def test_a_role_that_iam_has_not_told_everywhere_is_waited_for(appsync: AppSync, status: int) -> None:
    appsync.answers["notice/line-12"] = (status, {"errors": [{"errorType": "UnauthorizedException"}]})
    assert failures(a_notice("a")) == {"a": (Retry, f"AppSync answered {status} UnauthorizedException")}


def test_text_is_sent_in_as_many_bytes_as_it_has(appsync: AppSync) -> None:
    lambdas.live.handler.handle.__wrapped__([a_notice("a", text="é" * 1000)])
    [request] = appsync.requests
    assert len(request.body) < 2500


@pytest.mark.parametrize(
    ("status", "said"), [(400, "BadRequestException"), (413, "PayloadTooLargeException")]
)
def test_what_appsync_refuses_is_a_dead_letter_that_says_why(
    appsync: AppSync, status: int, said: str
) -> None:
    appsync.answers["notice/line-12"] = (
        status,
        {"errors": [{"errorType": said, "message": "something of ours"}]},
    )
    assert failures(a_notice("a")) == {"a": (Undeliverable, f"AppSync answered {status} {said}")}


def test_a_lost_connection_is_tried_again(appsync: AppSync) -> None:
    appsync.answers["notice/line-12"] = ConnectTimeoutError(endpoint_url=URL)
    assert failures(a_notice("a")) == {"a": (Retry, "AppSync does not answer: ConnectTimeoutError")}


def test_one_channels_failure_is_none_of_the_others(appsync: AppSync) -> None:
    appsync.answers["notice/line-7"] = (503, {})
    assert set(failures(a_notice("a"), a_notice("b", topic="line-7"), a_notice("c"))) == {"b"}
    assert appsync.published()["notice/line-12"] == ["a", "c"]


def test_of_a_publish_those_fail_that_appsync_names(appsync: AppSync) -> None:
    refused = [{"index": 1, "code": 400, "errorMessage": "x"}, {"index": 2}]
    appsync.answers["notice/line-12"] = (200, {"failed": refused, "successful": []})
    assert failures(*(a_notice(id) for id in "abc")) == {
        "b": (Undeliverable, "AppSync answered 400"),
        "c": (Retry, "AppSync answered 500"),
    }


def test_nothing_to_tell_is_no_call(appsync: AppSync) -> None:
    push(an_event(type="notice.sent"))
    assert appsync.requests == []


def a_purge(correlation: str) -> Event:
    return replace(an_event("purge", type="cdn.invalidated", paths=("/news/",)), correlationid=correlation)


def test_that_pages_know_of_a_publish_is_the_last_step_of_its_story(appsync: AppSync) -> None:
    push(a_purge("0a1b2c3d4e5f"), a_purge(""), a_notice("a"))
    [told] = appsync.announced
    assert (told.type, told.source, told.correlationid) == (
        "pages.notified",
        "/subscribers/Live",
        "0a1b2c3d4e5f",
    )


def test_what_could_not_be_pushed_is_no_step_of_a_story(appsync: AppSync) -> None:
    appsync.answers["site/updated"] = (429, {})
    failures(a_purge("0a1b2c3d4e5f"))
    assert appsync.announced == []
