"""Followers for tests."""

from lambdas.contracts.audience_topics import Channel
from lambdas.followers.follower import Consent, Follower

NOW = 1_800_000_000.0
DAY = 24 * 3600.0
TIME = "2027-01-15T08:00:00Z"

ANN, BOB = "a" * 32, "b" * 32


def asked(id: str = ANN, *, channel: Channel = "email", question: str = "q1", **words: object) -> Follower:
    """Who is to be asked."""
    given: dict[str, object] = {"topics": ("line-12",), "address": b"sealed", "zone": "Europe/Berlin"}
    consent = Consent(wording="f" * 64, asked_at=TIME, network="0" * 32)
    return Follower(
        id=id,
        channel=channel,
        state="asked",
        consent=consent,
        question=question,
        **(given | words),  # type: ignore[arg-type]
    )


def browser(id: str = ANN, **words: object) -> Follower:
    """Who follows by web push."""
    given: dict[str, object] = {"topics": ("line-12",), "address": b"sealed", "push_key": "k1"}
    consent = Consent(wording="f" * 64, asked_at=TIME, confirmed_at=TIME, how="browser")
    return Follower(id=id, channel="push", state="following", consent=consent, **(given | words))  # type: ignore[arg-type]
