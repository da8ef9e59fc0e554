"""Sends the text messages of jobs: what is told, and codes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from lambdas.audience_text.texts import Texts
from lambdas.contracts.audience_job import Job
from lambdas.contracts.not_sent import NotSentError
from lambdas.contracts.sms_limits import QuietHours
from lambdas.contracts.sms_parts import count_parts
from lambdas.followers.asking import asked_follower, randomness, read_question
from lambdas.followers.follower import Follower
from lambdas.followers.keys import AudienceKeys
from lambdas.followers.outcomes import Gone, Held, Nothing, Outcome, Refused, Sent, Unknown
from lambdas.followers.own_links import OwnLinks
from lambdas.followers.plan import Told
from lambdas.followers.purse import Purse, SpentError
from lambdas.followers.question import CODE_SECONDS, new_code
from lambdas.followers.recipients import Recipient
from lambdas.followers.sealing import Sealer, UnreadableError
from lambdas.followers.sending import OF_FATE, Count, Failed, all_at_once
from lambdas.followers.transitions import Asked

AT_ONCE: Final = 4
"""Text messages that wait for an answer. A number sends one to a hundred parts a second (AWS End User Messaging user
guide, "Message Parts per Second limits"); what is too fast is tried later."""


class Service(Protocol):
    """What sends a text message (`lambdas.clients.text_messages.TextMessages`)."""

    def send(self, number: str, text: str, seconds: float) -> None:
        """Send a text message to one number; raises `NotSentError`."""
        ...


class AskedFollowers(Protocol):
    """Who is asked (`lambdas.followers.store.Followers`)."""

    def put_question(self, follower: Follower) -> Asked:
        """Somebody asked in the name of a person."""
        ...

    def take_back_question(self, id: str, question: str, since: float) -> None:
        """A question was certainly not sent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Texter:
    """Sends text messages.

    Attributes:
        service: What sends one.
        texts: What they say.
        keys: The audience's keys.
        url: The public endpoint's, with a slash at the end.
        followers: Who is asked.
        purse: The budgets.
        quiet: When the quiet hours begin and end, in the follower's zone.
        zone: The time zone of who has said none (IANA).
        give_up_after: Seconds after which a message is of no use, where its notice does not say.
        failed: Reports what was not sent.
        count: Counts parts, and when a budget is spent.
        now: Unix seconds.
    """

    service: Service
    texts: Texts
    keys: AudienceKeys
    url: str
    followers: AskedFollowers
    purse: Purse
    quiet: tuple[str, str]
    zone: str
    give_up_after: float
    failed: Failed
    count: Count
    now: float

    def tell(self, recipients: Sequence[Recipient], told: Told) -> Mapping[str, Outcome]:
        """Tell recipients of an event (`lambdas.followers.outcomes.Send`).

        Nothing passes the quiet hours, whatever its severity: a visitor is not on call.
        """
        first, further = (self.texts.of_topic(told, first=first) for first in (True, False))
        seconds = told.expires - self.now if told.expires else self.give_up_after
        message = _Message(first, further, seconds)
        return all_at_once({one.id: partial(self._tell, one, message) for one in recipients}, AT_ONCE)

    def ask(self, job: Job) -> Outcome:
        """Send one person a code (`lambdas.followers.outcomes.Ask`); at any hour, since somebody waits for it."""
        try:
            question = read_question(job, self.keys)
        except (ValueError, UnreadableError):
            return Refused("a question that cannot be read")
        random = randomness(job, self.keys)
        code = new_code(lambda below: int.from_bytes(random(16)) % below)
        follower = asked_follower(job, question, self.keys, code)
        verdict = self.followers.put_question(follower)
        texts = {
            "asked": partial(self.texts.of_code, code),
            "following": partial(self._known, job.fanout, question.topics),
        }
        if verdict not in texts:
            return Nothing()
        outcome = self._send_code(job.fanout, question.address, texts[verdict]())
        if not isinstance(outcome, Sent | Unknown):
            self.followers.take_back_question(follower.id, follower.question, self.now)
        return outcome

    def _send_code(self, follower: str, number: str, text: str) -> Outcome:
        parts = count_parts(text)
        try:
            self.purse.take_code(follower, parts)
        except SpentError as spent:
            self._count_spent(spent)
            return Refused("the day's codes are spent")
        give_back = partial(self.purse.give_back_code, follower, parts)
        return self._send(number, text, CODE_SECONDS, give_back)

    def _known(self, follower: str, asked: Sequence[str]) -> str:
        own = OwnLinks(self.url, self.keys.links, self.now)
        return self.texts.of_known(
            [own.preferences(follower, asked[:count]) for count in range(len(asked), -1, -1)]
        )

    def _tell(self, recipient: Recipient, message: "_Message") -> Outcome:
        zone = recipient.zone or self.zone
        quiet = QuietHours(*self.quiet, zone).until(self.now)
        if quiet is not None:
            return Held(quiet)
        try:
            number = Sealer(self.keys.data).open(recipient.address, recipient.id)
            is_first = self.purse.take(recipient.id, zone, message.parts)
        except UnreadableError:
            return Gone("the number cannot be read")
        except SpentError as spent:
            if spent.by_all:
                self._count_spent(spent)
            return Held(spent.until)
        text = message.first if is_first else message.further
        give_back = partial(self.purse.give_back, recipient.id, zone, message.parts)
        return self._send(number, text, message.seconds, give_back)

    def _send(self, number: str, text: str, seconds: float, give_back: Callable[[], None]) -> Outcome:
        """Send a text; what it costs is given back where it was certainly not sent."""
        try:
            self.service.send(number, text, seconds)
        except NotSentError as error:
            self.failed(error)
            if error.fate != "unknown":
                give_back()
            return OF_FATE[error.fate](error.reason)
        self.count("Parts", count_parts(text))
        return Sent()

    def _count_spent(self, spent: SpentError) -> None:
        if spent.by_all:
            self.count("BudgetSpent", 1)


@dataclass(frozen=True, slots=True)
class _Message:
    """A message to many: to whom it is the day's first, and to the others."""

    first: str
    further: str
    seconds: float

    @property
    def parts(self) -> int:
        """What is spent on it: as much as it may cost."""
        return max(count_parts(self.first), count_parts(self.further))
