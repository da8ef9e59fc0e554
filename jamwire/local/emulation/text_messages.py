"""AWS End User Messaging's text messages, which MiniStack has not: what is sent by them, and what phones answer.

Source: the API reference of `pinpoint-sms-voice-v2`, and in the user guide "Two-way SMS messaging", "Opt-out lists" and
"Keywords".
"""

import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from ministack.core.responses import get_account_id, get_region  # type: ignore[import-not-found]
from ministack.services import sns  # type: ignore[import-not-found]

from .kept import Answer, Kept, said

Document = dict[str, Any]

SERVICE: Final = "sms-voice"
"""As it is signed for, and as permissions begin."""
TARGETS: Final = "PinpointSMSVoiceV2"
MODEL: Final = "pinpoint-sms-voice-v2"
NAMED: Final = f"{SERVICE}.amazonaws.com"

TEXTS_PATH: Final = "/_ministack/sms-voice/texts"
ANSWERS_PATH: Final = "/_ministack/sms-voice/answers"
TEXTS: Final = Kept()

NUMBER: Final = "+18005550199"
NUMBER_ID: Final = "phone-number-18005550199000000000000000000000"
"""The account's one number, which is nobody's; it is there from the start, since no template makes one."""

OPT_OUT_LIST: Final = "Default"
OPT_OUT_WORDS: Final = frozenset(
    ("ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "STOP", "TD", "UNSUBSCRIBE")
)
STOPPED: Final = "You are opted out and will receive no further messages."
HELPED: Final = "Reply STOP to end."
"""What AWS answers by itself where opt-outs are not the customer's own business."""

ONCE_IN: Final = 30 * 24 * 3600
"""Seconds in which a number that its owner has opted out can be taken off the list once."""

_PRICES: Final[Mapping[str, float]] = {"+1": 0.01, "+44": 0.05, "+49": 0.11, "": 0.08}
"""US dollars a part by the beginning of a number; stand-ins of about the right size."""

_FIELDS: Final = {
    "DestinationPhoneNumber": re.compile(r"\+?[1-9][0-9]{1,18}"),
    "MessageBody": re.compile(r"(?!\s*$)[\s\S]{1,1600}"),
    "MaxPrice": re.compile(r"[0-9]{0,2}\.[0-9]{1,5}"),
    "MessageType": re.compile(r"TRANSACTIONAL|PROMOTIONAL"),
    "OptedOutNumber": re.compile(r"\+?[1-9][0-9]{1,18}"),
    "TwoWayChannelArn": re.compile(r"\S{20,2048}"),
}
_TIME_TO_LIVE: Final = range(5, 259_201)
_CONTEXT: Final = 5


class RefusedError(Exception):
    """A call that the service refuses.

    Args:
        code: The exception's name.
        message: What is wrong.
        more: Members of the exception beside the message: `Reason`, `Fields`, `ResourceType`, `ResourceId`.
    """

    def __init__(self, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.answer = said(400, {"__type": code, "Message": message, **more})
        self.answer[1].update({"Content-Type": "application/x-amz-json-1.0", "x-amzn-errortype": code})


class Account:
    """What an account has of the service: its number, its list, and what was said last."""

    def __init__(self) -> None:
        self.number: Document = {
            "PhoneNumber": NUMBER,
            "PhoneNumberId": NUMBER_ID,
            "Status": "ACTIVE",
            "IsoCountryCode": "US",
            "MessageType": "TRANSACTIONAL",
            "NumberCapabilities": ["SMS"],
            "NumberType": "TEN_DLC",
            "MonthlyLeasingPrice": "1.00",
            "TwoWayEnabled": False,
            "SelfManagedOptOutsEnabled": False,
            "OptOutListName": OPT_OUT_LIST,
            "InternationalSendingEnabled": True,
            "DeletionProtectionEnabled": False,
            "CreatedTimestamp": 1_700_000_000,
        }
        self.opted_out: dict[str, Document] = {}
        self.allowed_at: dict[str, float] = {}
        self.last_said: dict[str, str] = {}


_ACCOUNT: Final = Account()


async def handle(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any) -> Answer:
    """Answer a call of the service."""
    name = headers.get("x-amz-target", "").rpartition(".")[2]
    try:
        if name not in _CALLS:
            raise RefusedError("ValidationException", f"{name} is not emulated", Reason="INVALID_REQUEST")
        asked = json.loads(body or b"{}")
        _check(asked)
        return said(200, _CALLS[name](asked))
    except RefusedError as refused:
        return refused.answer


def _check(asked: Document) -> None:
    for name, pattern in _FIELDS.items():
        if name in asked and not pattern.fullmatch(asked[name]):
            raise _invalid(name, f"must match {pattern.pattern}")
    if asked.get("TimeToLive", _TIME_TO_LIVE.start) not in _TIME_TO_LIVE:
        raise _invalid("TimeToLive", "must be from 5 to 259200")
    if len(asked.get("Context", {})) > _CONTEXT:
        raise _invalid("Context", f"must have at most {_CONTEXT} entries")


def _invalid(name: str, wrong: str, reason: str = "INVALID_PARAMETER") -> RefusedError:
    fields = [{"Name": name, "Message": wrong}]
    return RefusedError("ValidationException", f"{name} {wrong}", Reason=reason, Fields=fields)


def _number(named: str) -> Document:
    """The number of an id, an ARN, or itself; of nothing, the account's own."""
    arn = number_arn()
    if named and named not in (arn, NUMBER, NUMBER_ID):
        more = {"ResourceType": "phone-number", "ResourceId": named}
        raise RefusedError("ResourceNotFoundException", "Phone number not found", **more)
    return {**_ACCOUNT.number, "PhoneNumberArn": arn}


def _send(asked: Document) -> Document:
    if missing := [name for name in ("DestinationPhoneNumber", "MessageBody") if name not in asked]:
        raise _invalid(missing[0], "is missing", "MISSING_PARAMETER")
    origin = _number(asked.get("OriginationIdentity", ""))
    to = _e164(asked["DestinationPhoneNumber"])
    if to in _ACCOUNT.opted_out and not origin["SelfManagedOptOutsEnabled"]:
        more = {
            "Reason": "DESTINATION_PHONE_NUMBER_OPTED_OUT",
            "ResourceType": "opted-out-number",
            "ResourceId": to,
        }
        raise RefusedError("ConflictException", "Destination phone number has opted out", **more)
    price = _price(to, asked["MessageBody"])
    if "MaxPrice" in asked and float(asked["MaxPrice"]) < price:
        raise _invalid("MaxPrice", f"is below the price of {price:.5f}", "PRICE_OVER_THRESHOLD")
    if asked.get("DryRun"):
        return {"MessageId": str(uuid.uuid4())}
    return {"MessageId": _say(to, asked["MessageBody"], asked)}


def _say(to: str, text: str, asked: Document) -> str:
    id = str(uuid.uuid4())
    _ACCOUNT.last_said[to] = id
    sent = {**asked, "DestinationPhoneNumber": to, "OriginationNumber": NUMBER, "MessageBody": text}
    TEXTS.add({**sent, "id": id, "at": time.time()})
    return id


def _price(number: str, text: str) -> float:
    """Of a whole message, which has so many parts."""
    alone, joined = (160, 153) if text.isascii() else (70, 67)
    parts = 1 if len(text) <= alone else -(-len(text) // joined)
    return parts * next(price for beginning, price in _PRICES.items() if number.startswith(beginning))


def _describe_numbers(asked: Document) -> Document:
    return {"PhoneNumbers": [_number(named) for named in asked.get("PhoneNumberIds") or [""]]}


def _update_number(asked: Document) -> Document:
    _number(asked.get("PhoneNumberId", ""))
    known = {name: value for name, value in asked.items() if name != "PhoneNumberId"}
    changed = {**_ACCOUNT.number, **known}
    if changed["TwoWayEnabled"] and not changed.get("TwoWayChannelArn"):
        raise _invalid("TwoWayChannelArn", "is missing", "TWO_WAY_CHANNEL_NOT_PRESENT")
    if not changed["TwoWayEnabled"]:
        changed = {name: value for name, value in changed.items() if not name.startswith("TwoWayChannel")}
    _ACCOUNT.number = changed
    return _number("")


def _opt_out(asked: Document) -> Document:
    return _listed(_put_on_the_list(_e164(asked["OptedOutNumber"]), by_its_owner=False))


def _put_on_the_list(number: str, *, by_its_owner: bool) -> Document:
    item = {"OptedOutNumber": number, "OptedOutTimestamp": time.time(), "EndUserOptedOut": by_its_owner}
    return _ACCOUNT.opted_out.setdefault(number, item)


def _allow(asked: Document) -> Document:
    number = _e164(asked["OptedOutNumber"])
    found = _ACCOUNT.opted_out.get(number)
    if not found:
        more = {"ResourceType": "opted-out-number", "ResourceId": number}
        raise RefusedError("ResourceNotFoundException", "The number is not opted out", **more)
    if found["EndUserOptedOut"] and time.time() - _ACCOUNT.allowed_at.get(number, 0) < ONCE_IN:
        raise _invalid("OptedOutNumber", "was opted in a short time ago", "PHONE_NUMBER_CANNOT_BE_OPTED_IN")
    _ACCOUNT.allowed_at[number] = time.time()
    return _listed(_ACCOUNT.opted_out.pop(number))


def _describe_opted_out(asked: Document) -> Document:
    wanted = [_e164(number) for number in asked.get("OptedOutNumbers", [])]
    chosen = [item for number, item in _ACCOUNT.opted_out.items() if not wanted or number in wanted]
    return _listed({"OptedOutNumbers": chosen})


def _listed(document: Document) -> Document:
    return {"OptOutListArn": _arn("opt-out-list", OPT_OUT_LIST), "OptOutListName": OPT_OUT_LIST, **document}


_CALLS: Final[Mapping[str, Callable[[Document], Document]]] = {
    "DeleteOptedOutNumber": _allow,
    "DescribeOptedOutNumbers": _describe_opted_out,
    "DescribePhoneNumbers": _describe_numbers,
    "DescribePools": lambda asked: {"Pools": []},
    "PutOptedOutNumber": _opt_out,
    "SendTextMessage": _send,
    "UpdatePhoneNumber": _update_number,
}


def answered(method: str, query: Mapping[str, str]) -> Answer | None:
    """A phone answers: ``POST …?from=+1206…&to=+1800…&text=STOP``."""
    if method != "POST":
        return None
    sender, text = query["from"], query["text"]
    try:
        number = _number(query["to"])
    except RefusedError as refused:
        return refused.answer
    word = " ".join(text.split()).upper()
    if not number["SelfManagedOptOutsEnabled"]:
        _answer_by_itself(sender, word)
    id = str(uuid.uuid4())
    if number["TwoWayEnabled"]:
        _tell(number, _two_way(sender, text, word, id))
    return said(202, {"inboundMessageId": id, "published": number["TwoWayEnabled"]})


def _answer_by_itself(sender: str, word: str) -> None:
    """What AWS does with STOP and HELP where opt-outs are its business: it has the last word, then there is silence."""
    if word in OPT_OUT_WORDS and sender not in _ACCOUNT.opted_out:
        _put_on_the_list(sender, by_its_owner=True)
        _say(sender, STOPPED, {"by": SERVICE})
    elif word == "HELP":
        _say(sender, HELPED, {"by": SERVICE})


def _two_way(sender: str, text: str, word: str, id: str) -> Document:
    keyword = word if word in {*OPT_OUT_WORDS, "HELP", "START"} else f"KEYWORD_{get_account_id()}"
    return {
        "originationNumber": sender,
        "destinationNumber": NUMBER,
        "messageKeyword": keyword,
        "messageBody": text,
        "inboundMessageId": id,
        **({"previousPublishedMessageId": last} if (last := _ACCOUNT.last_said.get(sender)) else {}),
    }


def _tell(number: Document, message: Document) -> None:
    """Publish an answer on the number's topic, if that lets the service: by its policy, or by the role it was given."""
    topic, arn = number["TwoWayChannelArn"], number["PhoneNumberArn"]
    if number.get("TwoWayChannelRole") or sns.topic_policy_allows(topic, NAMED, arn, get_account_id()):
        sns.publish_internal(topic, json.dumps(message))


def grant_on_the_number(original: Callable[..., str]) -> Callable[..., str]:
    """What a call is allowed on: the number, or the list (Service Authorization Reference)."""

    def resource(
        service: str, method: str, path: str, headers: dict[str, str], body: bytes, *more: Any
    ) -> str:
        if service != SERVICE:
            return original(service, method, path, headers, body, *more)
        asked = json.loads(body or b"{}")
        if "OptOutListName" in asked and "OptedOutNumber" in asked:
            return _arn("opt-out-list", asked["OptOutListName"].rpartition("/")[2])
        named = asked.get("OriginationIdentity") or asked.get("PhoneNumberId") or ""
        named = named or next(iter(asked.get("PhoneNumberIds") or []), "")
        if not named:
            return "*"
        return named if named.startswith("arn:") else _arn("phone-number", NUMBER_ID)

    return resource


def number_arn() -> str:
    """The number's ARN."""
    return _arn("phone-number", NUMBER_ID)


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:{SERVICE}:{get_region()}:{get_account_id()}:{kind}/{name}"


def _e164(number: str) -> str:
    return f"+{number.lstrip('+')}"
