"""The examples' rulebooks: they hold the rules that the shipped one holds, and connect what they show."""

from typing import Any

from tests.unit.stacks.rulebook import ROOT, resources, synthesise_app


def test_the_bus_line_tells_visitors_after_the_purge_and_slack_at_the_end() -> None:
    templates = synthesise_app(ROOT / "examples" / "bus_times" / "app.py")
    assert hears(templates["Jamwire-Live"]) == ["cdn.invalidated", {"prefix": "notice."}]
    assert hears(templates["Jamwire-Slack"]) == [{"prefix": "site."}]
    subscriptions = resources(templates["Jamwire-Audience"], "AWS::SNS::Subscription")
    [followed] = [each for each in subscriptions if "FilterPolicy" in each]  # others tell what came back
    assert followed["FilterPolicy"]["data"] == {"notice": {"severity": ["warning"]}}
    assert {"deploy.succeeded", "build.requested"} <= {
        type for type in hears(templates["Jamwire-Cdn"]) if isinstance(type, str)
    }


def test_the_sites_distributions_serve_the_state() -> None:
    for example in ("bus_times", "prices"):
        templates = synthesise_app(ROOT / "examples" / example / "app.py")
        [distribution] = resources(templates["Jamwire-Site"], "AWS::CloudFront::Distribution")
        config = distribution["DistributionConfig"]
        assert [behavior["PathPattern"] for behavior in config["CacheBehaviors"]] == ["/_jamwire/*"]
        assert {response["ErrorCachingMinTTL"] for response in config["CustomErrorResponses"]} == {0}


def hears(template: dict[str, Any]) -> list[Any]:
    [subscription] = resources(template, "AWS::SNS::Subscription")
    types: list[Any] = subscription["FilterPolicy"]["type"]
    return types
