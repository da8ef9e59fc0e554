"""Functions, what starts them, and what they may do."""

import io
import json
import zipfile

from tests.second_opinion.creators.resource import Creators, Made, Resource, call


def code() -> bytes:
    """A function's code; its own is too large to be of use here."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("handler.py", "")
        return file.getvalue()


def role(made: Resource) -> Made:
    trust = json.dumps(made.properties.pop("AssumeRolePolicyDocument"))
    answer = call(
        "iam",
        "create_role",
        RoleName=made.name[-64:],
        AssumeRolePolicyDocument=trust,
        **made.properties,
    )
    return Made(answer["Role"]["RoleName"], {"Arn": answer["Role"]["Arn"]})


def policy(made: Resource) -> Made:
    for name in made.properties.pop("Roles"):
        document = json.dumps(made.properties["PolicyDocument"])
        call(
            "iam",
            "put_role_policy",
            RoleName=name,
            PolicyName=made.properties["PolicyName"],
            PolicyDocument=document,
        )
    return Made(made.name)


def function(made: Resource) -> Made:
    made.properties["Code"] = {"ZipFile": code()}
    answer = call("lambda", "create_function", FunctionName=made.name[-64:], **made.properties)
    # What Lambda measures, and moto does not.
    assert len(json.dumps(made.properties["Environment"]["Variables"])) <= 4096
    return Made(answer["FunctionName"], {"Arn": answer["FunctionArn"]})


def layer(made: Resource) -> Made:
    made.properties["Content"] = {"ZipFile": code()}
    answer = call("lambda", "publish_layer_version", LayerName=made.name, **made.properties)
    return Made(answer["LayerVersionArn"])


def event_source_mapping(made: Resource) -> Made:
    return Made(call("lambda", "create_event_source_mapping", **made.properties)["UUID"])


def event_invoke_config(made: Resource) -> Made:
    call("lambda", "put_function_event_invoke_config", **made.properties)
    return Made(made.name)


def permission(made: Resource) -> Made:
    call("lambda", "add_permission", StatementId=made.name[-100:], **made.properties)
    return Made(made.name)


def function_url(made: Resource) -> Made:
    name = made.properties.pop("TargetFunctionArn")
    answer = call("lambda", "create_function_url_config", FunctionName=name, **made.properties)
    return Made(made.name, {"FunctionUrl": answer["FunctionUrl"], "FunctionArn": answer["FunctionArn"]})


def rule(made: Resource) -> Made:
    targets = made.properties.pop("Targets")
    if pattern := made.properties.pop("EventPattern", None):
        made.properties["EventPattern"] = json.dumps(pattern)
    answer = call("events", "put_rule", Name=made.name[-64:], **made.properties)
    failed = call("events", "put_targets", Rule=made.name[-64:], Targets=targets)["FailedEntryCount"]
    assert not failed
    return Made(made.name, {"Arn": answer["RuleArn"]})


CREATORS: Creators = {
    "AWS::Events::Rule": rule,
    "AWS::IAM::Policy": policy,
    "AWS::IAM::Role": role,
    "AWS::Lambda::EventInvokeConfig": event_invoke_config,
    "AWS::Lambda::EventSourceMapping": event_source_mapping,
    "AWS::Lambda::Function": function,
    "AWS::Lambda::LayerVersion": layer,
    "AWS::Lambda::Permission": permission,
    "AWS::Lambda::Url": function_url,
}
