"""Endpoints as the rulebook writes them, checked and made a document for ingest (`lambdas.ingest.endpoints`)."""

import ipaddress
import json
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from lambdas.ingest.answer import TEXT, Reply
from lambdas.ingest.answers_check import check_handshake, check_reply
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.handshakes import Handshake, handshake_document
from lambdas.ingest.identity import Rule, by_header, rule_document
from lambdas.ingest.mapping_check import check_mapping
from lambdas.ingest.schemes.document import Verification, scheme_document
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.jwt_scheme import Jwt
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.scheme import Scheme
from lambdas.ingest.schemes.tokens import Basic, BodyToken, Token
from lambdas.ingest.source import Source

if TYPE_CHECKING:
    from lambdas.contracts.rate_limit import RateLimit

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_PUBLIC_URL: Final = re.compile(r"https?://[^\s?#]+")

_SOURCE_OF: Final[dict[type[Scheme], str]] = {
    Hmac: "hmac",
    PublicKey: "hmac",
    Jwt: "hmac",
    Token: "token",
    Basic: "basic",
    BodyToken: "token",
}


SHORTEST_EXPECT: Final = 15 * 60
LONGEST_EXPECT: Final = 366 * 86_400
"""Seconds within which something may be expected: what is known of endpoints is some minutes old."""


class Duration(Protocol):
    """A length of time, as the CDK has it."""

    def to_seconds(self) -> float:
        """Seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Header:
    """A header of the request, by its name: ``Header("x-event")``."""

    name: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint in the rulebook, for what its source alone does not say.

        endpoints={
            "cms": Endpoint("contentful", routes={"blogPost": ["/blog/{slug}", "/blog"]}),
            "own": Endpoint(Hmac(), identity=by_header("x-delivery-id")),
        }

    A sender's own words become a notice by templates, which are text with JMESPath expressions in braces
    (`lambdas.ingest.templates`):

        endpoints={"bus": Endpoint(Hmac(), notice={"title": "Line {line} is {delay} min late"}, each="departures[]")}

    Attributes:
        source: The source that calls it, or how its calls are verified.
        routes: Content type (or ``*``) to the paths where such content is shown: templates of ``{slug}``, ``{locale}``,
            ``{id}``, ``{type}``, ``{full_path}``, and of any place in the body, such as ``{data.category}``.
        addresses: Networks from which it may be called, such as ``192.0.2.0/24``; an extra, never instead of a secret.
        identity: What tells its events apart, instead of what the source says: one rule, or several of which the first
            that yields something decides. The source's own follow where none does.
        production: The environment, branch or stage that is the site, or several of them, as the sender names it;
            without it the sender's word counts.
        site: The site or project that is meant, or several, as the sender names it; without it every one is.
        notice: Parts of the notice (`lambdas.ingest.mapping.READERS`), each with the template that makes it; ``fields``
            has one for each label, ``paths`` and ``tags`` may have several. The rest is as the source makes it.
        type: A template or the header that gives the sender's own type.
        types: The sender's own types, and the event types that they stand for.
        idempotency_key: A template or the header that gives what is the same for a repetition of an event, and for
            nothing else.
        each: An expression that finds the list in the body of which each object is an event of its own.
        sample: A body as the sender sends it, on which the templates are tried when the rulebook is read.
        handshake: What the sender asks before it sends events, and how it is answered.
        reply: What an accepted request is answered, instead of the event's id in JSON.
        public_url: The endpoint's address as its sender knows it, where a proxy stands before API Gateway and the
            sender signs the URL; the query is still the request's.
        expect: Within which time something is to be heard: an endpoint that is silent for longer is told of once, and
            once when it speaks again (``endpoint.silent``, ``endpoint.heard``).
        rate_limit: How many requests it takes before API Gateway answers 429, of itself whatever the others get; 200 a
            second and 400 at once where it is left out.
    """

    source: "str | Verification"
    routes: Mapping[str, "str | Sequence[str]"] = field(default_factory=dict)
    addresses: Sequence[str] = ()
    identity: "Rule | Sequence[Rule]" = ()
    production: "str | Sequence[str]" = ()
    site: "str | Sequence[str]" = ()
    notice: Mapping[str, "str | Sequence[str] | Mapping[str, str]"] = field(default_factory=dict)
    type: "str | Header" = ""
    types: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: "str | Header" = ""
    each: str = ""
    sample: Any = None
    handshake: Handshake | None = None
    reply: Reply | None = None
    public_url: str = ""
    expect: Duration | None = None
    rate_limit: "RateLimit | None" = None


def endpoints_document(endpoints: Mapping[str, "str | Verification | Endpoint"]) -> str:
    """The rulebook's endpoints as JSON, for a file of ingest's.

    Raises:
        ValueError: A name, a source, a route or a network is not a valid one; one sentence says what was expected.
    """
    if not endpoints:
        raise ValueError("endpoints is empty, expected a name and a source such as {'site': 'netlify'}.")
    return json.dumps({name: _entry(name, of) for name, of in endpoints.items()}, separators=(",", ":"))


def verification_document(document: str) -> str:
    """What of `endpoints_document` others need than ingest: who calls each endpoint, and what is expected of it."""
    endpoints = {
        name: {key: entry[key] for key in ("source", "scheme", "expect") if key in entry}
        for name, entry in json.loads(document).items()
    }
    return json.dumps(endpoints, separators=(",", ":"))


def _entry(name: str, of: "str | Verification | Endpoint") -> dict[str, Any]:
    if not _NAME.fullmatch(name):
        raise ValueError(f"The endpoint's name is {name!r}, expected lower-case letters, digits and hyphens.")
    endpoint = of if isinstance(of, Endpoint) else Endpoint(of)
    entry = _verification(name, endpoint.source)
    if endpoint.routes:
        entry["routes"] = {kind: _templates(kind, of) for kind, of in endpoint.routes.items()}
    if rules := _rules(name, endpoint):
        entry["identity"] = [rule_document(rule) for rule in rules]
    if endpoint.addresses:
        entry["addresses"] = [_network(name, address) for address in endpoint.addresses]
    for key, names in (("production", endpoint.production), ("site", endpoint.site)):
        if names:
            entry[key] = _names(name, key, names)
    if endpoint.handshake is not None or endpoint.reply is not None:
        entry |= _answers(name, endpoint, CATALOGUE[entry["source"]])
    if endpoint.public_url:
        entry["url"] = _public_url(name, endpoint.public_url)
    if endpoint.expect is not None:
        entry["expect"] = _expect(name, endpoint.expect)
    if mapping := _mapping(endpoint):
        check_mapping(name, CATALOGUE[entry["source"]], mapping, endpoint.sample)
        entry["mapping"] = mapping
    return entry


def _answers(name: str, endpoint: Endpoint, source: Source) -> dict[str, Any]:
    """What an endpoint answers in its own way, as JSON."""
    answers: dict[str, Any] = {}
    if endpoint.handshake is not None:
        check_handshake(name, endpoint.handshake, source)
        answers["handshake"] = handshake_document(endpoint.handshake)
    if (reply := endpoint.reply) is not None:
        check_reply(name, reply)
        text = {"content_type": TEXT} if reply.content_type == "text/plain" else {}
        answers["reply"] = asdict(reply) | text
    return answers


def _mapping(endpoint: Endpoint) -> dict[str, Any]:
    """How an endpoint reads its sender's own words, as JSON (`lambdas.ingest.mapping.MappingDocument`)."""
    types = {native_type.lower(): of for native_type, of in endpoint.types.items()}
    of_type, key = endpoint.type, endpoint.idempotency_key
    mapping: dict[str, Any] = {
        "notice": endpoint.notice,
        "types": types,
        "each": endpoint.each,
        "type_header": of_type.name.lower() if isinstance(of_type, Header) else None,
        "type": "" if isinstance(of_type, Header) else of_type,
        "key": "" if isinstance(key, Header) else key,  # a header is a rule of identity
    }
    return {place: of for place, of in mapping.items() if of or (place == "type_header" and of is not None)}


def _verification(name: str, source: "str | Verification") -> dict[str, Any]:
    if isinstance(source, Verification):
        return {"source": _SOURCE_OF[type(source)], "scheme": scheme_document(source)}
    if not isinstance(source, str):
        schemes = ", ".join(f"{kind.__name__}(…)" for kind in _SOURCE_OF)
        raise ValueError(
            f"The source of {name!r} is {source!r}, expected a source's name such as 'github', or one of {schemes}."
        )
    if source not in CATALOGUE:
        raise ValueError(f"The source of {name!r} is {source!r}, expected one of {', '.join(CATALOGUE)}.")
    return {"source": source}


def _templates(kind: str, of: "str | Sequence[str]") -> list[str]:
    templates = [of] if isinstance(of, str) else list(of)
    for template in templates:
        try:
            parts = list(string.Formatter().parse(template))
        except ValueError:
            parts = [("", "", "", None)]
        if not template.startswith("/") or any(
            name is not None and (not name or form) for _, name, form, _ in parts
        ):
            raise ValueError(
                f"The route of {kind!r} is {template!r}, expected a path such as '/blog/{{slug}}'."
            )
    return templates


def _rules(name: str, endpoint: Endpoint) -> Sequence[Rule]:
    identity = endpoint.identity
    rules = [identity] if isinstance(identity, Rule) else list(identity)
    for rule in rules:
        if not isinstance(rule, Rule):
            raise ValueError(f"The identity of {name!r} is {rule!r}, expected one such as by_header('x-id').")
    key = endpoint.idempotency_key
    return [by_header(key.name), *rules] if isinstance(key, Header) else rules


def _names(endpoint: str, key: str, of: "str | Sequence[str]") -> list[str]:
    names = [of] if isinstance(of, str) else list(of)
    if bad := [name for name in names if not isinstance(name, str) or not name.strip()]:
        raise ValueError(f"{key} of {endpoint!r} is {bad[0]!r}, expected a name as the sender writes it.")
    return [name.strip().lower() for name in names]


def _public_url(name: str, url: Any) -> str:
    if not isinstance(url, str) or not _PUBLIC_URL.fullmatch(url):
        raise ValueError(
            f"The public_url of {name!r} is {url!r}, expected an address without a query "
            "such as 'https://hooks.example.com/shop'."
        )
    return url


def _expect(name: str, expect: Duration) -> float:
    seconds = expect.to_seconds()
    if not SHORTEST_EXPECT <= seconds <= LONGEST_EXPECT:
        raise ValueError(
            f"expect of {name!r} is {round(seconds)} s, expected {SHORTEST_EXPECT // 60} minutes to "
            f"{LONGEST_EXPECT // 86_400} days, such as Duration.hours(24)."
        )
    return seconds


def _network(name: str, address: str) -> str:
    try:
        return str(ipaddress.ip_network(address))
    except ValueError:
        raise ValueError(
            f"An address of {name!r} is {address!r}, expected a network such as '192.0.2.0/24'."
        ) from None
