"""Only production is the site: events of another environment or another site get a type that says so."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from lambdas.contracts.event_types import (
    BUILD_FAMILY,
    CONTENT_FAMILY,
    DEPLOY_FAMILY,
    EVENT_TYPES,
    PREVIEW_FAMILY,
    severity_of,
)
from lambdas.ingest.source import Draft, Source, VerifiedRequest

_BUILDS: Final = (DEPLOY_FAMILY, BUILD_FAMILY)
_OF_A_SITE: Final = (*_BUILDS, PREVIEW_FAMILY, CONTENT_FAMILY)


def placed(
    draft: Draft,
    source: Source,
    request: VerifiedRequest,
    *,
    production: Collection[str] = (),
    sites: Collection[str] = (),
) -> Draft:
    """The draft with the environment and site that the sender named, and a type that is true of the site.

    A deploy or build outside production is a ``preview.*``. What is of another site, and content outside production,
    has the source's own type.

    Args:
        draft: As the source's normaliser has made it.
        source: The source.
        request: The request.
        production: The endpoint's names for production, in lower case; the sender's word counts where there are none.
        sites: The sites that the endpoint means, in lower case; every site where there are none.
    """
    environment = source.environment
    draft = replace(
        draft,
        environment=draft.environment or environment.name_of(request),
        site=draft.site or environment.site_of(request),
    )
    if not draft.type.startswith(_OF_A_SITE):
        return draft
    own = source.own_type(request.native_type)
    if not environment.is_of(request, sites):
        return _as(own, draft)
    if draft.type.startswith(PREVIEW_FAMILY) or environment.is_production(
        request, draft.environment, production
    ):
        return draft
    preview = f"{PREVIEW_FAMILY}{draft.type.partition('.')[2]}"
    return _as(preview if draft.type.startswith(_BUILDS) and preview in EVENT_TYPES else own, draft)


def _as(event_type: str, draft: Draft) -> Draft:
    """The draft of another type, which names nothing of the site as changed."""
    notice = draft.notice
    severity = severity_of(event_type) if notice.severity == severity_of(draft.type) else notice.severity
    where = f" ({draft.environment})" if draft.environment not in notice.title else ""
    notice = replace(notice, title=f"{notice.title}{where}", severity=severity, paths=(), tags=())
    return replace(draft, type=event_type, notice=notice)
