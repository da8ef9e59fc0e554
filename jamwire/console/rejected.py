"""Requests that endpoints refused."""

import datetime as dt

from jamwire.console.context import Context, Document, Query
from jamwire.console.queries import limit, moment
from jamwire.operations.documents import rejection_document
from jamwire.operations.rejections import list_rejections

LIMIT = 100


def list_(context: Context, query: Query) -> Document:
    """The newest, newest first."""
    present, most = context.now(), limit(query, LIMIT)
    since = max(present - moment(query, "since", "24h", present), dt.timedelta())
    found = list_rejections(context.deployment(), since, clock=lambda: present)
    chosen = [one for one in found if query.get("endpoint", "") in ("", one.endpoint)]
    return {"rejections": [rejection_document(one) for one in chosen[: -most - 1 : -1]]}
