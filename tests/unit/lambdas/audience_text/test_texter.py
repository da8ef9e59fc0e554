"""Who gets which text message, when, and what is spent on it."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field, replace

import pytest

from lambdas.audience_text.texter import Texter
from lambdas.audience_text.texts import Texts
from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_message_words import Words
from lambdas.contracts.not_sent import Fate, NotSentError
from lambdas.followers.identity import follower_id
from lambdas.followers.links import Links
from lambdas.followers.outcomes import Gone, Held, Later, Nothing, Refused, Sent, Unknown
from lambdas.followers.purse import Purse
from lambdas.followers.question import Question, answer_digest, seal_question
from lambdas.followers.recipients import Recipient
from lambdas.followers.sealing import Sealer
from lambdas.followers.spending import Spending
from lambdas.followers.store import Followers
from tests.fakes.audience_table import AudienceTable
from tests.fakes.messaging import KEYS, Phone, recipient
from tests.unit.lambdas.audience_text.test_texts import SITE, TOLD

NOON = dt.datetime(2027, 1, 15, 12, tzinfo=dt.UTC).timestamp()
NIGHT = dt.datetime(2027, 1, 15, 23, tzinfo=dt.UTC).timestamp()
DAY = 24 * 3600.0
TIME = "2027-01-15T08:00:00Z"
ANN, BOB = "+12065550100", "+12065550101"
ANN_ID = follower_id(KEYS.lookup, "text", ANN)
STOP = "Reply STOP to end."


@dataclass
class World:
    table: AudienceTable = field(default_factory=AudienceTable)
    phone: Phone = field(default_factory=Phone)
    failed: list[Fate] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    per_day: int = 100
    per_follower: int = 5
    codes: int = 10
    now: float = NOON
    zone: str = "UTC"

    @property
    def followers(self) -> Followers:
        return Followers(self.table, "audience", clock=lambda: self.now)  # type: ignore[arg-type]

    @property
    def texter(self) -> Texter:
        spending = Spending(self.table, "audience")  # type: ignore[arg-type]
        return Texter(
            service=self.phone,
            texts=Texts(SITE, Words()),
            keys=KEYS,
            url="https://api.example.com/",
            followers=self.followers,
            purse=Purse(spending, self.per_day, self.per_follower, self.codes, self.now),
            quiet=("21:00", "08:00"),
            zone=self.zone,
            give_up_after=3600.0,
            failed=lambda error: self.failed.append(error.fate),
            count=lambda metric, amount: self.counted.update({metric: amount}),
            now=self.now,
        )

    def tell(self, *recipients: Recipient) -> list[object]:
        return list(self.texter.tell(recipients or [recipient("a" * 32, ANN)], TOLD).values())

    def spent(self, what: str, owner: str = "all", day: str = "2027-01-15") -> int:
        item = self.table.items.get((f"spent#{what}#{day}", owner), {"count": {"N": "0"}})
        return int(item["count"]["N"])


@pytest.fixture
def world() -> World:
    return World()


def job(number: str = ANN, *topics: str) -> Job:
    id = follower_id(KEYS.lookup, "text", number)
    question = Question(address=number, topics=topics or ("line-12",), wording="f" * 64, asked_at=TIME)
    return Job(
        kind="question", channel="text", fanout=id, question=seal_question(question, Sealer(KEYS.data), id)
    )


def test_recipient_is_told_and_its_parts_are_counted(world: World) -> None:
    assert world.tell() == [Sent()]
    [(number, text, seconds)] = world.phone.sent
    assert (number, seconds) == (ANN, 3600.0)
    assert text.endswith(STOP)
    assert world.counted == {"Parts": 1}
    assert (world.spent("text"), world.spent("text", "a" * 32)) == (1, 1)


def test_text_is_on_its_way_no_longer_than_its_notice_holds(world: World) -> None:
    world.texter.tell([recipient("a" * 32, ANN)], replace(TOLD, expires=NOON + 90))
    assert [seconds for _, _, seconds in world.phone.sent] == [90.0]


def test_only_the_first_text_of_a_day_says_how_to_end_it(world: World) -> None:
    for now in (NOON, NOON + 60, NOON + DAY):
        world.now = now
        world.tell()
    assert [text.endswith(STOP) for text in world.phone.texts] == [True, False, True]


def test_followers_budget_holds_until_its_own_midnight(world: World) -> None:
    world.per_follower, world.now = 2, NOON + 3 * 3600
    told = [world.tell(recipient("a" * 32, ANN, zone="America/New_York")) for _ in range(3)]
    midnight = dt.datetime(2027, 1, 16, 5, tzinfo=dt.UTC).timestamp()
    assert told == [[Sent()], [Sent()], [Held(midnight)]]
    assert world.spent("text") == 2
    assert not world.counted["BudgetSpent"]
    assert world.tell(recipient("b" * 32, BOB)) == [Sent()]


def test_budget_of_all_holds_until_midnight(world: World) -> None:
    world.per_day = 1
    assert world.tell() == [Sent()]
    midnight = dt.datetime(2027, 1, 16, tzinfo=dt.UTC).timestamp()
    assert world.tell(recipient("b" * 32, BOB)) == [Held(midnight)]
    assert world.spent("text", "b" * 32) == 0
    assert world.counted["BudgetSpent"] == 1
    world.now += DAY
    assert world.tell(recipient("b" * 32, BOB)) == [Sent()]


@pytest.mark.parametrize(
    ("zone", "until"),
    [
        ("", dt.datetime(2027, 1, 16, 8, tzinfo=dt.UTC)),
        ("Europe/Berlin", dt.datetime(2027, 1, 16, 7, tzinfo=dt.UTC)),
    ],
)
def test_quiet_hours_are_those_of_the_followers_zone(world: World, zone: str, until: dt.datetime) -> None:
    world.now = NIGHT
    assert world.tell(recipient("a" * 32, ANN, zone=zone)) == [Held(until.timestamp())]
    assert world.tell(recipient("b" * 32, BOB, zone="America/New_York")) == [Sent()]
    assert world.spent("text") == 1


def test_who_has_said_no_zone_has_the_sites(world: World) -> None:
    world.now, world.zone = NIGHT, "America/New_York"
    assert world.tell() == [Sent()]
    world.now += 4 * 3600
    assert world.tell() == [Held(dt.datetime(2027, 1, 16, 13, tzinfo=dt.UTC).timestamp())]
    world.now, world.per_follower = NIGHT + 3600, 1
    assert world.tell() == [Held(dt.datetime(2027, 1, 16, 5, tzinfo=dt.UTC).timestamp())], "its own day"


def test_nothing_passes_quiet_hours(world: World) -> None:
    """A visitor is not on call."""
    world.now = NIGHT
    told = world.texter.tell([recipient("a" * 32, ANN)], replace(TOLD, severity="critical"))
    assert [type(outcome) for outcome in told.values()] == [Held]


@pytest.mark.parametrize(
    ("fate", "outcome", "spent"),
    [
        ("gone", Gone("why"), 0),
        ("refused", Refused("why"), 0),
        ("later", Later(None, "why"), 0),
        ("account", Later(None, "why"), 0),
        ("unknown", Unknown("why"), 1),
    ],
)
def test_what_was_not_sent_is_given_back(world: World, fate: Fate, outcome: object, spent: int) -> None:
    world.phone.fails[ANN] = NotSentError(fate, "why")
    assert world.tell() == [outcome]
    assert (world.spent("text"), world.spent("text", "a" * 32)) == (spent, spent)
    assert world.failed == [fate]
    assert not world.counted["Parts"]


def test_number_that_cannot_be_read_is_gone(world: World) -> None:
    moved = Recipient(id="b" * 32, address=recipient("a" * 32, ANN).address)
    assert world.tell(moved) == [Gone("the number cannot be read")]


def test_code_confirms_who_has_the_phone(world: World) -> None:
    assert world.texter.ask(job()) == Sent()
    [text] = world.phone.texts
    code = text.removeprefix("Harbour Buses: ")[:6]
    assert code.isdecimal()
    follower = world.followers.confirm(ANN_ID, answer_digest(KEYS.lookup, ANN_ID, code), TIME)
    assert follower
    assert (follower.state, follower.topics) == ("following", ("line-12",))
    assert code not in repr(world.table.items)


def test_codes_differ(world: World) -> None:
    for number in (ANN, BOB, "+12065550102", "+12065550103"):
        world.texter.ask(job(number))
    assert len({text[15:21] for text in world.phone.texts}) > 2


def test_code_is_sent_at_any_hour(world: World) -> None:
    world.now = NIGHT
    assert world.texter.ask(job()) == Sent()


def test_number_gets_one_code_on_a_day(world: World) -> None:
    same, asked = job(), []
    for one in (same, same, job(ANN, "news")):
        asked.append(world.texter.ask(one))
        world.now += 1
    assert asked == [Sent(), Refused("the day's codes are spent"), Nothing()]
    assert len(world.phone.texts) == 1


def test_codes_have_a_budget_of_their_own(world: World) -> None:
    """Who enters numbers that only cost spends no more than this (SMS pumping)."""
    world.codes = 3
    numbers = [f"+1206555{number:04}" for number in range(50)]
    asked = [world.texter.ask(job(number)) for number in numbers]
    assert asked == [Sent()] * 3 + [Refused("the day's codes are spent")] * 47
    assert world.counted["BudgetSpent"] == 47
    assert (world.spent("codes"), world.spent("text")) == (3, 3)
    assert world.tell() == [Sent()]


def test_codes_are_of_the_days_parts(world: World) -> None:
    world.per_day = 1
    assert [world.texter.ask(job()), world.texter.ask(job(BOB))] == [
        Sent(),
        Refused("the day's codes are spent"),
    ]
    assert world.spent("codes") == 1


def test_code_that_was_not_sent_is_given_back(world: World) -> None:
    same = job()
    world.phone.fails[ANN] = NotSentError("later", "why")
    assert world.texter.ask(same) == Later(None, "why")
    assert (world.spent("codes"), world.spent("text"), world.spent("codes", ANN_ID)) == (0, 0, 0)
    world.phone.fails.clear()
    assert world.texter.ask(same) == Sent()


def test_who_got_no_code_since_they_were_spent_may_ask_the_next_day(world: World) -> None:
    world.codes = 1
    assert world.texter.ask(job(BOB)) == Sent()
    assert world.texter.ask(job()) == Refused("the day's codes are spent")
    world.now += DAY / 2
    assert world.texter.ask(job(ANN, "news")) == Sent(), "it is the next day of UTC, and not 24 hours later"


def test_code_that_was_not_sent_holds_nobody_up(world: World) -> None:
    world.phone.fails[ANN] = NotSentError("refused", "why")
    assert world.texter.ask(job()) == Refused("why")
    world.phone.fails.clear()
    assert world.texter.ask(job(ANN, "news")) == Sent()


def test_code_that_may_have_been_sent_is_the_days(world: World) -> None:
    world.phone.fails[ANN] = NotSentError("unknown", "why")
    world.texter.ask(job())
    assert world.texter.ask(job(ANN, "news")) == Nothing()


def test_code_that_comes_later_answers_for_its_hour(world: World) -> None:
    same = job()
    world.phone.fails[ANN] = NotSentError("later", "why")
    world.texter.ask(same)
    world.phone.fails.clear()
    world.now += 2 * 3600
    assert world.texter.ask(same) == Sent()
    world.now += 1800
    code = world.phone.texts[0][15:21]
    assert world.followers.confirm(ANN_ID, answer_digest(KEYS.lookup, ANN_ID, code), TIME)


def test_who_said_stop_gets_no_code(world: World) -> None:
    world.followers.suppress(ANN_ID, "text", "stop")
    assert world.texter.ask(job()) == Nothing()
    assert not world.phone.sent
    assert world.spent("codes") == 0


def test_who_follows_already_gets_the_own_link(world: World) -> None:
    world.texter.ask(job())
    code = world.phone.texts[0][15:21]
    world.followers.confirm(ANN_ID, answer_digest(KEYS.lookup, ANN_ID, code), TIME)
    world.now += DAY
    assert [world.texter.ask(job()), world.texter.ask(job())] == [Sent(), Nothing()]
    assert "https://api.example.com/preferences?t=" in world.phone.texts[1]


@pytest.mark.parametrize(
    ("url", "offered"), [("https://api.example.com/", 5), (f"https://{'a' * 220}.example.com/", 0)]
)
def test_own_link_offers_as_many_topics_as_the_text_has_room_for(
    world: World, url: str, offered: int
) -> None:
    topics = [f"line-{number}" for number in range(20)]
    world.texter.ask(job())
    code = world.phone.texts[0][15:21]
    world.followers.confirm(ANN_ID, answer_digest(KEYS.lookup, ANN_ID, code), TIME)
    world.now += DAY
    replace(world.texter, url=url).ask(job(ANN, *topics))
    token = world.phone.texts[1].rpartition("preferences?t=")[2]
    link = Links(KEYS.links).read(token, "manage", world.now)
    assert link.topics == tuple(topics[:offered])


def test_question_of_another_audience_is_refused(world: World) -> None:
    question = Question(address=ANN, topics=("news",), wording="", asked_at=TIME)
    sealed = seal_question(question, Sealer(b"x" * 32), ANN_ID)
    wrong = Job(kind="question", channel="text", fanout=ANN_ID, question=sealed)
    assert world.texter.ask(wrong) == Refused("a question that cannot be read")
    assert not world.table.items
