"""The floor: the same services in the same order, with functions that do nothing but pass on."""

import io
import json
import secrets
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, Final

FUNCTION: Final = """
import json, os, urllib.request
import boto3
sns = boto3.client("sns")

def publish(event, context):
    sns.publish(TopicArn=os.environ["TOPIC_ARN"], Message=event["body"])
    print("published")
    return {"statusCode": 200, "body": "{}"}

def post(event, context):
    for record in event["Records"]:
        headers = json.loads(os.environ["HEADERS"])
        request = urllib.request.Request(os.environ["URL"], record["body"].encode(), headers, method="POST")
        urllib.request.urlopen(request).read()
    print("posted")
"""


def deploy(
    client: Callable[[str], Any],
    local_url: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    name: str,
) -> str:
    """Make it, and give the URL that begins it.

    Args:
        client: Makes a client of the account.
        local_url: Where the account answers.
        url: What the end of the chain calls.
        headers: With which headers.
        name: What its parts' names begin with.
    """
    name = f"{name}-{secrets.token_hex(3)}"  # one that was made before is left alone
    sns, sqs, lambda_ = client("sns"), client("sqs"), client("lambda")
    topic = sns.create_topic(Name=name)["TopicArn"]
    queue = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "180"})["QueueUrl"]
    queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=queue_arn, Attributes={"RawMessageDelivery": "true"}
    )
    publish = _function(lambda_, name, "publish", {"TOPIC_ARN": topic})
    _function(lambda_, name, "post", {"URL": url, "HEADERS": json.dumps(headers or {})})
    lambda_.create_event_source_mapping(EventSourceArn=queue_arn, FunctionName=f"{name}-post", BatchSize=10)
    return f"{local_url}/_aws/execute-api/{_api(client('apigatewayv2'), name, publish)}/{name}"


def _function(lambda_: Any, name: str, handler: str, environment: dict[str, str]) -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("bare.py", FUNCTION)
    made = lambda_.create_function(
        FunctionName=f"{name}-{handler}",
        Runtime="python3.14",
        Role="arn:aws:iam::000000000000:role/bare",
        Handler=f"bare.{handler}",
        Code={"ZipFile": archive.getvalue()},
        Timeout=30,
        MemorySize=256,
        Environment={"Variables": environment},
    )
    return str(made["FunctionArn"])


def _api(api: Any, name: str, function: str) -> str:
    made = api.create_api(Name=name, ProtocolType="HTTP")["ApiId"]
    integration = api.create_integration(
        ApiId=made, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    api.create_route(ApiId=made, RouteKey=f"POST /{name}", Target=f"integrations/{integration}")
    api.create_stage(ApiId=made, StageName="$default", AutoDeploy=True)
    return str(made)
