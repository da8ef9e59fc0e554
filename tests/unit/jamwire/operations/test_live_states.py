"""What a build is told of topics: what pages show, and nothing private."""

import time
from typing import Any

import pytest

from jamwire.operations.deployment import Deployment
from jamwire.operations.dynamodb import to_item
from jamwire.operations.errors import OperationError
from jamwire.operations.live import SCRIPT, integrity_of
from jamwire.operations.live_states import read_states
from lambdas.contracts.live_state import Entry
from lambdas.contracts.live_state_table import SORT_KEY, TopicState, item_of, site_item

FAR = 4_000_000_000_000


def item(channel: str, topic: str, ends: int = FAR) -> dict[str, Any]:
    entries = {"text": Entry(f"of {topic}", 1, "a", ends), "fields.Delay": Entry("5 min", 1, "a", ends)}
    return to_item(item_of(channel, TopicState(topic=topic, entries=entries, version=1)))


class Account:
    """A deployment with a live stack, and its table."""

    def __init__(self, *items: dict[str, Any], outputs: tuple[str, ...] = ("StatesTable",)) -> None:
        self.items = items
        self.outputs = outputs

    def get_paginator(self, _: str) -> "Account":
        return self

    def paginate(self) -> list[dict[str, Any]]:
        listed = [{"OutputKey": key, "OutputValue": "states"} for key in self.outputs]
        stack = {"StackName": "Jamwire-Live", "StackStatus": "CREATE_COMPLETE", "Outputs": listed}
        return [{"Stacks": [stack]}]

    def scan(self, **_: Any) -> dict[str, Any]:
        return {"Items": self.items}

    def get_item(self, *, Key: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        found = [item for item in self.items if item[SORT_KEY] == Key[SORT_KEY]]
        return {"Item": found[0]} if found else {}

    @property
    def deployment(self) -> Deployment:
        return Deployment("Jamwire", client=lambda _: self)


ITEMS = (
    item("notice/line-7", "line-7"),
    item("notice/line-12", "line-12"),
    item("notice/forgotten", "forgotten", ends=1),
    item("private/account/eve", "account/eve"),
    item("notice/spoilt", "spoilt") | {"entries": {"S": "{"}},
    to_item(site_item([], 1, 0)),
)


def test_build_is_told_what_pages_show_and_nothing_private() -> None:
    [first, second] = [known.document for known in read_states(Account(*ITEMS).deployment)]
    assert (first["topic"], second["topic"]) == ("line-12", "line-7")
    assert first["says"] == {"fields.Delay": "5 min", "text": "of line-12"}
    assert first["entries"]["text"] == ["of line-12", 1, "a", FAR]


def test_what_has_ended_is_not_said_and_stays_an_entry() -> None:
    lately = round(time.time() * 1000) - 1
    [known] = read_states(Account(item("notice/line-7", "line-7", ends=lately)).deployment)
    assert known.document["says"] == {}
    assert set(known.document["entries"]) == {"text", "fields.Delay"}


@pytest.mark.parametrize(
    ("topic", "found"), [("line-7", ["line-7"]), ("/line-7/", ["line-7"]), ("line-8", [])]
)
def test_named_topics_are_read_by_themselves(topic: str, found: list[str]) -> None:
    assert [known.topic for known in read_states(Account(*ITEMS).deployment, [topic])] == found


def test_deployment_without_states_says_what_to_add() -> None:
    with pytest.raises(OperationError, match="add a LiveStack"):
        list(read_states(Account(outputs=("Url",)).deployment))


def test_integrity_is_the_scripts_own() -> None:
    assert integrity_of(SCRIPT).startswith("sha384-")
    assert len(integrity_of(SCRIPT)) == len("sha384-") + 64
    assert integrity_of(SCRIPT.with_name("gone.js")) == ""
