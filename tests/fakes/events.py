"""Events for tests of notifiers."""

from typing import Any

from lambdas.contracts.event import Event, Notice, timestamp

ID = "0123456789abcdef0123456789abcdef"
NOON = 1_800_000_000.0


def an_event(
    id: str = ID,
    *,
    source: str = "/endpoints/site",
    type: str = "deploy.failed",
    time: str = "2027-01-15T08:00:00.000Z",
    replay: str = "",
    **notice: Any,
) -> Event:
    return Event(
        id=id,
        source=source,
        type=type,
        time=time,
        replay=replay,
        notice=Notice(**({"title": "Deploy failed"} | notice)),
    )


def a_publish(id: str, at: float = NOON, **notice: Any) -> Event:
    return happening("content.published", id=id, at=at, source="/endpoints/cms", **notice)


def happening(
    type: str,
    *,
    id: str = ID,
    at: float = NOON,
    source: str = "/endpoints/site",
    correlation: str = "",
    subject: str = "",
    outcome: str = "",
    replay: str = "",
    body: Any = None,
    **notice: Any,
) -> Event:
    return Event(
        id=id,
        source=source,
        type=type,
        time=timestamp(at),
        subject=subject,
        outcome=outcome,
        correlationid=correlation,
        replay=replay,
        body=body,
        notice=Notice(**({"title": type} | notice)),
    )
