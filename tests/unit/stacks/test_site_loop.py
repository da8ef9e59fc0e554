"""The stacks of the site's loop: what a rebuild and a CDN may do and hear, and what is refused at synth."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration

from lambdas.contracts.settings import RebuildSettings
from stacks.cdn import CdnStack
from stacks.hub import HubStack
from stacks.rebuild import RebuildStack
from stacks.rules import all_of, matching, severity
from stacks.story import StoryStack
from tests.unit.stacks.rulebook import resources, template_of


def cdn(app: cdk.App, hub: HubStack, **props: Any) -> CdnStack:
    return CdnStack(app, "Cdn", hub=hub, **props)


def rebuild(app: cdk.App, hub: HubStack, **props: Any) -> RebuildStack:
    return RebuildStack(app, "Rebuild", hub=hub, **props)


BAD_STACKS: dict[str, tuple[Any, dict[str, Any]]] = {
    "no distribution": (cdn, {"distributions": []}),
    "an empty distribution": (cdn, {"distributions": ""}),
    "a domain for a distribution": (cdn, {"distributions": "https://d1.cloudfront.net"}),
    "a distribution in small letters": (cdn, {"distributions": "e2qwruhapomqzl"}),
    "one bad distribution of several": (cdn, {"distributions": ["E2QWRUHAPOMQZL", "d1"]}),
    "a negative budget": (cdn, {"distributions": "E2QWRUHAPOMQZL", "paid_paths_per_month": -1}),
    "an unknown build host": (rebuild, {"build_host": "netlfy"}),
    "no events": (rebuild, {"build_host": "netlify", "when": []}),
    "a build for a deploy": (rebuild, {"build_host": "netlify", "when": ["deploy.*"]}),
    "a build for a deploy, on a condition": (
        rebuild,
        {"build_host": "netlify", "when": all_of("deploy.*", severity("info"))},
    ),
    "a wait shorter than the quiet": (
        rebuild,
        {"build_host": "netlify", "longest_wait": Duration.seconds(5)},
    ),
    "a story that ends with nothing": (
        lambda app, hub, **props: StoryStack(app, "Story", hub=hub, **props),
        {"until": "content.published"},
    ),
}


@pytest.mark.parametrize(("build", "props"), BAD_STACKS.values(), ids=BAD_STACKS.keys())
def test_a_stack_that_cannot_work_is_refused_in_one_sentence(build: Any, props: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]* expected [^\n]*\.$"):
        template_of(lambda app, hub: build(app, hub, **props))


def test_given_distributions_are_the_ones_invalidated() -> None:
    ids = ["E2QWRUHAPOMQZL", "E1AAAAAAAAAAAA"]
    template = template_of(lambda app, hub: cdn(app, hub, distributions=ids))
    [statement] = [
        statement
        for policy in resources(template, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "cloudfront" in str(statement["Action"])
    ]
    assert statement["Action"] == ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"]
    assert [f"distribution/{id}" in str(statement["Resource"]) for id in ids] == [True, True]


def test_a_condition_on_content_does_not_shut_out_what_tells_of_builds() -> None:
    site = {"data": {"notice": {"site": ["docs"]}}}
    when = all_of("content.*", matching(site))
    for build in (
        lambda app, hub: rebuild(app, hub, build_host="github", when=when),
        lambda app, hub: cdn(
            app,
            hub,
            distributions="E2QWRUHAPOMQZL",
            when=when,
            wait_for_deploy=True,
        ),
    ):
        [subscription] = resources(template_of(build), "AWS::SNS::Subscription")
        builds, content = subscription["FilterPolicy"]["$or"]
        assert content == {"type": [{"prefix": "content."}], **site}
        assert "deploy.succeeded" in builds["type"]
        assert subscription["FilterPolicyScope"] == "MessageBody"


def test_a_build_hook_is_a_secret_of_its_stack() -> None:
    template = template_of(lambda app, hub: rebuild(app, hub, build_host="vercel"))
    assert len(resources(template, "AWS::SecretsManager::Secret")) == 1
    [function] = resources(template, "AWS::Lambda::Function")
    variables = function["Environment"]["Variables"]
    told = RebuildSettings.from_environment(variables | {"SECRET_ARN": "hook"})
    assert told == RebuildSettings(
        build_host="vercel", secret_arn="hook", quiet=10, longest_wait=120, longest_build=1800
    )
