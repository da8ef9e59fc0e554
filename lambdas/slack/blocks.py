"""Slack's blocks and attachments as JSON, those that messages here have (Slack API reference, "Block Kit: blocks")."""

from collections.abc import Sequence
from typing import Any

Block = dict[str, Any]


def markdown(text: str) -> Block:
    """A text object; Slack makes no links of its own from what a visitor wrote."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str) -> Block:
    """A text."""
    return {"type": "section", "text": markdown(text)}


def columns(texts: Sequence[str]) -> Block:
    """Texts side by side, two in a row."""
    return {"type": "section", "fields": [markdown(text) for text in texts]}


def context(text: str, block_id: str = "") -> Block:
    """A text in small letters, and the id by which the block is found again."""
    block = {"type": "context", "elements": [markdown(text)]}
    return block | {"block_id": block_id} if block_id else block


def attachment(colour: str, fallback: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """Blocks beside a bar in a colour; the fallback is what a notification shows."""
    return {"color": colour, "fallback": fallback, "blocks": list(blocks)}
