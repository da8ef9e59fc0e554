"""The topics that a rulebook lets people follow, checked when they are written down."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from lambdas.contracts.audience_topics import PATTERN, Topic, Topics

_TYPE: Final = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*(\.\*)?")


def checked_topics(topics: Mapping[str, Topic]) -> Topics:
    """The topics.

    Raises:
        ValueError: There is none, or nobody could follow one, or would know what it is; one sentence says what was
            expected.
    """
    if not topics:
        raise ValueError(
            "topics is empty, expected one at least, such as {'news': Topic('News', 'What is new on the site.')}."
        )
    for name, topic in topics.items():
        _check_name(name)
        _check_words(name, topic)
        _check_types(name, topic.types)
    return Topics(topics)


def _check_name(name: str) -> None:
    if not PATTERN.fullmatch(name) or name.count("*") > 1:
        raise ValueError(
            f"topics has {name!r}, expected a name such as 'line-12' or a family such as 'line-*': letters, digits, "
            "hyphens, dots, underscores, up to three slashes and one asterisk."
        )


def _check_words(name: str, topic: Topic) -> None:
    if not topic.title.strip() or not topic.text.strip():
        raise ValueError(
            f"The topic {name!r} has the title {topic.title!r} and the text {topic.text!r}, expected words in both."
        )
    if topic.title.count("{}") != name.count("*"):
        expected = "one {} for what the asterisk stands for" if "*" in name else "no {}: it is no family"
        raise ValueError(f"The title of the topic {name!r} is {topic.title!r}, expected {expected}.")


def _check_types(name: str, types: Sequence[str]) -> None:
    if types and "*" in name:
        raise ValueError(
            f"The family {name!r} has the types {tuple(types)!r}, expected none: a type does not say which of "
            "the family it is about."
        )
    for type in types:
        if not _TYPE.fullmatch(type):
            raise ValueError(
                f"The topic {name!r} has the type {type!r}, expected an event type such as 'site.published' or "
                "'site.*'."
            )
