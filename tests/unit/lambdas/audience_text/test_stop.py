"""Who says STOP hears nothing more, whatever was on its way."""

import datetime as dt

import pytest

from lambdas.contracts.not_sent import NotSentError
from lambdas.followers.follower import Consent, Follower
from lambdas.followers.identity import follower_id
from lambdas.followers.sealing import Sealer
from lambdas.followers.worker import ChannelWork, Services, make_worker
from tests.fakes.messaging import KEYS
from tests.unit.lambdas.audience_feedback.test_feedback import World as Feedback
from tests.unit.lambdas.audience_feedback.test_feedback import answer
from tests.unit.lambdas.audience_text.test_texter import ANN, ANN_ID, BOB, World
from tests.unit.lambdas.followers.fan_outs import START, TABLE, Audience, an_event

BOB_ID = follower_id(KEYS.lookup, "text", BOB)
EVENING = dt.datetime(2027, 1, 15, 22, tzinfo=dt.UTC).timestamp()


class Texts:
    """An audience by text message, with its worker, its store and what comes back."""

    def __init__(self) -> None:
        self.audience = Audience("text")
        self.world = World(table=self.audience.table)
        self.feedback = Feedback(table=self.audience.table, phone=self.world.phone)
        for number in (ANN, BOB):
            self.follow(number)
        self.audience.handle = make_worker(
            ChannelWork(
                channel="text",
                send=lambda recipients, told: self.texter.tell(recipients, told),
                ask=lambda job: self.texter.ask(job),
                end=self.world.followers.end,
                chunk=10,
                give_up_after=12 * 3600.0,
                records=True,
            ),
            Services(
                dynamodb=self.audience.table,  # type: ignore[arg-type]
                table=TABLE,
                sqs=self.audience.sqs,  # type: ignore[arg-type]
                queue_url="jobs",
                report=self.audience._report,
                clock=lambda: self.audience.clock.now,
                random=lambda: 0.0,
            ),
        )

    @property
    def texter(self):  # type: ignore[no-untyped-def]
        self.world.now = self.audience.clock.now
        return self.world.texter

    def follow(self, number: str) -> None:
        id = follower_id(KEYS.lookup, "text", number)
        consent = Consent(
            wording="f" * 64, asked_at="2027-01-15T08:00:00Z", confirmed_at="2027-01-15T08:01:00Z"
        )
        self.world.followers.follow(
            Follower(
                id=id,
                channel="text",
                state="following",
                address=Sealer(KEYS.data).seal(number, id),
                topics=("line-12",),
                consent=consent,
            )
        )

    def stop(self, number: str) -> None:
        self.feedback.hear(answer("STOP") | {"originationNumber": number})

    def told(self, number: str) -> list[str]:
        return [text for to, text, _ in self.world.phone.sent if to == number and "late" in text]


@pytest.fixture
def texts() -> Texts:
    return Texts()


def test_stop_holds_for_a_job_on_its_way(texts: Texts) -> None:
    texts.audience.clock.now = START + 5 * 3600
    texts.audience.fan_out(an_event(time=texts.audience.clock.now))
    texts.stop(ANN)
    texts.audience.work_off()
    assert (texts.told(ANN), len(texts.told(BOB))) == ([], 1)


def test_stop_holds_for_what_waits_for_the_morning(texts: Texts) -> None:
    texts.audience.clock.now = EVENING
    texts.audience.fan_out(an_event(time=EVENING))
    texts.audience.work_off(3600)
    assert not texts.world.phone.sent
    texts.stop(ANN)
    texts.audience.work_off(12 * 3600)
    assert (texts.told(ANN), len(texts.told(BOB))) == ([], 1)
    assert texts.audience.clock.now >= EVENING + 10 * 3600


def test_text_whose_answer_was_lost_is_not_sent_again(texts: Texts) -> None:
    texts.audience.clock.now = START + 5 * 3600
    plan = texts.audience.fan_out(an_event(time=texts.audience.clock.now))
    texts.world.phone.fails[ANN] = NotSentError("unknown", "End User Messaging: ReadTimeoutError")
    texts.audience.work_off()
    texts.world.phone.fails.clear()
    texts.audience.fan_out(an_event(time=texts.audience.clock.now))
    texts.audience.work_off()
    assert (texts.told(ANN), len(texts.told(BOB))) == ([], 1)
    assert texts.audience.counted(plan) == {"sent": 1, "uncertain": 1}


def test_number_that_opted_out_at_the_carrier_ends(texts: Texts) -> None:
    texts.audience.clock.now = START + 5 * 3600
    texts.audience.fan_out(an_event(time=texts.audience.clock.now))
    texts.world.phone.fails[ANN] = NotSentError("gone", "opted out")
    texts.audience.work_off()
    found = texts.world.followers.get(ANN_ID)
    assert found
    assert (found.state, found.reason) == ("ended", "opted out")
