"""A follower's own links into the public endpoint, as its messages carry them."""

from dataclasses import dataclass

from lambdas.followers.links import CONFIRM_SECONDS, MANAGE_SECONDS, Link, Links, Purpose


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
        return self._url("confirm", "confirm", follower, CONFIRM_SECONDS, answer)

    def preferences(self, follower: str) -> str:
        """Where it sees and changes what it follows."""
        return self._url("preferences", "manage", follower, MANAGE_SECONDS)

    def unsubscribe(self, follower: str) -> str:
        """Where it ends all of it."""
        return self._url("unsubscribe", "unsubscribe", follower, MANAGE_SECONDS)

    def _url(self, path: str, purpose: Purpose, follower: str, seconds: int, answer: str = "") -> str:
        link = Link(purpose=purpose, follower=follower, question=answer, expires=int(self.now) + seconds)
        return f"{self.url}{path}?t={Links(self.key).sign(link)}"
