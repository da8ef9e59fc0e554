"""Whether an event is about the site: only its production environment is, and only the site that the endpoint means."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from lambdas.contracts.event_types import (
    BUILD_FAMILY,
    CONTENT_FAMILY,
    DEPLOY_FAMILY,
    EVENT_TYPES,
    PREVIEW_FAMILY,
    severity_of,
)

if TYPE_CHECKING:
    from lambdas.ingest.source import Draft, Source, VerifiedRequest

Path = tuple[str, ...]

USUAL_NAMES: Final = frozenset({"production", "prod", "live", "main", "master"})
"""What people call the environment, or the branch, that is the site."""

_BUILDS: Final = (DEPLOY_FAMILY, BUILD_FAMILY)
_OF_A_SITE: Final = (*_BUILDS, PREVIEW_FAMILY, CONTENT_FAMILY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """How a kind of sender says to which environment, and to which site, an event belongs.

    Attributes:
        names: Places of the environment's name; the first that leads to one counts.
        header: A header that holds it, where no place does.
        sites: Places of what identifies the site or project; an endpoint may name any of them.
        production: Names that mean production, in lower case.
        says: What the sender says of production beside the name; None where it says nothing.
        fixed: What is production, or is not, whatever its environment is called; None where the name tells.
        is_account_wide: Whether its hooks usually tell of every project of an account.
    """

    names: tuple[Path, ...] = ()
    header: str = ""
    sites: tuple[Path, ...] = ()
    production: Collection[str] = USUAL_NAMES
    says: "Callable[[VerifiedRequest], bool | None]" = lambda request: None
    fixed: "Callable[[VerifiedRequest], bool | None]" = lambda request: None
    is_account_wide: bool = False

    def name_of(self, request: "VerifiedRequest") -> str:
        """The environment's name as the sender writes it; empty where it says none."""
        return _first(request, self.names) or request.headers.get(self.header, "")

    def site_of(self, request: "VerifiedRequest") -> str:
        """What identifies the site; empty where the sender does not say."""
        return _first(request, self.sites)

    def is_of(self, request: "VerifiedRequest", sites: Collection[str]) -> bool:
        """Whether it is about one of these sites; of any, where none is named."""
        return not sites or any(request.text(*path).lower() in sites for path in self.sites)

    def is_production(self, request: "VerifiedRequest", name: str, named: Collection[str]) -> bool:
        """Whether it is about production, which the endpoint's own names decide before the sender's word.

        Where the sender says nothing, it is: a page that is purged once too often is better than a stale one.

        Args:
            request: The request.
            name: The environment's name.
            named: The endpoint's names for production, in lower case.
        """
        if (fixed := self.fixed(request)) is not None:
            return fixed
        if named and name:
            return name.lower() in named
        said = self.says(request)
        return (not name or name.lower() in self.production) if said is None else said


def placed(
    draft: "Draft",
    source: "Source",
    request: "VerifiedRequest",
    *,
    production: Collection[str] = (),
    sites: Collection[str] = (),
) -> "Draft":
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


def _as(event_type: str, draft: "Draft") -> "Draft":
    """The draft of another type, which names nothing of the site as changed."""
    notice = draft.notice
    severity = severity_of(event_type) if notice.severity == severity_of(draft.type) else notice.severity
    where = f" ({draft.environment})" if draft.environment else ""
    notice = replace(notice, title=f"{notice.title}{where}", severity=severity, paths=(), tags=())
    return replace(draft, type=event_type, notice=notice)


def _first(request: "VerifiedRequest", places: tuple[Path, ...]) -> str:
    return next((text for place in places if (text := request.text(*place))), "")
