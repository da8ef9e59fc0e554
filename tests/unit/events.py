"""Events for tests of notifiers."""

from typing import Any

from lambdas.event import Event, Notice

ID = "0123456789abcdef0123456789abcdef"


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
