"""How a resource of each type is made by its service's own API.

CloudFormation's properties are mostly the API's parameters; here is what is not so. Whatever a creator passes on, botocore
and moto check: a property that the API does not know is refused.
"""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.validate import ParamValidator

Properties = dict[str, Any]


class Made(NamedTuple):
    """What others are told of a resource: by `Ref`, and by `Fn::GetAtt`."""

    ref: str
    attributes: Mapping[str, str] = {}


class Resource(NamedTuple):
    """A resource: its name, unique in the account, and its properties without intrinsic functions."""

    name: str
    properties: Properties


@cache
def client(service: str) -> Any:
    # Of a session that knows moto, which one made before it was imported does not; and at no endpoint but AWS's own.
    config = Config(ignore_configured_endpoint_urls=True)
    return boto3.Session(region_name="us-east-1").client(service, config=config)


def call(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    answer: dict[str, Any] = getattr(client(service), operation)(**parameters)
    return answer


def code() -> bytes:
    """A function's code; its own is too large to be of use here."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("handler.py", "")
        return file.getvalue()


def texts(properties: Properties) -> dict[str, str]:
    """Values as SNS and SQS take attributes: texts, and JSON."""
    return {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in properties.items()
    }


def lower(value: Any) -> Any:
    """With keys in AppSync's spelling."""
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: lower(item) for key, item in value.items()}
    return [lower(item) for item in value] if isinstance(value, list) else value


def alarm(made: Resource) -> Made:
    call("cloudwatch", "put_metric_alarm", **made.properties)
    return Made(made.properties["AlarmName"])


def dashboard(made: Resource) -> Made:
    answer = call("cloudwatch", "put_dashboard", **made.properties)
    assert not answer.get("DashboardValidationMessages"), answer
    return Made(made.properties["DashboardName"])


def queue(made: Resource) -> Made:
    known = client("sqs").meta.service_model.shape_for("QueueAttributeName").enum
    assert set(made.properties) <= set(known), f"SQS knows no {set(made.properties) - set(known)}"
    url = call("sqs", "create_queue", QueueName=made.name, Attributes=texts(made.properties))["QueueUrl"]
    attributes = call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return Made(url, {"Arn": attributes["QueueArn"], "QueueName": made.name})


def queue_policy(made: Resource) -> Made:
    for url in made.properties["Queues"]:
        policy = {"Policy": json.dumps(made.properties["PolicyDocument"])}
        call("sqs", "set_queue_attributes", QueueUrl=url, Attributes=policy)
    return Made(made.name)


def topic(made: Resource) -> Made:
    arn = call("sns", "create_topic", Name=made.name, Attributes=texts(made.properties))["TopicArn"]
    return Made(arn, {"TopicArn": arn})


def topic_policy(made: Resource) -> Made:
    policy = json.dumps(made.properties["PolicyDocument"])
    for arn in made.properties["Topics"]:
        call("sns", "set_topic_attributes", TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    return Made(made.name)


def subscription(made: Resource) -> Made:
    how = {name: made.properties.pop(name) for name in ("TopicArn", "Protocol", "Endpoint")}
    answer = call("sns", "subscribe", **how, Attributes=texts(made.properties), ReturnSubscriptionArn=True)
    return Made(answer["SubscriptionArn"])


def table(made: Resource) -> Made:
    properties = made.properties
    forgets = properties.pop("TimeToLiveSpecification", None)
    backup = properties.pop("PointInTimeRecoverySpecification", None)
    encryption = properties.pop("SSESpecification", None)
    if encryption:
        properties["SSESpecification"] = {"Enabled": encryption.pop("SSEEnabled"), **encryption}
    answer = call("dynamodb", "create_table", TableName=made.name, **properties)
    if forgets:
        call("dynamodb", "update_time_to_live", TableName=made.name, TimeToLiveSpecification=forgets)
    if backup:
        call(
            "dynamodb",
            "update_continuous_backups",
            TableName=made.name,
            PointInTimeRecoverySpecification=backup,
        )
    return Made(made.name, {"Arn": answer["TableDescription"]["TableArn"]})


def log_group(made: Resource) -> Made:
    name = f"/jamwire/{made.name}"
    call("logs", "create_log_group", logGroupName=name)
    days = made.properties.pop("RetentionInDays")
    call("logs", "put_retention_policy", logGroupName=name, retentionInDays=days, **made.properties)
    return Made(name, {"Arn": f"arn:aws:logs:us-east-1:123456789012:log-group:{name}:*"})


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


def secret(made: Resource) -> Made:
    generated = made.properties.pop("GenerateSecretString")
    document = json.loads(generated.pop("SecretStringTemplate"))
    key = generated.pop("GenerateStringKey")
    document[key] = call("secretsmanager", "get_random_password", **generated)["RandomPassword"]
    text = json.dumps(document)
    answer = call("secretsmanager", "create_secret", Name=made.name, SecretString=text, **made.properties)
    return Made(answer["ARN"])


def bucket(made: Resource) -> Made:
    name = made.name.lower()[-63:].strip("-")
    properties = made.properties
    call("s3", "create_bucket", Bucket=name)
    if access := properties.pop("PublicAccessBlockConfiguration", None):
        call("s3", "put_public_access_block", Bucket=name, PublicAccessBlockConfiguration=access)
    if encryption := properties.pop("BucketEncryption", None):
        rules = {
            "Rules": [
                {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
                for rule in encryption["ServerSideEncryptionConfiguration"]
            ]
        }
        call("s3", "put_bucket_encryption", Bucket=name, ServerSideEncryptionConfiguration=rules)
    if lifecycle := properties.pop("LifecycleConfiguration", None):
        rules = {"Rules": [lifecycle_rule(rule) for rule in lifecycle["Rules"]]}
        call("s3", "put_bucket_lifecycle_configuration", Bucket=name, LifecycleConfiguration=rules)
    assert not properties, f"not passed on: {', '.join(properties)}"
    domain = f"{name}.s3.us-east-1.amazonaws.com"
    return Made(name, {"Arn": f"arn:aws:s3:::{name}", "RegionalDomainName": domain})


def lifecycle_rule(rule: Properties) -> Properties:
    known = dict(rule)
    return {"Filter": {"Prefix": ""}, "Expiration": {"Days": known.pop("ExpirationInDays")}, **known}


def bucket_policy(made: Resource) -> Made:
    document = json.dumps(made.properties["PolicyDocument"])
    call("s3", "put_bucket_policy", Bucket=made.properties["Bucket"], Policy=document)
    return Made(made.name)


def http_api(made: Resource) -> Made:
    answer = call("apigatewayv2", "create_api", **made.properties)
    return Made(answer["ApiId"], {"ApiEndpoint": answer["ApiEndpoint"]})


def integration(made: Resource) -> Made:
    return Made(call("apigatewayv2", "create_integration", **made.properties)["IntegrationId"])


def route(made: Resource) -> Made:
    return Made(call("apigatewayv2", "create_route", **made.properties)["RouteId"])


def stage(made: Resource) -> Made:
    return Made(call("apigatewayv2", "create_stage", **made.properties)["StageName"])


def event_api(made: Resource) -> Made:
    api = call("appsync", "create_api", **lower(made.properties))["api"]
    dns = {"Dns.Http": "x.appsync-api.us-east-1.amazonaws.com"}
    dns["Dns.Realtime"] = dns["Dns.Http"].replace("api", "realtime-api")
    return Made(api["apiArn"], {"ApiId": api["apiId"], "ApiArn": api["apiArn"], **dns})


def channel_namespace(made: Resource) -> Made:
    answer = call("appsync", "create_channel_namespace", **lower(made.properties))
    return Made(made.name, {"ChannelNamespaceArn": answer["channelNamespace"]["channelNamespaceArn"]})


def api_key(made: Resource) -> Made:
    answer = call("appsync", "create_api_key", **lower(made.properties))["apiKey"]
    return Made(answer["id"], {"ApiKey": answer["id"], "ApiKeyId": answer["id"]})


def origin_access_control(made: Resource) -> Made:
    answer = call("cloudfront", "create_origin_access_control", **made.properties)
    return Made(made.name, {"Id": answer["OriginAccessControl"]["Id"]})


def counted(items: list[Any]) -> dict[str, Any]:
    """A list as CloudFront's API takes it."""
    return {"Quantity": len(items), "Items": items}


def distribution(made: Resource) -> Made:
    config = made.properties.pop("DistributionConfig")
    assert not made.properties
    behaviour = config["DefaultCacheBehavior"]
    if methods := behaviour.pop("AllowedMethods", None):
        behaviour["AllowedMethods"] = counted(methods)
    if errors := config.pop("CustomErrorResponses", None):
        config["CustomErrorResponses"] = counted(errors)
    config |= {
        "CallerReference": made.name,
        "IsIPV6Enabled": config.pop("IPV6Enabled"),
        "Origins": counted([origin(each) for each in config["Origins"]]),
    }
    answer = call("cloudfront", "create_distribution", DistributionConfig=config)["Distribution"]
    return Made(answer["Id"], {"DomainName": answer["DomainName"]})


def origin(properties: Properties) -> Properties:
    custom = properties.get("CustomOriginConfig")
    if custom is None:
        return properties
    protocols = counted(custom.pop("OriginSSLProtocols"))
    ports = {"HTTPPort": 80, "HTTPSPort": 443, "OriginSslProtocols": protocols}
    return properties | {"CustomOriginConfig": custom | ports}


def validated(service: str, operation: str, **parameters: Any) -> None:
    """Check a call that moto has not: botocore knows its parameters."""
    shape = client(service).meta.service_model.operation_model(operation).input_shape
    report = ParamValidator().validate(parameters, shape)
    assert not report.has_errors(), report.generate_report()


def cache_policy(made: Resource) -> Made:
    validated("cloudfront", "CreateCachePolicy", **made.properties)
    return Made(made.name)


def mail_configuration_set(made: Resource) -> Made:
    properties = made.properties
    name = properties.pop("Name")
    call("sesv2", "create_configuration_set", ConfigurationSetName=name, **properties)
    return Made(name)


def mail_event_destination(made: Resource) -> Made:
    destination = made.properties["EventDestination"]
    topic = destination.pop("SnsDestination")["TopicARN"]
    validated(
        "sesv2",
        "CreateConfigurationSetEventDestination",
        ConfigurationSetName=made.properties["ConfigurationSetName"],
        EventDestinationName=destination.pop("Name"),
        EventDestination={
            **destination,
            # CloudFormation's spelling is that of the API before this one.
            "MatchingEventTypes": [each.upper() for each in destination["MatchingEventTypes"]],
            "SnsDestination": {"TopicArn": topic},
        },
    )
    return Made(made.name)


def text_configuration_set(made: Resource) -> Made:
    name = made.properties["ConfigurationSetName"]
    validated("pinpoint-sms-voice-v2", "CreateConfigurationSet", ConfigurationSetName=name)
    known = client("pinpoint-sms-voice-v2").meta.service_model.shape_for("EventType").enum
    for destination in made.properties["EventDestinations"]:
        assert destination.pop("Enabled") is True
        assert set(destination["MatchingEventTypes"]) <= set(known)
        validated("pinpoint-sms-voice-v2", "CreateEventDestination", ConfigurationSetName=name, **destination)
    return Made(name)


def audience_keys(made: Resource) -> Made:
    # Our own function answers CloudFormation; tests/unit/lambdas/audience_keys has it.
    return Made(made.name, {"PushKey": "B" * 87})


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


def metric_filter(made: Resource) -> Made:
    properties: Properties = lower(made.properties)
    for transformation in properties["metricTransformations"]:
        transformation["dimensions"] = {of["key"]: of["value"] for of in transformation["dimensions"]}
    call("logs", "put_metric_filter", filterName=made.name, **properties)
    return Made(made.name)


CREATORS: dict[str, Callable[[Resource], Made]] = {
    "AWS::ApiGatewayV2::Api": http_api,
    "AWS::ApiGatewayV2::Integration": integration,
    "AWS::ApiGatewayV2::Route": route,
    "AWS::ApiGatewayV2::Stage": stage,
    "AWS::AppSync::Api": event_api,
    "AWS::AppSync::ApiKey": api_key,
    "AWS::AppSync::ChannelNamespace": channel_namespace,
    "AWS::CloudFront::CachePolicy": cache_policy,
    "AWS::CloudFront::Distribution": distribution,
    "AWS::CloudFront::OriginAccessControl": origin_access_control,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::DynamoDB::Table": table,
    "AWS::Events::Rule": rule,
    "AWS::IAM::Policy": policy,
    "AWS::IAM::Role": role,
    "AWS::Lambda::EventInvokeConfig": event_invoke_config,
    "AWS::Lambda::EventSourceMapping": event_source_mapping,
    "AWS::Lambda::Function": function,
    "AWS::Lambda::LayerVersion": layer,
    "AWS::Lambda::Permission": permission,
    "AWS::Lambda::Url": function_url,
    "AWS::Logs::LogGroup": log_group,
    "AWS::Logs::MetricFilter": metric_filter,
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
    "AWS::SES::ConfigurationSet": mail_configuration_set,
    "AWS::SES::ConfigurationSetEventDestination": mail_event_destination,
    "AWS::SMSVOICE::ConfigurationSet": text_configuration_set,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::TopicPolicy": topic_policy,
    "AWS::SQS::Queue": queue,
    "AWS::SQS::QueuePolicy": queue_policy,
    "AWS::SecretsManager::Secret": secret,
    "Custom::AudienceKeys": audience_keys,
}
