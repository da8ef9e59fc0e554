"""Deploying: again, in parts, twice in one account, and with what the README tells to add."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jamwire.local.account import LocalAccount
from jamwire.operations.secrets import add_secret, generate_secret
from tests.deployed.deployed import Deployed

ROOT = Path(__file__).parents[2]
PROJECT = ("app.py", "cdk.json", "stacks", "lambdas")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person's own copy of the project."""
    folder = tmp_path_factory.mktemp("project")
    for name in PROJECT:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Iterator[LocalAccount]:
    with LocalAccount(tmp_path_factory.mktemp("account"), project=project) as account:
        account.up()
        yield account


def templates(account: LocalAccount) -> dict[str, str]:
    """Templates as last synthesised, by stack."""
    folder = account.directory / "cdk.out"
    return {path.name.split(".")[0]: path.read_text() for path in folder.glob("*.template.json")}


def statuses(account: LocalAccount) -> dict[str, str]:
    return {stack.short_name: stack.status for stack in account.deployment.stacks}


def readme_blocks() -> dict[str, str]:
    """The README's files by name: a line that begins with a file's name in backquotes, then its text."""
    text = (ROOT / "README.md").read_text()
    return dict(re.findall(r"^`([\w/]+\.py)`,[^\n]*\n\n```python\n(.*?)```", text, re.MULTILINE | re.DOTALL))


def test_readme_subscriber_delivers_and_changes_only_the_dashboard(
    account: LocalAccount, project: Path
) -> None:
    account.up()
    before, urls = templates(account), [endpoint.url for endpoint in account.deployment.endpoints]
    blocks = readme_blocks()
    files = {"stacks/mail.py", "lambdas/mail/handler.py"}
    assert set(blocks) == {*files, "app.py"}
    rulebook = (project / "app.py").read_text()
    try:
        for name in files:
            (project / name).parent.mkdir(exist_ok=True)
            (project / name).write_text(blocks[name])
        (project / "app.py").write_text(rulebook.replace("app.synth()", blocks["app.py"] + "\napp.synth()"))
        account.up()
        after = templates(account)
        assert set(after) - set(before) == {"Jamwire-Mail"}
        changed = {name for name in before if after[name] != before[name]}
        assert changed == {"Jamwire-Dashboard"}  # which shows the new one
        assert "Jamwire-Mail-Subscriber" in after["Jamwire-Dashboard"]
        assert [endpoint.url for endpoint in account.deployment.endpoints] == urls
        assert_mailed(Deployed(account))
    finally:
        (project / "app.py").write_text(rulebook)


def assert_mailed(deployed: Deployed) -> None:
    """Listen to the mail's topic with a queue, and hear of a form."""
    sns, sqs = deployed.deployment.client("sns"), deployed.deployment.client("sqs")
    [topic] = deployed.resources("Mail", "AWS::SNS::Topic")
    queue = sqs.create_queue(QueueName="mailbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    deployed.send("netlify/deploy-started")  # which it does not hear
    deployed.send("netlify/form-submitted")
    [mail] = deployed.until(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), "a mail")
    assert mail["Body"].startswith("New submission: contact")
    deployed.until_quiet()
    assert not sqs.receive_message(QueueUrl=queue).get("Messages")


def test_up_again_keeps_addresses_secrets_and_what_is_deployed(account: LocalAccount) -> None:
    deployed = Deployed(account)
    urls, ports = [endpoint.url for endpoint in account.deployment.endpoints], account.ports
    request = deployed.signed("netlify/deploy-started")
    account.up()
    assert account.ports == ports
    assert [endpoint.url for endpoint in account.deployment.endpoints] == urls
    assert deployed.post(*request).status == 200


def test_a_stack_is_destroyed_and_deployed_by_itself(account: LocalAccount) -> None:
    account.destroy("Jamwire-Sms")
    assert "Sms" not in statuses(account)
    without = Deployed(account)
    sent = without.send("netlify/deploy-failed")
    without.until(lambda: without.told(sent) == ["slack"], "Slack, which is still there")
    account.deploy("Jamwire-Sms")
    assert statuses(account)["Sms"] == "CREATE_COMPLETE"
    again = Deployed(account)
    sent = again.send("netlify/deploy-failed")
    again.until(lambda: again.told(sent) == ["slack", "sms"], "both")


def test_a_second_deployment_stands_beside_the_first_and_says_what_it_lacks(
    account: LocalAccount, project: Path
) -> None:
    first = account.deployment
    staging = LocalAccount(account.directory, project=project, context={"deployment": "Staging"})
    staging.deploy("Staging-Hub", "Staging-Slack")
    second = staging.deployment
    assert {stack.name for stack in second.stacks} == {"Staging-Hub", "Staging-Slack"}
    assert not {e.url for e in first.endpoints} & {e.url for e in second.endpoints}
    deployed = Deployed(staging)
    assert deployed.post(*deployed.signed("netlify/deploy-started", secret="of-nobody")).status == 401
    add_secret(second, "site", generate_secret(second, "site"))
    sent = deployed.send("netlify/deploy-started")
    letter = deployed.dead_letter("Slack", sent)
    assert letter["Reason"] == "no Slack webhook URL is set; run: jamwire secret add slack"
