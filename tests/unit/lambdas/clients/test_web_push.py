"""A push as a request to a push service."""

import http_ece
import pytest

from lambdas.clients.web_push import MAX_TTL_SECONDS, Push, request_of
from tests.unit.lambdas.clients.test_push_encryption import BROWSER, KEY, SECRET


def a_push(ttl: int = 60) -> Push:
    return Push(message=b"late", ttl=ttl, urgency="high", topic="line-12")


def test_request_has_the_headers_of_rfc_8030() -> None:
    headers, body = request_of(a_push(), BROWSER, "vapid t=a, k=b")
    assert headers == {
        "Authorization": "vapid t=a, k=b",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": "60",
        "Urgency": "high",
        "Topic": "line-12",
    }
    assert http_ece.decrypt(body, private_key=KEY, auth_secret=SECRET, version="aes128gcm") == b"late"


@pytest.mark.parametrize(("ttl", "said"), [(0, "0"), (MAX_TTL_SECONDS + 1, "2419200")])
def test_no_push_is_kept_for_longer_than_services_keep_it(ttl: int, said: str) -> None:
    assert request_of(a_push(ttl), BROWSER, "")[0]["TTL"] == said


def test_push_shows_no_message() -> None:
    assert "late" not in repr(a_push())
