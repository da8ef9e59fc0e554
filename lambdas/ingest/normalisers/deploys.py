"""The normaliser of deploys: the same notice for the same event, whatever host built the site."""

from typing import Final

from lambdas.contracts.event import Notice
from lambdas.contracts.event_types import severity_of
from lambdas.ingest.normalisers import generic
from lambdas.ingest.source import Draft

TITLES: Final = {
    "deploy.started": "deploy started",
    "deploy.succeeded": "deployed",
    "deploy.failed": "deploy failed",
}


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
) -> Draft:
    """A draft whose notice begins with the site's name and leaves out the fields that are empty."""
    notice = Notice(
        title=f"{site}: {title}"[: generic.MAX_TITLE_LENGTH] if site else title.capitalize(),
        text=text[: generic.MAX_TEXT_LENGTH],
        url=generic.web_address(url),
        severity=severity_of(event_type),
        fields={name: value for name, value in fields.items() if value},
        site=site,
    )
    return Draft(event_type, notice, subject=subject)
