"""Followers in their table: who is told, what is kept, and what two at once or a lost answer do."""

from dataclasses import replace

import pytest
from botocore.exceptions import ReadTimeoutError

from lambdas.contracts.audience_table import PENDING_SECONDS, PROOF_SECONDS
from lambdas.contracts.audience_topics import MAX_TOPICS
from lambdas.followers.question import CODE_SECONDS, MAX_TRIES
from lambdas.followers.store import TRIES, BusyError, Followers
from lambdas.followers.transitions import SuppressedError, TooManyTopicsError
from tests.fakes.audience_table import AudienceTable, TransactionCanceledException
from tests.unit.lambdas.followers.people import ANN, BOB, DAY, NOW, TIME, asked, browser


class World:
    """The store over a table, in a time that the test sets."""

    def __init__(self) -> None:
        self.now = NOW
        self.waits: list[float] = []
        self.table = AudienceTable()
        self.table.lags = True
        self.followers = Followers(
            self.table,  # type: ignore[arg-type]
            "table",
            clock=lambda: self.now,
            sleep=self.waits.append,
            fraction=lambda: 0.5,
        )

    def ids(self, partition: str) -> list[str]:
        return [item["sk"]["S"] for item in self.table.partition(partition)]

    def count(self, partition: str, sort: str) -> int:
        """The sum of the counts whose sort keys begin so."""
        found = (item for (p, s), item in self.table.items.items() if p == partition and s.startswith(sort))
        return sum(int(item["followers"]["N"]) for item in found)

    def mail(self, id: str = ANN, **words: object) -> None:
        """One who has confirmed by e-mail."""
        assert self.followers.put_question(asked(id, **words)) == "asked"  # type: ignore[arg-type]
        assert self.followers.confirm(id, "q1", TIME)


@pytest.fixture
def world() -> World:
    return World()


def test_asked_person_is_told_nothing_before_the_answer(world: World) -> None:
    assert world.followers.put_question(asked()) == "asked"
    assert world.ids("topic#email#line-12") == []
    assert world.followers.confirm(ANN, "q1", TIME)
    assert world.ids("topic#email#line-12") == [ANN]
    assert world.count("topics", "email#line-12") == 1


def test_confirmed_follower_has_the_whole_proof(world: World) -> None:
    world.mail()
    follower = world.followers.get(ANN)
    assert follower
    assert (follower.consent.confirmed_at, follower.consent.how) == (TIME, "link")
    assert (follower.consent.asked_at, follower.consent.network) == (TIME, "0" * 32)
    assert follower.ttl == 0


def test_unanswered_question_is_forgotten_after_a_day(world: World) -> None:
    world.followers.put_question(asked())
    assert world.table.items[f"follower#{ANN}", "follower"]["ttl"] == {"N": str(int(NOW + PENDING_SECONDS))}
    world.now += PENDING_SECONDS - 1
    assert world.followers.get(ANN)
    world.now += 1
    assert world.followers.get(ANN) is None
    assert world.followers.confirm(ANN, "q1", TIME) is None
    assert list(world.followers.all()) == []


def test_person_is_asked_once_a_day(world: World) -> None:
    assert world.followers.put_question(asked()) == "asked"
    assert world.followers.put_question(asked()) == "asked", "the same question, of a repeated job"
    assert world.followers.put_question(asked(question="q2")) == "waiting"
    assert world.followers.confirm(ANN, "q2", TIME) is None
    world.now += DAY
    assert world.followers.put_question(asked(question="q3")) == "asked"
    assert world.followers.confirm(ANN, "q1", TIME) is None
    assert world.followers.confirm(ANN, "q3", TIME)


def test_further_topics_come_to_a_question_that_is_open(world: World) -> None:
    for question, topic in (("q1", "line-12"), ("q2", "line-13"), ("q3", "line-13"), ("q1", "line-12")):
        world.followers.put_question(asked(question=question, topics=(topic,)))
    follower = world.followers.confirm(ANN, "q1", TIME)
    assert follower
    assert follower.topics == ("line-12", "line-13")


def test_open_question_is_about_twenty_topics_at_most(world: World) -> None:
    topics = [f"line-{10 + number}" for number in range(MAX_TOPICS + 1)]
    for topic in topics:
        world.followers.put_question(asked(question=f"of {topic}", topics=(topic,)))
    follower = world.followers.confirm(ANN, "of line-10", TIME)
    assert follower
    assert follower.topics == tuple(topics[:MAX_TOPICS])


@pytest.mark.parametrize("follows", [False, True])
def test_question_that_was_not_sent_does_not_hold_up_the_next(world: World, follows: bool) -> None:
    if follows:
        world.mail()
    world.followers.put_question(asked(question="q2"))
    world.followers.take_back_question(ANN, "q2", world.now)
    assert world.followers.confirm(ANN, "q2", TIME) is None, "nobody was told the answer"
    verdict = "following" if follows else "asked"
    assert world.followers.put_question(asked(question="q2")) == verdict, "its own job, once more"
    world.followers.take_back_question(ANN, "q2", world.now)
    assert world.followers.put_question(asked(question="q3")) == verdict
    assert world.followers.put_question(asked(question="q4")) == "waiting"


@pytest.mark.parametrize(("question", "since"), [("q2", NOW), ("q1", NOW + 1)])
def test_question_that_may_have_been_sent_stays(world: World, question: str, since: float) -> None:
    world.followers.put_question(asked())
    world.followers.take_back_question(ANN, question, since)
    assert world.followers.put_question(asked(question="q3")) == "waiting"
    assert world.followers.confirm(ANN, "q1", TIME)


def test_code_of_a_question_that_was_taken_back_is_wrong(world: World) -> None:
    world.followers.put_question(asked(channel="text"))
    world.followers.take_back_question(ANN, "q1", world.now)
    assert world.followers.confirm(ANN, "wrong", TIME) is None
    world.followers.take_back_question(BOB, "q1", world.now)
    assert world.followers.get(BOB) is None


def test_follower_is_told_once_a_day_to_follow_already(world: World) -> None:
    world.mail()
    assert world.followers.put_question(asked()) == "waiting", "its job comes again after the answer"
    before = world.followers.get(ANN)
    assert world.followers.put_question(asked(question="q2", topics=("news",))) == "following"
    assert world.followers.put_question(asked(question="q2", topics=("news",))) == "following"
    assert world.followers.put_question(asked(question="q3")) == "waiting"
    after = world.followers.get(ANN)
    assert before
    assert after
    assert (after.topics, after.consent, after.state) == (before.topics, before.consent, "following")
    world.now += DAY
    assert world.followers.put_question(asked(question="q3")) == "following"


def test_answer_given_twice_does_no_harm(world: World) -> None:
    world.mail()
    assert world.followers.confirm(ANN, "q1", "2028-01-01T00:00:00Z")
    follower = world.followers.get(ANN)
    assert follower
    assert follower.consent.confirmed_at == TIME
    assert world.count("topics", "email#line-12") == 1


def test_old_answer_does_not_bring_back_who_ended(world: World) -> None:
    world.mail()
    assert world.followers.end(ANN, "link")
    assert world.followers.confirm(ANN, "q1", TIME) is None
    assert world.followers.confirm(ANN, "", TIME) is None
    assert world.ids("topic#email#line-12") == []


def test_code_answers_for_an_hour(world: World) -> None:
    world.followers.put_question(asked(channel="text"))
    world.now += CODE_SECONDS
    assert world.followers.confirm(ANN, "q1", TIME) is None
    world.now -= 1
    follower = world.followers.confirm(ANN, "q1", TIME)
    assert follower
    assert follower.consent.how == "code"


def test_code_cannot_be_tried_out(world: World) -> None:
    world.followers.put_question(asked(channel="text"))
    for guess in range(MAX_TRIES):
        assert world.followers.confirm(ANN, f"x{guess}", TIME) is None
    assert world.followers.confirm(ANN, "q1", TIME) is None
    follower = world.followers.get(ANN)
    assert follower
    assert follower.tries == MAX_TRIES


def test_right_code_after_wrong_ones_answers(world: World) -> None:
    world.followers.put_question(asked(channel="text"))
    for guess in range(MAX_TRIES - 1):
        world.followers.confirm(ANN, f"x{guess}", TIME)
    follower = world.followers.confirm(ANN, "q1", TIME)
    assert follower
    assert follower.tries == 0
    world.now += CODE_SECONDS - 1
    assert world.followers.confirm(ANN, "q1", TIME), "given twice"
    world.now += 1
    assert world.followers.confirm(ANN, "q1", TIME) is None, "a code is no key for ever"


def test_wrong_link_closes_no_question(world: World) -> None:
    world.followers.put_question(asked())
    for guess in range(MAX_TRIES + 1):
        world.followers.confirm(ANN, f"x{guess}", TIME)
    assert world.followers.confirm(ANN, "q1", TIME)


def test_end_leaves_the_proof_and_no_address(world: World) -> None:
    world.mail(at="07:30")
    assert world.followers.end(ANN, "link")
    assert not world.followers.end(ANN, "link")
    follower = world.followers.get(ANN)
    assert follower
    assert (follower.state, follower.reason, follower.address, follower.topics) == ("ended", "link", b"", ())
    assert (follower.zone, follower.at, follower.question) == ("", "", "")
    assert follower.consent.confirmed_at == TIME
    assert follower.ttl == int(NOW + PROOF_SECONDS)
    assert world.ids("digest#Europe/Berlin#07:30") == []


def test_end_of_a_browser_leaves_nothing(world: World) -> None:
    world.followers.follow(browser())
    assert world.followers.end(ANN, "gone")
    assert [key for key in world.table.items if ANN in str(key)] == []
    assert world.count("topics", "push#line-12") == 0


def test_person_who_says_no_is_not_asked_again_that_day(world: World) -> None:
    world.followers.put_question(asked())
    assert not world.followers.end(ANN, "link")
    assert world.followers.put_question(asked(question="q2")) == "waiting"
    assert world.followers.confirm(ANN, "q1", TIME) is None
    world.now += DAY
    assert world.followers.get(ANN) is None
    assert world.followers.put_question(asked(question="q2")) == "asked"


def test_who_comes_back_keeps_the_earlier_proof(world: World) -> None:
    world.mail()
    world.followers.end(ANN, "link")
    world.now += 60
    assert world.followers.put_question(asked(question="q2")) == "asked"
    [proof] = world.followers.proofs(ANN)
    assert (proof.consent.confirmed_at, proof.ttl) == (TIME, int(NOW + PROOF_SECONDS))
    assert (proof.state, proof.reason, proof.address, proof.topics) == ("ended", "link", b"", ())
    assert world.followers.confirm(ANN, "q2", "2027-01-15T08:01:00Z")
    assert [who.id for who in world.followers.all()] == [ANN]


def test_suppressed_person_is_never_asked(world: World) -> None:
    world.mail()
    assert world.followers.suppress(ANN, "email", "bounce")
    assert not world.followers.suppress(ANN, "email", "complaint")
    follower = world.followers.get(ANN)
    assert follower
    assert (follower.state, follower.reason, follower.address, follower.ttl) == (
        "suppressed",
        "bounce",
        b"",
        0,
    )
    assert world.ids("topic#email#line-12") == []
    world.now += 100 * DAY
    assert world.followers.put_question(asked(question="q2")) == "suppressed"
    assert not world.followers.end(ANN, "link")
    with pytest.raises(SuppressedError):
        world.followers.follow(asked())


def test_proof_of_who_is_suppressed_is_kept_for_its_time_only(world: World) -> None:
    world.mail()
    world.followers.suppress(ANN, "email", "complaint")
    [proof] = world.followers.proofs(ANN)
    assert (proof.consent.confirmed_at, proof.ttl) == (TIME, int(NOW + PROOF_SECONDS))
    assert (proof.reason, proof.address) == ("complaint", b"")
    follower = world.followers.get(ANN)
    assert follower
    assert follower.consent.wording == ""


def test_stop_of_a_stranger_is_kept_until_start(world: World) -> None:
    assert not world.followers.suppress(ANN, "text", "stop")
    assert world.followers.put_question(asked(channel="text")) == "suppressed"
    assert world.followers.allow(ANN)
    assert not world.followers.allow(ANN)
    assert world.followers.get(ANN) is None
    assert world.followers.put_question(asked(channel="text")) == "asked"


def test_start_of_a_follower_changes_nothing(world: World) -> None:
    world.mail()
    assert not world.followers.allow(ANN)
    assert world.ids("topic#email#line-12") == [ANN]


def test_preferences_move_a_follower_between_topics(world: World) -> None:
    world.mail(topics=("line-12", "news"))
    assert world.followers.set_preferences(ANN, ("news", "line-4", "news"), "", "")
    assert [world.ids(f"topic#email#{topic}") for topic in ("line-12", "line-4", "news")] == [
        [],
        [ANN],
        [ANN],
    ]
    assert [world.count("topics", f"email#{topic}") for topic in ("line-12", "line-4", "news")] == [0, 1, 1]


def test_digest_takes_the_place_of_being_told_at_once(world: World) -> None:
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


def test_preferences_of_who_has_not_confirmed_change_nothing(world: World) -> None:
    world.followers.put_question(asked())
    assert world.followers.set_preferences(ANN, ("news",), "", "") is None
    follower = world.followers.confirm(ANN, "q1", TIME)
    assert follower
    assert follower.topics == ("line-12",)


def test_digest_and_zone_stay_where_nothing_is_said_of_them(world: World) -> None:
    world.mail(at="07:30")
    consented = replace(asked(topics=("news",), zone=""), state="following")
    follower = world.followers.follow(consented)
    assert (follower.at, follower.zone) == ("07:30", "Europe/Berlin")
    follower = world.followers.follow(replace(consented, at="08:00", zone="UTC"))
    assert (follower.at, follower.zone) == ("08:00", "UTC")


def test_digest_is_of_email_only(world: World) -> None:
    world.followers.follow(browser())
    follower = world.followers.set_preferences(ANN, ("news",), "", "07:30")
    assert follower
    assert follower.at == ""
    assert world.ids("topic#push#news") == [ANN]


def test_empty_preferences_end_it(world: World) -> None:
    world.mail()
    assert world.followers.set_preferences(ANN, (), "", "") is None
    follower = world.followers.get(ANN)
    assert follower
    assert follower.state == "ended"
    assert world.followers.set_preferences(ANN, ("news",), "", "") is None
    assert world.followers.set_preferences(BOB, ("news",), "", "") is None


def test_topic_is_added_to_those_of_a_browser(world: World) -> None:
    world.followers.follow(browser())
    again = world.followers.follow(browser(topics=("news",), address=b"sealed anew", push_key="k2"))
    assert again.topics == ("line-12", "news")
    [item] = world.table.partition("topic#push#line-12")
    assert (item["address"], item["push_key"]) == ({"B": b"sealed anew"}, {"S": "k2"})
    assert world.count("topics", "push#line-12") == 1


def test_twenty_topics_can_be_followed_and_not_one_more(world: World) -> None:
    many = tuple(f"line-{number}" for number in range(20))
    world.followers.follow(browser(topics=many))
    with pytest.raises(TooManyTopicsError):
        world.followers.follow(browser(topics=("news",)))
    with pytest.raises(TooManyTopicsError):
        world.followers.set_preferences(ANN, (*many, "news"), "", "")
    others = tuple(f"bus-{number}" for number in range(20))
    assert world.followers.set_preferences(ANN, others, "", "")
    assert world.count("topics", "push#bus-19") == 1


def test_renewal_takes_over_the_topics_and_the_consent(world: World) -> None:
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


def test_renewal_of_one_subscription_changes_its_key(world: World) -> None:
    world.followers.follow(browser())
    renewed = world.followers.renew(ANN, browser(address=b"new", push_key="k2", topics=()))
    assert renewed
    assert (renewed.topics, renewed.push_key) == (("line-12",), "k2")
    [item] = world.table.partition("topic#push#line-12")
    assert item["address"] == {"B": b"new"}
    assert world.count("topics", "push#line-12") == 1


def test_renewal_of_nobody_makes_nobody(world: World) -> None:
    assert world.followers.renew(ANN, browser(BOB)) is None
    assert world.followers.renew(ANN, browser()) is None
    assert world.table.items == {}


def test_renewal_of_two_full_followers_fits_a_transaction(world: World) -> None:
    many = tuple(f"line-{number}" for number in range(20))
    others = tuple(f"bus-{number}" for number in range(20))
    world.followers.follow(browser(topics=many))
    world.followers.follow(browser(BOB, topics=others))
    renewed = world.followers.renew(ANN, browser(BOB, address=b"new"))
    assert renewed
    assert set(renewed.topics) == set(others)


def test_erasure_leaves_nothing_of_a_person(world: World) -> None:
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


def test_erasure_takes_what_is_forgotten_and_not_yet_deleted(world: World) -> None:
    world.followers.put_question(asked())
    world.now += 2 * DAY
    assert world.followers.erase(ANN) is None
    assert world.table.items == {}


def test_second_of_two_at_once_sees_what_the_first_did(world: World) -> None:
    world.mail()
    world.table.before_write = lambda: world.followers.end(ANN, "link") and None
    assert world.followers.set_preferences(ANN, ("news",), "", "") is None
    assert world.ids("topic#email#news") == []
    assert world.count("topics", "email#line-12") == 0


def test_end_holds_against_an_answer_that_was_read_before(world: World) -> None:
    world.followers.put_question(asked())
    world.table.before_write = lambda: world.followers.end(ANN, "link") and None
    assert world.followers.confirm(ANN, "q1", TIME) is None
    assert world.ids("topic#email#line-12") == []


def test_erased_and_asked_anew_is_another_version(world: World) -> None:
    def come_back() -> None:
        world.followers.erase(ANN)
        world.now += 0.001
        world.followers.follow(browser(topics=("news",)))

    world.followers.follow(browser())
    world.table.before_write = come_back
    world.followers.set_preferences(ANN, ("line-4",), "", "")
    assert world.ids("topic#push#line-12") == []
    assert world.count("topics", "push#news") == 0


def test_lost_answer_is_repeated_without_a_second_count(world: World) -> None:
    world.table.lose_answer = True
    with pytest.raises(ReadTimeoutError):
        world.followers.follow(browser())
    world.followers.follow(browser())
    assert world.count("topics", "push#line-12") == 1


def test_conflict_is_tried_again_after_longer_waits(world: World) -> None:
    world.table.cancel = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
    world.followers.follow(browser())
    assert world.ids("topic#push#line-12") == [ANN]
    assert world.waits == [0.01, 0.02, 0.04]


def test_endless_conflict_is_told(world: World) -> None:
    world.table.cancel = ["TransactionConflict"] * TRIES
    with pytest.raises(BusyError):
        world.followers.follow(browser())
    assert world.table.items == {}


def test_refused_transaction_is_not_tried_again(world: World) -> None:
    world.table.cancel = ["ValidationError"]
    with pytest.raises(TransactionCanceledException):
        world.followers.follow(browser())
    assert world.waits == []


def test_every_follower_is_found_over_pages(world: World) -> None:
    world.table.page = 3
    for number in range(10):
        world.followers.follow(browser(f"{number:032x}", topics=("line-12", "news")))
    assert len(list(world.followers.all())) == 10
