"""What Slack's incoming webhooks take and what they refuse.

Slack API, "Sending messages using incoming webhooks" (errors) and "Reference: Block Kit blocks" (limits).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

BLOCKS: Final = 50
ATTACHMENTS: Final = 100
TEXT_LENGTH: Final = 3000
FIELDS: Final = 10
FIELD_LENGTH: Final = 2000
CONTEXT_ELEMENTS: Final = 10
HEADER_LENGTH: Final = 150
BLOCK_ID_LENGTH: Final = 255

_WEBHOOK: Final = re.compile(r"/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack answers: a status and a word."""

    status: int
    text: str


OK: Final = Answer(200, "ok")
NO_SERVICE: Final = Answer(404, "no_service")
INVALID_PAYLOAD: Final = Answer(400, "invalid_payload")
INVALID_BLOCKS: Final = Answer(400, "invalid_blocks")
TOO_MANY_ATTACHMENTS: Final = Answer(400, "too_many_attachments")

_WORDS: Final = {403: "action_prohibited", 404: "no_service", 410: "channel_is_archived", 429: "rate_limited"}


def failure(status: int) -> Answer:
    """How Slack puts a failure of this status."""
    return Answer(status, _WORDS.get(status, "rollup_error"))


def read(body: bytes) -> Any:
    """The body as JSON, or as the text it is instead."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")


def judge(path: str, message: Any) -> Answer:
    """Slack's answer to a message."""
    if not _WEBHOOK.fullmatch(path):
        return NO_SERVICE
    if not isinstance(message, dict):
        return INVALID_PAYLOAD
    text, attachments = message.get("text"), message.get("attachments")
    if not (isinstance(text, str) and text) and not message.get("blocks") and not attachments:
        return INVALID_PAYLOAD
    if not isinstance(attachments, list | None) or not all(isinstance(a, dict) for a in attachments or []):
        return INVALID_PAYLOAD
    if len(attachments or []) > ATTACHMENTS:
        return TOO_MANY_ATTACHMENTS
    fine = all(_blocks_are_fine(holder.get("blocks")) for holder in (message, *(attachments or [])))
    return OK if fine else INVALID_BLOCKS


def _blocks_are_fine(blocks: Any) -> bool:
    if blocks is None:
        return True
    return isinstance(blocks, list) and len(blocks) <= BLOCKS and all(map(_block_is_fine, blocks))


def _block_is_fine(block: Any) -> bool:
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        return False
    if not len(str(block.get("block_id", ""))) <= BLOCK_ID_LENGTH:
        return False
    match block["type"]:
        case "header":
            return _text_is_fine(block.get("text"), HEADER_LENGTH)
        case "section":
            return _section_is_fine(block)
        case "context":
            return 1 <= len(_list(block.get("elements"))) <= CONTEXT_ELEMENTS
        case _:
            return True


def _section_is_fine(block: Mapping[str, Any]) -> bool:
    fields = _list(block.get("fields"))
    if "text" not in block and not fields:
        return False
    return (
        ("text" not in block or _text_is_fine(block["text"], TEXT_LENGTH))
        and len(fields) <= FIELDS
        and all(_text_is_fine(field, FIELD_LENGTH) for field in fields)
    )


def _text_is_fine(text: Any, length: int) -> bool:
    return (
        isinstance(text, dict)
        and text.get("type") in ("plain_text", "mrkdwn")
        and isinstance(text.get("text"), str)
        and 1 <= len(text["text"]) <= length
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
