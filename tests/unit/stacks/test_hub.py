"""The hub takes webhooks in, tells nobody's secrets and locks no other stack."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Annotations, Match, Template

from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.endpoints import read_endpoints
from lambdas.ingest.schemes.tokens import EventBridge
from stacks.constructs.eventbridge import DETAIL_TYPES
from stacks.constructs.function import MANY_EVENTS_MEMORY_MB, MEMORY_OF, environment_bytes
from stacks.endpoints import Endpoint, Handshake, Hmac, Reply, by_body, by_header, within
from stacks.hub import HubStack
from stacks.settings import Settings
from tests.unit.stacks.rulebook import context, resources, shipped

HUB = "Jamwire-Hub"


def one(kind: str) -> dict[str, Any]:
    [properties] = resources(shipped()[HUB], kind)
    return properties


def statements(stack: str) -> list[dict[str, Any]]:
    return [
        statement
        for policy in resources(shipped()[stack], "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def always_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def warnings_of(endpoints: Any) -> list[str]:
    app = cdk.App()
    hub = HubStack(app, "Hub", endpoints=endpoints)
    return [
        str(entry.entry.data) for entry in Annotations.from_stack(hub).find_warning("*", Match.any_value())
    ]


@pytest.mark.parametrize("source", ["vercel", "cloudflare", "amplify", "gitlab"])
def test_hook_that_tells_of_every_project_of_an_account_is_warned_of(source: str) -> None:
    [warning] = warnings_of({"site": source, "code": "github", "host": "netlify"})
    assert f"'site': Endpoint('{source}', site=…)" in warning
    assert warnings_of({"site": Endpoint(source, site="guide")}) == []


def test_ingest_may_do_what_it_needs_only() -> None:
    actions = {
        action
        for s in statements(HUB)
        for action in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])
    }
    assert actions == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sns:Publish",
        "s3:PutObject",
        "dynamodb:UpdateItem",
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
    }
    assert all(statement["Resource"] != "*" for statement in statements(HUB))


def memory_of_ingest(**endpoints: Any) -> int:
    hub = HubStack(cdk.App(context=context()), "Hub", endpoints=endpoints)
    [memory] = [f["MemorySize"] for f in resources(Template.from_stack(hub), "AWS::Lambda::Function")]
    return int(memory)


def test_ingest_has_more_of_a_processor_for_many_events() -> None:
    assert memory_of_ingest(site="netlify") == MEMORY_OF["ingest"]
    assert memory_of_ingest(site="netlify", feed=Endpoint("datocms", each="items")) == MANY_EVENTS_MEMORY_MB
    assert memory_of_ingest(zap="token") == MANY_EVENTS_MEMORY_MB


def test_payloads_are_private_encrypted_and_forgotten() -> None:
    bucket = one("AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    [rule] = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 60)
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_payloads_refuse_plain_http_and_admit_nobody_by_their_own_policy() -> None:
    [statement] = one("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )


def test_payloads_outlast_the_stack_that_could_not_delete_them() -> None:
    [bucket] = [r for r in shipped()[HUB]["Resources"].values() if r["Type"] == "AWS::S3::Bucket"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_ingest_puts_objects_and_knows_where() -> None:
    [put] = [s for s in statements(HUB) if s["Action"] == "s3:PutObject"]
    [name] = [id for id, r in shipped()[HUB]["Resources"].items() if r["Type"] == "AWS::S3::Bucket"]
    assert put["Resource"] == {"Fn::Join": ["", [{"Fn::GetAtt": [name, "Arn"]}, "/*"]]}
    assert one("AWS::Lambda::Function")["Environment"]["Variables"]["PAYLOADS_BUCKET"] == {"Ref": name}
    assert shipped()[HUB]["Outputs"]["PayloadsBucket"]["Value"] == {"Ref": name}


def test_how_long_payloads_are_kept_can_be_said() -> None:
    template = hub_template(endpoints={"x": "token"}, payloads_kept=cdk.Duration.days(7))
    [bucket] = resources(template, "AWS::S3::Bucket")
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 7


@pytest.mark.parametrize("kept", [cdk.Duration.days(0), cdk.Duration.hours(36)])
def test_a_time_that_no_lifecycle_knows_is_refused_in_one_sentence(kept: cdk.Duration) -> None:
    with pytest.raises(ValueError, match=r"^payloads_kept is \d+ s, expected .*\.$"):
        hub_template(endpoints={"x": "token"}, payloads_kept=kept)


def test_ingest_knows_its_endpoints() -> None:
    endpoints = {"site": Endpoint("contentful", routes={"post": ["/blog/{slug}"]}), "zap": "token"}
    variables, document = told_to_ingest(endpoints)
    assert variables["ENDPOINTS_FILE"] == "endpoints.json"
    assert document == {
        "site": {"source": "contentful", "routes": {"post": ["/blog/{slug}"]}},
        "zap": {"source": "token"},
    }


def without_code(template: dict[str, Any]) -> dict[str, Any]:
    """The resources, but for the code of functions."""
    found: dict[str, Any] = template["Resources"]
    for resource in found.values():
        resource.get("Properties", {}).pop("Code", None)
    return found


def told_to_ingest(endpoints: Any) -> tuple[dict[str, Any], Any]:
    """Ingest's environment, and the document in its asset."""
    app = cdk.App(context=context())
    HubStack(app, "Hub", endpoints=endpoints)
    assembly = app.synth()
    template = assembly.get_stack_by_name("Jamwire-Hub").template
    [function] = [r for r in template["Resources"].values() if r["Type"] == "AWS::Lambda::Function"]
    digest = function["Properties"]["Code"]["S3Key"].removesuffix(".zip")
    folder = Path(assembly.directory, f"asset.{digest}")
    assert (folder / "lambdas" / "ingest" / "handler.py").is_file()
    variables: dict[str, Any] = function["Properties"]["Environment"]["Variables"]
    return variables, json.loads((folder / variables["ENDPOINTS_FILE"]).read_text())


def test_as_many_endpoints_as_anybody_has_are_told() -> None:
    variables, document = told_to_ingest({f"endpoint-{n}": "netlify" for n in range(500)})
    assert len(document) == 500
    assert environment_bytes({name: str(value) for name, value in variables.items()}) < 1024


def test_output_of_endpoints_says_only_how_they_are_verified() -> None:
    routes = {"post": ["/blog/{slug}"]}
    template = hub_template(endpoints={"own": Endpoint(Hmac(), routes=routes), "zap": "token"})
    document = template.to_json()["Outputs"]["Endpoints"]["Value"]
    assert {name: endpoint.scheme for name, endpoint in read_endpoints(document).items()} == {
        "own": Hmac(),
        "zap": CATALOGUE["token"].scheme,
    }
    assert "routes" not in document


def test_hub_is_protected_from_deletion() -> None:
    app = cdk.App(context=context())
    hub = HubStack(app, "Hub", endpoints={"site": "netlify"})
    assert hub.termination_protection


def test_events_are_encrypted_at_rest_and_alarms_reach_their_topic() -> None:
    """CloudWatch may not use SNS's own key."""
    topics = {
        id.rstrip("0123456789ABCDEF"): r.get("Properties", {})
        for id, r in shipped()[HUB]["Resources"].items()
        if r["Type"] == "AWS::SNS::Topic"
    }
    assert topics["Events"]["KmsMasterKeyId"] == "alias/aws/sns"
    assert "KmsMasterKeyId" not in topics["Alarms"]
    assert not [s for s in statements(HUB) if "kms" in str(s["Action"])]


def test_no_secret_is_in_any_template() -> None:
    for template in shipped().values():
        for secret in resources(template, "AWS::SecretsManager::Secret"):
            assert "SecretString" not in secret
            assert secret["GenerateSecretString"]["SecretStringTemplate"] == "{}"


def test_topics_refuse_plain_http() -> None:
    policies = resources(shipped()[HUB], "AWS::SNS::TopicPolicy")
    assert len(policies) == 2
    for policy in policies:
        effects = [(s["Effect"], s.get("Condition")) for s in policy["PolicyDocument"]["Statement"]]
        assert ("Deny", {"Bool": {"aws:SecureTransport": "false"}}) in effects


def test_no_stack_exports_anything_so_none_locks_another() -> None:
    for template in shipped().values():
        assert not [output for output in template.get("Outputs", {}).values() if "Export" in output]
        assert "Fn::ImportValue" not in json.dumps(template)


def test_an_address_for_alarms_is_subscribed_to_them() -> None:
    app = cdk.App(context=context())
    hub = HubStack(
        app, "Hub", endpoints={"site": "netlify"}, settings=Settings(alarm_email="oncall@example.com")
    )
    [subscription] = resources(cdk.assertions.Template.from_stack(hub), "AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "oncall@example.com")


def hub_template(**props: Any) -> cdk.assertions.Template:
    return cdk.assertions.Template.from_stack(HubStack(cdk.App(context=context()), "Hub", **props))


def test_only_a_source_that_signs_by_a_private_key_brings_a_layer() -> None:
    for source, layers in {
        "netlify": 0,
        "standard-webhooks": 0,
        "sendgrid": 1,
        "standard-webhooks-v1a": 1,
    }.items():
        template = hub_template(endpoints={"x": source})
        assert len(resources(template, "AWS::Lambda::LayerVersion")) == layers


def test_a_source_that_speaks_through_eventbridge_is_let_in_by_a_rule() -> None:
    template = hub_template(endpoints={"build": "amplify", "site": "netlify"})
    [rule] = resources(template, "AWS::Events::Rule")
    # CloudTrail's records of Amplify's calls have the same source.
    assert rule["EventPattern"] == {
        "source": ["aws.amplify"],
        "detail-type": ["Amplify Deployment Status Change"],
    }
    assert '"endpoint":"build"' in str(rule["Targets"][0]["InputTransformer"]["InputTemplate"])
    assert resources(hub_template(endpoints={"site": "netlify"}), "AWS::Events::Rule") == []


def test_event_that_ingest_cannot_publish_is_kept_and_alarms() -> None:
    template = hub_template(endpoints={"build": "amplify"})
    [queue] = resources(template, "AWS::SQS::Queue")
    assert queue["MessageRetentionPeriod"] == 1_209_600
    [invoke] = resources(template, "AWS::Lambda::EventInvokeConfig")
    assert "Unpublished" in str(invoke["DestinationConfig"]["OnFailure"]["Destination"])
    assert "Jamwire-Unpublished" in [a["AlarmName"] for a in resources(template, "AWS::CloudWatch::Alarm")]
    assert resources(hub_template(endpoints={"site": "netlify"}), "AWS::SQS::Queue") == []


def test_every_source_of_eventbridge_has_a_detail_type() -> None:
    sources = {name for name, source in CATALOGUE.items() if isinstance(source.scheme, EventBridge)}
    assert set(DETAIL_TYPES) == sources


SAME_BODY: dict[str, tuple[Any, int]] = {
    "a source that tells by itself": ("netlify", 0),
    "a source of which the body alone tells": ("zapier", 1),
    "a sender of one's own": (Hmac(), 1),
    "one that names its deliveries, or not": (Endpoint(Hmac(), identity=by_header("x-id")), 1),
    "one that always tells": (Endpoint(Hmac(), identity=by_body()), 0),
    "a window where the source has none": (Endpoint("github", identity=within(30)), 1),
}


@pytest.mark.parametrize(("source", "tables"), SAME_BODY.values(), ids=SAME_BODY.keys())
def test_table_is_made_where_an_endpoint_needs_it(source: Any, tables: int) -> None:
    template = hub_template(endpoints={"x": source})
    made = [id for id, r in template.to_json()["Resources"].items() if r["Type"] == "AWS::DynamoDB::Table"]
    assert len(made) == tables
    [function] = resources(template, "AWS::Lambda::Function")
    variables = function["Environment"]["Variables"]
    assert variables.get("REPETITIONS_TABLE") == ({"Ref": made[0]} if made else None)
    assert ("dynamodb:UpdateItem" in str(resources(template, "AWS::IAM::Policy"))) is bool(made)


def test_table_of_repetitions_keeps_its_name_and_forgets() -> None:
    [(id, table)] = [
        (id, r) for id, r in shipped()[HUB]["Resources"].items() if r["Type"] == "AWS::DynamoDB::Table"
    ]
    assert id == "RepetitionsA3192FAF"
    assert table["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}


def test_what_is_said_of_rejected_requests_is_kept_for_two_weeks() -> None:
    retentions = {group["RetentionInDays"] for group in resources(shipped()[HUB], "AWS::Logs::LogGroup")}
    assert retentions == {14, 30}


def test_a_second_deployment_needs_one_value() -> None:
    app = cdk.App(context=context())
    hub = HubStack(app, "Hub", endpoints={"site": "netlify"}, settings=Settings(deployment="Staging"))
    assert hub.stack_name == "Staging-Hub"


@pytest.mark.parametrize("endpoints", [{"site": "netlfy"}, {"Site!": "netlify"}, {}])
def test_a_bad_endpoint_is_refused_in_one_sentence(endpoints: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="expected"):
        HubStack(cdk.App(context=context()), "Hub", endpoints=endpoints)


def test_handshake_and_reply_change_what_ingest_is_told_and_nothing_else() -> None:
    asks = Endpoint(
        Hmac(), handshake=Handshake(challenge="query.challenge"), reply=Reply("ok"), identity=by_body()
    )
    bare, asking = ({"own": endpoint} for endpoint in (Endpoint(Hmac(), identity=by_body()), asks))
    (variables, told), (asking_variables, told_asking) = told_to_ingest(bare), told_to_ingest(asking)
    assert told_asking["own"] == told["own"] | {
        "handshake": {"challenge": "query.challenge"},
        "reply": {"body": "ok", "content_type": "text/plain; charset=utf-8", "status": 200},
    }
    assert asking_variables == variables
    before, after = (hub_template(endpoints=endpoints).to_json() for endpoints in (bare, asking))
    assert without_code(after) == without_code(before)


def test_handshake_that_would_swallow_events_is_refused_in_one_sentence() -> None:
    endpoints = {"own": Endpoint(Hmac(), handshake=Handshake(methods="POST"))}
    with pytest.raises(
        ValueError, match=r"^The handshake's methods of 'own' is 'POST', expected no POST without"
    ):
        HubStack(cdk.App(context=context()), "Hub", endpoints=endpoints)
