"""What a check finds of one subject, and how the checks of several subjects are kept apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from jamwire.operations.errors import AccountError, OperationError

Verdict = Literal["ok", "warning", "wrong"]
Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has found.

    Attributes:
        subject: Of what: an endpoint, a subscriber, a quota.
        finding: ``wrong`` is what has to be put right, ``warning`` what a person should know.
        advice: What to do, or what was seen, in one line.
        facts: The same for machines, where it is more than words.
        check: Which check has found it.
    """

    subject: str
    finding: Verdict
    advice: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    check: str = ""


def unchecked(subject: str, error: Exception) -> Finding:
    """That something could not be looked at, and why; a mistake of ours is told by its kind only."""
    if isinstance(error, AccountError) and error.action:
        return Finding(subject, "warning", f"could not be checked: needs {error.action}")
    why = str(error) if isinstance(error, OperationError) else type(error).__name__
    return Finding(subject, "warning", f"could not be checked: {why}")


def of_each(
    subjects: Iterable[Subject],
    look: Callable[[Subject], Iterable[Finding]],
    name: Callable[[Subject], str] = str,
) -> Iterator[Finding]:
    """What is found of each subject; one that cannot be looked at hides none of the others."""
    for subject in subjects:
        try:
            yield from list(look(subject))
        except Exception as error:
            yield unchecked(name(subject), error)
