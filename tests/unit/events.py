"""Events for tests of notifiers."""

from typing import Any

from lambdas.event import Event, Notice

ID = "0123456789abcdef0123456789abcdef"


def an_event(id: str = ID, *, source: str = "/endpoints/site", **notice: Any) -> Event:
    return Event(
        id=id,
        source=source,
        type="deploy.failed",
        time="2027-01-15T08:00:00.000Z",
        notice=Notice(**({"title": "Deploy failed"} | notice)),
    )
