"""A build host: what the hooks of Netlify, Vercel, Cloudflare Pages, Amplify and GitHub take and answer.

Where each answer was read is said in `lambdas.contracts.build_hosts`; Amplify's is not documented and kept plain.
"""

import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl

from lambdas.contracts.build_hosts import HOSTS

PATHS: Final = (
    "/build_hooks/{path:path}",
    "/v1/integrations/deploy/{path:path}",
    "/client/v4/pages/webhooks/deploy_hooks/{path:path}",
    "/prod/webhooks",
    "/repos/{path:path}",
)
"""Where hooks may be; whose a path is, `host_of` tells."""

EVENT_TYPE_LENGTH: Final = 100
PAYLOAD_PROPERTIES: Final = 10

_EVENT_ID: Final = re.compile(r"[0-9a-f]{32}")
_WORDS: Final = {401: "Bad credentials", 404: "Not Found", 410: "Gone", 429: "Too Many Requests"}


@dataclass(frozen=True, slots=True)
class BuildHostResponse:
    """What a build host answers: a status and a document; None for an empty body."""

    status: int
    document: Any = None


def host_of(path: str, query: str) -> str:
    """Whose hook it is; empty where it is nobody's."""
    url = f"http://127.0.0.1{path}{f'?{query}' if query else ''}"
    with_user = url.replace("://", "://token@")
    return next((host.name for host in HOSTS.values() if host.is_hook(url) or host.is_hook(with_user)), "")


def failure(status: int) -> BuildHostResponse:
    """How a build host puts a failure of this status."""
    return BuildHostResponse(status, {"message": _WORDS.get(status, "Server Error")})


def judge(host: str, body: Any, headers: Mapping[str, str]) -> BuildHostResponse:
    """The answer to an order."""
    id = secrets.token_hex(12)
    match host:
        case "netlify":
            return BuildHostResponse(200)
        case "vercel":
            return BuildHostResponse(
                201, {"job": {"id": id, "state": "PENDING", "createdAt": int(time.time() * 1000)}}
            )
        case "cloudflare":
            return BuildHostResponse(
                200, {"result": {"id": id}, "success": True, "errors": [], "messages": []}
            )
        case "amplify":
            return BuildHostResponse(202, {})
        case "github":
            return _dispatch(body, headers)
        case _:
            return failure(404)


def describe(host: str, query: str, body: Any) -> dict[str, Any]:
    """An order as the inbox shows it: no part of the query that is a credential."""
    shown = {name: value for name, value in parse_qsl(query) if name.startswith("trigger_")}
    return {"host": host, "query": shown, "body": body}


def event_ids_of_order(body: Any) -> tuple[str, ...]:
    """The first event that an order is for: its body names it."""
    facts = body.get("client_payload", body) if isinstance(body, dict) else None
    id = facts.get("event") if isinstance(facts, dict) else None
    return (id,) if isinstance(id, str) and _EVENT_ID.fullmatch(id) else ()


def title_of_order(request: Mapping[str, Any]) -> str:
    """What people read of an order, and a deploy's webhook gives back."""
    facts = request["body"].get("client_payload", request["body"])
    return str(request["query"].get("trigger_title") or facts.get("title", ""))


def read(body: bytes) -> Any:
    """The body as JSON, as a form, or as the text that it is instead."""
    text = body.decode(errors="replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {name: values[0] for name, values in parse_qs(text).items()} or text


def _dispatch(body: Any, headers: Mapping[str, str]) -> BuildHostResponse:
    if not headers.get("authorization", "").startswith(("Bearer ", "token ")):
        return failure(401)
    kind = body.get("event_type") if isinstance(body, dict) else None
    payload = body.get("client_payload", {}) if isinstance(body, dict) else None
    fine = (
        isinstance(kind, str)
        and 1 <= len(kind) <= EVENT_TYPE_LENGTH
        and isinstance(payload, dict)
        and len(payload) <= PAYLOAD_PROPERTIES
    )
    return BuildHostResponse(204) if fine else BuildHostResponse(422, {"message": "Invalid request."})
