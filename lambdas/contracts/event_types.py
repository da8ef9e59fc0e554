"""Event types in the words that people use, for messages that tell of several events at once."""

from typing import Final

KINDS: Final = {
    "build.failed": ("failed build", "failed builds"),
    "build.requested": ("ordered build", "ordered builds"),
    "build.started": ("started build", "started builds"),
    "build.succeeded": ("finished build", "finished builds"),
    "cdn.invalidated": ("CDN invalidation", "CDN invalidations"),
    "code.pushed": ("push", "pushes"),
    "content.deleted": ("deleted entry", "deleted entries"),
    "content.published": ("published entry", "published entries"),
    "content.unpublished": ("unpublished entry", "unpublished entries"),
    "content.updated": ("updated entry", "updated entries"),
    "deploy.deleted": ("deleted deploy", "deleted deploys"),
    "deploy.failed": ("failed deploy", "failed deploys"),
    "deploy.locked": ("locked deploy", "locked deploys"),
    "deploy.started": ("started deploy", "started deploys"),
    "deploy.succeeded": ("finished deploy", "finished deploys"),
    "deploy.unlocked": ("unlocked deploy", "unlocked deploys"),
    "form.submitted": ("form submission", "form submissions"),
    "notice.sent": ("notice", "notices"),
    "order.created": ("new order", "new orders"),
    "payment.failed": ("failed payment", "failed payments"),
    "payment.succeeded": ("payment", "payments"),
    "release.published": ("release", "releases"),
    "site.publish_failed": ("publish that is not live", "publishes that are not live"),
    "site.published": ("publish that is live", "publishes that are live"),
}
"""One and several of each type of the vocabulary."""

EVENT_TYPES: Final = frozenset(KINDS)
"""Event types that mean the same whatever source they come from."""


def counted(kind: str, count: int) -> str:
    """So many events of a type: ``127 form submissions``; a type without words of its own stands for itself."""
    one, several = KINDS.get(kind, (kind, kind))
    return f"{count:,} {one if count == 1 else several}"
