"""From the endpoint through a question to what is told, and to its end: as a person goes, by e-mail and by text."""

from urllib.parse import urlsplit

import pytest

from lambdas.followers.outcomes import Sent
from lambdas.followers.recipients import Recipient, Recipients
from tests.unit.lambdas.audience_api import world as endpoint
from tests.unit.lambdas.audience_api.world import ANN, EMAIL, FORM, NUMBER, TEXT
from tests.unit.lambdas.audience_email.test_letters import TOLD
from tests.unit.lambdas.audience_email.test_mailer import World as Email
from tests.unit.lambdas.audience_text.test_texter import World as Text


class Whole:
    """The endpoint and the two workers, at one table."""

    def __init__(self) -> None:
        self.api = endpoint.World()
        self.api.now = 1_800_025_200.0  # three in the afternoon in London
        self.email = Email(table=self.api.table, now=self.api.now)
        self.text = Text(table=self.api.table, now=self.api.now)

    def recipients(self, channel: str, topic: str = "line-12") -> list[Recipient]:
        reader = Recipients(self.api.table, "audience")  # type: ignore[arg-type]
        return reader.after(f"topic#{channel}#{topic}", "", "", "", 10)

    def tell(self, channel: str) -> list[object]:
        worker = self.email.mailer if channel == "email" else self.text.texter
        return list(worker.tell(self.recipients(channel), TOLD).values())


@pytest.fixture
def whole() -> Whole:
    return Whole()


def test_email_is_followed_and_ended_by_links(whole: Whole) -> None:
    assert whole.api.post("/follow", EMAIL | {"at": ""}).status == 202
    [job] = whole.api.asked
    assert whole.email.mailer.ask(job) == Sent()
    [token] = whole.email.tokens("confirm")
    assert whole.api.request("GET", "/confirm", query=f"t={token}").status == 200
    assert not whole.recipients("email")  # a mail scanner follows links
    assert whole.api.submit("/confirm", {"t": token}).status == 200
    assert whole.tell("email") == [Sent()]

    address, told = whole.email.mailbox.sent[-1]
    assert address == ANN
    url = urlsplit(told.headers["List-Unsubscribe"].strip("<>"))
    whole.api.now += 300 * 24 * 3600
    ended = whole.api.request("POST", url.path, query=url.query, body="List-Unsubscribe=One-Click", type=FORM)
    assert ended.status == 200
    assert not whole.recipients("email")
    assert not whole.recipients("email", "news")


def test_preferences_are_changed_by_the_link_of_a_message(whole: Whole) -> None:
    whole.api.post("/follow", EMAIL | {"at": ""})
    whole.email.mailer.ask(whole.api.asked[0])
    whole.api.submit("/confirm", {"t": whole.email.tokens("confirm")[0]})
    whole.tell("email")
    [token] = whole.email.tokens("preferences")
    assert "Line 12" in whole.api.request("GET", "/preferences", query=f"t={token}").body
    assert whole.api.submit("/preferences", {"t": token, "topics": ["news"]}).status == 200
    assert (len(whole.recipients("email")), len(whole.recipients("email", "news"))) == (0, 1)


def test_text_is_followed_by_its_code(whole: Whole) -> None:
    assert whole.api.post("/follow", TEXT).status == 202
    [job] = whole.api.asked
    assert whole.text.texter.ask(job) == Sent()
    code = whole.text.phone.texts[0].removeprefix("Harbour Buses: ")[:6]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert whole.api.post("/confirm", {"number": NUMBER, "code": wrong}).status == 400
    assert whole.api.post("/confirm", {"number": NUMBER, "code": code}).status == 200
    assert whole.tell("text") == [Sent()]
    assert whole.text.phone.sent[-1][0] == NUMBER
