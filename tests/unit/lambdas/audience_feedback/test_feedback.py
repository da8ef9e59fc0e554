"""What is done about bounces, complaints, numbers that are none, and texts of followers."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.audience_feedback.feedback import Feedback
from lambdas.audience_feedback.reading import heard_of
from lambdas.audience_feedback.replies import Replies
from lambdas.contracts.audience_message_words import Words
from lambdas.contracts.not_sent import NotSentError
from lambdas.followers.follower import Consent, Follower, State
from lambdas.followers.identity import follower_id
from lambdas.followers.purse import MAX_REPLIES, Purse
from lambdas.followers.sealing import Sealer
from lambdas.followers.spending import Spending
from lambdas.followers.store import Followers
from tests.fakes.audience_table import AudienceTable
from tests.fakes.messaging import KEYS, Phone
from tests.unit.lambdas.audience_text.test_texts import SITE

NOW = 1_800_000_000.0
TIME = "2027-01-15T08:00:00Z"
ANN, NUMBER = "ann@example.org", "+12065550100"
ANN_ID, NUMBER_ID = follower_id(KEYS.lookup, "email", ANN), follower_id(KEYS.lookup, "text", NUMBER)
HELP = "Harbour Buses: delays by text. office@example.com. Reply STOP to end."
STOPPED = "Harbour Buses: you will get no more text messages from us. Reply START to allow them again."
STARTED = (
    "Harbour Buses: you may follow us again. Nothing is sent before you have chosen at https://example.com"
)


@dataclass
class World:
    table: AudienceTable = field(default_factory=AudienceTable)
    phone: Phone = field(default_factory=Phone)
    counted: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    has_texts: bool = True
    per_day: int = 100
    codes: int = 10

    def __post_init__(self) -> None:
        self.followers = Followers(self.table, "audience", clock=lambda: NOW)  # type: ignore[arg-type]
        consent = Consent(wording="f" * 64, asked_at=TIME, confirmed_at=TIME)
        for id, channel, address in ((ANN_ID, "email", ANN), (NUMBER_ID, "text", NUMBER)):
            sealed = Sealer(KEYS.data).seal(address, id)
            self.followers.follow(
                Follower(
                    id=id,
                    channel=channel,  # type: ignore[arg-type]
                    state="following",
                    address=sealed,
                    topics=("line-12", "news"),
                    consent=consent,
                )
            )

    def hear(self, message: dict[str, Any]) -> None:
        spending = Spending(self.table, "audience")  # type: ignore[arg-type]
        replies = Replies(
            service=self.phone,
            purse=Purse(spending, self.per_day, 5, self.codes, NOW),
            countries=("US",),
            failed=lambda error: self.failed.append(error.fate),
            count=lambda metric, amount: self.counted.update({metric: amount}),
        )
        feedback = Feedback(
            followers=self.followers,
            lookup_key=KEYS.lookup,
            replies=replies if self.has_texts else None,
            site=SITE,
            words=Words(),
            help=HELP,
            stop_words=("Stopp",),
            count=lambda metric, amount: self.counted.update({metric: amount}),
        )
        for heard in heard_of(message):
            feedback.act(heard)

    def text(self, body: str, id: str = "m1") -> None:
        self.hear(answer(body, id))

    def spent(self, what: str) -> int:
        """What is spent of a budget of all."""
        item = self.table.items.get((f"spent#{what}#2027-01-15", "all"), {"count": {"N": "0"}})
        return int(item["count"]["N"])

    def state(self, id: str) -> State | None:
        found = self.followers.get(id)
        return found.state if found else None

    def places(self, channel: str) -> int:
        """In how many partitions a channel's follower is told."""
        return sum(pk.startswith(f"topic#{channel}#") for pk, _ in self.table.items)


@pytest.fixture
def world() -> World:
    return World()


def answer(body: str, id: str = "m1") -> dict[str, Any]:
    return {
        "originationNumber": NUMBER,
        "destinationNumber": "+18005550199",
        "messageKeyword": "KEYWORD_18005550199",
        "messageBody": body,
        "inboundMessageId": id,
        "previousPublishedMessageId": "p1",
    }


def bounce(kind: str = "Permanent", **words: Any) -> dict[str, Any]:
    """As "Examples of event data that Amazon SES publishes to Amazon SNS" has it."""
    return {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": f"<{ANN.upper()}>", "status": "5.1.1"}],
        },
        "mail": {"source": "news@example.com", "destination": [ANN], "messageId": "x"},
        **words,
    }


def complaint(feedback: str = "abuse") -> dict[str, Any]:
    return {
        "eventType": "Complaint",
        "complaint": {"complainedRecipients": [{"emailAddress": ANN}], "complaintFeedbackType": feedback},
        "mail": {"destination": ["Ann@Example.org"]},
    }


@pytest.mark.parametrize(("message", "reason"), [(bounce(), "bounce"), (complaint(), "complaint")])
def test_address_is_never_written_to_again(world: World, message: dict[str, Any], reason: str) -> None:
    world.hear(message)
    found = world.followers.get(ANN_ID)
    assert found
    assert (found.state, found.reason, found.address) == ("suppressed", reason, b"")
    assert (world.places("email"), world.places("text")) == (0, 2)
    assert world.counted == {"Suppressed": 1}


@pytest.mark.parametrize("message", [bounce(), complaint(), answer("STOP")])
def test_what_was_heard_shows_nobody(message: dict[str, Any]) -> None:
    [heard] = heard_of(message)
    assert not any(said in repr(heard) for said in (ANN, NUMBER, "STOP"))


def test_older_name_of_the_event_is_known(world: World) -> None:
    message = bounce()
    message["notificationType"] = message.pop("eventType")
    world.hear(message)
    assert world.state(ANN_ID) == "suppressed"


@pytest.mark.parametrize(
    "message",
    [
        bounce("Transient"),
        bounce("Undetermined"),
        complaint("not-spam"),
        {"eventType": "Delivery", "delivery": {}, "mail": {"destination": [ANN]}},
        {"eventType": "TEXT_UNREACHABLE", "destinationPhoneNumber": NUMBER},
        {"eventType": "TEXT_CARRIER_BLOCKED", "destinationPhoneNumber": NUMBER},
        {"Hello": "Successfully validated SNS topic for Amazon SES event publishing."},
        {},
    ],
)
def test_what_passes_changes_nothing(world: World, message: dict[str, Any]) -> None:
    before = repr(world.table.items)
    world.hear(message)
    assert repr(world.table.items) == before


def test_number_that_is_none_ends(world: World) -> None:
    """It may be given to somebody else, who may follow."""
    for _ in range(2):
        world.hear({"eventType": "TEXT_INVALID", "isFinal": True, "destinationPhoneNumber": NUMBER})
        assert world.counted == {"FollowersGone": 1}
    assert world.state(NUMBER_ID) == "ended"
    assert world.places("text") == 0
    assert not world.phone.sent


@pytest.mark.parametrize("word", ["STOP", "stop.", "Unsubscribe", "STOPP"])
def test_stop_ends_at_once_with_one_last_text(world: World, word: str) -> None:
    world.text(word)
    assert world.state(NUMBER_ID) == "suppressed"
    assert world.places("text") == 0
    assert [(number, text) for number, text, _ in world.phone.sent] == [(NUMBER, STOPPED)]
    assert world.counted == {"Suppressed": 1, "Parts": 1}


def test_stop_that_comes_again_is_not_answered(world: World) -> None:
    for id in ("m1", "m1", "m2"):
        world.text("STOP", id)
    assert world.phone.texts == [STOPPED]
    assert world.counted["Suppressed"] == 1


def test_stop_of_a_stranger_is_kept(world: World) -> None:
    """A code was sent to somebody who did not ask for it."""
    stranger = "+12065550177"
    world.hear(answer("STOP") | {"originationNumber": stranger})
    assert world.state(follower_id(KEYS.lookup, "text", stranger)) == "suppressed"


def test_stop_holds_where_its_answer_fails(world: World) -> None:
    """At a US toll-free number the carrier answers, and lets nothing through."""
    world.phone.fails[NUMBER] = NotSentError("gone", "opted out")
    world.text("STOP")
    assert world.state(NUMBER_ID) == "suppressed"
    assert (world.failed, world.counted["Parts"]) == (["gone"], 0)


def test_start_allows_and_follows_nothing(world: World) -> None:
    world.text("STOP", "m1")
    world.text("START", "m2")
    assert world.state(NUMBER_ID) is None
    assert world.places("text") == 0
    assert world.phone.texts == [STOPPED, STARTED]


def test_start_of_who_follows_changes_nothing(world: World) -> None:
    world.text("UNSTOP")
    assert (world.state(NUMBER_ID), world.places("text"), world.phone.sent) == ("following", 2, [])


def test_help_is_answered_once_for_each_question(world: World) -> None:
    for id in ("m1", "m1", "m2"):
        world.text("Help?", id)
    assert world.phone.texts == [HELP, HELP]


def test_machine_that_answers_ours_is_left_alone(world: World) -> None:
    for number in range(20):
        world.text("HELP", f"m{number}")
    assert len(world.phone.texts) == MAX_REPLIES


def test_answers_to_all_have_a_budget_of_a_day(world: World) -> None:
    """Who sends texts from numbers that only cost spends no more than this (SMS pumping)."""
    world.codes = 3
    for number in range(5):
        world.hear(answer("HELP", f"m{number}") | {"originationNumber": f"+1206555{number:04}"})
    assert len(world.phone.sent) == 3
    assert (world.spent("replies"), world.counted["BudgetSpent"]) == (3, 2)


def test_answers_are_of_the_days_parts(world: World) -> None:
    world.per_day = 1
    world.text("HELP", "m1")
    world.text("STOP", "m2")
    assert world.phone.texts == [HELP]
    assert (world.spent("text"), world.counted["BudgetSpent"]) == (1, 1)
    assert world.state(NUMBER_ID) == "suppressed", "what is not answered is done all the same"


@pytest.mark.parametrize("number", ["+18765550123", "+447400123456", "12345"])
def test_number_of_no_country_of_ours_is_not_answered(world: World, number: str) -> None:
    for word in ("HELP", "STOP"):
        world.hear(answer(word, word) | {"originationNumber": number})
    assert (world.phone.sent, world.spent("replies")) == ([], 0)
    id = follower_id(KEYS.lookup, "text", number)
    assert world.state(id) == "suppressed", "STOP holds from anywhere"
    world.hear(answer("START", "s") | {"originationNumber": number})
    assert (world.phone.sent, world.state(id)) == ([], None)


def test_anything_else_is_not_answered(world: World) -> None:
    world.text("Is the 12 running today?")
    assert (world.phone.sent, world.state(NUMBER_ID)) == ([], "following")


def test_audience_without_texts_answers_none(world: World) -> None:
    world.has_texts = False
    world.text("STOP")
    assert (world.state(NUMBER_ID), world.phone.sent) == ("suppressed", [])


EVENTS = [bounce(), complaint(), answer("STOP", "s"), answer("START", "t"), answer("HELP", "h")]


@given(st.lists(st.sampled_from(EVENTS), max_size=6))
def test_notification_that_is_repeated_harms_nothing(messages: list[dict[str, Any]]) -> None:
    once, twice = World(), World()
    for message in messages:
        once.hear(message)
        twice.hear(message)
        twice.hear(message)
    assert [once.state(id) for id in (ANN_ID, NUMBER_ID)] == [twice.state(id) for id in (ANN_ID, NUMBER_ID)]
    assert once.phone.texts == twice.phone.texts
