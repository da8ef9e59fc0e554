"""What of an audience is refused at synth."""

from typing import Any

import pytest
from aws_cdk import Duration

from stacks.audience import Email, Site, TextMessages, Topic, Turnstile, WebPush
from stacks.constructs.audience_words import OwnWords
from tests.unit.stacks.audience import CONSENT, EMAIL, NUMBER, PUSH, template, texts


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"confirm": "Hello"}, ""),
        ({"no such": "Hello"}, "words has 'no such', expected one of asked_title"),
        ({"confirm": "$number"}, "'confirm' is '\\$number', expected no other word"),
        ({"text_first": "$number"}, "'text_first' name number, expected only nothing"),
    ],
)
def test_words_that_cannot_be_said_are_refused(words: dict[str, str], says: str) -> None:
    if not says:
        assert OwnWords.of(words).pages == words
        return
    with pytest.raises(ValueError, match=says):
        OwnWords.of(words)


WRONG_TOPICS: list[tuple[dict[str, Topic], str]] = [
    ({}, "topics is empty, expected one at least"),
    ({"line 12": Topic("Line", "Delays.")}, "topics has 'line 12', expected a name such as 'line-12'"),
    ({"line-*-*": Topic("Line {} {}", "Delays.")}, "topics has 'line-\\*-\\*', expected"),
    ({"/news": Topic("News", "New.")}, "topics has '/news', expected"),
    ({"a/b/c/d/e": Topic("Deep", "Deep.")}, "topics has 'a/b/c/d/e', expected"),
    ({"line-*": Topic("Line", "Delays.")}, "title of the topic 'line-\\*' is 'Line', expected one {}"),
    ({"news": Topic("News {}", "New.")}, "title of the topic 'news' is 'News {}', expected no {}"),
    ({"news": Topic("", "New.")}, "has the title '' and the text 'New.', expected words in both"),
    ({"news": Topic("News", " ")}, "has the title 'News' and the text ' ', expected words in both"),
    (
        {"line-*": Topic("Line {}", "Delays.", types=("notice.sent",))},
        "family 'line-\\*' has the types \\('notice.sent',\\), expected none",
    ),
    ({"news": Topic("News", "New.", types=("Site!",))}, "has the type 'Site!', expected an event type"),
]


@pytest.mark.parametrize(("topics", "says"), WRONG_TOPICS, ids=lambda value: str(value)[:30])
def test_topic_that_nobody_could_follow_is_refused(topics: dict[str, Topic], says: str) -> None:
    with pytest.raises(ValueError, match=rf"^[^\n]*{says}[^\n]*\.$"):
        template(topics=topics)


def test_no_channel_and_two_of_one_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="channels is empty, expected one at least of WebPush"):
        template(channels=[])
    with pytest.raises(ValueError, match="channels has WebPush, Email, WebPush, expected each kind once"):
        template(channels=[PUSH, EMAIL, PUSH])


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "example.com",
        "https://",
        "https://user@example.com",
        "https://example.com?a=1",
        "https://exa mple.com",
        "https://[",
        "ftp://localhost",
    ],
)
def test_site_without_a_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(
        ValueError, match=r"The url of the site is '.*', expected one such as 'https://example.com'"
    ):
        Site(name="Buses", url=url)
    with pytest.raises(ValueError, match="The privacy_url of the site is"):
        Site(name="Buses", url="https://example.com", privacy_url=url)


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:3000/buses"])
def test_site_on_this_machine_needs_no_tls(url: str) -> None:
    assert Site(name="Buses", url=url).told.url == url


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": " "}, "name of the site is ' '"),
        ({"locale": "english please"}, "locale of the site is"),
        ({"zone": "New York"}, "zone of the site is"),
    ],
)
def test_site_without_words_is_refused(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Site(**{"name": "Buses", "url": "https://example.com", **wrong})


def test_text_messages_want_the_zone_of_their_quiet_hours() -> None:
    site = Site(name="Buses", url="https://example.com")
    with pytest.raises(ValueError, match=r"The site has no zone, expected one such as Site\(zone='America"):
        template(site=site)
    template(site=site, channels=[PUSH, EMAIL])


@pytest.mark.parametrize(
    "contact", ["web@example.com", "mailto:", "mailto:a@b", "http://example.com", "tel:+1206", ""]
)
def test_contact_that_no_push_service_takes_is_refused(contact: str) -> None:
    with pytest.raises(
        ValueError, match=r"The contact of WebPush is '.*', expected one such as 'mailto:web@example.com'"
    ):
        WebPush(contact=contact)


@pytest.mark.parametrize(
    "service", ["http://push.example.com", "https://push.example.com/", "push.example.com"]
)
def test_push_service_that_is_no_origin_is_refused(service: str) -> None:
    with pytest.raises(ValueError, match=r"The services of WebPush have '.*', expected an origin"):
        WebPush(contact="https://example.com", services=[service])
    assert WebPush(contact="https://example.com", services=["http://127.0.0.1:8123"]).settings.push_services


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "news",
        "news@localhost",
        "a@example.com, b@example.com",
        "a@example.com; b@example.com",
        "News <a@example.com>\nBcc: b@example.com",
        "News <a@example.com> <b@example.com>",
    ],
)
def test_sender_that_is_no_single_address_is_refused(sender: str) -> None:
    with pytest.raises(ValueError, match=r"^The sender of Email is .*, expected one address such as"):
        Email(sender=sender, consent=CONSENT)
    if sender:
        with pytest.raises(ValueError, match=r"^The reply_to of Email is"):
            Email(sender="news@example.com", consent=CONSENT, reply_to=sender)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"consent": ""}, "The consent of Email is '', expected words"),
        ({"per_second": 0}, "per_second is 0, expected"),
        ({"questions_per_day": 0}, "questions_per_day is 0, expected a whole number from 1"),
        ({"questions_per_day": 1e3}, "questions_per_day is 1000.0, expected a whole number from 1"),
        (
            {"give_up_after": Duration.days(8)},
            "give_up_after of Email is 691200 s, expected a minute to seven days",
        ),
    ],
)
def test_email_with_a_value_that_cannot_be_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Email(**{"sender": "news@example.com", "consent": CONSENT, **wrong})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"consent": " "}, "The consent of TextMessages is ' ', expected words"),
        ({"help": ""}, "The help of TextMessages is '', expected words"),
        ({"identity": ""}, "The identity of TextMessages is '', expected the ARN"),
        ({"identity": "+18005550199"}, "The identity of TextMessages is '\\+18005550199', expected the ARN"),
        (
            {"identity": NUMBER.replace("phone-number/phone", "sender-id/BUSES")},
            "expected the ARN of a phone number",
        ),
        ({"countries": []}, "The countries of TextMessages are \\[\\], expected a list"),
        ({"countries": "US"}, "The countries of TextMessages are 'US', expected a list"),
        ({"countries": ["us"]}, "The countries of TextMessages are \\['us'\\], expected a list"),
        ({"quiet_hours": ("21:00", "21:00")}, "quiet_hours of TextMessages are .*, expected two different"),
        ({"quiet_hours": ("21:00", "24:00")}, "quiet_hours of TextMessages are .*, expected two different"),
        ({"quiet_hours": ("21:00",)}, "quiet_hours of TextMessages are .*, expected two different"),
        ({"max_price": 0}, "max_price of TextMessages is 0, expected US dollars above 0"),
        ({"max_price": 5}, "max_price of TextMessages is 5, expected US dollars above 0, up to 1.00"),
        ({"codes_per_day": 0}, "codes_per_day of TextMessages is 0, expected a whole number from 1"),
        ({"codes_per_day": 501}, "codes_per_day of TextMessages is 501, expected .* per_day, 500"),
        ({"give_up_after": Duration.seconds(1)}, "give_up_after of TextMessages is 1 s, expected"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_text_messages_with_a_value_that_cannot_be_are_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=rf"^[^\n]*{says}[^\n]*$"):
        texts(**wrong)


def test_text_messages_need_consent_help_identity_and_countries() -> None:
    with pytest.raises(TypeError, match="'identity', 'consent', 'help', 'countries', and 'budget'"):
        TextMessages()  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"key": "a key"}, "key is 'a key', expected a name of up to 20 letters"),
        ({"per_network": 0}, "per_network is 0, expected a whole number from 1"),
    ],
)
def test_audience_with_a_value_that_cannot_be_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        template(**wrong)


def test_challenge_that_is_no_site_key_is_refused() -> None:
    with pytest.raises(ValueError, match="The site_key of Turnstile is 'secret', expected one such as"):
        Turnstile("secret")
