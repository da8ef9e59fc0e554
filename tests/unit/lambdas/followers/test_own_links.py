"""A follower's own links."""

from urllib.parse import parse_qs, urlsplit

import pytest

from lambdas.contracts.audience_topics import MAX_TOPICS
from lambdas.followers.links import (
    CONFIRM_SECONDS,
    MANAGE_SECONDS,
    MAX_TOPICS_BYTES,
    Link,
    Links,
    Purpose,
)
from lambdas.followers.own_links import OwnLinks

NOW = 1_800_000_000
ID = "a" * 32
OWN = OwnLinks("https://api.example.com/", b"k" * 32, NOW + 0.5)


@pytest.mark.parametrize(
    ("url", "path", "purpose", "seconds", "question"),
    [
        (OWN.confirm(ID, "word"), "/confirm", "confirm", CONFIRM_SECONDS, "word"),
        (OWN.preferences(ID), "/preferences", "manage", MANAGE_SECONDS, ""),
        (OWN.unsubscribe(ID), "/unsubscribe", "unsubscribe", MANAGE_SECONDS, ""),
    ],
)
def test_link_is_for_one_thing(url: str, path: str, purpose: Purpose, seconds: int, question: str) -> None:
    said = urlsplit(url)
    assert (said.netloc, said.path) == ("api.example.com", path)
    [token] = parse_qs(said.query)["t"]
    link = Link(purpose=purpose, follower=ID, question=question, expires=NOW + seconds)
    assert Links(b"k" * 32).read(token, purpose, NOW) == link


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        (["line-13", "line-14"], 2),
        ([f"line-{number}" for number in range(MAX_TOPICS)], MAX_TOPICS),
        (["x" * 100] * 5, 4),
        (["x" * (MAX_TOPICS_BYTES - 3)], 1),
        (["x" * (MAX_TOPICS_BYTES - 2)], 0),
        (["x" * 600, "line-13"], 0),
    ],
)
def test_link_carries_what_was_asked_for(asked: list[str], count: int) -> None:
    [token] = parse_qs(urlsplit(OWN.preferences(ID, asked)).query)["t"]
    assert Links(b"k" * 32).read(token, "manage", NOW).topics == tuple(asked[:count])
