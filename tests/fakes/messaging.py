"""Services that send a message to one person: they note each, and fail as they are told to."""

from dataclasses import dataclass, field

from lambdas.clients.ses import Email
from lambdas.contracts.not_sent import NotSentError
from lambdas.followers.keys import AudienceKeys, PushKey
from lambdas.followers.recipients import Recipient
from lambdas.followers.sealing import Sealer

KEYS = AudienceKeys(
    data=b"d" * 32, lookup=b"l" * 32, links=b"s" * 32, push=(PushKey("k1", b"p" * 32),), challenge=""
)


@dataclass
class Mailbox:
    """SES."""

    sent: list[tuple[str, Email]] = field(default_factory=list)
    fails: dict[str, NotSentError] = field(default_factory=dict)

    def send(self, address: str, email: Email) -> None:
        if error := self.fails.get(address):
            raise error
        self.sent.append((address, email))


@dataclass
class Phone:
    """End User Messaging."""

    sent: list[tuple[str, str, float]] = field(default_factory=list)
    fails: dict[str, NotSentError] = field(default_factory=dict)

    def send(self, number: str, text: str, seconds: float = 0.0) -> None:
        if error := self.fails.get(number):
            raise error
        self.sent.append((number, text, seconds))

    @property
    def texts(self) -> list[str]:
        return [text for _, text, _ in self.sent]


def recipient(id: str, address: str, **words: object) -> Recipient:
    """Who is to be told, with a sealed address."""
    return Recipient(id=id, address=Sealer(KEYS.data).seal(address, id), **words)  # type: ignore[arg-type]
