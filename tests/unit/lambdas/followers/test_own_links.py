"""A follower's own links."""

from urllib.parse import parse_qs, urlsplit

import pytest

from lambdas.followers.links import CONFIRM_SECONDS, MANAGE_SECONDS, Link, Links, Purpose
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
