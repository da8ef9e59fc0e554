"""SES as AWS has it, where MiniStack's differs: headers, events, the suppression list, grants."""

import json
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import formatdate, getaddresses
from typing import Any, Final
from urllib.parse import unquote

from ministack import app  # type: ignore[import-not-found]
from ministack.core.responses import get_account_id, get_region  # type: ignore[import-not-found]
from ministack.services import ses, ses_v2, sns  # type: ignore[import-not-found]

from .kept import Answer, Kept, said

Document = dict[str, Any]

SEND: Final = ("POST", "/v2/email/outbound-emails")
IDENTITIES: Final = "/v2/email/identities/"
SUPPRESSED: Final = "/v2/email/suppression/addresses"
MAILS_PATH: Final = "/_ministack/ses/mails"
MAILS: Final = Kept()

REASONS: Final = ("BOUNCE", "COMPLAINT")
MAX_HEADERS: Final = 15
_HEADER_NAME: Final = re.compile(r"[!-9;-@A-~]{1,126}")
_HEADER_VALUE: Final = re.compile(r"[ -~]{1,870}")
"""SES API v2 reference, `MessageHeader` and `Message`."""

SIMULATOR: Final = "simulator.amazonses.com"
_SIMULATED: Final[Mapping[str, tuple[str, ...]]] = {
    "bounce": ("Send", "Bounce"),
    "complaint": ("Send", "Delivery", "Complaint"),
    "suppressionlist": ("Send", "Bounce"),
}
"""What becomes of a mail to the mailbox simulator (SES developer guide, "Using the mailbox simulator"); a label such as
``bounce+rider@`` makes no difference. Every other mail is delivered."""

_SUPPRESSION: Final[dict[str, Document]] = {}


def as_on_aws(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """SES's own calls, with those that MiniStack lacks and what it leaves out of `SendEmail`."""

    async def answer(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        path = path.rstrip("/")
        if method == "GET" and path.startswith(IDENTITIES):
            return said(200, _identity(unquote(path.removeprefix(IDENTITIES))))
        if path == SUPPRESSED or path.startswith(f"{SUPPRESSED}/"):
            return _suppression(method, unquote(path.removeprefix(SUPPRESSED).lstrip("/")), body)
        if (method, path) != SEND:
            return await original(method, path, headers, body, query)
        asked = json.loads(body)
        if wrong := _wrong_with(asked):
            return _refused("BadRequestException", wrong)
        name = asked.get("ConfigurationSetName", "")
        if name and name not in ses_v2._config_sets:
            return _refused("NotFoundException", f"Configuration set <{name}> does not exist.", 404)
        status, answered, data = await original(method, path, headers, body, query)
        if status == 200:
            _sent(asked, json.loads(data)["MessageId"], name)
        return status, answered, data

    return answer


def _refused(code: str, message: str, status: int = 400) -> Answer:
    return ses_v2._json_err(code, message, status)  # type: ignore[no-any-return]


def _wrong_with(asked: Document) -> str | None:
    """What AWS refuses of a mail and MiniStack does not."""
    headers = asked.get("Content", {}).get("Simple", {}).get("Headers", [])
    if len(headers) > MAX_HEADERS:
        return f"There are {len(headers)} headers, at most {MAX_HEADERS} are allowed."
    for header in headers:
        if not _HEADER_NAME.fullmatch(header["Name"]) or not _HEADER_VALUE.fullmatch(header["Value"]):
            return f"Invalid header <{header['Name']}>."
    for address in _recipients(asked):
        if len(getaddresses([address])) != 1 or re.search(r"[\x00-\x1f\x7f]", address):
            return "Local address contains control or whitespace"
    return None


def _recipients(asked: Document) -> list[str]:
    to = asked.get("Destination", {})
    return [address for kind in ("To", "Cc", "Bcc") for address in to.get(f"{kind}Addresses") or []]


def _sent(asked: Document, id: str, set_name: str) -> None:
    """Keep a mail that SES has taken, and say what becomes of it."""
    fates = {address: _fate(address, set_name) for address in _recipients(asked)}
    arrived = [address for address, fate in fates.items() if "Delivery" in fate]
    MAILS.add({"id": id, "at": time.time(), "arrived": arrived, **asked})
    mail = _mail(asked, id, set_name)
    for address, fate in fates.items():
        for kind in fate:
            detail = {} if kind == "Send" else _detail(kind, address)
            _publish(set_name, {"eventType": kind, kind.lower(): detail, "mail": mail})


def _fate(address: str, set_name: str) -> tuple[str, ...]:
    plain = _address(address)
    box, _, domain = plain.lower().rpartition("@")
    if domain == SIMULATOR:
        return _SIMULATED.get(box.partition("+")[0], ("Send", "Delivery"))
    return ("Send", "Bounce") if _is_suppressed(plain, set_name) else ("Send", "Delivery")


def _is_suppressed(address: str, set_name: str) -> bool:
    """Whether the account's list holds it, for a reason that the configuration set minds."""
    found = _SUPPRESSION.get(address.lower())
    options = ses_v2._config_sets.get(set_name, {}).get("SuppressionOptions", {})
    return found is not None and found["Reason"] in options.get("SuppressedReasons", REASONS)


def _detail(kind: str, address: str) -> Document:
    """The part of an event that is of its kind (SES developer guide, "Event data that SES publishes to SNS")."""
    plain = _address(address)
    if kind == "Bounce" and plain.lower() in _SUPPRESSION:
        return _bounce(plain, "OnAccountSuppressionList", {})
    if kind == "Bounce" and plain.lower().startswith("suppressionlist"):
        return _bounce(plain, "Suppressed", {})
    if kind == "Bounce":
        code = {"action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
        return _bounce(plain, "General", code) | {"reportingMTA": "dns; a8-70.smtp-out.amazonses.com"}
    if kind == "Complaint":
        return {
            "complainedRecipients": [{"emailAddress": plain}],
            "timestamp": _now(),
            "feedbackId": _feedback_id(),
            "userAgent": "Amazon SES Mailbox Simulator",
            "complaintSubType": None,
            "complaintFeedbackType": "abuse",
            "arrivalDate": _now(),
        }
    return {
        "timestamp": _now(),
        "processingTimeMillis": 546,
        "recipients": [plain],
        "smtpResponse": "250 2.6.0 Message received",
        "reportingMTA": "a8-70.smtp-out.amazonses.com",
    }


def _bounce(address: str, kind: str, code: Document) -> Document:
    return {
        "feedbackId": _feedback_id(),
        "bounceType": "Permanent",
        "bounceSubType": kind,
        "bouncedRecipients": [{"emailAddress": address, **code}],
        "timestamp": _now(),
    }


def _mail(asked: Document, id: str, set_name: str) -> Document:
    """The part of an event that is of the mail."""
    sender, to = asked.get("FromEmailAddress", ""), _recipients(asked)
    simple = asked.get("Content", {}).get("Simple", {})
    subject = simple.get("Subject", {}).get("Data", "")
    own = [{"name": header["Name"], "value": header["Value"]} for header in simple.get("Headers", [])]
    first = {"From": sender, "To": ", ".join(to), "Subject": subject, "MIME-Version": "1.0"}
    tags = {tag["Name"]: [tag["Value"]] for tag in asked.get("EmailTags", [])}
    domain = _address(sender).rpartition("@")[2]
    return {
        "timestamp": _now(),
        "source": sender,
        "sourceArn": _identity_arn(sender),
        "sendingAccountId": get_account_id(),
        "messageId": id,
        "destination": to,
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in first.items()] + own,
        "commonHeaders": {
            "from": [sender],
            "date": formatdate(),
            "to": to,
            "messageId": id,
            "subject": subject,
        },
        "tags": {
            "ses:source-tls-version": ["TLSv1.3"],
            "ses:operation": ["SendEmail"],
            "ses:configuration-set": [set_name],
            "ses:from-domain": [domain],
            **tags,
        },
    }


def _publish(set_name: str, event: Document) -> None:
    """Tell the topics that the configuration set names for this kind, if they let SES tell them."""
    source = _arn("configuration-set", set_name)
    for topic in _topics_of(set_name, event["eventType"].upper()):
        if sns.topic_policy_allows(topic, "ses.amazonaws.com", source, get_account_id()):
            sns.publish_internal(topic, json.dumps(event), "Amazon SES Email Event Notification")


def _topics_of(set_name: str, kind: str) -> Iterator[str]:
    for destination in ses_v2._config_sets.get(set_name, {}).get("EventDestinations", {}).values():
        topic = destination.get("SnsDestination", {}).get("TopicArn")
        if topic and destination["Enabled"] and kind in destination["MatchingEventTypes"]:
            yield topic


def _suppression(method: str, address: str, body: bytes) -> Answer:
    """The calls of the account's suppression list (`PutSuppressedDestination` and its kin)."""
    address = address.lower()
    if not address and method == "GET":
        return said(200, {"SuppressedDestinationSummaries": list(_SUPPRESSION.values())})
    if not address:
        asked = json.loads(body)
        if asked.get("Reason") not in REASONS:
            return _refused("BadRequestException", "Reason must be BOUNCE or COMPLAINT")
        _suppress(asked["EmailAddress"], asked["Reason"])
        return said(200, {})
    if address not in _SUPPRESSION:
        return _refused("NotFoundException", f"Email address {address} does not exist on your list.", 404)
    if method == "DELETE":
        del _SUPPRESSION[address]
        return said(200, {})
    return said(200, {"SuppressedDestination": {**_SUPPRESSION[address], "Attributes": {}}})


def _suppress(address: str, reason: str) -> None:
    item = {"EmailAddress": address, "Reason": reason, "LastUpdateTime": time.time()}
    _SUPPRESSION[address.lower()] = item


def grants_of_sending(original: Callable[..., Any]) -> Callable[..., Any]:
    """What sending is allowed on: the sender's identity, and the configuration set if the mail names one.

    MiniStack asks for everything, and knows nothing of the sender where a policy has a condition on it.
    """

    def denied(method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str) -> Any:
        if not app.AUTH or (method, path.rstrip("/")) != SEND:
            return original(method, path, headers, body, query, request_id)
        asked = json.loads(body)
        sender, name = asked.get("FromEmailAddress", ""), asked.get("ConfigurationSetName")
        keys = {"ses:fromaddress": _address(sender), "ses:recipients": _recipients(asked)}
        for arn in (_identity_arn(sender), *([_arn("configuration-set", name)] if name else [])):
            found = app._enforce_data_plane(
                "sesv2",
                "ses:SendEmail",
                headers,
                query,
                request_id,
                resource_arn=arn,
                service_context=keys,
                named_resource=arn,
            )
            if found:
                return found
        return None

    return denied


def _identity(name: str) -> Document:
    """An identity as `GetEmailIdentity` has it; one that nobody has made is verified, too."""
    kind = "EMAIL_ADDRESS" if "@" in name else "DOMAIN"
    usual: Document = {
        "IdentityType": kind,
        "VerifiedForSendingStatus": True,
        "VerificationStatus": "SUCCESS",
    }
    return {**usual, **ses_v2._identities.get(name, {})}


def every_sender_is_known(sender: str | None, recipients: Any = ()) -> str | None:
    """Whom SES refuses: nobody, for here is no DNS in which a domain could be proved."""
    return None


def _identity_arn(sender: str) -> str:
    """Of the address, if that is an identity of its own, or of its domain."""
    address = _address(sender)
    return _arn("identity", address if address in ses._identities else address.rpartition("@")[2])


def _address(sender: str) -> str:
    return getaddresses([sender])[0][1]


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:ses:{get_region()}:{get_account_id()}:{kind}/{name}"


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


def _feedback_id() -> str:
    return f"0100{uuid.uuid4().hex[:12]}-{uuid.uuid4()}-000000"
