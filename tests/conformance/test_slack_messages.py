"""Slack's own library takes our blocks as its own."""

from typing import Any

from slack_sdk.models.blocks import Block

from lambdas.contracts.event import Event
from lambdas.slack.digest import compose_first
from tests.fakes.events import an_event


def blocks_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [block for attachment in message["attachments"] for block in attachment["blocks"]]


def messages() -> list[dict[str, Any]]:
    full = an_event(
        text="Some <words> & more", url="https://example.com/", fields={"Branch": "main", "By": "me"}
    )
    several = [an_event(f"{number:032x}", type=f"form.{number % 3}") for number in range(20)]
    batches: list[list[Event]] = [[full], [full, an_event("b" * 32)], several]
    return [compose_first(batch)[0] for batch in batches]


def test_blocks_are_what_slacks_library_makes_of_them() -> None:
    ours = [block for message in messages() for block in blocks_of(message)]
    theirs = Block.parse_all(ours)
    for block in theirs:
        block.validate_json()
    assert [block.to_dict() for block in theirs] == ours
    assert {block["type"] for block in ours} == {"section", "context"}
