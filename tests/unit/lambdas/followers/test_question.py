"""What the endpoint puts into a channel's queue, and a worker opens."""

import re

import pytest

from lambdas.contracts.audience_job import Job
from lambdas.followers.question import (
    Question,
    answer_digest,
    new_code,
    new_word,
    open_question,
    seal_question,
    wording_digest,
)
from lambdas.followers.sealing import Sealer, UnreadableError

ASKED = Question(
    address="ann@example.com",
    topics=("line-12", "news"),
    zone="Europe/Berlin",
    at="07:30",
    wording=wording_digest("Tell me."),
    asked_at="2027-01-15T08:00:00Z",
    network="0" * 32,
)
SEALER = Sealer(b"k" * 32)


def test_question_comes_through_a_job_as_it_was() -> None:
    sealed = seal_question(ASKED, SEALER, "ann")
    job = Job.from_json(Job(kind="question", channel="email", fanout="ann", question=sealed).to_json())
    assert open_question(job.question, SEALER, job.fanout) == ASKED
    assert "ann@" not in repr(ASKED) + job.to_json()


@pytest.mark.parametrize(("key", "follower"), [(b"k", "bob"), (b"x", "ann")])
def test_question_opens_only_for_its_follower_and_key(key: bytes, follower: str) -> None:
    with pytest.raises(UnreadableError):
        open_question(seal_question(ASKED, SEALER, "ann"), Sealer(key * 32), follower)


def test_answer_is_told_apart_by_key_follower_and_word() -> None:
    digests = {answer_digest(key, who, word) for key in (b"k", b"x") for who in "ab" for word in ("1", "2")}
    assert len(digests) == 8


def test_code_has_six_digits_however_small_it_is() -> None:
    assert new_code(lambda below: 7) == "000007"
    assert new_code(lambda below: below - 1) == "999999"
    assert re.fullmatch(r"\d{6}", new_code())


def test_word_fits_into_a_link_and_is_another_each_time() -> None:
    assert re.fullmatch(r"[\w-]{22}", new_word())
    assert new_word() != new_word()


def test_words_of_consent_are_kept_as_their_sha_256() -> None:
    """FIPS 180-4's own example (NIST, "SHA256.pdf")."""
    assert wording_digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
