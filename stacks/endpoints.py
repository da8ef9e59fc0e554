"""Endpoints as a rulebook describes them, and how calls of senders are verified that the catalogue does not know."""

from lambdas.ingest.endpoints import Endpoint
from lambdas.ingest.schemes import Basic, BodyToken, Hmac, PublicKey, Token

__all__ = ["Basic", "BodyToken", "Endpoint", "Hmac", "PublicKey", "Token"]
