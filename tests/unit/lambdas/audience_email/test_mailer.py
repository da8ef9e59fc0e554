"""Who gets which e-mail, and what becomes of each."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lambdas.audience_email.letters import Letters
from lambdas.audience_email.mailer import Mailer
from lambdas.audience_email.pace import Pace
from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_message_words import Words
from lambdas.contracts.audience_topics import Topic, Topics
from lambdas.contracts.not_sent import Fate, NotSentError
from lambdas.followers.identity import follower_id
from lambdas.followers.links import Links
from lambdas.followers.mailboxes import Mailboxes
from lambdas.followers.outcomes import Digest, Gone, Later, Nothing, Outcome, Refused, Sent, Unknown
from lambdas.followers.purse import QuestionPurse
from lambdas.followers.question import Question, answer_digest, seal_question
from lambdas.followers.recipients import Recipient
from lambdas.followers.sealing import Sealer
from lambdas.followers.spending import Spending
from lambdas.followers.store import Followers
from tests.fakes.audience_table import AudienceTable
from tests.fakes.messaging import KEYS, Mailbox, recipient
from tests.unit.lambdas.audience_email.test_letters import SITE, TOLD

NOW = 1_800_000_000.0
TIME = "2027-01-15T08:00:00Z"
ANN, BOB = "ann@example.org", "bob@example.org"
ANN_ID = follower_id(KEYS.lookup, "email", ANN)
TOPICS = Topics(
    {
        "line-*": Topic("Line {}", "Delays."),
        "news": Topic("News", "What is new."),
    }
)


@dataclass
class World:
    table: AudienceTable = field(default_factory=AudienceTable)
    mailbox: Mailbox = field(default_factory=Mailbox)
    failed: list[Fate] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    slept: list[float] = field(default_factory=list)
    per_day: int = 100
    now: float = NOW

    @property
    def followers(self) -> Followers:
        return Followers(self.table, "audience", clock=lambda: self.now)  # type: ignore[arg-type]

    @property
    def mailer(self) -> Mailer:
        return Mailer(
            service=self.mailbox,
            letters=Letters(SITE, Words()),
            topics=TOPICS,
            keys=KEYS,
            url="https://api.example.com/",
            consent="E-mails of delays.",
            followers=self.followers,
            mailboxes=Mailboxes(self.table, "audience"),  # type: ignore[arg-type]
            purse=QuestionPurse(Spending(self.table, "audience"), self.per_day, self.now),  # type: ignore[arg-type]
            pace=Pace(10, lambda: 0.0, self.slept.append),
            failed=lambda error: self.failed.append(error.fate),
            count=lambda name, amount: self.counted.update({name: amount}),
            now=self.now,
        )

    def follow(self, address: str = ANN, *topics: str) -> str:
        """Follow by a question and its answer; gives the id."""
        id = follower_id(KEYS.lookup, "email", address)
        self.mailer.ask(job(address, *topics))
        word = Links(KEYS.links).read(self.tokens("confirm")[-1], "confirm", self.now).question
        assert self.followers.confirm(id, answer_digest(KEYS.lookup, id, word), TIME)
        self.mailbox.sent.clear()
        return id

    def tokens(self, path: str) -> list[str]:
        """The tokens of all links of a path that were sent."""
        lines = [line for _, email in self.mailbox.sent for line in email.text.splitlines()]
        urls = [urlsplit(line) for line in lines if line.startswith(f"https://api.example.com/{path}?")]
        return [parse_qs(url.query)["t"][0] for url in urls]


@pytest.fixture
def world() -> World:
    return World()


def job(address: str = ANN, *topics: str, at: str = "", asked_at: str = TIME) -> Job:
    id = follower_id(KEYS.lookup, "email", address)
    question = Question(
        address=address, topics=topics or ("line-12",), wording="f" * 64, asked_at=asked_at, zone="UTC", at=at
    )
    return Job(
        kind="question", channel="email", fanout=id, question=seal_question(question, Sealer(KEYS.data), id)
    )


def test_each_recipient_gets_an_email_with_the_own_links(world: World) -> None:
    told = world.mailer.tell([recipient("a" * 32, ANN), recipient("b" * 32, BOB)], TOLD)
    assert told == {"a" * 32: Sent(), "b" * 32: Sent()}
    assert sorted(address for address, _ in world.mailbox.sent) == [ANN, BOB]
    read = Links(KEYS.links).read
    for _, email in world.mailbox.sent:
        assert email.headers["List-Unsubscribe"][1:-1] in email.text
    assert {read(token, "manage", NOW).follower for token in world.tokens("preferences")} == {
        "a" * 32,
        "b" * 32,
    }


def test_emails_share_one_pace(world: World) -> None:
    world.mailer.tell([recipient(name * 32, ANN) for name in "abc"], TOLD)
    assert sorted(world.slept) == [0.1, 0.2]


def test_link_of_a_message_ends_all_that_is_followed(world: World) -> None:
    id = world.follow(ANN, "line-12", "news")
    world.mailer.tell([recipient(id, ANN)], TOLD)
    [token] = world.tokens("unsubscribe")
    assert world.followers.end(
        Links(KEYS.links).read(token, "unsubscribe", NOW + 300 * 86400).follower, "link"
    )
    assert not world.table.partition("topic#email#line-12") + world.table.partition("topic#email#news")


@pytest.mark.parametrize(
    ("fate", "outcome"),
    [
        ("gone", Gone),
        ("refused", Refused),
        ("later", lambda reason: Later(None, reason)),
        ("account", lambda reason: Later(None, reason)),
        ("unknown", Unknown),
    ],
)
def test_failure_of_one_does_not_stop_the_others(
    world: World, fate: Fate, outcome: Callable[[str], Outcome]
) -> None:
    world.mailbox.fails[ANN] = NotSentError(fate, "why")
    told = world.mailer.tell([recipient("a" * 32, ANN), recipient("b" * 32, BOB)], TOLD)
    assert told == {"a" * 32: outcome("why"), "b" * 32: Sent()}
    assert world.failed == [fate]


def test_address_that_cannot_be_read_is_gone(world: World) -> None:
    moved = Recipient(id="b" * 32, address=recipient("a" * 32, ANN).address)
    assert world.mailer.tell([moved], TOLD) == {"b" * 32: Gone("the address cannot be read")}
    assert not world.mailbox.sent


def test_emails_are_sent_many_at_once(world: World) -> None:
    both = threading.Barrier(2, timeout=10)

    class Waiting(Mailbox):
        def send(self, address: str, email: Any) -> None:
            both.wait()
            super().send(address, email)

    world.mailbox = Waiting()
    world.mailer.tell([recipient("a" * 32, ANN), recipient("b" * 32, BOB)], TOLD)
    assert len(world.mailbox.sent) == 2


def test_digest_has_what_is_new(world: World) -> None:
    digest = Digest(recipient("a" * 32, ANN, zone="Europe/Berlin"), (TOLD,))
    assert world.mailer.send_digests([digest]) == {"a" * 32: Sent()}
    [(address, email)] = world.mailbox.sent
    assert address == ANN
    assert "08:15 10 min late" in email.text


def test_question_is_answered_by_its_link(world: World) -> None:
    assert world.mailer.ask(job()) == Sent()
    [(address, email)] = world.mailbox.sent
    assert (address, email.subject) == (ANN, "Is it you? · Harbour Buses")
    [token] = world.tokens("confirm")
    link = Links(KEYS.links).read(token, "confirm", NOW + 23 * 3600)
    assert link.follower == ANN_ID
    follower = world.followers.confirm(ANN_ID, answer_digest(KEYS.lookup, ANN_ID, link.question), TIME)
    assert follower
    assert (follower.state, follower.topics) == ("following", ("line-12",))
    assert Sealer(KEYS.data).open(follower.address, ANN_ID) == ANN


def test_job_that_comes_twice_asks_the_same(world: World) -> None:
    same = job()
    assert [world.mailer.ask(same), world.mailer.ask(same)] == [Sent(), Sent()]
    first, second = world.tokens("confirm")
    assert first == second


def test_question_that_was_not_sent_is_asked_again(world: World) -> None:
    same = job()
    world.mailbox.fails[ANN] = NotSentError("later", "SES answered TooManyRequestsException")
    assert world.mailer.ask(same) == Later(None, "SES answered TooManyRequestsException")
    world.mailbox.fails.clear()
    assert world.mailer.ask(same) == Sent()


def test_question_that_was_not_sent_holds_nobody_up(world: World) -> None:
    world.mailbox.fails[ANN] = NotSentError("account", "sandbox")
    waiting = job()
    assert world.mailer.ask(waiting) == Later(None, "sandbox")
    world.mailbox.fails.clear()
    assert world.mailer.ask(job(ANN, "news")) == Sent()
    assert world.mailer.ask(waiting) == Nothing(), "the other's question holds, and has its topics"
    [token] = world.tokens("confirm")
    word = Links(KEYS.links).read(token, "confirm", NOW).question
    follower = world.followers.confirm(ANN_ID, answer_digest(KEYS.lookup, ANN_ID, word), TIME)
    assert follower
    assert follower.topics == ("line-12", "news")


def test_question_that_may_have_been_sent_is_the_days(world: World) -> None:
    world.mailbox.fails[ANN] = NotSentError("unknown", "SES: ReadTimeoutError")
    world.mailer.ask(job())
    world.mailbox.fails.clear()
    assert world.mailer.ask(job(ANN, "news")) == Nothing()


def test_question_whose_answer_was_lost_is_asked_again(world: World) -> None:
    world.mailbox.fails[ANN] = NotSentError("unknown", "SES: ReadTimeoutError")
    assert world.mailer.ask(job()) == Later(None, "SES: ReadTimeoutError")


def test_nobody_is_asked_twice_on_a_day(world: World) -> None:
    assert [world.mailer.ask(job()), world.mailer.ask(job(ANN, "news"))] == [Sent(), Nothing()]
    assert len(world.mailbox.sent) == 1
    world.now += 25 * 3600
    assert world.mailer.ask(job()) == Sent()


def test_mailbox_is_asked_once_a_day_by_all_its_addresses(world: World) -> None:
    addresses = [f"ann+{number}@example.org" for number in range(5)]
    assert [world.mailer.ask(job(address)) for address in (*addresses, ANN)] == [Sent(), *[Nothing()] * 5]
    assert world.mailer.ask(job(BOB)) == Sent()
    world.now += 25 * 3600
    assert world.mailer.ask(job(addresses[3])) == Sent()


def test_question_of_a_mailbox_that_comes_twice_is_asked_twice(world: World) -> None:
    same = job("ann+1@example.org")
    assert [world.mailer.ask(same), world.mailer.ask(same)] == [Sent(), Sent()]


def test_questions_of_a_day_are_limited(world: World) -> None:
    world.per_day = 2
    world.follow()
    assert world.mailer.ask(job()) == Sent(), "that one follows already is a question's e-mail, too"
    spent = Refused("the day's questions are spent")
    assert [world.mailer.ask(job(BOB)), world.mailer.ask(job(BOB))] == [spent, spent]
    assert world.counted["BudgetSpent"] == 2
    assert [address for address, _ in world.mailbox.sent] == [ANN]
    world.now += 86_400
    assert world.mailer.ask(job(BOB)) == Sent(), "it is asked as if it had never been"


def test_what_is_told_takes_nothing_of_the_questions(world: World) -> None:
    world.per_day = 1
    world.mailer.tell([recipient("a" * 32, ANN), recipient("b" * 32, BOB)], TOLD)
    assert world.mailer.ask(job()) == Sent()


@pytest.mark.parametrize(("fate", "left"), [("later", True), ("refused", True), ("unknown", False)])
def test_question_that_was_not_sent_is_none_of_the_days(world: World, fate: Fate, left: bool) -> None:
    world.per_day = 1
    world.mailbox.fails[ANN] = NotSentError(fate, "why")
    world.mailer.ask(job())
    assert (world.mailer.ask(job(BOB)) == Sent()) is left


def test_who_ends_it_may_come_back_on_the_same_day(world: World) -> None:
    world.followers.end(world.follow(), "link")
    assert world.mailer.ask(job(ANN, "news")) == Sent()


def test_who_follows_by_two_addresses_hears_by_both(world: World) -> None:
    world.follow("ann+work@example.org")
    world.now += 25 * 3600
    assert [world.mailer.ask(job()), world.mailer.ask(job("ann+work@example.org", "news"))] == [
        Sent(),
        Sent(),
    ]


def test_who_is_suppressed_hears_nothing(world: World) -> None:
    world.followers.suppress(ANN_ID, "email", "complaint")
    assert world.mailer.ask(job()) == Nothing()
    assert not world.mailbox.sent


def test_who_follows_already_is_told_so_once_a_day(world: World) -> None:
    world.follow()
    assert [world.mailer.ask(job()), world.mailer.ask(job())] == [Sent(), Nothing()]
    [(_, email)] = world.mailbox.sent
    assert email.subject == "You follow already · Harbour Buses"
    assert not world.tokens("confirm")


def test_question_of_another_audience_is_refused(world: World) -> None:
    strange = Sealer(b"x" * 32)
    question = Question(address=ANN, topics=("news",), wording="", asked_at=TIME)
    sealed = seal_question(question, strange, ANN_ID)
    wrong = [
        Job(kind="question", channel="email", fanout=ANN_ID, question=text) for text in (sealed, "x", "")
    ]
    assert {world.mailer.ask(one) for one in wrong} == {Refused("a question that cannot be read")}
    assert not world.mailbox.sent


def test_question_repeats_no_words_of_who_asked(world: World) -> None:
    """The name of a family's topic is chosen by whoever asks: it could be somebody's site, or an insult."""
    strange = ["line-win.at.evil.example", "line-" + "x" * 60, "line-12"]
    world.mailer.ask(job(ANN, *strange))
    [(_, email)] = world.mailbox.sent
    assert "- Line 12\n\n- … and 2 more" in email.text
    assert "evil" not in email.text + email.html
    assert "xxx" not in email.text + email.html
