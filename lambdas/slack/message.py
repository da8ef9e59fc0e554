"""An event as a Slack message.

Limits: Slack API reference, "Block Kit: blocks" (section text 3,000 characters, 10 fields of 2,000) and
"Formatting text for app surfaces" (escape exactly ``&``, ``<`` and ``>``). A whole message fails near
13,000 characters.
"""

import datetime as dt
from typing import Any, Final

from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import Block, ContextBlock, MarkdownTextObject, SectionBlock

from lambdas.event import Event, Notice, Severity

COLOURS: Final[dict[Severity, str]] = {
    "info": "#439fe0",
    "success": "#2eb67d",
    "warning": "#ecb22e",
    "error": "#e01e5a",
    "critical": "#8b0000",
}

TITLE_LENGTH: Final = 250
TEXT_LENGTH: Final = 2900
FIELD_LENGTH: Final = 700
FIELDS: Final = 10

_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_URL_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "%3C", ">": "%3E", "|": "%7C", " ": "%20"})


def compose(event: Event) -> dict[str, Any]:
    """The body for an incoming webhook: the title, and beside a bar in the severity's colour all the rest.

    The last block has the event's id as its `block_id`, so that a message can be traced to its event.
    """
    notice = event.notice
    attachment = BlockAttachment(
        color=COLOURS[notice.severity],
        fallback=escape(notice.title, TITLE_LENGTH),
        blocks=[*_text(notice), *_fields(notice), _context(event)],
    )
    return {"text": _title(notice), "attachments": [attachment.to_dict()]}


def escape(text: str, length: int) -> str:
    """Text that Slack shows as it is, cut to so many characters after escaping."""
    pieces: list[str] = []
    room = length
    for character in text:
        piece = _ESCAPES.get(character, character)
        room -= len(piece)
        pieces.append(piece)
        if room < 0:
            break
    else:
        return "".join(pieces)
    while room < 1:  # make room for the ellipsis, piece by piece, so that no escape is cut in two
        room += len(pieces.pop())
    return "".join(pieces) + "…"


def _title(notice: Notice) -> str:
    title = escape(" ".join(notice.title.split()), TITLE_LENGTH)
    if notice.url.startswith(("https://", "http://")):
        return f"*<{notice.url.translate(_URL_ESCAPES)}|{title}>*"
    return f"*{title}*"


def _text(notice: Notice) -> list[Block]:
    return [SectionBlock(text=_markdown(escape(notice.text, TEXT_LENGTH)))] if notice.text.strip() else []


def _fields(notice: Notice) -> list[Block]:
    fields = list(notice.fields.items())
    shown = fields if len(fields) <= FIELDS else fields[: FIELDS - 1]
    texts = [_field(name, value) for name, value in shown]
    if len(shown) < len(fields):
        texts.append(_markdown(f"_and {len(fields) - len(shown)} more_"))
    return [SectionBlock(fields=texts)] if texts else []


def _field(name: str, value: str) -> MarkdownTextObject:
    label = escape(name, 100)
    return _markdown(f"*{label}*\n{escape(value, FIELD_LENGTH - len(label))}")


def _context(event: Event) -> Block:
    accepted = dt.datetime.fromisoformat(event.time)
    when = f"<!date^{int(accepted.timestamp())}^{{date_short_pretty}} {{time}}|{event.time}>"
    parts = [escape(part, 100) for part in (event.notice.site, event.endpoint, event.type) if part]
    return ContextBlock(elements=[_markdown(" · ".join([*parts, when]))], block_id=event.id[:255])


def _markdown(text: str) -> MarkdownTextObject:
    # verbatim: Slack makes no links of its own from what a visitor wrote
    return MarkdownTextObject(text=text, verbatim=True)
