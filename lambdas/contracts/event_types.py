"""Event types that mean the same whatever source they come from: the vocabulary, written once.

An event of any other type, ``<source>.<native type>``, is called by its type and has the severity ``info``.
"""

from dataclasses import dataclass
from typing import Final

from lambdas.contracts.event import Severity

ALARM_CLEARED: Final = "alarm.cleared"
ALARM_RAISED: Final = "alarm.raised"
BUILD_CANCELLED: Final = "build.cancelled"
BUILD_FAILED: Final = "build.failed"
BUILD_REQUESTED: Final = "build.requested"
BUILD_SUCCEEDED: Final = "build.succeeded"
CDN_INVALIDATED: Final = "cdn.invalidated"
DEPLOY_CANCELLED: Final = "deploy.cancelled"
DEPLOY_FAILED: Final = "deploy.failed"
DEPLOY_STARTED: Final = "deploy.started"
DEPLOY_SUCCEEDED: Final = "deploy.succeeded"
ENDPOINT_HEARD: Final = "endpoint.heard"
ENDPOINT_SILENT: Final = "endpoint.silent"
PAGES_NOTIFIED: Final = "pages.notified"
SITE_PUBLISHED: Final = "site.published"
SITE_PUBLISH_CANCELLED: Final = "site.publish_cancelled"
SITE_PUBLISH_FAILED: Final = "site.publish_failed"

BUILD_FAMILY: Final = "build."
CONTENT_FAMILY: Final = "content."
DEPLOY_FAMILY: Final = "deploy."
NOTICE_FAMILY: Final = "notice."
PREVIEW_FAMILY: Final = "preview."
"""Each type of a family begins with this; a rule names the family as ``notice.*``."""


@dataclass(frozen=True, slots=True)
class EventType:
    """A word of the vocabulary.

    Attributes:
        name: As an event carries it: ``form.submitted``.
        one: What people call one event of the type.
        several: What they call several.
        severity: The severity of its notices, where the sender does not say another.
    """

    name: str
    one: str
    several: str
    severity: Severity = "info"


_VOCABULARY: Final = (
    EventType(ALARM_CLEARED, "cleared alarm", "cleared alarms", "success"),
    EventType(ALARM_RAISED, "raised alarm", "raised alarms", "error"),
    EventType(BUILD_CANCELLED, "cancelled build", "cancelled builds"),
    EventType(BUILD_FAILED, "failed build", "failed builds", "error"),
    EventType(BUILD_REQUESTED, "requested build", "requested builds"),
    EventType("build.started", "started build", "started builds"),
    EventType(BUILD_SUCCEEDED, "finished build", "finished builds", "success"),
    EventType(CDN_INVALIDATED, "CDN invalidation", "CDN invalidations"),
    EventType("code.pushed", "push", "pushes"),
    EventType("content.deleted", "deleted entry", "deleted entries"),
    EventType("content.published", "published entry", "published entries"),
    EventType("content.unpublished", "unpublished entry", "unpublished entries"),
    EventType("content.updated", "updated entry", "updated entries"),
    EventType(DEPLOY_CANCELLED, "cancelled deploy", "cancelled deploys"),
    EventType("deploy.deleted", "deleted deploy", "deleted deploys"),
    EventType(DEPLOY_FAILED, "failed deploy", "failed deploys", "error"),
    EventType("deploy.locked", "locked deploy", "locked deploys"),
    EventType(DEPLOY_STARTED, "started deploy", "started deploys"),
    EventType(DEPLOY_SUCCEEDED, "finished deploy", "finished deploys", "success"),
    EventType("deploy.unlocked", "unlocked deploy", "unlocked deploys"),
    EventType(ENDPOINT_HEARD, "endpoint heard again", "endpoints heard again", "success"),
    EventType(ENDPOINT_SILENT, "silent endpoint", "silent endpoints", "warning"),
    EventType("form.submitted", "form submission", "form submissions"),
    EventType("notice.sent", "notice", "notices"),
    EventType("order.created", "new order", "new orders"),
    EventType(PAGES_NOTIFIED, "update of open pages", "updates of open pages"),
    EventType("payment.failed", "failed payment", "failed payments", "warning"),
    EventType("payment.succeeded", "payment", "payments", "success"),
    EventType("preview.cancelled", "cancelled preview", "cancelled previews"),
    EventType("preview.failed", "failed preview", "failed previews", "warning"),
    EventType("preview.started", "started preview", "started previews"),
    EventType("preview.succeeded", "finished preview", "finished previews"),
    EventType("release.published", "release", "releases"),
    EventType(SITE_PUBLISH_CANCELLED, "publish without a deploy", "publishes without a deploy"),
    EventType(SITE_PUBLISH_FAILED, "publish that is not live", "publishes that are not live", "error"),
    EventType(SITE_PUBLISHED, "publish that is live", "publishes that are live", "success"),
)

EVENT_TYPES: Final = {event_type.name: event_type for event_type in _VOCABULARY}
"""The vocabulary by name."""

INTERNAL: Final = frozenset(
    {
        *(ALARM_CLEARED, ALARM_RAISED, BUILD_REQUESTED, CDN_INVALIDATED),
        *(ENDPOINT_HEARD, ENDPOINT_SILENT),
        *(PAGES_NOTIFIED, SITE_PUBLISHED, SITE_PUBLISH_CANCELLED, SITE_PUBLISH_FAILED),
    }
)
"""What only Jamwire itself says; no sender can."""

SENDERS_TYPES: Final = EVENT_TYPES.keys() - INTERNAL
"""What a sender may say in the vocabulary's words."""


def counted(name: str, count: int) -> str:
    """So many events of a type: ``127 form submissions``, ``2 github.issues.opened``."""
    known = EVENT_TYPES.get(name)
    words = (known.one if count == 1 else known.several) if known else name
    return f"{count:,} {words}"


def severity_of(name: str) -> Severity:
    """The severity of a type's notices, where the sender does not say another."""
    known = EVENT_TYPES.get(name)
    return known.severity if known else "info"
