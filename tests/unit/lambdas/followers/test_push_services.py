"""To whom a push may be sent."""

import pytest

from lambdas.followers.push_services import MAX_CHARACTERS, is_push_service, origin_of

GOOD = (
    "https://fcm.googleapis.com/fcm/send/e8Xy:APA91bF-_",
    "https://jmt17.google.com/fcm/send/abc",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAAA",
    "https://web.push.apple.com/QGx_1",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAA%2f%3d",
    "https://jmt17.google.com/".ljust(MAX_CHARACTERS, "a"),
)
BAD = (
    "",
    "https://fcm.googleapis.com",
    "http://fcm.googleapis.com/a",
    "HTTPS://fcm.googleapis.com/a",
    "https://FCM.googleapis.com/a",
    "https://fcm.googleapis.com:443/a",
    "https://fcm.googleapis.com:8443/a",
    "https://fcm.googleapis.com./a",
    "https://user@fcm.googleapis.com/a",
    "https://user:word@fcm.googleapis.com/a",
    "https://fcm.googleapis.com@evil.example/a",
    "https://fcm.googleapis.com\\@evil.example/a",
    "https://fcm.googleapis.com\\.evil.example/a",
    "https://evil.example/fcm.googleapis.com/",
    "https://evil.example#fcm.googleapis.com/",
    "https://fcm.googleapis.com.evil.example/a",
    "https://evilfcm.googleapis.com/a",
    "https://evil-push.apple.com/a",
    "https://a.b.push.apple.com/a",
    "https://notify.windows.com/a",
    "https://fcm.googleapis.com/a#fragment\n",
    "https://fcm.google\tapis.com/a",
    " https://fcm.googleapis.com/a",
    "https://fcm.googleapis.com/a b",
    "https://fcm.googleapis.com/é",
    "https://fcm.googleаpis.com/a",  # noqa: RUF001 (a Cyrillic letter)
    "https://fcm。googleapis。com/a",
    "https://ⓕcm.googleapis.com/a",
    "https://xn--fcm-googlepis-ffj.com/a",
    "https://127.0.0.1/a",
    "https://2130706433/a",
    "https://0x7f.1/a",
    "https://[::1]/a",
    "https://[::ffff:169.254.169.254]/a",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/a",
    "file:///etc/passwd",
    "gopher://fcm.googleapis.com/a",
    "//fcm.googleapis.com/a",
    "https://jmt17.google.com/".ljust(MAX_CHARACTERS + 1, "a"),
)


@pytest.mark.parametrize("url", GOOD)
def test_known_push_service_is_one(url: str) -> None:
    assert is_push_service(url)


@pytest.mark.parametrize("url", BAD)
def test_anything_else_is_no_push_service(url: str) -> None:
    assert not is_push_service(url)


@pytest.mark.parametrize(
    ("origin", "url"),
    [
        ("https://push.example.com", "https://push.example.com/a?b=c"),
        ("https://push.example.com:8443", "https://push.example.com:8443/a"),
        ("http://127.0.0.1:9100", "http://127.0.0.1:9100/push/a"),
        ("http://localhost:9100", "http://localhost:9100/push/a"),
    ],
)
def test_further_push_service_is_one_where_it_is_named(origin: str, url: str) -> None:
    assert is_push_service(url, [origin])
    assert not is_push_service(url, ["https://other.example.com"])
    assert not is_push_service(url)


@pytest.mark.parametrize(
    ("origin", "url"),
    [
        ("http://push.example.com", "http://push.example.com/a"),
        ("https://10.0.0.1", "https://10.0.0.1/a"),
        ("https://0x7f.1", "https://0x7f.1/a"),
        ("https://localhost", "https://localhost/a"),
        ("http://127.0.0.1:9100", "http://127.0.0.1:9101/a"),
        ("http://127.0.0.1:9100", "http://127.0.0.1:9100@evil.example/a"),
        ("", ""),
    ],
)
def test_further_push_service_has_a_name_and_https(origin: str, url: str) -> None:
    assert not is_push_service(url, [origin])


def test_origin_is_the_url_without_its_path() -> None:
    assert origin_of(GOOD[-2]) == "https://wns2-par02p.notify.windows.com"
    assert origin_of("https://user@push.example.com/a") == ""
