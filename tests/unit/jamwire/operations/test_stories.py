"""An event is shown with the story of the publish that it is part of."""

from jamwire.operations.stories import story_of
from lambdas.contracts.event import timestamp
from lambdas.contracts.publish_story import Step, Story
from tests.fakes.account import NOW, Account

CORRELATION = "0a1b2c3d4e5f"
STORY = Story(
    publishes=2,
    first=NOW - 60,
    last=NOW - 50,
    ordered=NOW - 40,
    name="Summer news and 1 more",
    steps=(
        Step(type="cdn.invalidated", at=NOW, id="c"),
        Step(type="build.requested", at=NOW - 40, id="b"),
    ),
)
ORDER = {"first": timestamp(NOW - 60), "last": timestamp(NOW - 50)}


def a_world() -> Account:
    world = Account()
    world.keep_story(CORRELATION, STORY)
    world.keep("order", type="build.requested", before=40, correlation=CORRELATION, body=ORDER)
    return world


def test_an_event_that_names_its_publish_has_its_story() -> None:
    world = a_world()
    event = world.keep("deploy", type="deploy.succeeded", before=10, correlation=CORRELATION)
    assert story_of(world.deployment, world.archive, event) == STORY


def test_a_publish_has_the_story_of_the_build_that_counts_it_in() -> None:
    world = a_world()
    for id, before, counted_in in (("first", 60, True), ("second", 55, True), ("later", 45, False)):
        event = world.keep(id, type="content.published", before=before)
        found = story_of(world.deployment, world.archive, event)
        assert found == (STORY if counted_in else None)


def test_whatever_else_has_none() -> None:
    world = a_world()
    assert story_of(world.deployment, world.archive, world.keep("form", type="form.submitted")) is None
    unknown = world.keep("deploy", type="deploy.failed", correlation="ffffffffffff")
    assert story_of(world.deployment, world.archive, unknown) is None


def test_where_nobody_keeps_stories_none_is_asked_for() -> None:
    world = Account()
    event = world.keep("publish", type="content.published")
    assert story_of(world.deployment, world.archive, event) is None
    assert world.dynamodb.queries == []


def test_steps_are_told_in_their_order_with_the_time_since_the_publish() -> None:
    assert [(name, after) for name, _, after in STORY.steps_for_display()] == [
        ("Published", ""),
        ("Build ordered", "+20 s"),
        ("Purged", "+1 min 0 s"),
    ]
