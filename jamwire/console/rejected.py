"""Requests that endpoints refused."""

import datetime as dt
from collections.abc import Sequence

from jamwire.console.context import Context, Document, Query
from jamwire.console.kept import KEPT, KEPT_LOCAL
from jamwire.console.queries import limit, moment
from jamwire.operations.documents import rejection_document
from jamwire.operations.rejections import Rejection, list_rejections

LIMIT = 100


def list_(context: Context, query: Query) -> Document:
    """The newest, newest first; all of them by reason, and how many there are."""
    present, most = context.now(), limit(query, LIMIT)
    since = max(present - moment(query, "since", "24h", present), dt.timedelta())
    deployment = context.deployment()
    found = context.kept(
        ("rejected", query.get("since") or "24h"),
        KEPT_LOCAL if deployment.local_url else KEPT,
        lambda: list_rejections(deployment, since, clock=lambda: present),
    )
    newest = [one for one in reversed(found.rejections) if _is_asked_for(one, query)]
    return {
        "rejections": [rejection_document(one) for one in newest[:most]],
        "rows": len(newest),
        "requests": _count(newest),
        "reasons": _by_reason(newest),
        "complete_since": found.complete_since,
    }


def _is_asked_for(one: Rejection, query: Query) -> bool:
    endpoint, reason = query.get("endpoint", ""), query.get("reason", "")
    return endpoint in ("", one.endpoint) and reason in ("", one.reason)


def _by_reason(newest: Sequence[Rejection]) -> list[Document]:
    """What was refused for each reason, the most frequent first."""
    groups: dict[str, list[Rejection]] = {}
    for one in newest:
        groups.setdefault(one.reason, []).append(one)
    reasons: list[Document] = [
        {
            "reason": reason,
            "count": _count(its),
            "status": its[0].status,
            "endpoints": list(dict.fromkeys(one.endpoint for one in its)),
        }
        for reason, its in groups.items()
    ]
    return sorted(reasons, key=lambda group: -group["count"])


def _count(rejections: Sequence[Rejection]) -> int:
    return sum(one.count for one in rejections)
