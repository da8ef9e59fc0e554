"""What is done about what was heard. Each of it may be heard twice, and does no harm by it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

from lambdas.audience_feedback.keywords import Word, word_of
from lambdas.audience_feedback.reading import Heard, Kind
from lambdas.audience_feedback.replies import Replies
from lambdas.contracts.audience_message_words import Words
from lambdas.contracts.audience_settings import SiteOfAudience
from lambdas.followers.identity import follower_id
from lambdas.followers.sending import Count
from lambdas.followers.store import Followers


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Acts on what was heard.

    Attributes:
        followers: The audience's followers.
        lookup_key: By which an address becomes a follower's id.
        replies: What answers; None where there are no text messages.
        site: The site.
        words: In which words.
        help: What HELP is answered.
        stop_words: Further words for STOP.
        count: Counts what happened.
    """

    followers: Followers
    lookup_key: bytes
    replies: Replies | None
    site: SiteOfAudience
    words: Words
    help: str
    stop_words: Collection[str]
    count: Count

    def act(self, heard: Heard) -> None:
        """Do what it means.

        Raises:
            BusyError: Others change the same follower again and again; it may be tried later.
            ClientError: DynamoDB failed.
        """
        actions: Mapping[Kind, Callable[[str, Heard], object]] = {
            "bounce": self._suppress,
            "complaint": self._suppress,
            "invalid": self._end,
            "answer": self._answer,
        }
        actions[heard.kind](follower_id(self.lookup_key, heard.channel, heard.address), heard)

    def _suppress(self, id: str, heard: Heard) -> None:
        self.followers.suppress(id, heard.channel, heard.kind)
        self.count("Suppressed", 1)

    def _end(self, id: str, heard: Heard) -> None:
        """The number may be given to somebody else, who may follow: so it ends, and is not suppressed."""
        if self.followers.end(id, heard.kind):
            self.count("FollowersGone", 1)

    def _answer(self, id: str, heard: Heard) -> None:
        wanted: Mapping[Word, Callable[[str, Heard], None]] = {
            "stop": self._stop,
            "start": self._start,
            "help": partial(self._reply, text=self.help),
        }
        if word := word_of(heard.text, self.stop_words):
            wanted[word](id, heard)

    def _stop(self, id: str, heard: Heard) -> None:
        """At once, and answered with one last message."""
        known = self.followers.get(id)
        self.followers.suppress(id, "text", "stop")
        if known is None or known.state != "suppressed":
            self.count("Suppressed", 1)
            self._reply(id, heard, self._say("text_stopped"))

    def _start(self, id: str, heard: Heard) -> None:
        """Nothing is followed by that: what was, has ended, so the person chooses and confirms anew."""
        if self.followers.allow(id):
            self._reply(id, heard, self._say("text_started"))

    def _say(self, key: str) -> str:
        return self.words.say(key, site=self.site.name, url=self.site.url)

    def _reply(self, id: str, heard: Heard, text: str) -> None:
        if self.replies:
            self.replies.send(id, heard, text)
