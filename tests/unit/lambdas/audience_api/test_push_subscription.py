"""A browser's subscription: we shall call its address, so that it must be a push service's."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.audience_api.problem import Problem
from lambdas.audience_api.push_subscription import subscription_of
from lambdas.followers.keys import decode, encode
from tests.unit.lambdas.audience_api.world import ENDPOINT, point, subscription

SERVICES = (
    "https://push.example.com",
    "https://push.example.com:8443",
    "http://127.0.0.1:4599",
    "http://[::1]:80",
)


def endpoint_of(url: str) -> str:
    return subscription_of({"subscription": subscription(url)}, SERVICES)["endpoint"]


def refusal_of(said: object) -> str:
    with pytest.raises(Problem) as refused:
        subscription_of({"subscription": said}, SERVICES)
    assert refused.value.status == 400
    return refused.value.words


@pytest.mark.parametrize(
    "url",
    [
        ENDPOINT,
        "https://jmt17.google.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/QGuQ",
        "https://wns2-par02p.notify.windows.com/w/?token=BQ%2b%3d",
        "https://push.example.com/up/abc",
        "https://push.example.com:8443/up/abc",
        "http://127.0.0.1:4599/push/abc",
    ],
)
def test_push_services_are_known(url: str) -> None:
    assert endpoint_of(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/push",
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:8443/fcm/send/abc",
        "https://fcm.googleapis.com:443/fcm/send/abc",
        "https://FCM.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com.evil.example/abc",
        "https://evilfcm.googleapis.com/abc",
        "https://fcm.googleapis.com./abc",
        "https://notify.windows.com/abc",
        "https://evilnotify.windows.com/abc",
        "https://evil.example;.notify.windows.com/abc",
        "https://evil.example%2f.notify.windows.com/abc",
        "https://evil.example?.notify.windows.com",
        "https://127.0.0.1/abc",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/abc",
        "https://localhost/abc",
        "http://127.0.0.1:9999/push/abc",
        "http://push.example.com/up/abc",
        "https://push.example.com:444/up/abc",
        "ftp://fcm.googleapis.com/abc",
        "//fcm.googleapis.com/abc",
    ],
)
def test_who_is_no_push_service_is_not_called(url: str) -> None:
    assert refusal_of(subscription(url)) == "wrong_push_service"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "fcm",
        "https://user@fcm.googleapis.com/abc",
        "https://evil.example@fcm.googleapis.com/abc",
        "https://fcm.googleapis.com@evil.example/abc",
        "https://fcm.googleapis.com\\@evil.example/abc",
        "https://fcm.googleapis.com/abc#x",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/a\r\nHost: evil.example",
        "\thttps://fcm.googleapis.com/abc",
        "https://fcm.googleapis.com:x/abc",
        "https://fcm.googleapis.com:99999/abc",
        "https://fcm.googleapis.com:0/abc",
        "https://[fcm.googleapis.com/abc",
        "https://fcm。googleapis.com/abc",
        "https://fcm.googleapis.com/ä",
        "https:///abc",
    ],
)
def test_what_is_no_plain_address_is_not_called(url: str) -> None:
    assert refusal_of(subscription(url)) == "wrong_push_service"


def test_address_is_not_longer_than_an_address() -> None:
    assert refusal_of(subscription(ENDPOINT + "x" * 2048)) == "wrong_text"


P = 2**256 - 2**224 + 2**192 + 2**96 - 1
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
NOT_REDUCED = encode(b"\x04" + P.to_bytes(32) + pow(B, (P + 1) // 4, P).to_bytes(32))
"""The point whose x is 0, with p in its place."""

COMPRESSED = encode(b"\x02" + decode(point())[1:33])


@pytest.mark.parametrize(
    "keys",
    [
        {"auth": ""},
        {"auth": encode(b"a" * 15)},
        {"auth": encode(b"a" * 17)},
        {"auth": "*" * 22},
        {"auth": "é" * 22},
        {"auth": 7},
        {"p256dh": ""},
        {"p256dh": None},
        {"p256dh": COMPRESSED},
        {"p256dh": NOT_REDUCED},
        {"p256dh": encode(b"\x05" + decode(point())[1:])},
        {"p256dh": encode(decode(point()) + b"\0")},
        {"p256dh": encode(b"\x04" + bytes(64))},
        {"p256dh": encode(b"\x04" + b"\xff" * 64)},
        {"p256dh": encode(decode(point())[:-1] + b"\x00")},
    ],
)
def test_keys_by_which_nothing_can_be_encrypted_are_refused(keys: dict[str, object]) -> None:
    assert refusal_of(subscription(**keys)) in ("wrong_subscription", "wrong_text")


@pytest.mark.parametrize(
    "said", [None, "x", [], {}, {"endpoint": ENDPOINT}, {"endpoint": ENDPOINT, "keys": []}]
)
def test_what_has_another_shape_is_no_subscription(said: object) -> None:
    assert refusal_of(said) == "wrong_subscription"


def test_padding_makes_no_other_key() -> None:
    padded = {"auth": base64.urlsafe_b64encode(b"a" * 16).decode(), "p256dh": point() + "="}
    read = subscription_of({"subscription": subscription(**padded)}, SERVICES)
    assert (read["auth"], read["p256dh"]) == (encode(b"a" * 16), point())


@given(st.integers(min_value=1, max_value=2**200))
def test_every_browsers_key_is_a_point(private: int) -> None:
    read = subscription_of({"subscription": subscription(p256dh=point(private))}, SERVICES)
    assert read["p256dh"] == point(private)


@given(
    st.text(max_size=80), st.sampled_from(["https://", "http://", ""]), st.sampled_from(["", "@", ":", "."])
)
def test_no_text_makes_a_stranger_a_push_service(host: str, scheme: str, joint: str) -> None:
    said = subscription(f"{scheme}{host}{joint}evil.example/x")
    assert refusal_of(said) in ("wrong_push_service", "wrong_text")
