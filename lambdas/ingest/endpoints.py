"""Endpoints: the configured addresses of a deployment, as ingest reads them.

The rulebook writes them by `lambdas.ingest.endpoint_document`, which no function imports.
"""

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lambdas.ingest.answer import Answer
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.handshakes import Handshake
from lambdas.ingest.identity import (
    DeliveryHeader,
    Rule,
    SameBody,
    completed,
    read_rule,
)
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.document import read_scheme
from lambdas.ingest.schemes.scheme import Scheme
from lambdas.ingest.source import Routes, Source

if TYPE_CHECKING:
    from lambdas.ingest.mapping import NoticeMapping

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class ConfiguredEndpoint:
    """An endpoint as ingest knows it.

    Attributes:
        name: Its name.
        source: The source that calls it.
        scheme: How its calls are verified.
        identity: What tells its events apart.
        routes: See `lambdas.ingest.endpoint_document.Endpoint.routes`.
        networks: See `lambdas.ingest.endpoint_document.Endpoint.addresses`.
        production: See `lambdas.ingest.endpoint_document.Endpoint.production`; in lower case.
        sites: See `lambdas.ingest.endpoint_document.Endpoint.site`; in lower case.
        mapping: How it reads its sender's own words.
        public_url: See `lambdas.ingest.endpoint_document.Endpoint.public_url`.
        expect: See `lambdas.ingest.endpoint_document.Endpoint.expect`; in seconds, 0 for at no time.
    """

    name: str
    source: Source
    scheme: Scheme
    identity: tuple[Rule, ...]
    routes: Routes = field(default_factory=dict)
    networks: tuple[Network, ...] = ()
    production: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    mapping: "NoticeMapping | None" = None
    public_url: str = ""
    expect: float = 0.0

    @property
    def needs_repetitions(self) -> bool:
        """Whether an item must tell its repetitions (`lambdas.ingest.repetitions`)."""
        return any(isinstance(rule, SameBody) for rule in self.identity)

    @property
    def kept_headers(self) -> tuple[str, ...]:
        """Headers that its events keep."""
        return self.source.headers + tuple(
            rule.header for rule in self.identity if isinstance(rule, DeliveryHeader)
        )

    @property
    def may_list_events(self) -> bool:
        """Whether one request may bring many events."""
        return self.source.lists_events or bool(self.mapping and self.mapping.each)

    def admits(self, address: str) -> bool:
        """Whether it may be called from an address."""
        if not self.networks:
            return True
        try:
            sender = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(sender in network for network in self.networks)

    def as_called(self, request: Request) -> Request:
        """The request with the URL that its sender has called."""
        if not self.public_url:
            return request
        _, mark, query = request.url.partition("?")
        return replace(request, url=f"{self.public_url}{mark}{query}")


def read_endpoints(document: str) -> dict[str, ConfiguredEndpoint]:
    """The inverse of `endpoints_document`, and of `verification_document` as far as that goes."""
    return {name: _endpoint(name, entry) for name, entry in json.loads(document).items()}


def _endpoint(name: str, entry: Mapping[str, Any]) -> ConfiguredEndpoint:
    source = CATALOGUE[entry["source"]]
    mapping = entry.get("mapping", {})
    return ConfiguredEndpoint(
        name,
        replace(
            source,
            native_type=mapping.get("type_header", source.native_type),
            types={**source.types, **mapping.get("types", {})},
            **_read_answers(entry),
        ),
        read_scheme(entry["scheme"]) if "scheme" in entry else source.scheme,
        completed([read_rule(rule) for rule in entry.get("identity", ())], source.identity),
        entry.get("routes", {}),
        tuple(ipaddress.ip_network(address) for address in entry.get("addresses", ())),
        tuple(entry.get("production", ())),
        tuple(entry.get("site", ())),
        _read_mapping(mapping) if mapping else None,
        entry.get("url", ""),
        entry.get("expect", 0.0),
    )


def _read_answers(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What an endpoint answers in its own way, as fields of its source."""
    answers: dict[str, Any] = {}
    if "handshake" in entry:
        answers["handshake"] = Handshake(**entry["handshake"])
    if "reply" in entry:
        answer = Answer(**entry["reply"])
        answers["reply"] = lambda request: answer
    return answers


def _read_mapping(document: Mapping[str, Any]) -> "NoticeMapping":
    # Not imported at import: no other endpoint's cold start pays for it.
    from lambdas.ingest.mapping import read_mapping

    return read_mapping(document)
