"""The number or the pool of AWS End User Messaging that text messages come from."""

from collections.abc import Mapping
from typing import Any

from jamwire.operations.aws import none_where
from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding


def look_at_origination(examination: Examination, subject: str, arn: str, *, hears: bool) -> Finding:
    """Whether it is there and active, and hears answers where it is to.

    Raises:
        OperationError: The account cannot be asked.
    """
    found = _find(examination.deployment.client("pinpoint-sms-voice-v2"), arn)
    if found is None:
        return Finding(
            subject, "wrong", "the account has no such number or pool; get one, name it, and deploy"
        )
    if found["Status"] != "ACTIVE":
        status = str(found["Status"]).lower()
        return Finding(subject, "wrong", f"it is {status}, not active: nothing is sent; see its registration")
    if hears and not found.get("TwoWayEnabled"):
        return Finding(subject, "wrong", "it hears no answers, and no STOP; deploy the audience")
    return Finding(subject, "ok", "it is active, and hears answers" if hears else "it is active")


def _find(texts: Any, arn: str) -> Mapping[str, Any] | None:
    """The number or the pool; None where the account has it not."""
    known = {
        True: ("Pools", lambda: texts.describe_pools(PoolIds=[arn])),
        False: ("PhoneNumbers", lambda: texts.describe_phone_numbers(PhoneNumberIds=[arn])),
    }
    name, describe = known[":pool/" in arn]
    found = none_where("ResourceNotFoundException", describe)
    return found[name][0] if found and found[name] else None
