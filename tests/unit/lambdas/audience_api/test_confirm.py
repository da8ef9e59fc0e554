"""Confirming: only who got the message can, once, in time, and nobody learns who was asked."""

import pytest

from lambdas.followers.links import CONFIRM_SECONDS, Links
from lambdas.followers.question import CODE_SECONDS, MAX_TRIES
from tests.unit.lambdas.audience_api.world import ANN, KEYS, NUMBER, World

WORD, CODE = "word", "482913"


def asked_by_mail(world: World) -> tuple[str, str]:
    """A person who was asked, and the token of the link."""
    id = world.put("email", ANN, "asked", answer=WORD)
    return id, world.token(id, "confirm", question=WORD, lasts=CONFIRM_SECONDS)


def test_link_confirms_by_its_button_only() -> None:
    world = World()
    id, token = asked_by_mail(world)
    page = world.get("/confirm", token)
    assert page.status == 200
    assert "Line 12" in page.body
    follower = world.followers.get(id)
    assert follower
    assert follower.state == "asked"
    answer = world.submit("/confirm", {"t": token})
    assert answer.status == 200
    follower = world.followers.get(id)
    assert follower
    assert (follower.state, follower.consent.how) == ("following", "link")


@pytest.mark.parametrize("how", ["post", "submit"])
def test_confirmed_person_gets_the_means_to_change_it(how: str) -> None:
    world = World()
    id, token = asked_by_mail(world)
    answer = getattr(world, how)("/confirm", {"t": token})
    if how == "post":
        said = answer.json()
        assert (said["channel"], said["topics"]) == ("email", ["line-12"])
        manage = said["follower"]
    else:
        manage = answer.body.partition("preferences?t=")[2].partition('"')[0]
    assert Links(KEYS.links).read(manage, "manage", world.now).follower == id


def test_button_that_is_pressed_twice_does_no_harm() -> None:
    world = World()
    _, token = asked_by_mail(world)
    assert world.submit("/confirm", {"t": token}).raw == world.submit("/confirm", {"t": token}).raw


def test_link_does_nothing_once_it_has_ended() -> None:
    world = World()
    id, token = asked_by_mail(world)
    world.submit("/confirm", {"t": token})
    world.followers.end(id, "unsubscribe")
    before = world.stored()
    for answer in (world.get("/confirm", token), world.submit("/confirm", {"t": token})):
        assert answer.status == 410
        assert "does nothing any more" in answer.body
    assert world.stored() == before


def test_link_of_an_older_question_does_nothing() -> None:
    world = World()
    id, _ = asked_by_mail(world)
    older = world.token(id, "confirm", question="older")
    assert world.get("/confirm", older).status == 410
    assert world.submit("/confirm", {"t": older}).status == 410


def test_link_is_too_old_after_a_day() -> None:
    world = World()
    _, token = asked_by_mail(world)
    world.now += CONFIRM_SECONDS
    assert world.get("/confirm", token).status == 410
    assert world.submit("/confirm", {"t": token}).status == 410
    assert world.post("/confirm", {"t": token}).json() == {
        "title": "It is too old, or it has been used. Ask once more on the site of Harbour Buses.",
        "status": 410,
    }


def test_code_confirms_its_number() -> None:
    world = World()
    id = world.put("text", NUMBER, "asked", answer=CODE)
    answer = world.post("/confirm", {"number": "201-555-0123", "code": " 482 913 "})
    assert answer.status == 200
    said = answer.json()
    assert (said["channel"], said["topics"]) == ("text", ["line-12"])
    assert Links(KEYS.links).read(said["follower"], "manage", world.now).follower == id
    assert world.slept == []


def test_wrong_code_and_unknown_number_are_answered_alike() -> None:
    asked, unknown = World(), World()
    asked.put("text", NUMBER, "asked", answer=CODE)
    for how in ("post", "submit"):
        wrong = getattr(asked, how)("/confirm", {"number": NUMBER, "code": "000000"})
        stranger = getattr(unknown, how)("/confirm", {"number": NUMBER, "code": "000000"})
        assert wrong.status == 400
        assert wrong.raw == stranger.raw
    assert asked.slept == unknown.slept == pytest.approx([0.3, 0.3])


def test_form_shows_the_field_again_after_a_wrong_code() -> None:
    answer = World().submit("/confirm", {"number": NUMBER, "code": "1"})
    assert "The code is wrong or too old." in answer.body
    assert f'name="number" value="{NUMBER}"' in answer.body


def test_code_is_void_after_five_wrong_ones() -> None:
    world = World()
    world.put("text", NUMBER, "asked", answer=CODE)
    for number in range(MAX_TRIES):
        assert world.post("/confirm", {"number": NUMBER, "code": f"00000{number}"}).status == 400
    assert world.post("/confirm", {"number": NUMBER, "code": CODE}).status == 400


def test_last_try_may_be_right() -> None:
    world = World()
    world.put("text", NUMBER, "asked", answer=CODE)
    for number in range(MAX_TRIES - 1):
        world.post("/confirm", {"number": NUMBER, "code": f"00000{number}"})
    assert world.post("/confirm", {"number": NUMBER, "code": CODE}).status == 200


def test_code_is_too_old_after_an_hour() -> None:
    world = World()
    world.put("text", NUMBER, "asked", answer=CODE)
    world.now += CODE_SECONDS
    assert world.post("/confirm", {"number": NUMBER, "code": CODE}).status == 400


def test_code_that_is_sent_twice_does_no_harm() -> None:
    world = World()
    world.put("text", NUMBER, "following", answer=CODE)
    assert world.post("/confirm", {"number": NUMBER, "code": CODE}).status == 200


def test_code_that_was_used_cannot_be_guessed_later() -> None:
    world = World()
    world.put("text", NUMBER, "following", answer=CODE)
    world.now += 2 * CODE_SECONDS
    assert world.post("/confirm", {"number": NUMBER, "code": CODE}).status == 400


def test_used_code_cannot_be_guessed_at_once_either() -> None:
    world = World()
    world.put("text", NUMBER, "following", answer=CODE)
    for number in range(MAX_TRIES):
        assert world.post("/confirm", {"number": NUMBER, "code": f"00000{number}"}).status == 400
    assert world.post("/confirm", {"number": NUMBER, "code": CODE}).status == 400


def test_one_network_can_try_only_so_often() -> None:
    world = World()
    statuses = [
        world.post("/confirm", {"number": NUMBER, "code": f"{number:06}"}).status for number in range(11)
    ]
    assert statuses == [400] * 10 + [429]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"number": NUMBER},
        {"code": CODE},
        {"number": "12", "code": CODE},
        {"number": NUMBER, "code": 482913},
    ],
)
def test_answer_without_both_of_them_is_refused(fields: dict[str, object]) -> None:
    assert World().post("/confirm", fields).status == 400


def test_codes_are_of_no_use_where_there_are_no_text_messages() -> None:
    assert World(text=None).post("/confirm", {"number": NUMBER, "code": CODE}).status == 400
