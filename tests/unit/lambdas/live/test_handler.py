"""What becomes of a batch by its age and by what AppSync answers."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ConnectTimeoutError, NoCredentialsError

import lambdas.live.handler
from lambdas.clients.live_states import LiveStates
from lambdas.contracts.event import Event
from lambdas.contracts.settings import LiveSettings
from lambdas.live.api import Api
from lambdas.live.delivery import MAX_EVENTS
from lambdas.live.pushes import MAX_BYTES
from lambdas.runtime import Retry, Undeliverable
from tests.fakes.events import an_event
from tests.fakes.live_table import LiveTable

NOW = 1_800_000_000.0  # 2027-01-15T08:00:00Z, when events are accepted here
URL = "https://abc.appsync-api.us-east-1.amazonaws.com/event"


class AppSync:
    """Stands where the service does: keeps what is published, and answers as it is told."""

    def __init__(self) -> None:
        self.requests: list[AWSPreparedRequest] = []
        self.announced: list[Event] = []
        self.table = LiveTable()
        self.answers: dict[str, tuple[int, Any] | Exception] = {}
        self.on_request: Callable[[], object] = lambda: None
        self._lock = threading.Lock()

    def send(self, request: AWSPreparedRequest) -> Any:
        body = json.loads(request.body)
        with self._lock:
            self.requests.append(request)
        self.on_request()
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
    settings = LiveSettings(http_url=URL, states_table="states", keep=3600, private="account")
    monkeypatch.setattr(lambdas.live.handler, "_settings", lambda: settings)
    client: Any = service.table
    states = LiveStates(client, "states")
    monkeypatch.setattr(lambdas.live.handler, "_states", lambda: states)
    monkeypatch.setattr(
        lambdas.live.handler, "_subscriber_settings", lambda: SimpleNamespace(stack_id="Live")
    )
    publisher = SimpleNamespace(publish=service.announced.append)
    monkeypatch.setattr(lambdas.live.handler, "_publisher", lambda: publisher)
    return service


def texts_of(appsync: AppSync) -> dict[str, str]:
    """What the state says of each topic."""
    client: Any = appsync.table
    known = {name: LiveStates(client, "states").read(name) for name in appsync.table.items if name != "site"}
    return {name: state.entries["text"].value for name, state in known.items() if state}


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


def test_function_without_credentials_pushes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    session = SimpleNamespace(get_credentials=lambda: None)
    monkeypatch.setattr("lambdas.live.api.session", lambda: session)
    with pytest.raises(NoCredentialsError):
        Api(URL, "us-east-1").publish("site/updated", ["{}"])


def test_notices_of_a_topic_go_together_in_their_order(appsync: AppSync) -> None:
    events = [a_notice(f"{n}", time=f"2027-01-15T08:00:0{n}.000Z") for n in range(MAX_EVENTS)]
    push(*reversed(events), a_notice("other", topic="line-7"))
    assert appsync.published() == {"notice/line-12": [*"01234"], "notice/line-7": ["other"]}
    assert len(appsync.requests) == 2


def test_more_notices_than_a_publish_takes_are_one(appsync: AppSync) -> None:
    events = [
        a_notice(f"{n}", time=f"2027-01-15T08:00:0{n}.000Z", fields={f"F{n}": "x"})
        for n in range(MAX_EVENTS + 1)
    ]
    push(*reversed(events))
    [request] = appsync.requests
    [text] = json.loads(request.body)["events"]
    told = json.loads(text)
    assert told["id"] == f"{MAX_EVENTS}"
    assert {name for name in told["entries"] if name.startswith("fields.")} == {
        f"fields.F{n}" for n in range(MAX_EVENTS + 1)
    }


def test_newest_is_the_state_whatever_comes_first(appsync: AppSync) -> None:
    new = a_notice("new", text="new", time="2027-01-15T07:59:59.000Z")
    old = a_notice("old", text="old", time="2027-01-15T07:59:58.000Z")
    push(new)
    push(old)
    assert texts_of(appsync) == {"notice/line-12": "new"}
    assert appsync.published() == {"notice/line-12": ["new", "old"]}  # pages know which of them is newer


def test_private_topic_has_its_own_channel(appsync: AppSync) -> None:
    spellings = ("account/eve", "/account/eve", "%61ccount/eve", "account%2Feve/")
    for topic in spellings:
        push(a_notice(topic, topic=topic))
    push(a_notice("b", topic="accounting"))
    assert set(appsync.published()) == {"private/account/eve", "notice/accounting"}
    assert set(appsync.table.items) == {"private/account/eve", "notice/accounting"}


def test_late_notice_that_is_still_true_is_told(appsync: AppSync) -> None:
    push(a_notice("late", text="5 min", time="2027-01-15T07:10:00.000Z"))
    assert appsync.published() == {"notice/line-12": ["late"]}
    assert texts_of(appsync) == {"notice/line-12": "5 min"}


def test_notice_that_has_ended_is_pushed_so_that_open_pages_know_it(appsync: AppSync) -> None:
    push(a_notice("ended", text="5 min", expires="2027-01-15T08:00:00.000Z"))
    assert appsync.published() == {"notice/line-12": ["ended"]}  # pages show it as stale


def test_notice_that_pages_have_forgotten_is_not_pushed_and_counted(
    appsync: AppSync, counted: Mapping[str, int]
) -> None:
    push(a_notice("ended", text="5 min", expires="2027-01-14T08:00:00.000Z"))
    assert (appsync.published(), counted) == ({}, {"TooLate": 1})


@pytest.mark.parametrize("together", [True, False])
def test_forgotten_notice_hides_nothing_that_still_holds(appsync: AppSync, together: bool) -> None:
    holds = a_notice(
        "holds", text="closed", time="2027-01-13T08:00:00.000Z", expires="2027-01-16T08:00:00.000Z"
    )
    short = a_notice(
        "short", text="late", time="2027-01-13T09:00:00.000Z", expires="2027-01-13T10:00:00.000Z"
    )
    for events in [(holds, short)] if together else [(holds,), (short,)]:
        push(*events)
    assert appsync.published() == {"notice/line-12": ["holds"]}
    assert texts_of(appsync) == {"notice/line-12": "closed"}


def test_state_that_cannot_be_written_hinders_no_push(appsync: AppSync) -> None:
    appsync.table.away = True
    for _ in range(2):  # by itself, and when the topic was pushed a moment ago
        assert failures(a_notice("a")) == {"a": (Retry, "the state is not written: ClientError")}
    assert appsync.published() == {"notice/line-12": ["a", "a"]}


def test_update_is_in_the_sites_state_once(appsync: AppSync) -> None:
    update = an_event("u", type="deploy.succeeded", paths=("/news/",))
    push(update, update)
    client: Any = appsync.table
    [kept] = LiveStates(client, "states").read_updates()
    assert (kept["id"], kept["paths"]) == ("u", ["/news/"])


def test_notice_of_which_nobody_knows_the_age_is_told_to_nobody(
    appsync: AppSync, counted: Mapping[str, int]
) -> None:
    push(a_notice("nonsense", time="yesterday"))
    assert (appsync.published(), counted) == ({}, {"NotForVisitors": 1})


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


@pytest.mark.parametrize("event", [an_event(type="notice.sent"), a_notice("a", title="x" * MAX_BYTES)])
def test_nothing_to_tell_is_no_call(appsync: AppSync, event: Event) -> None:
    push(event)
    assert appsync.requests == []


@pytest.mark.parametrize(
    ("events", "repeated", "written"),
    [
        ([a_notice("a")], False, 0),
        ([a_notice("a")], True, 1),
        ([a_notice("a"), a_notice("b")], False, 1),
    ],
)
def test_notice_that_comes_alone_and_for_the_first_time_is_pushed_before_it_is_written(
    monkeypatch: pytest.MonkeyPatch, appsync: AppSync, events: list[Event], repeated: bool, written: int
) -> None:
    monkeypatch.setattr(lambdas.live.handler, "is_repeated", lambda event: repeated)
    writes: list[int] = []
    appsync.on_request = lambda: writes.append(len(appsync.table.items))
    push(*events)
    assert writes == [written]


def test_no_topic_waits_for_another(appsync: AppSync) -> None:
    appsync.on_request = threading.Barrier(2, timeout=5).wait
    push(a_notice("a"), a_notice("b", topic="line-7"))
    assert set(appsync.published()) == {"notice/line-12", "notice/line-7"}


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
