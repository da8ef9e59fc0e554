"""Dead letters by command: seen with their reason, sent once more, thrown away; and nothing lost on the way."""

from collections.abc import Iterator

import pytest

from jamwire.operations.dead_letters import DeadLetter, Filter, discard, list_dead_letters, redrive
from jamwire.operations.errors import OperationError
from tests.deployed.deployed import Deployed, Sent


@pytest.fixture
def dead(deployed: Deployed) -> Iterator[Sent]:
    """An event that Slack refused for good; whatever is left of it is thrown away afterwards."""
    deployed.fault(status=404, count=1)
    sent = deployed.send("netlify/deploy-started")
    deployed.dead_letter("Slack", sent)
    yield sent
    discard(deployed.deployment, Filter(event_id=sent.id), on_progress=lambda letter: None)


def letters(deployed: Deployed, sent: Sent) -> list[DeadLetter]:
    return list_dead_letters(deployed.deployment, Filter(event_id=sent.id))


def test_a_letter_is_listed_again_and_again_with_its_reason(deployed: Deployed, dead: Sent) -> None:
    for _ in range(2):
        [letter] = letters(deployed, dead)
        assert (letter.subscriber, letter.type) == ("Slack", "deploy.started")
        assert (letter.reason, letter.attempts) == ("Slack answered 404 no_service", 1)


def test_letters_are_chosen_by_subscriber_reason_and_event(deployed: Deployed, dead: Sent) -> None:
    def found(filter: Filter) -> bool:
        return dead.id in [letter.event_id for letter in list_dead_letters(deployed.deployment, filter)]

    assert found(Filter(subscriber="slack", reason="no_service"))
    assert not found(Filter(subscriber="sms"))
    assert not found(Filter(reason="channel_is_archived"))
    with pytest.raises(
        OperationError, match="there are: Archive, Audience, Cdn, Live, Rebuild, Slack, Sms, Story"
    ):
        list_dead_letters(deployed.deployment, Filter(subscriber="nobody"))


def test_a_letter_sent_once_more_is_delivered_and_gone(deployed: Deployed, dead: Sent) -> None:
    told: list[str] = []
    redrive(
        deployed.deployment, Filter(event_id=dead.id), on_progress=lambda letter: told.append(letter.event_id)
    )
    assert told == [dead.id]
    deployed.until(lambda: deployed.told(dead) == ["slack"], "the message")
    assert letters(deployed, dead) == []


def test_killed_between_two_letters_the_others_are_still_there(deployed: Deployed, dead: Sent) -> None:
    deployed.fault(status=410, count=1)
    second = deployed.send("netlify/deploy-started")
    deployed.dead_letter("Slack", second)

    def killed(letter: DeadLetter) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        redrive(deployed.deployment, Filter(subscriber="slack"), on_progress=killed)
    ids = [letter.event_id for letter in list_dead_letters(deployed.deployment, Filter(subscriber="slack"))]
    assert second.id in ids
    redrive(deployed.deployment, Filter(subscriber="slack"), on_progress=lambda letter: None)
    deployed.until(lambda: deployed.told(dead) == deployed.told(second) == ["slack"], "both messages, once")


def test_a_letter_that_is_thrown_away_is_gone(deployed: Deployed, dead: Sent) -> None:
    discard(deployed.deployment, Filter(event_id=dead.id), on_progress=lambda letter: None)
    assert letters(deployed, dead) == []
    assert deployed.told(dead) == []
