"""An audience by all channels, with IAM enforced: who follows is told, and who has ended it hears nothing more."""

import datetime as dt
import json
import secrets
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from jamwire.local.account import LocalAccount
from jamwire.operations.audience.addresses import address_of
from jamwire.operations.audience.audience import find_audience
from jamwire.operations.audience.erasure import erase
from jamwire.operations.audience.people import all_kept
from jamwire.operations.audience.topics import followed_topics
from lambdas.followers.identity import follower_id
from tests.deployed.deployed import Deployed, Jamwire
from tests.deployed.followers import (
    CODE,
    FORM,
    PAGE,
    Audience,
    Browser,
    Mailbox,
    Phone,
    link_of,
    token_of,
    zone_in_which_it_is,
)
from tests.deployed.test_roles import without_grant

HERE = Path(__file__).parent
AWAKE, ASLEEP = zone_in_which_it_is(13), zone_in_which_it_is(1)


def a_topic() -> str:
    """One that no other test has."""
    return f"line-{secrets.token_hex(4)}"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    app = f"env PYTHONPATH={HERE.parents[1]} {sys.executable} {HERE / 'audience.py'}"
    with LocalAccount(tmp_path_factory.mktemp("account"), app=app, auth=True) as account:
        account.up()
        yield Deployed(account)


@pytest.fixture(scope="module")
def audience(deployed: Deployed) -> Audience:
    return Audience(deployed)


# Web push


def test_browser_that_follows_is_pushed(audience: Audience) -> None:
    browser = Browser(audience)
    assert browser.follow("line-12").document["topics"] == ["line-12"]
    audience.tell("line-7")
    event = audience.tell("line-12", title="Line 12 is late", url="https://example.com/line-12")
    [push] = audience.deployed.until(browser.messages, "a push")
    said = push["message"]["notification"]
    assert (said["title"], said["navigate"]) == ("Line 12 is late", "https://example.com/line-12")
    assert said["data"]["id"] == event


def test_newer_push_of_a_topic_replaces_the_older(audience: Audience) -> None:
    browser, topic = Browser(audience), a_topic()
    browser.follow(topic, "news")
    for title in ("late", "later"):
        audience.tell(topic, title=title)
        audience.deployed.until(lambda title=title: browser.pushed(title), f"{title}")
    assert browser.titles() == ["later"]


def test_browser_that_is_gone_is_removed(audience: Audience) -> None:
    browser, topic = Browser(audience), a_topic()
    token = browser.follow(topic).document["follower"]
    browser.leave()
    audience.tell(topic)
    state = partial(audience.ask, "POST", "/state", {"follower": token})
    audience.deployed.until(lambda: state().status == 404, "the end of it")
    event = audience.tell(topic)
    audience.until_told(event)
    assert len(browser.deliveries()) == 1


def test_busy_push_service_is_asked_again(audience: Audience) -> None:
    browser, topic = Browser(audience), a_topic()
    browser.follow(topic)
    audience.deployed.fault(channel="push", status=429, retry_after=1, count=1)
    audience.tell(topic, title="late")
    audience.deployed.until(lambda: browser.titles() == ["late"], "the second attempt")
    assert [delivery["status"] for delivery in browser.deliveries()] == [429, 201]


def test_browser_chooses_anew_renews_and_ends(audience: Audience) -> None:
    browser, one, other = Browser(audience), a_topic(), a_topic()
    token = browser.follow(one).document["follower"]
    assert audience.ask("POST", "/preferences", {"follower": token, "topics": [other]}).status == 200
    assert audience.ask("POST", "/state", {"follower": token}).document["topics"] == [other]
    newer = Browser(audience)
    renewed = audience.ask("POST", "/renew", {"follower": token, **newer.said})
    assert renewed.document["topics"] == [other]
    assert audience.ask("POST", "/state", {"follower": token}).status == 404
    audience.tell(other, title="late")
    audience.deployed.until(lambda: newer.titles() == ["late"], "a push to the new subscription")
    assert browser.deliveries() == []
    ended = {"follower": renewed.document["follower"], "topics": []}
    assert audience.ask("POST", "/preferences", ended).document["topics"] == []
    assert audience.ask("POST", "/state", {"follower": ended["follower"]}).status == 404


@pytest.mark.parametrize(
    "endpoint", ["https://example.com/push", "http://169.254.169.254/latest", "http://127.0.0.1:1/push"]
)
def test_endpoint_that_is_no_push_service_is_refused(audience: Audience, endpoint: str) -> None:
    browser = Browser(audience)
    browser.subscription["endpoint"] = endpoint
    answer = browser.follow("news")
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"


# E-mail


def test_mail_is_sent_to_who_has_confirmed_until_one_click(audience: Audience) -> None:
    mailbox, topic = Mailbox(audience), a_topic()
    assert mailbox.follow(topic).status == 202
    link = link_of(mailbox.next(), "confirm")
    assert audience.ask("GET", link, headers=PAGE).status == 200
    assert audience.state_of("email", mailbox.address) == "asked", "looking confirms nothing"
    assert audience.form("/confirm", t=token_of(link)).status == 200

    audience.tell(topic, title="Late by 8 min", url="https://example.com/late")
    mail = mailbox.next(1)
    assert "Late by 8 min" in mail["text"]
    assert "https://example.com/late" in mail["text"]
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    one_click = mail["headers"]["List-Unsubscribe"].strip("<>")
    assert audience.ask("GET", one_click, headers=PAGE).status == 200
    assert audience.state_of("email", mailbox.address) == "following", "looking ends nothing"
    assert audience.ask("POST", one_click, b"List-Unsubscribe=One-Click", FORM).status == 200
    assert audience.state_of("email", mailbox.address) == "ended"
    assert audience.form("/confirm", t=token_of(link)).status >= 400, "a link that was used does nothing"
    audience.until_told(audience.tell(topic))
    assert len(mailbox.mails()) == 2


def test_person_is_asked_once_a_day(audience: Audience) -> None:
    mailbox = Mailbox(audience)
    answers = [mailbox.follow(a_topic()) for _ in range(3)]
    assert len({(answer.status, json.dumps(answer.document)) for answer in answers}) == 1
    mailbox.next()
    audience.until_idle()
    assert len(mailbox.mails()) == 1


@pytest.mark.parametrize("box", ["bounce", "complaint"])
def test_what_bounces_or_complains_is_never_written_to_again(audience: Audience, box: str) -> None:
    mailbox = Mailbox(audience, f"{box}+{secrets.token_hex(4)}@simulator.amazonses.com")
    assert mailbox.follow("news").status == 202
    suppressed = partial(audience.state_of, "email", mailbox.address)
    audience.deployed.until(lambda: suppressed() == "suppressed", f"the {box}")
    assert audience.form("/confirm", t=token_of(link_of(mailbox.next(), "confirm"))).status >= 400
    assert mailbox.follow("news").status == 202
    audience.until_idle()
    assert len(mailbox.mails()) == 1


def test_digest_has_what_is_new_since_the_last(audience: Audience) -> None:
    mailbox, topic = Mailbox(audience), a_topic()
    at = f"{dt.datetime.now(dt.UTC):%H:00}"
    mailbox.follow(topic, at=at, zone="UTC")
    mailbox.confirm()
    titles = ("Late by 8 min", "Late by 9 min", "Not so late")
    audience.until_told(*(audience.tell(topic, title=title) for title in titles))
    assert len(mailbox.mails()) == 1, "what is told once a day is not told at once"
    audience.let_a_day_pass("UTC", at, topic)
    audience.invoke("Digest")
    mail = mailbox.next(1)
    assert all(title in mail["text"] for title in titles)
    audience.invoke("Digest")
    audience.until_idle()
    assert len(mailbox.mails()) == 2


# Text messages


def test_text_is_sent_to_who_has_the_code_until_stop(audience: Audience) -> None:
    phone, topic = Phone(audience), a_topic()
    assert phone.follow(topic, zone=AWAKE).status == 202
    code = CODE.findall(phone.next())[0]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert audience.ask("POST", "/confirm", {"number": phone.number, "code": wrong}).status == 400
    assert phone.confirm().document["topics"] == [topic]
    audience.tell(topic, title="Late by 8 min")
    assert "Late by 8 min" in phone.next(1)

    phone.answer("Stop.")
    assert "no more" in phone.next(2)
    audience.until_told(audience.tell(topic))
    assert len(phone.texts()) == 3
    assert phone.follow(topic, zone=AWAKE).status == 202
    audience.until_idle()
    assert len(phone.texts()) == 3, "who has said STOP is not asked"

    phone.answer("START")
    assert "again" in phone.next(3)
    audience.until_told(audience.tell(topic))
    assert len(phone.texts()) == 4, "nothing is followed by START"
    phone.answer("HELP")
    assert "Reply STOP" in phone.next(4)


def test_text_waits_for_the_end_of_quiet_hours(audience: Audience) -> None:
    awake, asleep, topic = Phone(audience), Phone(audience), a_topic()
    for phone, zone in ((awake, AWAKE), (asleep, ASLEEP)):
        phone.follow(topic, zone=zone)
        phone.confirm()
    event = audience.tell(topic, title="Late by 8 min")
    assert "Late by 8 min" in awake.next(1)
    audience.held.append(event)
    audience.until_told(event)
    assert len(asleep.texts()) == 1


@pytest.mark.parametrize("number", ["+4915112345678", "+12065550", "0800", "+1206555010a"])
def test_number_that_is_none_or_of_elsewhere_is_refused(audience: Audience, number: str) -> None:
    assert Phone(audience, number).follow("news").status == 400


# By command


def test_person_is_erased_with_every_record_of_it(audience: Audience) -> None:
    phone, topic = Phone(audience), a_topic()
    phone.follow(topic, zone=AWAKE)
    phone.confirm()
    audience.until_told(audience.tell(topic))
    found, person = find_audience(audience.deployed.deployment), address_of(phone.number)
    id = follower_id(found.keys.lookup, *person)
    assert all_kept(found, person).document["follower"]["topics"] == (topic,)
    assert {key.partition("#")[0] for key in audience.keys_with(id)} >= {
        "follower",
        "topic",
        "told",
        "spent",
        "limit",
    }

    erase(found, person)
    assert audience.keys_with(id) == []
    assert topic not in {followed.topic for followed in followed_topics(found)}
    audience.until_told(audience.tell(topic))
    assert len(phone.texts()) == 2


# Without a script


def test_forms_work_without_a_script(audience: Audience) -> None:
    phone, mailbox, topic = Phone(audience), Mailbox(audience), a_topic()
    fields = {
        "channel": "text",
        "number": phone.number,
        "topics": [topic, "news"],
        "consent": "true",
        "zone": AWAKE,
    }
    page = audience.form("/follow", **fields)
    assert page.headers["content-type"].startswith("text/html")
    assert 'name="code"' in page.document
    [code] = CODE.findall(phone.next())
    assert audience.form("/confirm", number=phone.number, code=code).status == 200

    asked = audience.form("/follow", channel="email", address=mailbox.address, topics=topic, consent="true")
    assert asked.status == 202
    mailbox.confirm()
    audience.tell(topic)
    preferences = link_of(mailbox.next(1), "preferences")
    page = audience.ask("GET", preferences, headers=PAGE)
    assert f'value="{topic}"' in page.document
    assert "<script" not in page.document
    saved = audience.form("/preferences", t=token_of(preferences), topics="news")
    assert saved.status == 200
    audience.until_told(audience.tell(topic))
    assert len(mailbox.mails()) == 2


def test_endpoint_that_may_not_ask_says_when_to_come_again(audience: Audience) -> None:
    mailbox = Mailbox(audience)
    with without_grant(audience.deployed, "Audience", "sqs:SendMessage", ("ApiRole",)):
        answer = mailbox.follow("news")
        assert answer.status == 503
        assert "retry-after" in answer.headers
    assert mailbox.follow("news").status == 202
    mailbox.next()


def test_only_the_sites_pages_may_use_the_endpoint(audience: Audience) -> None:
    for origin, allowed in (("https://example.com", "https://example.com"), ("https://example.net", None)):
        asked = {"origin": origin, "access-control-request-method": "POST"}
        asked["access-control-request-headers"] = "content-type"
        answer = audience.ask("OPTIONS", "/follow", headers=asked)
        assert answer.headers.get("access-control-allow-origin") == allowed


# The command


def test_command_says_how_far_a_fan_out_is(audience: Audience, jamwire: Jamwire) -> None:
    browser, topic = Browser(audience), a_topic()
    browser.follow(topic)
    event = audience.tell(topic, title="Late by 8 min")
    audience.until_told(event)
    status = jamwire("audience", "status", event, "--json")
    assert status.returncode == 0, status.stderr
    assert "Late by 8 min" in status.stdout
    topics = jamwire("audience", "topics", "--json")
    assert topic in topics.stdout


def test_command_erases_a_person(audience: Audience, jamwire: Jamwire) -> None:
    mailbox, topic = Mailbox(audience), a_topic()
    mailbox.follow(topic)
    mailbox.confirm()
    audience.until_told(audience.tell(topic))
    id = follower_id(audience.keys.lookup, "email", mailbox.address)
    assert [item for item in audience.items() if id in repr(item)]
    assert mailbox.address in jamwire("audience", "export", mailbox.address).stdout
    erased = jamwire("audience", "erase", mailbox.address, "--yes")
    assert erased.returncode == 0, erased.stderr
    assert [item for item in audience.items() if id in repr(item)] == []
    assert mailbox.address not in jamwire("audience", "list", "--addresses").stdout


def test_doctor_finds_nothing_wrong(jamwire: Jamwire) -> None:
    examined = jamwire("doctor", "--json")
    found = [one for one in json.loads(examined.stdout) if one["check"] == "audience"]
    assert found
    assert {one["finding"] for one in found} == {"ok"}, found
