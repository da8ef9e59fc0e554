"""From what somebody asks for, by the worker that asks the person, to who follows: both sides of one question."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from lambdas.audience_email.letters import Letters
from lambdas.audience_email.mailer import Mailer
from lambdas.audience_email.pace import Pace
from lambdas.contracts.audience_message_words import Words
from lambdas.followers.asking import asked_follower, read_question
from lambdas.followers.mailboxes import Mailboxes
from lambdas.followers.own_links import OwnLinks
from lambdas.followers.purse import QuestionPurse
from lambdas.followers.spending import Spending
from tests.fakes.messaging import Mailbox
from tests.unit.lambdas.audience_api.world import ANN, EMAIL, KEYS, NUMBER, SITE, TEXT, Response, World


def asked(world: World, answer: str) -> str:
    """What a worker does with the one question in its queue; gives the follower's id."""
    [job] = world.asked
    follower = asked_follower(job, read_question(job, KEYS), KEYS, answer)
    assert world.followers.put_question(follower) == "asked"
    return job.fanout


def test_who_asks_by_mail_follows_by_its_own_links() -> None:
    world = World()
    world.submit("/follow", EMAIL)
    links = OwnLinks("https://audience.example/", KEYS.links, world.now)
    id = asked(world, "w0rd")
    url = urlsplit(links.confirm(id, "w0rd"))
    assert world.request("GET", url.path, query=url.query).status == 200
    assert world.submit(url.path, dict(parse_qsl(url.query))).status == 200
    follower = world.followers.get(id)
    assert follower
    assert (follower.topics, follower.at, follower.zone) == (("line-12", "news"), "07:30", "Europe/Berlin")
    url = urlsplit(links.preferences(id))
    assert "Every day at 07:30" in world.request("GET", url.path, query=url.query).body
    url = urlsplit(links.unsubscribe(id))
    assert world.request("GET", url.path, query=url.query).status == 200
    assert world.request("POST", url.path, query=url.query, body="List-Unsubscribe=One-Click").status == 200
    follower = world.followers.get(id)
    assert follower
    assert (follower.state, follower.address) == ("ended", b"")
    assert ANN not in str(world.table.items)


def test_who_asks_by_number_follows_by_the_code() -> None:
    world = World()
    world.post("/follow", TEXT)
    id = asked(world, "004291")
    said = world.post("/confirm", {"number": NUMBER, "code": "004291"}).json()
    assert said["topics"] == ["line-12"]
    assert world.post("/state", {"follower": said["follower"]}).json()["channel"] == "text"
    assert world.table.partition("topic#text#line-12")[0]["sk"]["S"] == id
    assert NUMBER not in str(world.table.items)


class Person:
    """Somebody with a mailbox, who follows by forms and by the links that come."""

    def __init__(self) -> None:
        self.world = World()
        self.mailbox = Mailbox()

    def ask(self, topic: str) -> None:
        assert self.world.submit("/follow", EMAIL | {"topics": [topic]}).status == 202
        mailer = Mailer(
            service=self.mailbox,
            letters=Letters(SITE, Words()),
            topics=self.world.api.topics,
            keys=KEYS,
            url="https://audience.example/",
            consent="Mail me.",
            followers=self.world.followers,
            mailboxes=Mailboxes(self.world.table, "table"),  # type: ignore[arg-type]
            purse=QuestionPurse(Spending(self.world.table, "table"), 10, self.world.now),  # type: ignore[arg-type]
            pace=Pace(1000, lambda: 0.0, lambda seconds: None),
            failed=lambda error: pytest.fail("is not sent"),
            count=lambda name, amount: pytest.fail(f"{name} is counted"),
            now=self.world.now,
        )
        mailer.ask(self.world.asked.pop())

    def open(self, path: str) -> Response:
        """Open the newest link of a path."""
        [*_, query] = re.findall(rf"/{path}\?(\S+)", "".join(email.text for _, email in self.mailbox.sent))
        return self.world.request("GET", f"/{path}", query=query)

    def submit(self, page: Response, path: str, **fields: object) -> Response:
        """Submit a page's first form, with these fields."""
        [token, *_] = re.findall(r'name="t" value="([^"]+)"', page.body)
        return self.world.submit(f"/{path}", {"t": token, **fields})

    @property
    def topics(self) -> list[str]:
        follower = self.world.followers.get(self.world.id("email", ANN))
        return list(follower.topics) if follower and follower.state == "following" else []


def test_who_follows_takes_a_further_topic_of_a_family() -> None:
    ann = Person()
    ann.ask("line-12")
    assert ann.submit(ann.open("confirm"), "confirm").status == 200
    ann.ask("line-13")
    before = ann.world.stored()
    page = ann.open("preferences")
    assert 'value="line-12" checked>' in page.body
    assert 'value="line-13">\n<span>Line 13' in page.body, "a choice, which only the person takes"
    assert (ann.world.stored(), ann.topics) == (before, ["line-12"])
    saved = ann.submit(page, "preferences", topics=["line-12", "line-13"], zone="", at="")
    assert 'value="line-13" checked>' in saved.body
    assert ann.topics == ["line-12", "line-13"]


def test_who_was_asked_today_confirms_what_was_asked_since() -> None:
    ann = Person()
    ann.ask("line-12")
    ann.ask("line-13")
    assert len(ann.mailbox.sent) == 1
    page = ann.open("confirm")
    assert "Line 12" in page.body
    assert "Line 13" in page.body
    ann.submit(page, "confirm")
    assert ann.topics == ["line-12", "line-13"]


def test_topic_that_is_no_longer_offered_is_no_choice() -> None:
    world = World()
    id = world.put("email", ANN)
    url = urlsplit(
        OwnLinks("https://a.example/", KEYS.links, world.now).preferences(id, ["tram-3", "line-3"])
    )
    page = world.request("GET", "/preferences", query=url.query)
    assert page.status == 200
    assert "tram-3" not in page.body
    assert 'value="line-3">' in page.body
