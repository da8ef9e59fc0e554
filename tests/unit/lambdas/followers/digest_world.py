"""An audience whose followers get digests, for tests of what each reads."""

from lambdas.contracts.event import timestamp
from lambdas.followers.digest_runs import DigestRuns
from lambdas.followers.follower import Consent, Follower
from lambdas.followers.store import Followers
from tests.unit.lambdas.followers.fan_outs import START, TABLE, Audience, an_event, an_id

DAY, HOUR = 86_400.0, 3600.0
ANN, BOB = an_id(1), an_id(2)


class DigestWorld:
    """An audience whose time starts at midnight in UTC, the day before that of `START`."""

    def __init__(self) -> None:
        self.audience = Audience(
            "email", give_up_after=12 * HOUR, leave_digest=lambda id: self.followers.leave_digest(id)
        )
        self.midnight = START - 8 * HOUR - DAY
        self.clock = self.audience.clock
        self.clock.now = self.midnight
        table = self.audience.table
        self.followers = Followers(
            table,  # type: ignore[arg-type]
            TABLE,
            clock=lambda: self.clock.now,
            sleep=lambda seconds: None,
        )
        self.runs = DigestRuns(table, TABLE, self.audience.jobs, lambda: self.clock.now)  # type: ignore[arg-type]
        self.events = 0

    def follow(self, id: str = ANN, at: str = "08:00") -> None:
        consent = Consent(wording="", asked_at="", confirmed_at=timestamp(START), how="import")
        self.followers.follow(
            Follower(
                id=id,
                channel="email",
                state="following",
                address=b"sealed",
                topics=("line-12",),
                at=at,
                consent=consent,
            )
        )

    def move(self, at: str, id: str = ANN, zone: str = "", topics: tuple[str, ...] = ("line-12",)) -> None:
        assert self.followers.set_preferences(id, topics, zone, at)

    def happens(self, subject: str = "line-12") -> str:
        self.events += 1
        told = self.audience.planner.told_of(
            an_event(subject, id=f"e{self.events}", source=f"/endpoints/{self.events}", time=self.clock.now)
        )
        assert told
        self.audience.planner.send(self.audience.planner.plan(told))
        return told.event_id

    def pass_to(self, hours: float) -> None:
        """Time passes up to so many hours after the first midnight; what is due is started each half an hour."""
        until = self.midnight + hours * HOUR
        while self.clock.now < until:
            self.clock.now = min(self.clock.now + HOUR / 2, until)
            self.runs.start()
            self.audience.work_off()

    def told(self, id: str = ANN) -> list[list[str]]:
        """The events of each digest that a follower has got."""
        digests = self.audience.channel.digests
        return [[told.event_id for told in one.news] for one in digests if one.recipient.id == id]

    def counted(self, at: str = "08:00") -> int:
        return int(self.audience.table.items["digests", f"UTC#{at}"]["followers"]["N"])

    def place(self, at: str = "08:00", id: str = ANN) -> dict[str, object]:
        return self.audience.table.items[f"digest#UTC#{at}", id]

    @classmethod
    def begun(cls) -> "DigestWorld":
        """Ann's digest comes at 08:00 and Bob's at 20:00, from the second day on, which begins."""
        world = cls()
        world.follow()
        world.follow(BOB, "20:00")
        world.pass_to(24)
        return world
