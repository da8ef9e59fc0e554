"""Alarms, and who gets them."""

import dataclasses

from jamwire.console.context import Context, Document, Query
from jamwire.console.problems import Problems
from jamwire.operations.alarms import Alarm, list_alarms
from jamwire.operations.listeners import AlarmEmail, find_alarm_emails


def list_(context: Context, query: Query) -> Document:
    """All of them by name."""
    deployment, problems = context.deployment(), Problems()
    no_alarms, no_emails = list[Alarm](), list[AlarmEmail]()
    alarms = problems.without(lambda: list_alarms(deployment), no_alarms)
    emails = problems.without(lambda: find_alarm_emails(deployment), no_emails)
    return {
        "alarms": [dataclasses.asdict(alarm) for alarm in alarms],
        "emails": [dataclasses.asdict(email) for email in emails],
        "problems": problems.documents,
    }
