"""A follower's own links into the public endpoint, as its messages carry them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from lambdas.followers.links import (
    CONFIRM_SECONDS,
    MANAGE_SECONDS,
    MAX_TOPICS_BYTES,
    Link,
    Links,
    Purpose,
)


@dataclass(frozen=True, slots=True)
class OwnLinks:
    """Signs a follower's own links.

    Attributes:
        url: The public endpoint's, with a slash at the end.
        key: By which links are signed.
        now: Unix seconds.
    """

    url: str
    key: bytes
    now: float

    def confirm(self, follower: str, answer: str) -> str:
        """Where a question is answered with yes."""
        return self._url("confirm", self._link("confirm", follower, CONFIRM_SECONDS, answer=answer))

    def preferences(self, follower: str, asked: Sequence[str] = ()) -> str:
        """Where it sees and changes what it follows.

        Args:
            follower: Its id.
            asked: Topics that somebody asked for in its name, which the page offers; as many as a link has room for.
        """
        return self._url(
            "preferences", self._link("manage", follower, MANAGE_SECONDS, topics=_with_room(asked))
        )

    def unsubscribe(self, follower: str) -> str:
        """Where it ends all of it."""
        return self._url("unsubscribe", self._link("unsubscribe", follower, MANAGE_SECONDS))

    def _link(
        self, purpose: Purpose, follower: str, seconds: int, *, answer: str = "", topics: tuple[str, ...] = ()
    ) -> Link:
        expires = int(self.now) + seconds
        return Link(purpose=purpose, follower=follower, question=answer, expires=expires, topics=topics)

    def _url(self, path: str, link: Link) -> str:
        return f"{self.url}{path}?t={Links(self.key).sign(link)}"


def _with_room(topics: Sequence[str]) -> tuple[str, ...]:
    """The first of them; JSON has three characters around each."""
    sizes = accumulate(len(topic) + 3 for topic in topics)
    return tuple(topic for topic, size in zip(topics, sizes, strict=True) if size <= MAX_TOPICS_BYTES)
