"""Seeing, changing and ending what one follows, by a token or a link."""

from dataclasses import replace
from typing import Any

import pytest

from lambdas.contracts.audience_topics import MAX_TOPICS
from lambdas.followers.links import MANAGE_SECONDS
from tests.unit.lambdas.audience_api.world import ANN, ENDPOINT, FORM, NUMBER, PUSH, SITE, World, subscription

MULTIPART = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'


@pytest.fixture
def world() -> World:
    return World()


def test_state_is_what_is_followed(world: World) -> None:
    id = world.put("email", ANN, at="07:30", topics=("line-12", "news"))
    assert world.post("/state", {"follower": world.token(id)}).json() == {
        "channel": "email",
        "topics": ["line-12", "news"],
        "zone": "Europe/Berlin",
        "at": "07:30",
    }
    assert world.table.calls == ["GetItem"]


@pytest.mark.parametrize("state", ["unknown", "asked", "ended", "suppressed"])
def test_who_follows_nothing_has_no_state(world: World, state: str) -> None:
    id = world.id("email", ANN) if state == "unknown" else world.put("email", ANN, state)
    token = world.token(id)
    answers = [
        world.post("/state", {"follower": token}),
        world.get("/preferences", token),
        world.post("/preferences", {"follower": token, "topics": ["news"], "zone": "", "at": ""}),
    ]
    assert [answer.status for answer in answers] == [404] * 3
    assert answers[0].json()["title"] == "Nothing is followed any more."


def test_preferences_are_the_new_whole(world: World) -> None:
    token = world.token(world.put("email", ANN, topics=("line-12", "line-7")))
    fields = {"follower": token, "topics": ["news"], "zone": "America/New_York", "at": "18:00"}
    answer = world.post("/preferences", fields)
    assert answer.json() == {
        "channel": "email",
        "topics": ["news"],
        "zone": "America/New_York",
        "at": "18:00",
    }
    assert world.post("/state", {"follower": token}).json() == answer.json()


def test_preferences_keep_what_they_do_not_name(world: World) -> None:
    token = world.token(world.put("email", ANN, at="07:30"))
    said = world.post("/preferences", {"follower": token, "topics": ["news"]}).json()
    assert (said["zone"], said["at"]) == ("Europe/Berlin", "07:30")
    said = world.post("/preferences", {"follower": token, "topics": ["news"], "at": ""}).json()
    assert (said["zone"], said["at"]) == ("Europe/Berlin", "")


def test_preferences_without_a_zone_have_the_sites() -> None:
    world = World(site=replace(SITE, zone="America/New_York"))
    token = world.token(world.put("email", ANN))
    fields = {"t": token, "topics": ["news"], "zone": "", "at": "06:00"}
    assert "Times are those of America/New York." in world.submit("/preferences", fields).body


def test_form_saves_as_json_does(world: World) -> None:
    token = world.token(world.put("email", ANN))
    answer = world.submit(
        "/preferences", {"t": token, "topics": ["line-7", "news"], "zone": "", "at": "06:00"}
    )
    assert answer.status == 200
    assert "It is saved." in answer.body
    assert world.post("/state", {"follower": token}).json()["topics"] == ["line-7", "news"]


def test_form_without_a_time_is_told_at_once(world: World) -> None:
    token = world.token(world.put("email", ANN, at="07:30"))
    world.submit("/preferences", {"t": token, "topics": ["news"], "zone": "Europe/Berlin", "at": ""})
    assert world.post("/state", {"follower": token}).json()["at"] == ""


@pytest.mark.parametrize("by_form", [True, False])
def test_who_unticks_all_has_ended_it(world: World, by_form: bool) -> None:
    id = world.put("email", ANN)
    token = world.token(id)
    if by_form:
        assert "It has ended" in world.submit("/preferences", {"t": token, "zone": "", "at": ""}).body
    else:
        assert world.post("/preferences", {"follower": token, "topics": []}).json()["topics"] == []
    follower = world.followers.get(id)
    assert follower
    assert follower.state == "ended"


def test_browser_that_follows_nothing_is_forgotten(world: World) -> None:
    token = world.token(world.put("push", ENDPOINT, push_key="new"))
    assert world.post("/preferences", {"follower": token, "topics": []}).status == 200
    assert not [key for key in world.stored() if key[0].startswith(("follower#", "topic#"))]


@pytest.mark.parametrize(
    "wrong",
    [
        {"topics": None},
        {"topics": "news"},
        {"topics": ["tram-1"]},
        {"topics": [f"line-{number}" for number in range(MAX_TOPICS + 1)]},
        {"zone": "Nowhere/At all"},
        {"at": "noon"},
        {"follower": ""},
        {"follower": "x" * 500},
        {"follower": 7},
    ],
)
def test_wrong_preferences_change_nothing(world: World, wrong: dict[str, Any]) -> None:
    fields = {"follower": world.token(world.put("email", ANN)), "topics": ["news"], "zone": "", "at": ""}
    before = world.stored()
    assert world.post("/preferences", fields | wrong).status == 400
    assert world.stored() == before


def test_unsubscribe_link_ends_it_at_once_by_its_button(world: World) -> None:
    id = world.put("email", ANN)
    token = world.token(id, "unsubscribe")
    page = world.get("/unsubscribe", token)
    assert page.status == 200
    assert "<button>Yes, end it</button>" in page.body
    assert world.submit("/unsubscribe", {"t": token}).status == 200
    assert not world.table.partition("topic#email#line-12")


@pytest.mark.parametrize(
    ("body", "type"),
    [
        ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (MULTIPART, "multipart/form-data; boundary=x"),
        ("", ""),
        ("x" * 20_000, "text/plain"),
    ],
)
def test_mail_program_ends_it_by_one_click(world: World, body: str, type: str) -> None:
    token = world.token(world.put("email", ANN), "unsubscribe")
    answer = world.request("POST", "/unsubscribe", query=f"t={token}", body=body, type=type)
    assert answer.status == 200
    assert not world.table.partition("topic#email#line-12")


def test_unsubscribing_twice_is_as_good_as_once(world: World) -> None:
    token = world.token(world.put("text", NUMBER), "unsubscribe")
    first = world.post("/unsubscribe", {"t": token})
    before = world.stored()
    assert world.post("/unsubscribe", {"t": token}).raw == first.raw
    assert world.stored() == before


def test_form_with_an_empty_part_is_read(world: World) -> None:
    token = world.token(world.put("email", ANN), "unsubscribe")
    assert world.request("POST", "/unsubscribe", body=f"&t={token}&", type=FORM).status == 200


def test_page_of_a_link_that_is_none_offers_no_button(world: World) -> None:
    page = world.get("/unsubscribe", "t0ken")
    assert page.status == 400
    assert "<button>" not in page.body


def test_unsubscribe_link_works_for_over_a_year(world: World) -> None:
    token = world.token(world.put("email", ANN), "unsubscribe", lasts=MANAGE_SECONDS)
    world.now += MANAGE_SECONDS - 1
    assert world.post("/unsubscribe", {"t": token}).status == 200


def test_unsubscribe_link_cannot_change_what_is_followed(world: World) -> None:
    token = world.token(world.put("email", ANN), "unsubscribe")
    assert world.post("/state", {"follower": token}).status == 400
    assert world.post("/preferences", {"follower": token, "topics": ["news"]}).status == 400


def test_new_subscription_takes_over_what_the_old_one_followed(world: World) -> None:
    old = world.put("push", ENDPOINT, push_key="old", topics=("line-12", "news"))
    fields = {
        "follower": world.token(old),
        "subscription": subscription("https://updates.push.services.mozilla.com/wpush/v2/new"),
        "key": "new",
    }
    answer = world.post("/renew", fields)
    assert answer.status == 200
    said = answer.json()
    assert (said["channel"], said["topics"]) == ("push", ["line-12", "news"])
    assert world.followers.get(old) is None
    assert world.post("/state", {"follower": said["follower"]}).json()["topics"] == ["line-12", "news"]
    assert world.post("/renew", {**fields, "subscription": subscription(ENDPOINT + "x")}).status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"follower": "x"},
        {"subscription": subscription("https://evil.example/x")},
        {"subscription": None},
        {"key": "another"},
    ],
)
def test_wrong_renewal_changes_nothing(world: World, wrong: dict[str, Any]) -> None:
    token = world.token(world.put("push", ENDPOINT, push_key="old"))
    before = world.stored()
    fields = {"follower": token, "subscription": subscription(), "key": "new"}
    assert world.post("/renew", fields | wrong).status == 400
    assert world.stored() == before


def test_renewal_by_another_channels_token_takes_nothing_over(world: World) -> None:
    token = world.token(world.put("text", NUMBER))
    before = world.stored()
    fields = {"follower": token, "subscription": subscription(), "key": "new"}
    assert world.post("/renew", fields).status == 404
    assert world.stored() == before


@pytest.mark.parametrize("path", ["/state", "/preferences", "/renew", "/unsubscribe", "/confirm"])
def test_link_of_another_audience_does_nothing(world: World, path: str) -> None:
    id = world.put("push", ENDPOINT, push_key="new")
    before = world.stored()
    purpose: Any = "confirm" if path == "/confirm" else "manage"
    token = world.token(id, purpose, question="482913", key=b"x")
    answer = world.post(path, {**PUSH, "follower": token, "t": token})
    assert (answer.status, answer.json()["title"]) == (400, "This link is not valid.")
    assert world.stored() == before


@pytest.mark.parametrize("path", ["/state", "/preferences", "/renew", "/unsubscribe", "/confirm"])
def test_link_that_is_too_old_does_nothing(world: World, path: str) -> None:
    id = world.put("push", ENDPOINT, push_key="new")
    purpose: Any = "confirm" if path == "/confirm" else "manage"
    token = world.token(id, purpose, lasts=0)
    before = world.stored()
    assert world.post(path, {**PUSH, "follower": token, "t": token}).status == 410
    assert world.stored() == before
