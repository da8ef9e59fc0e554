"""What is too large to travel with its event: kept, told as anything else, and read by those who may."""

import json
import secrets
import time
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from jamwire.operations.secrets import list_secrets
from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.request import build_request
from jamwire.samples.sample import Sample
from lambdas.runtime import Undeliverable, payloads
from tests.deployed.deployed import Answer, Deployed, Sent

MB = 1_000_000
LIMIT = 6 * 1024 * 1024


def enlarged(label: str, size: int) -> Sample:
    """A sample with so many letters more: where people write, and once more where nobody looks."""
    sample = SAMPLES[label]
    body = dict(sample.body) | {"more": "y" * (size // 2)}
    if label == "netlify/form-submitted":
        body["data"] = {**body["data"], "message": "When does line 12 run? " * (size // 2 // 23)}
    return replace(sample, body=body)


def post(deployed: Deployed, sample: Sample, mark: str) -> Answer:
    endpoint = next(e for e in deployed.deployment.endpoints if e.source == sample.source)
    secret = list_secrets(deployed.deployment, endpoint.name)[-1].value
    request = build_request(
        sample, endpoint.scheme, secret, url=endpoint.signed_url, now=time.time(), fresh=mark
    )
    return deployed.post(endpoint.name, request.headers, request.body)


def send(deployed: Deployed, sample: Sample) -> Sent:
    mark = secrets.token_hex(12)
    answer = post(deployed, sample, mark)
    assert answer.status == 200, answer
    return Sent(answer.document["id"], mark)


def bucket(deployed: Deployed) -> str:
    [name] = deployed.resources("Hub", "AWS::S3::Bucket")
    return name


def kept(deployed: Deployed, endpoint: str, sent: Sent) -> Any:
    """The object of an event."""
    key = f"{endpoint}/{sent.id}.json"
    return json.load(deployed.deployment.client("s3").get_object(Bucket=bucket(deployed), Key=key)["Body"])


@pytest.mark.parametrize("size", [MB, 11 * MB // 2])
def test_a_long_form_reaches_slack_by_its_notice_and_is_kept_whole(deployed: Deployed, size: int) -> None:
    sample = enlarged("netlify/form-submitted", size)
    sent = send(deployed, sample)
    deployed.until(lambda: deployed.told(sent) == ["slack"], "Slack")
    [delivery] = deployed.deliveries(sent)
    message = json.dumps(delivery["request"])
    assert "contact" in message
    assert "When does line 12 run?" in message
    assert len(message) < 13_000
    assert kept(deployed, "site", sent) == sample.body | {"id": sent.mark}


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("token/notice", ["slack"]),
        ("token/critical", ["slack", "sms"]),
        ("netlify/deploy-failed", ["slack", "sms"]),
        ("standard-webhooks/content-published", ["build"]),
    ],
)
def test_those_hear_of_it_who_hear_of_a_small_one(deployed: Deployed, label: str, told: list[str]) -> None:
    sent = send(deployed, enlarged(label, MB))
    deployed.until(lambda: deployed.told(sent) == told, f"{label} at {told}")
    deployed.until_quiet()
    assert deployed.told(sent) == told


def test_what_is_sent_twice_is_kept_in_one_place_and_told_once(deployed: Deployed) -> None:
    sample, mark = enlarged("netlify/form-submitted", MB), secrets.token_hex(12)
    answers = [post(deployed, sample, mark) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    [id] = {answer.document["id"] for answer in answers}
    deployed.until(lambda: deployed.told(Sent(id, mark)) == ["slack"], "Slack")
    deployed.until_quiet()
    assert deployed.told(Sent(id, mark)) == ["slack"]


def test_what_travels_is_kept_nowhere(deployed: Deployed) -> None:
    sent = deployed.send("netlify/form-submitted")
    with pytest.raises(ClientError, match="NoSuchKey"):
        kept(deployed, "site", sent)


@pytest.mark.parametrize(
    ("content_type", "most"),
    [("application/json", LIMIT), ("application/x-www-form-urlencoded", LIMIT * 3 // 4)],
    ids=["as text", "as base64"],
)
def test_more_than_lambda_takes_in_is_too_large(deployed: Deployed, content_type: str, most: int) -> None:
    headers = {"content-type": content_type}
    assert deployed.post("zap", headers, b"x" * most).status == 401
    answer = deployed.post("zap", headers, b"x" * (most + 1))
    assert (answer.status, answer.document["title"]) == (413, "Content Too Large")


def role_of(deployed: Deployed, stack: str, service: str) -> Any:
    """A client that may do what a stack's function may: its subscriber's, or ingest's."""
    roles = deployed.resources(stack, "AWS::IAM::Role")
    [role] = [role for role in roles if "Subscriber" in role or "Ingest" in role]
    arn = deployed.deployment.client("iam").get_role(RoleName=role)["Role"]["Arn"]
    sts = deployed.deployment.client("sts")
    given = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    own = deployed.deployment.client(service)
    return boto3.client(
        service,
        endpoint_url=own.meta.endpoint_url,
        region_name=own.meta.region_name,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        verify=str(deployed.account.certificate),
        config=own.meta.config,
    )


def test_a_subscriber_may_read_payloads_and_ingest_may_only_put_them(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = enlarged("netlify/form-submitted", MB)
    sent = send(deployed, sample)
    subscriber, ingest = role_of(deployed, "Slack", "s3"), role_of(deployed, "Hub", "s3")
    place = {"Bucket": bucket(deployed), "Key": f"site/{sent.id}.json"}
    dataref = "s3://{Bucket}/{Key}".format_map(place)
    monkeypatch.setattr(payloads, "_s3", lambda: subscriber)
    assert payloads.fetch(dataref) == sample.body | {"id": sent.mark}
    with pytest.raises(Undeliverable, match="its payload is no longer kept"):
        payloads.fetch(f"{dataref}.gone")
    for forbidden in (subscriber.delete_object, ingest.delete_object, ingest.get_object):
        with pytest.raises(ClientError, match="AccessDenied"):
            forbidden(**place)
    with pytest.raises(ClientError, match="AccessDenied"):
        subscriber.put_object(**place, Body=b"{}")
