"""Endpoints as a rulebook describes them, and how calls of senders are verified that the catalogue does not know."""

from lambdas.contracts.rate_limit import RateLimit
from lambdas.ingest.answer import Reply
from lambdas.ingest.endpoint_document import Endpoint, Header
from lambdas.ingest.handshakes import Handshake
from lambdas.ingest.identity import by_body, by_fields, by_header, never_repeats, within
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.jwt_scheme import Jwt
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.tokens import Basic, BodyToken, Token

__all__ = [
    "Basic",
    "BodyToken",
    "Endpoint",
    "Handshake",
    "Header",
    "Hmac",
    "Jwt",
    "PublicKey",
    "RateLimit",
    "Reply",
    "Token",
    "by_body",
    "by_fields",
    "by_header",
    "never_repeats",
    "within",
]
