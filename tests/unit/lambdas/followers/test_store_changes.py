"""Followers in their table: what they change, and what two at once or a lost answer do."""

from dataclasses import replace

import pytest
from botocore.exceptions import ReadTimeoutError

from lambdas.followers.store import TRIES, BusyError
from lambdas.followers.transitions import TooManyTopicsError
from tests.fakes.audience_table import TransactionCanceledException
from tests.unit.lambdas.followers.people import ANN, BOB, DAY, TIME, asked, browser
from tests.unit.lambdas.followers.stored_followers import StoredFollowers


@pytest.fixture
def world() -> StoredFollowers:
    return StoredFollowers()


def test_preferences_move_a_follower_between_topics(world: StoredFollowers) -> None:
    world.mail(topics=("line-12", "news"))
    assert world.followers.set_preferences(ANN, ("news", "line-4", "news"), "", "")
    assert [world.ids(f"topic#email#{topic}") for topic in ("line-12", "line-4", "news")] == [
        [],
        [ANN],
        [ANN],
    ]
    assert [world.count("topics", f"email#{topic}") for topic in ("line-12", "line-4", "news")] == [0, 1, 1]


def test_digest_takes_the_place_of_being_told_at_once(world: StoredFollowers) -> None:
    world.mail(topics=("line-12", "news"))
    assert world.followers.set_preferences(ANN, ("line-12", "news"), "", "07:30")
    [item] = world.table.partition("digest#UTC#07:30")
    assert item["topics"] == {"SS": ["line-12", "news"]}
    assert world.ids("topic#email#news") == []
    assert (world.count("digests", "UTC#07:30"), world.count("topics", "email#news")) == (1, 0)
    assert world.followers.set_preferences(ANN, ("news",), "Europe/Berlin", "")
    [last] = world.table.partition("digest#UTC#07:30")
    assert (last["topics"], float(last["until"]["N"]) / 1000 >= world.now) == ({"SS": ["news"]}, True)
    assert world.table.partition("topic#email#news")[0]["zone"] == {"S": "Europe/Berlin"}


def test_preferences_of_who_has_not_confirmed_change_nothing(world: StoredFollowers) -> None:
    world.followers.put_question(asked())
    assert world.followers.set_preferences(ANN, ("news",), "", "") is None
    follower = world.followers.confirm(ANN, "q1", TIME)
    assert follower
    assert follower.topics == ("line-12",)


def test_digest_and_zone_stay_where_nothing_is_said_of_them(world: StoredFollowers) -> None:
    world.mail(at="07:30")
    consented = replace(asked(topics=("news",), zone=""), state="following")
    follower = world.followers.follow(consented)
    assert (follower.at, follower.zone) == ("07:30", "Europe/Berlin")
    follower = world.followers.follow(replace(consented, at="08:00", zone="UTC"))
    assert (follower.at, follower.zone) == ("08:00", "UTC")


def test_digest_is_of_email_only(world: StoredFollowers) -> None:
    world.followers.follow(browser())
    follower = world.followers.set_preferences(ANN, ("news",), "", "07:30")
    assert follower
    assert follower.at == ""
    assert world.ids("topic#push#news") == [ANN]


def test_empty_preferences_end_it(world: StoredFollowers) -> None:
    world.mail()
    assert world.followers.set_preferences(ANN, (), "", "") is None
    follower = world.followers.get(ANN)
    assert follower
    assert follower.state == "ended"
    assert world.followers.set_preferences(ANN, ("news",), "", "") is None
    assert world.followers.set_preferences(BOB, ("news",), "", "") is None


def test_topic_is_added_to_those_of_a_browser(world: StoredFollowers) -> None:
    world.followers.follow(browser())
    again = world.followers.follow(browser(topics=("news",), address=b"sealed anew", push_key="k2"))
    assert again.topics == ("line-12", "news")
    [item] = world.table.partition("topic#push#line-12")
    assert (item["address"], item["push_key"]) == ({"B": b"sealed anew"}, {"S": "k2"})
    assert world.count("topics", "push#line-12") == 1


def test_twenty_topics_can_be_followed_and_not_one_more(world: StoredFollowers) -> None:
    many = tuple(f"line-{number}" for number in range(20))
    world.followers.follow(browser(topics=many))
    with pytest.raises(TooManyTopicsError):
        world.followers.follow(browser(topics=("news",)))
    with pytest.raises(TooManyTopicsError):
        world.followers.set_preferences(ANN, (*many, "news"), "", "")
    others = tuple(f"bus-{number}" for number in range(20))
    assert world.followers.set_preferences(ANN, others, "", "")
    assert world.count("topics", "push#bus-19") == 1


def test_renewal_takes_over_the_topics_and_the_consent(world: StoredFollowers) -> None:
    world.followers.follow(browser(topics=("line-12", "news"), zone="Europe/Berlin"))
    new = browser(BOB, address=b"new", push_key="k2", topics=())
    renewed = world.followers.renew(ANN, new)
    assert renewed
    assert (renewed.topics, renewed.zone, renewed.push_key) == (("line-12", "news"), "Europe/Berlin", "k2")
    assert world.ids("topic#push#news") == [BOB]
    assert world.followers.get(ANN) is None
    assert world.count("topics", "push#news") == 1
    again = world.followers.renew(ANN, new)
    assert again
    assert again.topics == renewed.topics


def test_renewal_of_one_subscription_changes_its_key(world: StoredFollowers) -> None:
    world.followers.follow(browser())
    renewed = world.followers.renew(ANN, browser(address=b"new", push_key="k2", topics=()))
    assert renewed
    assert (renewed.topics, renewed.push_key) == (("line-12",), "k2")
    [item] = world.table.partition("topic#push#line-12")
    assert item["address"] == {"B": b"new"}
    assert world.count("topics", "push#line-12") == 1


def test_renewal_of_nobody_makes_nobody(world: StoredFollowers) -> None:
    assert world.followers.renew(ANN, browser(BOB)) is None
    assert world.followers.renew(ANN, browser()) is None
    assert world.table.items == {}


def test_renewal_of_two_full_followers_fits_a_transaction(world: StoredFollowers) -> None:
    many = tuple(f"line-{number}" for number in range(20))
    others = tuple(f"bus-{number}" for number in range(20))
    world.followers.follow(browser(topics=many))
    world.followers.follow(browser(BOB, topics=others))
    renewed = world.followers.renew(ANN, browser(BOB, address=b"new"))
    assert renewed
    assert set(renewed.topics) == set(others)


def test_erasure_leaves_nothing_of_a_person(world: StoredFollowers) -> None:
    world.mail()
    world.followers.end(ANN, "link")
    world.followers.put_question(asked(question="q2"))
    world.followers.confirm(ANN, "q2", TIME)
    assert world.followers.proofs(ANN)
    was = world.followers.erase(ANN)
    assert was
    assert was.state == "following"
    assert [
        item for item in world.table.items.values() if ANN in str(item) or b"sealed" in str(item).encode()
    ] == []
    assert world.followers.erase(ANN) is None


def test_erasure_takes_what_is_forgotten_and_not_yet_deleted(world: StoredFollowers) -> None:
    world.followers.put_question(asked())
    world.now += 2 * DAY
    assert world.followers.erase(ANN) is None
    assert world.table.items == {}


def test_second_of_two_at_once_sees_what_the_first_did(world: StoredFollowers) -> None:
    world.mail()
    world.table.before_write = lambda: world.followers.end(ANN, "link") and None
    assert world.followers.set_preferences(ANN, ("news",), "", "") is None
    assert world.ids("topic#email#news") == []
    assert world.count("topics", "email#line-12") == 0


def test_end_holds_against_an_answer_that_was_read_before(world: StoredFollowers) -> None:
    world.followers.put_question(asked())
    world.table.before_write = lambda: world.followers.end(ANN, "link") and None
    assert world.followers.confirm(ANN, "q1", TIME) is None
    assert world.ids("topic#email#line-12") == []


def test_erased_and_asked_anew_is_another_version(world: StoredFollowers) -> None:
    def come_back() -> None:
        world.followers.erase(ANN)
        world.now += 0.001
        world.followers.follow(browser(topics=("news",)))

    world.followers.follow(browser())
    world.table.before_write = come_back
    world.followers.set_preferences(ANN, ("line-4",), "", "")
    assert world.ids("topic#push#line-12") == []
    assert world.count("topics", "push#news") == 0


def test_lost_answer_is_repeated_without_a_second_count(world: StoredFollowers) -> None:
    world.table.lose_answer = True
    with pytest.raises(ReadTimeoutError):
        world.followers.follow(browser())
    world.followers.follow(browser())
    assert world.count("topics", "push#line-12") == 1


def test_conflict_is_tried_again_after_longer_waits(world: StoredFollowers) -> None:
    world.table.cancel = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
    world.followers.follow(browser())
    assert world.ids("topic#push#line-12") == [ANN]
    assert world.waits == [0.01, 0.02, 0.04]


def test_endless_conflict_is_told(world: StoredFollowers) -> None:
    world.table.cancel = ["TransactionConflict"] * TRIES
    with pytest.raises(BusyError):
        world.followers.follow(browser())
    assert world.table.items == {}


def test_refused_transaction_is_not_tried_again(world: StoredFollowers) -> None:
    world.table.cancel = ["ValidationError"]
    with pytest.raises(TransactionCanceledException):
        world.followers.follow(browser())
    assert world.waits == []


def test_every_follower_is_found_over_pages(world: StoredFollowers) -> None:
    world.table.page = 3
    for number in range(10):
        world.followers.follow(browser(f"{number:032x}", topics=("line-12", "news")))
    assert len(list(world.followers.all())) == 10
