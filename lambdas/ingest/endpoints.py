"""Endpoints: the configured addresses of a deployment, as the rulebook writes them and as ingest reads them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lambdas.ingest.schemes import Hmac, Scheme, Token, read_scheme, scheme_document
from lambdas.ingest.sources import CATALOGUE
from lambdas.ingest.sources.source import Source

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_SOURCE_OF: Final[dict[type[Scheme], str]] = {Hmac: "hmac", Token: "token"}

Verification = Hmac | Token
"""How calls of a sender are verified that the catalogue does not know."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One configured address: its name, the source that calls it, and how its calls are verified."""

    name: str
    source: Source
    scheme: Scheme


def endpoints_document(endpoints: Mapping[str, str | Verification]) -> str:
    """The rulebook's endpoints as JSON, for ingest's environment and the hub's outputs.

    Raises:
        ValueError: A name or a source is none; one sentence says what was expected.
    """
    if not endpoints:
        raise ValueError("endpoints is empty, expected a name and a source such as {'site': 'netlify'}.")
    return json.dumps({name: _entry(name, of) for name, of in endpoints.items()}, separators=(",", ":"))


def read_endpoints(document: str) -> dict[str, Endpoint]:
    """The inverse of `endpoints_document`."""
    return {name: _endpoint(name, entry) for name, entry in json.loads(document).items()}


def _entry(name: str, of: str | Verification) -> dict[str, object]:
    if not _NAME.fullmatch(name):
        raise ValueError(f"The endpoint's name is {name!r}, expected lower-case letters, digits and hyphens.")
    if isinstance(of, Hmac | Token):
        return {"source": _SOURCE_OF[type(of)], "scheme": scheme_document(of)}
    if of not in CATALOGUE:
        raise ValueError(f"The source of {name!r} is {of!r}, expected one of {', '.join(CATALOGUE)}.")
    return {"source": of}


def _endpoint(name: str, entry: Mapping[str, object]) -> Endpoint:
    source = CATALOGUE[str(entry["source"])]
    scheme = entry.get("scheme")
    return Endpoint(name, source, read_scheme(scheme) if isinstance(scheme, dict) else source.scheme)
