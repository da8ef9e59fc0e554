"""What Slack's incoming webhooks take and what they refuse.

Slack API, "Sending messages using incoming webhooks" (errors) and "Reference: Block Kit blocks" (limits).
"""

import json
import re
from collections.abc import Mapping, Sequence
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
WHOLE_LENGTH: Final = 13_000
METADATA_LENGTH: Final = 3000
"""Of this, Slack documents nothing; it is the smallest limit that it has for any metadata (Views)."""

_EVENT_TYPE: Final = re.compile(r"[a-z_]+")
_WEBHOOK: Final = re.compile(r"/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class SlackResponse:
    """What Slack answers: a status and a word."""

    status: int
    text: str


OK: Final = SlackResponse(200, "ok")
NO_SERVICE: Final = SlackResponse(404, "no_service")
INVALID_PAYLOAD: Final = SlackResponse(400, "invalid_payload")
INVALID_BLOCKS: Final = SlackResponse(400, "invalid_blocks")
INVALID_METADATA: Final = SlackResponse(400, "invalid_metadata_format")
TOO_LONG: Final = SlackResponse(400, "msg_blocks_too_long")
TOO_MANY_ATTACHMENTS: Final = SlackResponse(400, "too_many_attachments")

_WORDS: Final = {403: "action_prohibited", 404: "no_service", 410: "channel_is_archived", 429: "rate_limited"}


def failure(status: int) -> SlackResponse:
    """How Slack puts a failure of this status."""
    return SlackResponse(status, _WORDS.get(status, "rollup_error"))


def read(body: bytes) -> Any:
    """The body as JSON, or as the text it is instead."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")


def judge(path: str, message: Any) -> SlackResponse:
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
    if not _metadata_is_fine(message.get("metadata")):
        return INVALID_METADATA
    if _length(message) > WHOLE_LENGTH:
        return TOO_LONG
    holders = [message, *(attachments or [])]
    fine = all(_blocks_are_fine(holder.get("blocks")) for holder in holders)
    return OK if fine and _names_differ(holders) else INVALID_BLOCKS


def _metadata_is_fine(metadata: Any) -> bool:
    if metadata is None:
        return True
    return (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and bool(_EVENT_TYPE.fullmatch(metadata["event_type"]))
        and isinstance(metadata.get("event_payload"), dict)
        and len(json.dumps(metadata)) <= METADATA_LENGTH
    )


def _length(value: Any) -> int:
    """Characters of all texts that people see (https://github.com/slackapi/bolt-js/issues/2509)."""
    if isinstance(value, dict):
        return sum(_length(item) for name, item in value.items() if name != "metadata")
    return sum(map(_length, value)) if isinstance(value, list) else len(str(value))


def _names_differ(holders: Sequence[Mapping[str, Any]]) -> bool:
    names = [
        block["block_id"] for holder in holders for block in holder.get("blocks") or [] if "block_id" in block
    ]
    return len(names) == len(set(names))


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
