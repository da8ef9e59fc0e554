"""The dashboard shows every subscriber, every metric that is counted, and no other."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk

from lambdas.contracts.metrics import CAME_IN, RECIPIENTS
from lambdas.runtime import report
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber import Subscriber
from stacks.dashboard import DashboardStack
from stacks.hub import HubStack
from stacks.recovery import GitHubWebhooks, RecoveryStack
from stacks.settings import Settings
from stacks.slack import SlackStack
from tests.unit.stacks.rulebook import ENDPOINTS, ROOT, context, resources, shipped

SUBSCRIBERS = [
    f"Jamwire-{stack}-Subscriber"
    for stack in ("Slack", "Sms", "Rebuild", "Cdn", "Story", "Live", "Audience", "Archive")
]
NOT_ON_IT = {"FailingFor", "Probed"}  # an alarm watches it; jamwire doctor counts its own
OF_RECOVERY = {"AskedAgain", "Lost", "Recovered"}  # a stack that is not in the shipped rulebook


def body(template: dict[str, Any] | None = None) -> dict[str, Any]:
    [dashboard] = resources(template or shipped()["Jamwire-Dashboard"], "AWS::CloudWatch::Dashboard")
    parts = dashboard["DashboardBody"]["Fn::Join"][1]
    return dict(json.loads("".join(part if isinstance(part, str) else part["Ref"] for part in parts)))


def metrics(dashboard: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, service and statistic of each metric by name."""
    for widget in dashboard["widgets"]:
        for row in widget["properties"].get("metrics", []):
            if isinstance(row[0], str):
                namespace, name, dimension, service, options = row
                assert (namespace, dimension) == ("Jamwire", "service")
                yield name, service, options["stat"]


def counted() -> set[str]:
    """Names of all metrics that the code counts: the runtime's table, and texts where a metric is named."""
    runtime = {outcome.metric for outcome in report.OUTCOMES.values()}
    followers = set(RECIPIENTS.values())
    return (
        runtime
        | followers
        | {name for path in (ROOT / "lambdas").rglob("*.py") for name in named(path.read_text())}
    )


def named(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in ("add_metric", "count", "_count", "_metric"):
                texts = [str(part.value) for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
                yield from (text for text in texts if re.fullmatch("([A-Z][a-z]+)+", text))


def test_what_is_shown_is_counted() -> None:
    assert {name for name, _, _ in metrics(body())} <= counted()


def test_what_is_counted_is_shown() -> None:
    assert counted() - {name for name, _, _ in metrics(body())} == NOT_ON_IT | OF_RECOVERY


def test_recovered_deliveries_are_shown() -> None:
    app = cdk.App(context=context())
    hub = HubStack(app, "Hub", endpoints={"code": "github"})
    dashboard = DashboardStack(app, "Dashboard", hub=hub)
    RecoveryStack(app, "Recovery", hub=hub, endpoints={"code": GitHubWebhooks("acme/site")})
    shown = metrics(body(cdk.assertions.Template.from_stack(dashboard).to_json()))
    assert {name for name, service, _ in shown if service == "Jamwire-Recovery"} == OF_RECOVERY


def test_followers_are_shown_by_channel() -> None:
    shown = {(name, service) for name, service, _ in metrics(body())}
    for channel in ("Push", "Email", "Text"):
        assert {(name, f"Jamwire-Audience-{channel}") for name in RECIPIENTS.values()} <= shown
    assert ("Suppressed", "Jamwire-Audience-Feedback") in shown


def test_every_subscriber_is_shown_with_all_that_its_runtime_counts() -> None:
    shown = set(metrics(body()))
    runtime = {
        (outcome.metric, "Sum") for outcome in report.OUTCOMES.values() if outcome.metric not in NOT_ON_IT
    }
    for service in SUBSCRIBERS:
        ages = {("AgeAtDelivery", "p50"), ("AgeAtDelivery", "p99")}
        assert {(name, stat) for name, of, stat in shown if of == service} >= runtime | ages


def test_ingest_is_shown_with_its_rejections_by_reason() -> None:
    assert {name for name, of, _ in metrics(body()) if of == "Jamwire-Ingest"} == set(CAME_IN)
    searches = re.findall(r"SEARCH\([^]]*", json.dumps(body()))
    assert len(searches) == 2
    assert all(word in searches[0] for word in ("{Jamwire,service,reason}", "Rejected", "Jamwire-Ingest"))
    assert all(word in searches[1] for word in ("{Jamwire,service,endpoint}", "Throttled", "Jamwire-Ingest"))


def test_the_state_of_every_alarm_is_at_the_top() -> None:
    first = body()["widgets"][0]
    assert (first["type"], first["x"], first["y"], first["width"]) == ("alarm", 0, 0, 24)
    names = {arn.rpartition(":")[2] for arn in first["properties"]["alarms"]}
    known = {a["AlarmName"] for t in shipped().values() for a in resources(t, "AWS::CloudWatch::Alarm")}
    assert names == known


def test_the_dead_letters_of_each_subscriber_are_shown() -> None:
    shown = [
        widget["properties"]["annotations"]["alarms"][0].rpartition(":")[2]
        for widget in body()["widgets"]
        if "annotations" in widget["properties"]
    ]
    assert shown == [
        "Jamwire-IngestErrors",
        "Jamwire-Slack-DeadLetters",
        "Jamwire-Sms-DeadLetters",
        "Jamwire-Rebuild-DeadLetters",
        "Jamwire-Cdn-DeadLetters",
        "Jamwire-Story-DeadLetters",
        "Jamwire-Live-DeadLetters",
        "Jamwire-Audience-DeadLetters",
        "Jamwire-Archive-DeadLetters",
        "Jamwire-Audience-Jobs-DeadLetters",
        "Jamwire-Audience-EndpointErrors",
    ]


def test_no_widget_lies_on_another_or_beside_the_grid() -> None:
    taken: set[tuple[int, int]] = set()
    for widget in body()["widgets"]:
        assert widget["x"] + widget["width"] <= 24
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken
        taken |= cells


def test_it_refers_to_no_other_stack_so_that_none_is_held_by_it() -> None:
    assert "Fn::GetStackOutput" not in json.dumps(shipped()["Jamwire-Dashboard"])
    app = cdk.App(context=context())
    hub = HubStack(app, "Hub", endpoints=ENDPOINTS)
    dashboard = DashboardStack(app, "Dashboard", hub=hub)
    SlackStack(app, "Slack", hub=hub)
    app.synth()
    assert dashboard.dependencies == []


def test_a_stack_may_have_several_subscribers_and_these_their_own_metrics() -> None:
    app = cdk.App(context=context())
    hub = HubStack(app, "Hub", endpoints=ENDPOINTS)
    stack = JamwireStack(app, "Pager", hub=hub)
    Subscriber(stack, "Subscriber", hub=hub, handler="lambdas.cdn.handler.handle")
    Subscriber(stack, "Second", hub=hub, handler="lambdas.cdn.handler.handle", custom_metrics=["Parts"])
    dashboard = DashboardStack(app, "Dashboard", hub=hub)
    shown = set(metrics(body(cdk.assertions.Template.from_stack(dashboard).to_json())))
    assert {("Delivered", f"Jamwire-Pager-{id}", "Sum") for id in ("Subscriber", "Second")} <= shown
    assert [of for name, of, _ in shown if name == "Parts"] == ["Jamwire-Pager-Second"]


def test_subscriber_is_shown_wherever_the_dashboard_stands() -> None:
    app = cdk.App(context=context())
    hub = HubStack(app, "Hub", endpoints=ENDPOINTS)
    SlackStack(app, "Before", hub=hub)
    dashboard = DashboardStack(app, "Dashboard", hub=hub)
    SlackStack(app, "After", hub=hub)
    shown = {of for _, of, _ in metrics(body(cdk.assertions.Template.from_stack(dashboard).to_json()))}
    assert shown == {"Jamwire-Ingest", "Jamwire-Before-Subscriber", "Jamwire-After-Subscriber"}


def test_each_deployment_of_an_app_has_its_own_dashboard() -> None:
    app = cdk.App(context=context())
    hubs = [
        HubStack(app, "Hub", endpoints=ENDPOINTS, settings=Settings(deployment=name))
        for name in ("One", "Two")
    ]
    for hub in hubs:
        SlackStack(app, "Slack", hub=hub)
    dashboard = DashboardStack(app, "Dashboard", hub=hubs[1])
    shown = {of for _, of, _ in metrics(body(cdk.assertions.Template.from_stack(dashboard).to_json()))}
    assert shown == {"Two-Ingest", "Two-Slack-Subscriber"}


def test_alarm_that_a_stack_adds_is_shown_by_its_name() -> None:
    app = cdk.App(context=context())
    hub = HubStack(app, "Hub", endpoints=ENDPOINTS)
    dashboard = DashboardStack(app, "Dashboard", hub=hub)
    stack = JamwireStack(app, "Pager", hub=hub)
    hub.add_alarm(
        stack,
        "Quiet",
        name="Jamwire-Pager-Quiet",
        metric=hub.metric("Accepted"),
        threshold=1,
        description="Jamwire-Pager: it is too quiet.",
    )
    Subscriber(stack, "Subscriber", hub=hub, handler="lambdas.cdn.handler.handle")
    document = body(cdk.assertions.Template.from_stack(dashboard).to_json())
    status, *graphs = [
        [arn.rpartition(":")[2] for arn in found]
        for widget in document["widgets"]
        if (
            found := widget["properties"].get("alarms")
            or widget["properties"].get("annotations", {}).get("alarms")
        )
    ]
    assert "Jamwire-Pager-Quiet" in status
    assert graphs == [["Jamwire-IngestErrors"], ["Jamwire-Pager-DeadLetters"]]


def test_hub_template_names_no_subscriber() -> None:
    app = cdk.App(context=context())
    hub = HubStack(app, "Hub", endpoints=ENDPOINTS)
    SlackStack(app, "Pager", hub=hub)
    assert "Pager" not in json.dumps(cdk.assertions.Template.from_stack(hub).to_json())
