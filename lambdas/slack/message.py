"""An event as a Slack message.

Limits: Slack API reference, "Block Kit: blocks" (section text 3,000 characters, 10 fields of 2,000). A whole
message fails near 13,000 characters (https://github.com/slackapi/bolt-js/issues/2509).
"""

from typing import Any, Final

from lambdas.contracts.event import Event, Notice, Severity
from lambdas.slack import blocks
from lambdas.slack.blocks import Block
from lambdas.slack.text import escape, line, link, when

COLOURS: Final[dict[Severity, str]] = {
    "info": "#439fe0",
    "success": "#2eb67d",
    "warning": "#ecb22e",
    "error": "#e01e5a",
    "critical": "#8b0000",
}

MAX_TITLE_LENGTH: Final = 250
MAX_URL_LENGTH: Final = 1000
MAX_TEXT_LENGTH: Final = 2900
MAX_FIELD_LENGTH: Final = 600
MAX_FIELDS: Final = 10


def compose(event: Event) -> dict[str, Any]:
    """The body for an incoming webhook: the title, and beside a bar in the severity's colour all the rest.

    The last block has the event's id as its `block_id`, and for a replay the replay's name after a ``#``, so that the
    message can be traced to its event.
    """
    return {"text": _title(event.notice), "attachments": [attachment(event)]}


def attachment(event: Event, *above: Block) -> dict[str, Any]:
    """All of an event but its title, beside a bar in the severity's colour; the blocks `above` come first."""
    notice = event.notice
    shown = [*above, *_text(notice), *_fields(notice), _context(event)]
    return blocks.attachment(COLOURS[notice.severity], escape(notice.title, MAX_TITLE_LENGTH), shown)


def heading(notice: Notice) -> Block:
    """The title as a block, for a message of several events, each of which has its own."""
    return blocks.section(_title(notice))


def _title(notice: Notice) -> str:
    return f"*{link(line(notice.title, MAX_TITLE_LENGTH), notice.url, MAX_URL_LENGTH)}*"


def _text(notice: Notice) -> list[Block]:
    return [blocks.section(escape(notice.text, MAX_TEXT_LENGTH))] if notice.text.strip() else []


def _fields(notice: Notice) -> list[Block]:
    fields = list(notice.fields.items())
    shown = fields if len(fields) <= MAX_FIELDS else fields[: MAX_FIELDS - 1]
    texts = [_field(name, value) for name, value in shown]
    if len(shown) < len(fields):
        texts.append(f"_and {len(fields) - len(shown)} more_")
    return [blocks.columns(texts)] if texts else []


def _field(name: str, value: str) -> str:
    label = escape(name, 100)
    return f"*{label}*\n{escape(value, MAX_FIELD_LENGTH - len(label))}"


def _context(event: Event) -> Block:
    origin = (event.notice.site, event.endpoint, event.type)
    parts = [escape(part, 100) for part in origin if part] + [when(event.time)]
    if event.replay:
        parts.append("replayed")
    name = f"{event.id}#{event.replay}" if event.replay else event.id
    return blocks.context(" · ".join(parts), name[:255])
