"""Followers in their table: who is asked, who is told, and what is kept of who has ended it."""

import pytest

from lambdas.contracts.audience_table import PENDING_SECONDS, PROOF_SECONDS
from lambdas.contracts.audience_topics import MAX_TOPICS
from lambdas.followers.question import CODE_SECONDS, MAX_TRIES
from lambdas.followers.transitions import SuppressedError
from tests.unit.lambdas.followers.people import ANN, BOB, DAY, NOW, TIME, asked, browser
from tests.unit.lambdas.followers.stored_followers import StoredFollowers


@pytest.fixture
def world() -> StoredFollowers:
    return StoredFollowers()


def test_asked_person_is_told_nothing_before_the_answer(world: StoredFollowers) -> None:
    assert world.followers.put_question(asked()) == "asked"
    assert world.ids("topic#email#line-12") == []
    assert world.followers.confirm(ANN, "q1", TIME)
    assert world.ids("topic#email#line-12") == [ANN]
    assert world.count("topics", "email#line-12") == 1


def test_confirmed_follower_has_the_whole_proof(world: StoredFollowers) -> None:
    world.mail()
    follower = world.followers.get(ANN)
    assert follower
    assert (follower.consent.confirmed_at, follower.consent.how) == (TIME, "link")
    assert (follower.consent.asked_at, follower.consent.network) == (TIME, "0" * 32)
    assert follower.ttl == 0


def test_unanswered_question_is_forgotten_after_a_day(world: StoredFollowers) -> None:
    world.followers.put_question(asked())
    assert world.table.items[f"follower#{ANN}", "follower"]["ttl"] == {"N": str(int(NOW + PENDING_SECONDS))}
    world.now += PENDING_SECONDS - 1
    assert world.followers.get(ANN)
    world.now += 1
    assert world.followers.get(ANN) is None
    assert world.followers.confirm(ANN, "q1", TIME) is None
    assert list(world.followers.all()) == []


def test_person_is_asked_once_a_day(world: StoredFollowers) -> None:
    assert world.followers.put_question(asked()) == "asked"
    assert world.followers.put_question(asked()) == "asked", "the same question, of a repeated job"
    assert world.followers.put_question(asked(question="q2")) == "waiting"
    assert world.followers.confirm(ANN, "q2", TIME) is None
    world.now += DAY
    assert world.followers.put_question(asked(question="q3")) == "asked"
    assert world.followers.confirm(ANN, "q1", TIME) is None
    assert world.followers.confirm(ANN, "q3", TIME)


def test_further_topics_come_to_a_question_that_is_open(world: StoredFollowers) -> None:
    for question, topic in (("q1", "line-12"), ("q2", "line-13"), ("q3", "line-13"), ("q1", "line-12")):
        world.followers.put_question(asked(question=question, topics=(topic,)))
    follower = world.followers.confirm(ANN, "q1", TIME)
    assert follower
    assert follower.topics == ("line-12", "line-13")


def test_open_question_is_about_twenty_topics_at_most(world: StoredFollowers) -> None:
    topics = [f"line-{10 + number}" for number in range(MAX_TOPICS + 1)]
    for topic in topics:
        world.followers.put_question(asked(question=f"of {topic}", topics=(topic,)))
    follower = world.followers.confirm(ANN, "of line-10", TIME)
    assert follower
    assert follower.topics == tuple(topics[:MAX_TOPICS])


@pytest.mark.parametrize("follows", [False, True])
def test_question_that_was_not_sent_does_not_hold_up_the_next(world: StoredFollowers, follows: bool) -> None:
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
def test_question_that_may_have_been_sent_stays(world: StoredFollowers, question: str, since: float) -> None:
    world.followers.put_question(asked())
    world.followers.take_back_question(ANN, question, since)
    assert world.followers.put_question(asked(question="q3")) == "waiting"
    assert world.followers.confirm(ANN, "q1", TIME)


def test_code_of_a_question_that_was_taken_back_is_wrong(world: StoredFollowers) -> None:
    world.followers.put_question(asked(channel="text"))
    world.followers.take_back_question(ANN, "q1", world.now)
    assert world.followers.confirm(ANN, "wrong", TIME) is None
    world.followers.take_back_question(BOB, "q1", world.now)
    assert world.followers.get(BOB) is None


def test_follower_is_told_once_a_day_to_follow_already(world: StoredFollowers) -> None:
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


def test_answer_given_twice_does_no_harm(world: StoredFollowers) -> None:
    world.mail()
    assert world.followers.confirm(ANN, "q1", "2028-01-01T00:00:00Z")
    follower = world.followers.get(ANN)
    assert follower
    assert follower.consent.confirmed_at == TIME
    assert world.count("topics", "email#line-12") == 1


def test_old_answer_does_not_bring_back_who_ended(world: StoredFollowers) -> None:
    world.mail()
    assert world.followers.end(ANN, "link")
    assert world.followers.confirm(ANN, "q1", TIME) is None
    assert world.followers.confirm(ANN, "", TIME) is None
    assert world.ids("topic#email#line-12") == []


def test_code_answers_for_an_hour(world: StoredFollowers) -> None:
    world.followers.put_question(asked(channel="text"))
    world.now += CODE_SECONDS
    assert world.followers.confirm(ANN, "q1", TIME) is None
    world.now -= 1
    follower = world.followers.confirm(ANN, "q1", TIME)
    assert follower
    assert follower.consent.how == "code"


def test_code_cannot_be_tried_out(world: StoredFollowers) -> None:
    world.followers.put_question(asked(channel="text"))
    for guess in range(MAX_TRIES):
        assert world.followers.confirm(ANN, f"x{guess}", TIME) is None
    assert world.followers.confirm(ANN, "q1", TIME) is None
    follower = world.followers.get(ANN)
    assert follower
    assert follower.tries == MAX_TRIES


def test_right_code_after_wrong_ones_answers(world: StoredFollowers) -> None:
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


def test_wrong_link_closes_no_question(world: StoredFollowers) -> None:
    world.followers.put_question(asked())
    for guess in range(MAX_TRIES + 1):
        world.followers.confirm(ANN, f"x{guess}", TIME)
    assert world.followers.confirm(ANN, "q1", TIME)


def test_end_leaves_the_proof_and_no_address(world: StoredFollowers) -> None:
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


def test_end_of_a_browser_leaves_nothing(world: StoredFollowers) -> None:
    world.followers.follow(browser())
    assert world.followers.end(ANN, "gone")
    assert [key for key in world.table.items if ANN in str(key)] == []
    assert world.count("topics", "push#line-12") == 0


def test_person_who_says_no_is_not_asked_again_that_day(world: StoredFollowers) -> None:
    world.followers.put_question(asked())
    assert not world.followers.end(ANN, "link")
    assert world.followers.put_question(asked(question="q2")) == "waiting"
    assert world.followers.confirm(ANN, "q1", TIME) is None
    world.now += DAY
    assert world.followers.get(ANN) is None
    assert world.followers.put_question(asked(question="q2")) == "asked"


def test_who_comes_back_keeps_the_earlier_proof(world: StoredFollowers) -> None:
    world.mail()
    world.followers.end(ANN, "link")
    world.now += 60
    assert world.followers.put_question(asked(question="q2")) == "asked"
    [proof] = world.followers.proofs(ANN)
    assert (proof.consent.confirmed_at, proof.ttl) == (TIME, int(NOW + PROOF_SECONDS))
    assert (proof.state, proof.reason, proof.address, proof.topics) == ("ended", "link", b"", ())
    assert world.followers.confirm(ANN, "q2", "2027-01-15T08:01:00Z")
    assert [who.id for who in world.followers.all()] == [ANN]


def test_suppressed_person_is_never_asked(world: StoredFollowers) -> None:
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


def test_proof_of_who_is_suppressed_is_kept_for_its_time_only(world: StoredFollowers) -> None:
    world.mail()
    world.followers.suppress(ANN, "email", "complaint")
    [proof] = world.followers.proofs(ANN)
    assert (proof.consent.confirmed_at, proof.ttl) == (TIME, int(NOW + PROOF_SECONDS))
    assert (proof.reason, proof.address) == ("complaint", b"")
    follower = world.followers.get(ANN)
    assert follower
    assert follower.consent.wording == ""


def test_stop_of_a_stranger_is_kept_until_start(world: StoredFollowers) -> None:
    assert not world.followers.suppress(ANN, "text", "stop")
    assert world.followers.put_question(asked(channel="text")) == "suppressed"
    assert world.followers.allow(ANN)
    assert not world.followers.allow(ANN)
    assert world.followers.get(ANN) is None
    assert world.followers.put_question(asked(channel="text")) == "asked"


def test_start_of_a_follower_changes_nothing(world: StoredFollowers) -> None:
    world.mail()
    assert not world.followers.allow(ANN)
    assert world.ids("topic#email#line-12") == [ANN]
