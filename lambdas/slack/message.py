"""An event as a Slack message.

Limits: Slack API reference, "Block Kit: blocks" (section text 3,000 characters, 10 fields of 2,000). A whole
message fails near 13,000 characters (https://github.com/slackapi/bolt-js/issues/2509).
"""

from typing import Any, Final

from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import Block, ContextBlock, MarkdownTextObject, SectionBlock

from lambdas.contracts.event import Event, Notice, Severity
from lambdas.slack.text import escape, line, link, markdown, when

COLOURS: Final[dict[Severity, str]] = {
    "info": "#439fe0",
    "success": "#2eb67d",
    "warning": "#ecb22e",
    "error": "#e01e5a",
    "critical": "#8b0000",
}

TITLE_LENGTH: Final = 250
URL_LENGTH: Final = 1000
TEXT_LENGTH: Final = 2900
FIELD_LENGTH: Final = 600
FIELDS: Final = 10


def compose(event: Event) -> dict[str, Any]:
    """The body for an incoming webhook: the title, and beside a bar in the severity's colour all the rest.

    The last block has the event's id as its `block_id`, and for a replay the replay's name after a ``#``, so that a
    message can be traced to its event.
    """
    return {"text": _title(event.notice), "attachments": [attachment(event).to_dict()]}


def attachment(event: Event, *above: Block) -> BlockAttachment:
    """All of an event but its title, beside a bar in the severity's colour and below what is put there."""
    notice = event.notice
    return BlockAttachment(
        color=COLOURS[notice.severity],
        fallback=escape(notice.title, TITLE_LENGTH),
        blocks=[*above, *_text(notice), *_fields(notice), _context(event)],
    )


def heading(notice: Notice) -> Block:
    """The title, for a message in which it stands above its own event only."""
    return SectionBlock(text=markdown(_title(notice)))


def _title(notice: Notice) -> str:
    return f"*{link(line(notice.title, TITLE_LENGTH), notice.url, URL_LENGTH)}*"


def _text(notice: Notice) -> list[Block]:
    return [SectionBlock(text=markdown(escape(notice.text, TEXT_LENGTH)))] if notice.text.strip() else []


def _fields(notice: Notice) -> list[Block]:
    fields = list(notice.fields.items())
    shown = fields if len(fields) <= FIELDS else fields[: FIELDS - 1]
    texts = [_field(name, value) for name, value in shown]
    if len(shown) < len(fields):
        texts.append(markdown(f"_and {len(fields) - len(shown)} more_"))
    return [SectionBlock(fields=texts)] if texts else []


def _field(name: str, value: str) -> MarkdownTextObject:
    label = escape(name, 100)
    return markdown(f"*{label}*\n{escape(value, FIELD_LENGTH - len(label))}")


def _context(event: Event) -> Block:
    origin = (event.notice.site, event.endpoint, event.type)
    parts = [escape(part, 100) for part in origin if part] + [when(event.time)]
    if event.replay:
        parts.append("replayed")
    name = f"{event.id}#{event.replay}" if event.replay else event.id
    return ContextBlock(elements=[markdown(" · ".join(parts))], block_id=name[:255])
