"""The normaliser of deploys: the same notice for the same event, whatever host built the site."""

import re
from typing import TYPE_CHECKING, Final, Literal

from lambdas.contracts.event import Notice
from lambdas.contracts.event_types import severity_of
from lambdas.ingest.normalisers import generic
from lambdas.ingest.source import Draft

if TYPE_CHECKING:
    from lambdas.contracts.builds import Outcome, WithoutResult

TITLES: Final = {
    "deploy.started": "deploy started",
    "deploy.succeeded": "deployed",
    "deploy.failed": "deploy failed",
    "deploy.cancelled": "deploy cancelled",
}

_CANCELLATION: Final = re.compile(
    r"(?:(?:the|this|your) )?(?:build|deploy|deployment|run|job|pipeline)? ?(?:was |is |has been )?"
    r"(?P<word>cancel|skip|ignored|superseded)",
    re.IGNORECASE,
)
_REASONS: Final[tuple[tuple[re.Pattern[str], "WithoutResult"], ...]] = (
    (re.compile(r"\bno (?:[a-z]+ )?changes?\b|\bunchanged\b|\bnot changed\b", re.IGNORECASE), "unchanged"),
    (re.compile(r"\bsuperseded\b|\bnewer\b|\bmore recent\b", re.IGNORECASE), "superseded"),
)


def cancellation_in(text: str) -> "WithoutResult | Literal['']":
    """How a build ended without a result, by the words in which a build host calls it an error; empty where it is one.

    Only a text that begins with it is believed: “Build script returned non-zero exit code” may go on with anything.
    """
    found = _CANCELLATION.match(text.strip())
    if found is None:
        return ""
    plain: WithoutResult = "skipped" if found["word"].lower() in ("skip", "ignored") else "cancelled"
    return next((outcome for reason, outcome in _REASONS if reason.search(text)), plain)


def title_of(event_type: str) -> str:
    """What happened, in words that follow the site's name."""
    return TITLES.get(event_type) or generic.headline(event_type).partition(": ")[2]


def deploy_draft(
    event_type: str,
    *,
    site: str,
    title: str,
    fields: dict[str, str],
    url: str,
    text: str = "",
    subject: str = "",
    outcome: "Outcome | Literal['']" = "",
) -> Draft:
    """A draft whose notice begins with the site's name and leaves out the fields that are empty."""
    fields = {**fields, "Outcome": outcome}
    notice = Notice(
        title=(f"{site}: {title}" if site else title[:1].upper() + title[1:])[: generic.MAX_TITLE_LENGTH],
        text=text[: generic.MAX_TEXT_LENGTH],
        url=generic.web_address(url),
        severity=severity_of(event_type),
        fields={name: value for name, value in fields.items() if value},
        site=site,
    )
    return Draft(event_type, notice, subject=subject, outcome=outcome)
