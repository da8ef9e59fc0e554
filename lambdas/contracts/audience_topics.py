"""Topics that people can follow, as the rulebook names them and as an event belongs to one of them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal, get_args

Channel = Literal["push", "email", "text"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
"""How a follower is told: web push, e-mail, text message."""

ASKING: Final[tuple[Channel, ...]] = ("email", "text")
"""Channels that ask first whether it was the person who asked; a browser has asked by itself."""

MAX_TOPICS: Final = 20
"""What one follower can follow: all of it is written in one transaction, beside the counts (DynamoDB allows 100)."""

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}(/[A-Za-z0-9][A-Za-z0-9._-]{0,63}){0,3}")
"""A topic's name, which is the subject of its events: ``line-12``."""

PATTERN: Final = re.compile(r"[A-Za-z0-9*][A-Za-z0-9*._-]{0,63}(/[A-Za-z0-9*][A-Za-z0-9*._-]{0,63}){0,3}")
"""The same with ``*`` for any characters but ``/``: ``line-*``, which people follow line by line."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a person is shown of a topic before following it.

    Attributes:
        title: Its name to people; ``{}`` in that of a family is what the ``*`` stands for: ``Line {}``.
        text: One sentence: what one is told of, and how often.
        types: Event types that belong to it whatever their subject is, such as ``site.published``; none for a family.
    """

    title: str
    text: str
    types: tuple[str, ...] = ()


class Topics:
    """The topics of an audience, by their names or patterns in the rulebook's order.

    Args:
        topics: What the rulebook says.
    """

    def __init__(self, topics: Mapping[str, Topic]) -> None:
        self.all = dict(topics)
        self._patterns = [(name, _compiled(name)) for name in topics]

    @classmethod
    def from_json(cls, text: str) -> "Topics":
        """The inverse of `to_json`."""
        return cls(
            {
                name: Topic(topic["title"], topic["text"], tuple(topic["types"]))
                for name, topic in json.loads(text).items()
            }
        )

    def to_json(self) -> str:
        """As a function is given them."""
        return json.dumps({name: asdict(topic) for name, topic in self.all.items()})

    def title_of(self, topic: str) -> str | None:
        """What a topic is called to people; None for one that nobody can follow."""
        for name, pattern in self._patterns:
            if found := pattern.fullmatch(topic):
                return self.all[name].title.replace("{}", found[1] if pattern.groups else "")
        return None

    def can_follow(self, topic: str) -> bool:
        """Whether people can follow a topic of this name."""
        return NAME.fullmatch(topic) is not None and self.title_of(topic) is not None

    def topic_of(self, type: str, subject: str) -> str | None:
        """The one topic that an event belongs to; None for none.

        What it is about is the event's subject, or the longest beginning of it, up to a slash, that people can follow:
        followers of ``line-12`` are told of ``line-12/0615``. Otherwise its type decides.
        """
        about = subject
        while about:
            if self.can_follow(about):
                return about
            about = about.rpartition("/")[0]
        return next((name for name, topic in self.all.items() if _has_type(topic.types, type)), None)


def _compiled(name: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in name.split("*")]
    return re.compile("([^/]+)".join(parts))


def _has_type(types: Sequence[str], type: str) -> bool:
    return any(type == one or (one.endswith(".*") and type.startswith(one[:-1])) for one in types)
