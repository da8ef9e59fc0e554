"""How a kind of sender says to which environment, and to which site, an event belongs."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

Path = tuple[str, ...]

USUAL_NAMES: Final = frozenset({"production", "prod", "live", "main", "master"})
"""What people call the environment, or the branch, that is the site."""


class Said(Protocol):
    """What the sender has said (`lambdas.ingest.source.VerifiedRequest`)."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers by lower-case name."""
        ...

    def text(self, *path: str) -> str:
        """The text at a place of the body; empty where there is none."""
        ...


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
    says: Callable[[Any], bool | None] = lambda request: None
    fixed: Callable[[Any], bool | None] = lambda request: None
    is_account_wide: bool = False

    def name_of(self, request: Said) -> str:
        """The environment's name as the sender writes it; empty where it says none."""
        return _first(request, self.names) or request.headers.get(self.header, "")

    def site_of(self, request: Said) -> str:
        """What identifies the site; empty where the sender does not say."""
        return _first(request, self.sites)

    def is_of(self, request: Said, sites: Collection[str]) -> bool:
        """Whether it is about one of these sites; of any, where none is named."""
        return not sites or any(request.text(*path).lower() in sites for path in self.sites)

    def is_production(self, request: Said, name: str, named: Collection[str]) -> bool:
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


def _first(request: Said, places: tuple[Path, ...]) -> str:
    return next((text for place in places if (text := request.text(*place))), "")
