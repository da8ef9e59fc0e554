"""What a question is made of, and what it repeats of what a stranger has typed."""

import pytest

from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_topics import Topic, Topics
from lambdas.followers.asking import MAX_SHOWN, asked_follower, randomness, read_question, shown_topics
from lambdas.followers.question import Question, answer_digest, seal_question
from lambdas.followers.sealing import Sealer, UnreadableError
from tests.fakes.messaging import KEYS

ID = "a" * 32
TIME = "2027-01-15T08:00:00Z"
QUESTION = Question(
    address="ann@example.org",
    topics=("line-12", "news"),
    zone="Europe/Berlin",
    at="07:30",
    wording="f" * 64,
    asked_at=TIME,
    network="0" * 32,
)
TOPICS = Topics({"line-*": Topic("Line {}", "Delays."), "site.news": Topic("News of site.example", "News.")})


def job() -> Job:
    sealed = seal_question(QUESTION, Sealer(KEYS.data), ID)
    return Job(kind="question", channel="email", fanout=ID, question=sealed)


def test_question_is_read_as_it_was_asked() -> None:
    assert read_question(job(), KEYS) == QUESTION


def test_question_to_another_is_not_read() -> None:
    moved = Job(kind="question", channel="email", fanout="b" * 32, question=job().question)
    with pytest.raises(UnreadableError):
        read_question(moved, KEYS)


def test_same_job_has_the_same_randomness() -> None:
    one, other = job(), job()
    assert randomness(one, KEYS)(16) == randomness(one, KEYS)(16)
    assert randomness(one, KEYS)(16) != randomness(other, KEYS)(16)
    assert len(randomness(one, KEYS)(32)) == 32


def test_follower_is_kept_with_the_proof_of_who_asked() -> None:
    follower = asked_follower(job(), QUESTION, KEYS, "word")
    assert (follower.id, follower.channel, follower.state) == (ID, "email", "asked")
    assert (follower.topics, follower.zone, follower.at) == (("line-12", "news"), "Europe/Berlin", "07:30")
    consent = follower.consent
    assert (consent.wording, consent.asked_at, consent.network) == ("f" * 64, TIME, "0" * 32)
    assert follower.question == answer_digest(KEYS.lookup, ID, "word")
    assert Sealer(KEYS.data).open(follower.address, ID) == "ann@example.org"


@pytest.mark.parametrize(
    ("asked", "shown", "more"),
    [
        (["line-12", "site.news"], ["Line 12", "News of site.example"], 0),
        (["line-win.at.evil"], [], 1),
        (["line-" + "x" * 19], ["Line " + "x" * 19], 0),
        (["line-" + "x" * 20], [], 1),
        (["line-a/b", "none", "line-12"], ["Line 12"], 2),
        (
            [f"line-{number}" for number in range(MAX_SHOWN + 2)],
            [f"Line {number}" for number in range(MAX_SHOWN)],
            2,
        ),
    ],
)
def test_question_shows_only_what_can_be_no_address(asked: list[str], shown: list[str], more: int) -> None:
    assert shown_topics(TOPICS, asked) == (shown, more)
