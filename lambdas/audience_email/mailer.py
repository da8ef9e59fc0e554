"""Sends the e-mails of jobs: what is told, digests, questions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from lambdas.audience_email.letters import EndLinks, Letters
from lambdas.audience_email.pace import Pace
from lambdas.clients.ses import Email
from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_topics import Topics
from lambdas.contracts.not_sent import NotSentError
from lambdas.followers.asking import asked_follower, randomness, read_question, shown_topics
from lambdas.followers.follower import Follower
from lambdas.followers.keys import AudienceKeys
from lambdas.followers.outcomes import Digest, Gone, Later, Nothing, Outcome, Refused, Sent, Unknown
from lambdas.followers.own_links import OwnLinks
from lambdas.followers.plan import Told
from lambdas.followers.purse import QuestionPurse, SpentError
from lambdas.followers.question import Question, new_word
from lambdas.followers.recipients import Recipient
from lambdas.followers.sealing import Sealer, UnreadableError
from lambdas.followers.sending import OF_FATE, Count, Failed, all_at_once
from lambdas.followers.transitions import Asked

AT_ONCE: Final = 16
"""E-mails that wait for SES's answer: 16 of 80 ms each are 200 a second, which is more than most accounts may send."""


class Service(Protocol):
    """What sends an e-mail (`lambdas.clients.ses.Ses`)."""

    def send(self, address: str, email: Email) -> None:
        """Send an e-mail to one address; raises `NotSentError`."""
        ...


class AskedFollowers(Protocol):
    """Who is asked (`lambdas.followers.store.Followers`)."""

    def put_question(self, follower: Follower) -> Asked:
        """Somebody asked in the name of a person."""
        ...

    def take_back_question(self, id: str, question: str, since: float) -> None:
        """A question was certainly not sent."""
        ...


class AskedMailboxes(Protocol):
    """Which mailboxes were asked (`lambdas.followers.mailboxes.Mailboxes`)."""

    def may_ask(self, address: str, follower: str, lookup_key: bytes, now: float) -> bool:
        """Whether no other address of a mailbox was asked within a day."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailer:
    """Sends e-mails.

    Attributes:
        service: What sends one.
        letters: What they say.
        topics: The audience's topics.
        keys: The audience's keys.
        url: The public endpoint's, with a slash at the end.
        consent: The words to which a person agrees.
        followers: Who is asked.
        mailboxes: Whether another address of the same person was asked.
        purse: The budget of questions.
        pace: How fast it sends.
        failed: Reports what was not sent.
        count: Counts when the budget is spent.
        now: Unix seconds.
    """

    service: Service
    letters: Letters
    topics: Topics
    keys: AudienceKeys
    url: str
    consent: str
    followers: AskedFollowers
    mailboxes: AskedMailboxes
    purse: QuestionPurse
    pace: Pace
    failed: Failed
    count: Count
    now: float

    def tell(self, recipients: Sequence[Recipient], told: Told) -> Mapping[str, Outcome]:
        """Tell recipients of an event (`lambdas.followers.outcomes.Send`)."""

        def write(recipient: Recipient) -> Email:
            return self.letters.of_topic(told, self._links(recipient.id))

        return all_at_once({one.id: partial(self._send, one, write) for one in recipients}, AT_ONCE)

    def send_digests(self, digests: Sequence[Digest]) -> Mapping[str, Outcome]:
        """Send digests (`lambdas.followers.outcomes.SendDigests`)."""

        def write(digest: Digest, recipient: Recipient) -> Email:
            return self.letters.of_digest(digest.news, self._links(recipient.id), recipient.zone)

        return all_at_once(
            {one.recipient.id: partial(self._send, one.recipient, partial(write, one)) for one in digests},
            AT_ONCE,
        )

    def ask(self, job: Job) -> Outcome:
        """Ask one person whether it was they who asked (`lambdas.followers.outcomes.Ask`)."""
        try:
            question = read_question(job, self.keys)
        except (ValueError, UnreadableError):
            return Refused("a question that cannot be read")
        word = new_word(randomness(job, self.keys))
        follower = asked_follower(job, question, self.keys, word)
        verdict = self.followers.put_question(follower)
        letters = {
            "asked": partial(self._question, job, question, word),
            "following": partial(self.letters.of_known, self._links(job.fanout, question.topics)),
        }
        if not (write := letters.get(verdict)):
            return Nothing()
        may_ask = self._may_ask(verdict, question, job)
        outcome = self._post_within_budget(question.address, write) if may_ask else Nothing()
        if isinstance(outcome, Unknown):
            return Later(None, outcome.reason)
        if not isinstance(outcome, Sent):
            self.followers.take_back_question(follower.id, follower.question, self.now)
        return outcome

    def _may_ask(self, verdict: Asked, question: Question, job: Job) -> bool:
        """Who follows by an address has confirmed it; any other address may be another name of somebody asked today."""
        return verdict != "asked" or self.mailboxes.may_ask(
            question.address, job.fanout, self.keys.lookup, self.now
        )

    def _post_within_budget(self, address: str, write: Callable[[], Email]) -> Outcome:
        try:
            self.purse.take()
        except SpentError:
            self.count("BudgetSpent", 1)
            return Refused("the day's questions are spent")
        outcome = self._post(address, write())
        if not isinstance(outcome, Sent | Unknown):
            self.purse.give_back()
        return outcome

    def _question(self, job: Job, question: Question, word: str) -> Email:
        titles, more = shown_topics(self.topics, question.topics)
        link = self._own_links().confirm(job.fanout, word)
        return self.letters.of_question(titles, more, self.consent, question.asked_at, link)

    def _send(self, recipient: Recipient, write: Callable[[Recipient], Email]) -> Outcome:
        try:
            address = Sealer(self.keys.data).open(recipient.address, recipient.id)
        except UnreadableError:
            return Gone("the address cannot be read")
        return self._post(address, write(recipient))

    def _post(self, address: str, email: Email) -> Outcome:
        self.pace.wait()
        try:
            self.service.send(address, email)
        except NotSentError as error:
            self.failed(error)
            return OF_FATE[error.fate](error.reason)
        return Sent()

    def _links(self, follower: str, asked: Sequence[str] = ()) -> EndLinks:
        own = self._own_links()
        return EndLinks(own.preferences(follower, asked), own.unsubscribe(follower))

    def _own_links(self) -> OwnLinks:
        return OwnLinks(self.url, self.keys.links, self.now)
