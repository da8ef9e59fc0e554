"""Which names the `jamwire` command knows, and where the secrets of each are."""

from types import SimpleNamespace
from typing import Any

import pytest

from jamwire.deployment import OperationError, Stack
from jamwire.keyrings import Place, destinations_of, place_of

STACKS = [
    Stack("Jamwire-Hub", "Hub", "CREATE_COMPLETE", {"SecretArn": "hub"}),
    Stack("Jamwire-Slack", "Slack", "CREATE_COMPLETE", {"SecretArn": "a", "FallbackSecretArn": "a"}),
    Stack("Jamwire-Alerts", "Alerts", "CREATE_COMPLETE", {"SecretArn": "b"}),
    Stack("Jamwire-Cdn", "Cdn", "CREATE_COMPLETE", {}),
]
DEPLOYMENT: Any = SimpleNamespace(stacks=STACKS, endpoints=[])


def test_each_channel_has_a_name_and_its_fallback_another_where_it_has_one() -> None:
    assert destinations_of(DEPLOYMENT) == {
        "slack": Place("a", "destination", None),
        "slack-fallback": Place("a", "fallback", None),
        "alerts": Place("b", "destination", None),
    }


def test_names_are_those_of_the_stacks_however_they_are_written() -> None:
    assert place_of(DEPLOYMENT, "Slack-Fallback") == Place("a", "fallback", None)


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(OperationError, match=r"there are: slack, slack-fallback, alerts$"):
        place_of(DEPLOYMENT, "alerts-fallback")
