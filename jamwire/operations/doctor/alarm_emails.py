"""Whether alarms reach anybody by e-mail."""

from collections.abc import Iterator

from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding
from jamwire.operations.listeners import find_alarm_emails


def check_alarm_emails(examination: Examination) -> Iterator[Finding]:
    """Each address is confirmed, and there is one; a local account sends no mail."""
    emails = find_alarm_emails(examination.deployment)
    for email in emails:
        if email.confirmed:
            yield Finding(email.address, "ok", "confirmed")
        else:
            advice = "no alarm reaches it until AWS's mail is confirmed; then run: jamwire alarms"
            yield Finding(email.address, "wrong", advice)
    if not emails and not examination.deployment.local_url:
        yield Finding(
            "alarms", "warning", "they reach nobody by e-mail; set alarm_email in cdk.json, and deploy"
        )
