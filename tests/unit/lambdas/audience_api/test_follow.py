"""Following: a browser at once, everybody else by a question."""

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.audience_api.limits import PER_ADDRESS
from lambdas.contracts.audience_topics import MAX_TOPICS, Channel
from lambdas.followers.links import Links
from lambdas.followers.question import Question, wording_digest
from lambdas.followers.sealing import Sealer
from tests.unit.lambdas.audience_api.world import (
    ANN,
    EMAIL,
    ENDPOINT,
    KEYS,
    NOW,
    NUMBER,
    PUSH,
    SITE,
    TEXT,
    TIME,
    World,
    point,
    subscription,
)


def changed(fields: dict[str, Any], **values: Any) -> dict[str, Any]:
    """The same request with other fields; None for without."""
    return {name: value for name, value in (fields | values).items() if value is not None}


def test_browser_follows_at_once() -> None:
    world = World()
    answer = world.post("/follow", PUSH)
    assert answer.status == 200
    said = answer.json()
    assert (said["channel"], said["topics"]) == ("push", ["line-12"])
    id = world.id("push", ENDPOINT)
    assert Links(KEYS.links).read(said["follower"], "manage", NOW).follower == id
    follower = world.followers.get(id)
    assert follower
    assert (follower.state, follower.push_key, follower.zone) == ("following", "new", "Europe/Berlin")
    sealed = json.loads(Sealer(KEYS.data).open(follower.address, id))
    assert sealed == {"endpoint": ENDPOINT, "p256dh": point(), "auth": "YWFhYWFhYWFhYWFhYWFhYQ"}
    assert follower.consent.how == "browser"
    assert world.asked == []


def test_browser_that_follows_more_follows_all_of_it() -> None:
    world = World()
    first = world.post("/follow", PUSH).json()
    more = world.post("/follow", changed(PUSH, topics=["news"])).json()
    assert more["topics"] == ["line-12", "news"]
    assert Links(KEYS.links).read(first["follower"], "manage", NOW) == Links(KEYS.links).read(
        more["follower"], "manage", NOW
    )


def test_question_holds_what_was_asked_for() -> None:
    world = World()
    answer = world.post("/follow", changed(EMAIL, address=" Ann@Example.com"))
    assert answer.status == 202
    assert answer.json() == {
        "message": "If the address is right, a message from Harbour Buses is on its way, one a day at most. "
        "Follow its link to be told."
    }
    [job] = world.asked
    assert (job.channel, job.fanout) == ("email", world.id("email", ANN))
    question = world.question()
    assert question == Question(
        address=ANN,
        topics=("line-12", "news"),
        zone="Europe/Berlin",
        at="07:30",
        wording=wording_digest("Mail me."),
        asked_at=TIME,
        network=question.network,
    )
    assert len(question.network) == 32
    assert world.stored() == {}


def test_number_is_asked_in_its_one_form() -> None:
    world = World()
    assert world.post("/follow", changed(TEXT, number="(201) 555-0123")).status == 202
    assert world.question().address == NUMBER
    assert world.question().wording == wording_digest("Text me.")
    assert world.asked[0].fanout == world.id("text", NUMBER)


@pytest.mark.parametrize("fields", [EMAIL, TEXT])
def test_form_asks_as_json_does(fields: dict[str, Any]) -> None:
    by_json, by_form = World(), World()
    assert by_json.post("/follow", fields).status == by_form.submit("/follow", fields).status == 202
    assert by_json.asked == by_form.asked


@pytest.mark.parametrize("fields", [EMAIL, TEXT])
@pytest.mark.parametrize("state", ["unknown", "asked", "following", "ended", "suppressed"])
def test_answer_does_not_depend_on_what_is_known(fields: dict[str, Any], state: str) -> None:
    channel: Channel = fields["channel"]
    stranger, known = World(), World()
    if state != "unknown":
        known.put(channel, ANN if channel == "email" else NUMBER, state)
    before = known.stored()
    for how in ("post", "submit"):
        assert getattr(known, how)("/follow", fields).raw == getattr(stranger, how)("/follow", fields).raw
    assert known.asked == stranger.asked
    assert known.table.calls == stranger.table.calls
    assert set(known.table.calls) == {"UpdateItem"}
    assert known.stored() == before


@pytest.mark.parametrize("zone", ["", None, "Etc/Unknown"])
def test_who_does_not_know_its_zone_can_follow(zone: str | None) -> None:
    world = World()
    assert world.post("/follow", changed(EMAIL, zone=zone)).status == 202
    assert world.question().zone == ""


@pytest.mark.parametrize("fields", [EMAIL, TEXT])
@pytest.mark.parametrize("zone", [None, "", "Etc/Unknown"])
def test_form_without_a_zone_says_the_sites(fields: dict[str, Any], zone: str | None) -> None:
    world = World(site=replace(SITE, zone="America/New_York"))
    said = {name: value for name, value in fields.items() if name != "zone"}
    assert world.submit("/follow", said if zone is None else said | {"zone": zone}).status == 202
    assert world.question().zone == "America/New_York"


WRONG_FIELDS = [
    (PUSH, {"subscription": subscription("https://evil.example/push")}, "push service"),
    (PUSH, {"subscription": subscription("https://169.254.169.254/latest")}, "push service"),
    (PUSH, {"subscription": subscription("http://127.0.0.1:8080/push/x")}, "push service"),
    (PUSH, {"subscription": subscription("https://a@fcm.googleapis.com/x")}, "push service"),
    (PUSH, {"subscription": subscription(auth="AAAA")}, "subscription"),
    (PUSH, {"subscription": None}, "subscription"),
    (PUSH, {"key": "another"}, "key"),
    (PUSH, {"key": None}, "key"),
    (PUSH, {"topics": ["line-*"]}, "topics"),
    (PUSH, {"zone": "Europe/Atlantis"}, "time zone"),
    (PUSH, {"zone": "../../etc/passwd"}, "time zone"),
    (EMAIL, {"address": f"{ANN}\r\nBcc: bob@example.com"}, "e-mail address"),
    (EMAIL, {"address": f"{ANN},bob@example.com"}, "e-mail address"),
    (EMAIL, {"address": None}, "e-mail address"),
    (EMAIL, {"address": [ANN]}, "values"),
    (EMAIL, {"address": "x" * 3000}, "values"),
    (EMAIL, {"address": "\ud800@example.com"}, "values"),
    (EMAIL, {"topics": ["tram-1"]}, "topics"),
    (EMAIL, {"topics": [""]}, "topics"),
    (EMAIL, {"topics": [{}]}, "topics"),
    (EMAIL, {"topics": ["line-" + "1" * 65]}, "topics"),
    (EMAIL, {"topics": ["line-1\n"]}, "topics"),
    (EMAIL, {"topics": []}, "Choose"),
    (EMAIL, {"topics": None}, "Choose"),
    (EMAIL, {"topics": "line-12"}, "Choose"),
    (EMAIL, {"topics": [f"line-{number}" for number in range(MAX_TOPICS + 1)]}, "more than one can follow"),
    (EMAIL, {"consent": None}, "agree"),
    (EMAIL, {"consent": False}, "agree"),
    (EMAIL, {"consent": "no"}, "agree"),
    (EMAIL, {"at": "7:30"}, "hour"),
    (EMAIL, {"at": "07:31"}, "hour"),
    (EMAIL, {"at": "24:00"}, "hour"),
    (EMAIL, {"zone": 7}, "values"),
    (TEXT, {"number": "12"}, "mobile number"),
    (TEXT, {"number": "+1 900 555 1234"}, "mobile number"),
    (TEXT, {"number": "+49 151 23456789"}, "country"),
    (TEXT, {"number": "+1 876 555 1234"}, "country"),
    (TEXT, {"consent": None}, "agree"),
    (TEXT, {"channel": "fax"}, "does not tell people that way"),
    (TEXT, {"channel": None}, "does not tell people that way"),
    (TEXT, {"channel": ["text"]}, "values"),
]


@pytest.mark.parametrize(("fields", "wrong", "words"), WRONG_FIELDS)
def test_bad_input_is_answered_in_words_and_stores_nothing(
    fields: dict[str, Any], wrong: dict[str, Any], words: str
) -> None:
    world = World()
    answer = world.post("/follow", changed(fields, **wrong))
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["title"]
    assert answer.json() == {"title": answer.json()["title"], "status": 400}
    assert world.stored() == {}
    assert world.asked == []


@pytest.mark.parametrize(
    ("body", "type", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ('"x"', "application/json", 400),
        ("", "application/json", 400),
        ("[" * 9000, "application/json", 400),
        ('{"a":' + "9" * 9000 + "}", "application/json", 400),
        (b"\xff", "application/x-www-form-urlencoded", 400),
        ("a=1&" * 100, "application/x-www-form-urlencoded", 400),
        ("x", "", 415),
        ("x", "text/plain", 415),
        ("<x/>", "application/xml", 415),
        ("x", "multipart/form-data; boundary=x", 415),
        (" " * 16_385, "application/json", 413),
        ("x" * 6_000_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_body_that_cannot_be_read_is_refused(body: str | bytes, type: str, status: int) -> None:
    world = World()
    answer = world.request("POST", "/follow", body=body, type=type)
    assert answer.status == status
    assert world.table.items == {}


def test_channel_that_there_is_not_cannot_be_followed_by() -> None:
    world = World(push=None, email=None, text=None)
    for fields in (PUSH, EMAIL, TEXT):
        assert world.post("/follow", fields).json()["title"] == "This site does not tell people that way."


def test_browser_cannot_follow_by_a_form() -> None:
    answer = World().submit("/follow", {"channel": "push", "topics": ["news"]})
    assert answer.status == 400
    assert "by the site&#x27;s script" in answer.body


def test_browser_cannot_follow_more_than_anybody_can() -> None:
    world = World()
    many = [f"line-{number}" for number in range(MAX_TOPICS)]
    assert world.post("/follow", changed(PUSH, topics=many)).status == 200
    assert world.post("/follow", PUSH | {"topics": ["news"]}).status == 400


def test_one_network_can_ask_only_so_often() -> None:
    world = World()
    world.now += 100
    answers = [
        world.post("/follow", changed(EMAIL, address=f"a{number}@example.com"), address=f"203.0.113.{number}")
        for number in range(11)
    ]
    assert [answer.status for answer in answers] == [202] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) == 3500
    assert len(world.asked) == 10
    assert world.post("/follow", PUSH).status == 429
    assert world.post("/follow", EMAIL, address="203.0.114.1").status == 202
    world.now += 3600
    assert world.post("/follow", PUSH).status == 200


def test_flood_for_one_address_asks_no_more_and_says_the_same() -> None:
    world = World()
    answers = [
        world.post("/follow", EMAIL, address=f"2001:db8:{number}::1").raw for number in range(PER_ADDRESS + 3)
    ]
    assert all(answer == answers[0] for answer in answers)
    assert len(world.asked) == PER_ADDRESS


@pytest.mark.parametrize("rule", ["network", "address"])
def test_nobody_is_asked_while_it_cannot_be_counted(rule: str) -> None:
    world = World()
    count = world.table.update_item

    def update_item(**call: Any) -> Any:
        if call["Key"]["pk"]["S"].startswith(f"limit#{rule}#"):
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ANN}}, "UpdateItem")
        return count(**call)

    world.table.update_item = update_item  # type: ignore[method-assign]
    answer = world.post("/follow", EMAIL)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.reason.startswith("ClientError in ")
    assert ANN not in answer.body + answer.reason
    assert world.asked == []


def test_browser_is_told_to_come_later_while_others_are_faster() -> None:
    world = World()
    world.table.cancel = ["TransactionConflict"] * 20
    answer = world.post("/follow", PUSH)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert world.stored() == {}


def test_counters_name_nobody_and_expire() -> None:
    world = World()
    world.post("/follow", EMAIL)
    assert len(world.table.items) == 2
    for (partition, window), item in world.table.items.items():
        assert partition.startswith(("limit#network#", "limit#address#"))
        assert window == item["ttl"]["N"] == str(int(NOW) + 3600)
        assert "203.0" not in str(item)
        assert "ann" not in str(item)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60, deadline=None)
@given(st.permutations(["line-1", "line-2", "news"]), st.booleans(), st.sampled_from(["", "08:00", "23:45"]))
def test_forms_and_json_are_of_one_shape(topics: list[str], agrees: bool, at: str) -> None:
    fields = changed(EMAIL, topics=topics, at=at, consent=agrees or None)
    by_json, by_form = World(), World()
    assert by_json.post("/follow", fields).status == by_form.submit("/follow", fields).status
    assert by_json.asked == by_form.asked
