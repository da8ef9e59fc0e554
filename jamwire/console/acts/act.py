"""An act: prepared, shown, and done only if it is still what was shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jamwire.console.context import BadRequestError, Context, Document
from jamwire.operations.errors import OperationError

Body = Mapping[str, Any]
"""What the page says of an act."""


@dataclass(frozen=True, slots=True)
class Done:
    """What has been done.

    Attributes:
        done: How much.
        sentence: The same in words.
        unsent: What could not be done, each with its id and the reason.
        undo: The act that takes it back, with its body; None where there is none.
        failure: What ended it midway; None where all was done.
    """

    done: int
    sentence: str
    unsent: Sequence[Document] = field(default_factory=list)
    undo: Document | None = None
    failure: OperationError | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be done.

    Attributes:
        count: How much; 0 where there is nothing to do.
        sentence: The same in words.
        perform: Does it.
        body: What the page adds to the act's body, so that a second try is known as one.
    """

    count: int
    sentence: str
    perform: Callable[[], Done]
    body: Document = field(default_factory=dict)


Prepare = Callable[[Context, Body], Prepared]


def text(body: Body, name: str, *, required: bool = False) -> str:
    """A text of the body.

    Raises:
        BadRequestError: It is something else, or missing. What was given is not repeated: it may be a secret.
    """
    value = body.get(name, "")
    if not isinstance(value, str) or (required and not value):
        raise BadRequestError(f"{name}: expected {'a text' if required else 'a text or nothing'}.")
    return value


def texts(body: Body, name: str) -> tuple[str, ...]:
    """A list of texts.

    Raises:
        BadRequestError: It is something else.
    """
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise BadRequestError(f"{name}: expected a list of texts.")
    return tuple(value)


def failure_of(task: Callable[[], None]) -> OperationError | None:
    """What ends a task midway; None where it comes to its end."""
    try:
        task()
    except OperationError as error:
        return error
    return None


def counted(count: int, word: str) -> str:
    """So many of something, in words."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"
