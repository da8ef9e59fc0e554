"""Several ways in which one sender may sign."""

from collections.abc import Sequence
from dataclasses import dataclass

from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import Scheme, VerificationError, Verified


@dataclass(frozen=True, slots=True)
class AnyOf(Scheme):
    """Verified where any of the schemes is, each with all of the endpoint's secrets.

    For a sender that changes names or kinds of its signature. Every scheme in it must be as strong as the others: the
    weakest is what an attacker would use.
    """

    schemes: tuple[Scheme, ...]

    @property
    def needs_cryptography(self) -> bool:
        """See `Scheme.needs_cryptography`."""
        return any(scheme.needs_cryptography for scheme in self.schemes)

    @property
    def credentials(self) -> tuple[tuple[str, ...], ...]:
        """See `Scheme.credentials`."""
        return tuple(path for scheme in self.schemes for path in scheme.credentials)

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        refusals: list[str] = []
        for scheme in self.schemes:
            try:
                return scheme.verify(secrets, request, now)
            except VerificationError as refused:
                refusals.append(str(refused))
        # The one that came furthest knows best: the others did not even find their header.
        raise VerificationError(
            next((text for text in refusals if not text.startswith("no header")), refusals[0])
        )

    def is_secret(self, text: str) -> bool:
        """See `Scheme.is_secret`."""
        return any(scheme.is_secret(text) for scheme in self.schemes)
