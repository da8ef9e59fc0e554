"""Whatever people do in whatever order, with answers lost and two of them at once, counts and places are exact."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from botocore.exceptions import ReadTimeoutError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lambdas.contracts.audience_table import FOLLOWER
from lambdas.contracts.audience_topics import Channel
from lambdas.contracts.event import timestamp
from lambdas.followers.changes import places_of
from lambdas.followers.store import Followers
from lambdas.followers.transitions import SuppressedError, TooManyTopicsError
from tests.fakes.audience_table import AudienceTable
from tests.unit.lambdas.followers.people import NOW, asked, browser

CHANNELS: Final[Mapping[str, Channel]] = {
    "a" * 32: "email",
    "b" * 32: "text",
    "c" * 32: "push",
    "d" * 32: "push",
}
PEOPLE: Final = tuple(CHANNELS)
BROWSERS: Final = PEOPLE[2:]

people = st.sampled_from(PEOPLE)
browsers = st.sampled_from(BROWSERS)
topics = st.sets(st.sampled_from(("line-4", "line-12", "news")), min_size=1).map(
    lambda some: tuple(sorted(some))
)
zones = st.sampled_from(("", "Europe/Berlin"))
times = st.sampled_from(("", "07:30"))
askable = st.sampled_from(PEOPLE[:2])
backwards = st.sampled_from((0, 0, 0, 1, 2))

Act = Callable[["Life"], None]

acts = st.one_of(
    st.builds(lambda id, again, some: lambda life: life.ask(id, again, some), askable, st.booleans(), topics),
    st.builds(lambda id, back: lambda life: life.confirm(id, back), askable, backwards),
    st.builds(lambda id, back: lambda life: life.confirm(id, back), askable, backwards),
    st.builds(lambda id, some: lambda life: life.follow(id, some), browsers, topics),
    st.builds(
        lambda id, some, zone, at: lambda life: life.prefer(id, some, zone, at),
        people,
        topics | st.just(()),
        zones,
        times,
    ),
    st.builds(lambda old, new: lambda life: life.renew(old, new), browsers, browsers),
    st.builds(lambda id: lambda life: life.end(id), people),
    st.builds(lambda id: lambda life: life.suppress(id), askable),
    st.builds(lambda id: lambda life: life.allow(id), people),
    st.builds(lambda id: lambda life: life.erase(id), people),
)


class Life:
    """What people do, and what may be true of them after it.

    Attributes:
        questions: Those that were put to each, the newest last.
        open: The one question that may make a person follow.
        over: Who has ended it, or was erased or suppressed, and has not come back.
        is_alone: Whether one acts at a time.
    """

    def __init__(self) -> None:
        self.now = NOW
        self.table = AudienceTable()
        self.followers = Followers(
            self.table,  # type: ignore[arg-type]
            "table",
            clock=lambda: self.now,
            sleep=lambda seconds: None,
        )
        self.questions: dict[str, list[str]] = {id: ["q0"] for id in PEOPLE}
        self.open: dict[str, str] = {}
        self.over: set[str] = set()
        self.is_alone = True

    def ask(self, id: str, again: bool, some: tuple[str, ...]) -> None:
        if not again:
            self.questions[id].append(f"q{len(self.questions[id])}")
        question = self.questions[id][-1]
        wanted = asked(id, channel=CHANNELS[id], question=question, topics=some, address=id.encode())
        try:
            self.followers.put_question(wanted)
        finally:  # its answer may be lost, and the question put all the same
            found = self.followers.get(id)
            if found and found.question == question:
                self.open[id] = question

    def confirm(self, id: str, back: int) -> None:
        question = self.questions[id][-1 - min(back, len(self.questions[id]) - 1)]
        follower = self.followers.confirm(id, question, timestamp(self.now))
        if follower:
            assert self.open.get(id) == question, "no other question makes a person follow"
            self.over.discard(id)

    def follow(self, id: str, some: tuple[str, ...]) -> None:
        follower = self.followers.follow(browser(id, topics=some, address=id.encode()))
        assert {*some} <= {*follower.topics}
        self.over.discard(id)

    def prefer(self, id: str, some: tuple[str, ...], zone: str, at: str) -> None:
        follower = self.followers.set_preferences(id, some, zone, at)
        if follower:
            assert follower.topics == some
        else:
            assert not self.is_following(id)
            if not some:
                self._over(id)

    def renew(self, old: str, new: str) -> None:
        if self.followers.renew(old, browser(new, address=new.encode())):
            self.over.discard(new)
            if old != new:
                assert not self.is_following(old)

    def end(self, id: str) -> None:
        self.followers.end(id, "link")
        self._over(id)

    def suppress(self, id: str) -> None:
        self.followers.suppress(id, CHANNELS[id], "stop")
        self._over(id)

    def allow(self, id: str) -> None:
        self.followers.allow(id)

    def erase(self, id: str) -> None:
        self.followers.erase(id)
        if (
            not self.is_alone
        ):  # whoever came between may have come after its transaction, before its last look
            return
        self._over(id)
        left = [item for item in self.table.items.values() if id in str(item)]
        assert left == [], "neither the id nor the address"

    def is_following(self, id: str) -> bool:
        follower = self.followers.get(id)
        return follower is not None and follower.state == "following"

    def _over(self, id: str) -> None:
        self.over.add(id)
        if not self.is_following(id):
            self.open.pop(id, None)


class AnyLife(RuleBasedStateMachine):
    """Acts one after the other, two at once, and with their answers lost."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()

    @rule(act=acts)
    def one(self, act: Act) -> None:
        self._do(act)

    @rule(act=acts, other=acts)
    def two_at_once(self, act: Act, other: Act) -> None:
        self.life.table.before_write = lambda: self._do(other)
        self.life.is_alone = False
        self._do(act)
        self.life.table.before_write, self.life.is_alone = None, True

    @rule(act=acts)
    def answer_is_lost(self, act: Act) -> None:
        self.life.table.lose_answer = True
        with suppress(ReadTimeoutError):
            self._do(act)
        self.life.table.lose_answer = False
        self._do(act)

    @rule(seconds=st.sampled_from((0.001, 60.0, 3600.0, 86_400.0)))
    def time_passes(self, seconds: float) -> None:
        self.life.now += seconds

    @invariant()
    def places_are_those_of_the_followers(self) -> None:
        expected = {
            (place.partition, who.id): recipient.to_item(place.partition)
            for who in self.life.followers.all()
            for place, recipient in places_of(who).items()
        }
        assert self._places() == {key: _plain(item) for key, item in expected.items()}

    @invariant()
    def counts_are_exact(self) -> None:
        found = Counter(_counted_at(partition, id) for partition, id in self._places())
        counted = {
            sort: int(item["followers"]["N"])
            for (partition, sort), item in self.life.table.items.items()
            if partition in ("topics", "digests")
        }
        assert {sort: count for sort, count in counted.items() if count} == dict(found)

    @invariant()
    def who_has_ended_it_is_told_nothing(self) -> None:
        assert {id for _, id in self._places()} & self.life.over == set()

    @invariant()
    def address_is_kept_of_who_may_be_told_only(self) -> None:
        kept = {
            item["id"]["S"]: item["state"]["S"]
            for (_, sort), item in self.life.table.items.items()
            if sort == FOLLOWER and "address" in item
        }
        assert {*kept.values()} <= {"asked", "following"}

    def _do(self, act: Act) -> None:
        with suppress(SuppressedError, TooManyTopicsError):
            act(self.life)

    def _places(self) -> dict[tuple[str, str], Any]:
        return {
            key: _plain(item)
            for key, item in self.life.table.items.items()
            if key[0].startswith(("topic#", "digest#"))
        }


def _counted_at(partition: str, id: str) -> str:
    """The sort key of the count in which a recipient stands."""
    kind, _, rest = partition.partition("#")
    return f"{rest}#{id[0]}" if kind == "topic" else rest


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a digest's recipient alone has."""
    return {
        name: sorted(value["SS"]) if "SS" in value else value
        for name, value in item.items()
        if name not in ("told_until", "until")
    }


TestAnyLife = AnyLife.TestCase
TestAnyLife.settings = settings(stateful_step_count=20)
