"""The doctor finds nothing wrong in a deployment in which all is well, and each fault that is planted in it."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from jamwire.local.account import LocalAccount
from jamwire.operations.deployment import Deployment
from jamwire.operations.doctor.examine import CHECKS, examination_of, examine
from jamwire.operations.doctor.finding import Finding
from jamwire.operations.secrets import list_secrets, remove_secret
from jamwire.samples.catalogue import SAMPLES
from lambdas.contracts.keyring import DESTINATION, Key, write_document
from tests.deployed.deployed import Deployed

UNHEARD = "app"
DAY = 86_400


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A deployment of its own: what is broken in it is not mended."""
    with LocalAccount(tmp_path_factory.mktemp("account")) as account:
        account.up()
        yield Deployed(account)


def found(deployed: Deployed, *checks: str) -> dict[tuple[str, str], Finding]:
    """What is not in order and could be checked, by check and subject, in a deployment as it is now."""
    examined = examine(examination_of(deployed.account.deployment), checks or tuple(CHECKS))
    return {
        (finding.check, finding.subject): finding
        for finding in examined
        if finding.finding != "ok" and not finding.advice.startswith("could not be checked")
    }


def send_every_endpoint_a_sample(deployed: Deployed, *, but: str = "") -> None:
    for endpoint in deployed.deployment.endpoints:
        if endpoint.name != but:
            label = next(label for label in SAMPLES if label.startswith(f"{endpoint.source}/"))
            deployed.until_archived(label, deployed.send(label))


def test_doctor_finds_nothing_where_all_is_well_and_every_fault_that_is_planted(deployed: Deployed) -> None:
    """One test, since what is planted is not mended, and the order of tests is random."""
    assert_nothing_is_wrong(deployed)
    assert_every_fault_is_found(deployed)


def assert_nothing_is_wrong(deployed: Deployed) -> None:
    send_every_endpoint_a_sample(deployed, but=UNHEARD)
    deployed.until_quiet()
    before = deployed.inbox("GET", "/api/deliveries")
    examined = examine(examination_of(deployed.deployment))
    bad = {(f.check, f.subject) for f in examined if f.finding != "ok" and "could not be" not in f.advice}
    assert bad == {("heard", UNHEARD)}
    probes = {f.subject: f for f in examined if f.check == "probe"}
    subscribers = [subscriber.name for subscriber in examination_of(deployed.deployment).subscribers]
    assert {*(f"queue of {name}" for name in subscribers), "topic to Archive"} == set(probes)
    assert all(f.facts["total_ms"] < 30_000 for f in probes.values())
    assert_told_to_nobody(deployed, before)


def assert_told_to_nobody(deployed: Deployed, before: list[Any]) -> None:
    """No channel hears of a probe, none is in the archive or left behind; the webhook was asked, with nothing."""
    deployed.until_quiet()
    new = deployed.inbox("GET", "/api/deliveries")[len(before) :]
    assert [(delivery["channel"], delivery["request"]) for delivery in new] == [("slack", {})]
    archive = examination_of(deployed.deployment).archive
    assert archive
    dynamodb = deployed.deployment.client("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        assert "probe-" not in json.dumps(dynamodb.scan(TableName=table)["Items"], default=str)
    assert not any(deployed.waiting(url) for url in deployed.dead_letter_queues.values())


def assert_every_fault_is_found(deployed: Deployed) -> None:
    """An address that is not confirmed is none of them: the emulator confirms each at once."""
    deployment = deployed.deployment
    expected = {
        plant(deployed, deployment)
        for plant in (
            _end_a_secret,
            _put_a_placeholder,
            _kill_the_webhook,
            _set_a_hook_of_another_host,
            _disable_a_function,
            _delete_an_event_source,
            _unsubscribe,
            _delete_the_distribution,
            _let_the_key_expire,
            _fill_the_keyring,
            _rename_the_environment,
            _leave_an_endpoint_unheard,
        )
    }
    assert len(expected) == 12
    assert expected <= {(check, subject, f.finding) for (check, subject), f in found(deployed).items()}


Planted = tuple[str, str, str]
"""The check, the subject and the finding."""


def _set_secret(deployment: Deployment, stack: str, value: str, name: str = DESTINATION) -> None:
    outputs = next(found.outputs for found in deployment.stacks if found.short_name == stack)
    document = {name: [Key("planted", value, "2027-01-01T00:00:00Z")]}
    deployment.client("secretsmanager").put_secret_value(
        SecretId=outputs["SecretArn"], SecretString=write_document(document)
    )


def _end_a_secret(deployed: Deployed, deployment: Deployment) -> Planted:
    for key in list_secrets(deployment, "code"):
        remove_secret(deployment, "code", key.id)
    return "secret", "code", "wrong"


def _put_a_placeholder(deployed: Deployed, deployment: Deployment) -> Planted:
    secret = deployment.hub.outputs["SecretArn"]
    manager = deployment.client("secretsmanager")
    document = json.loads(manager.get_secret_value(SecretId=secret)["SecretString"])
    document["app"] = [{"id": "planted", "value": "change-me", "added": "2027-01-01T00:00:00Z"}]
    manager.put_secret_value(SecretId=secret, SecretString=json.dumps(document))
    return "secret", "app", "wrong"


def _kill_the_webhook(deployed: Deployed, deployment: Deployment) -> Planted:
    _set_secret(deployment, "Slack", f"{deployed.account.ports.inbox_url}/services/gone")
    return "destination", "slack", "wrong"


def _set_a_hook_of_another_host(deployed: Deployed, deployment: Deployment) -> Planted:
    _set_secret(deployment, "Rebuild", "https://api.vercel.com/v1/integrations/deploy/prj_a/b")
    return "destination", "rebuild", "wrong"


def _mapping_of(deployment: Deployment, stack: str) -> str:
    examination = examination_of(deployment)
    [subscriber] = [found for found in examination.subscribers if found.name == stack]
    [mapping] = examination.mappings(subscriber)
    return str(mapping["UUID"])


def _disable_a_function(deployed: Deployed, deployment: Deployment) -> Planted:
    uuid = _mapping_of(deployment, "Cdn")
    deployment.client("lambda").update_event_source_mapping(UUID=uuid, Enabled=False)
    return "function", "Cdn", "wrong"


def _delete_an_event_source(deployed: Deployed, deployment: Deployment) -> Planted:
    deployment.client("lambda").delete_event_source_mapping(UUID=_mapping_of(deployment, "Story"))
    return "function", "Story", "wrong"


def _unsubscribe(deployed: Deployed, deployment: Deployment) -> Planted:
    [subscription] = deployed.resources("Rebuild", "AWS::SNS::Subscription")
    deployment.client("sns").unsubscribe(SubscriptionArn=subscription)
    return "subscription", "Rebuild", "wrong"


def _delete_the_distribution(deployed: Deployed, deployment: Deployment) -> Planted:
    [distribution] = deployed.resources("DemoSite", "AWS::CloudFront::Distribution")
    cloudfront = deployment.client("cloudfront")
    known = cloudfront.get_distribution_config(Id=distribution)
    disabled = {**known["DistributionConfig"], "Enabled": False}
    etag = cloudfront.update_distribution(
        Id=distribution, IfMatch=known["ETag"], DistributionConfig=disabled
    )["ETag"]
    cloudfront.delete_distribution(Id=distribution, IfMatch=etag)
    return "distribution", distribution, "wrong"


def _let_the_key_expire(deployed: Deployed, deployment: Deployment) -> Planted:
    appsync = deployment.client("appsync")
    for api in appsync.list_apis()["apis"]:
        for key in appsync.list_api_keys(apiId=api["apiId"])["apiKeys"]:
            appsync.update_api_key(apiId=api["apiId"], id=key["id"], expires=int(time.time()) + 20 * DAY)
    return "live key", "Live", "wrong"


def _fill_the_keyring(deployed: Deployed, deployment: Deployment) -> Planted:
    manager, secret = deployment.client("secretsmanager"), deployment.hub.outputs["SecretArn"]
    document = json.loads(manager.get_secret_value(SecretId=secret)["SecretString"])
    document["gone"] = [{"id": "planted", "value": "x" * 55_000, "added": "2027-01-01T00:00:00Z"}]
    manager.put_secret_value(SecretId=secret, SecretString=json.dumps(document))
    return "quota", "bytes of the keyring of endpoints", "warning"


def _rename_the_environment(deployed: Deployed, deployment: Deployment) -> Planted:
    outputs = next(stack.outputs for stack in deployment.stacks if stack.short_name == "Archive")
    dynamodb, table = deployment.client("dynamodb"), outputs["EventsTable"]
    for item in dynamodb.scan(TableName=table)[
        "Items"
    ]:  # production was heard longer ago than is looked back
        dynamodb.delete_item(TableName=table, Key={"id": item["id"], "source": item["source"]})
    deployed.until_archived("netlify/preview-succeeded", deployed.send("netlify/preview-succeeded"))
    return "renamed", "site", "warning"


def _leave_an_endpoint_unheard(deployed: Deployed, deployment: Deployment) -> Planted:
    return "heard", UNHEARD, "warning"
