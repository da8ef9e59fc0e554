"""Ten thousand followers told for real, in a local account: ``python -m bench.followers``.

Each follower is a browser of the inbox's push service, which verifies who pushes and decrypts as a browser does. An
event goes to the hub's topic; what is shown is how long it takes until its last job is done. The exit code is 1 where
somebody was not told, or told twice.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from jamwire.local.account import LocalAccount
from lambdas.clients.publisher import Message, Publisher
from lambdas.contracts.audience_table import (
    FOLLOWERS,
    TOPICS,
    fanout_name,
    fanout_partition,
    topic_count,
    topic_partition,
)
from lambdas.contracts.batched import batched
from lambdas.contracts.event import Event, Notice, timestamp
from lambdas.contracts.outputs import AudienceOutput
from lambdas.followers.identity import follower_id
from lambdas.followers.keys import AudienceKeys
from lambdas.followers.recipients import Recipient
from lambdas.followers.sealing import Sealer

TOPIC: Final = "line-12"
AT_ONCE: Final = 8
WRITES: Final = 25
LOOK_SECONDS: Final = 2.0
PATIENCE_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class Audience:
    """An audience of an account.

    Attributes:
        account: The account.
        outputs: Of the audience's stack.
        keys: Its keys.
    """

    account: LocalAccount
    outputs: Mapping[str, str]
    keys: AudienceKeys

    @classmethod
    def of(cls, account: LocalAccount) -> "Audience":
        """The audience that is deployed."""
        [stack] = [s for s in account.deployment.stacks if AudienceOutput.TABLE in s.outputs]
        arn = stack.outputs[AudienceOutput.SECRET_ARN]
        answer = account.client("secretsmanager").get_secret_value(SecretId=arn)
        return cls(account, stack.outputs, AudienceKeys.from_json(answer["SecretString"]))

    @property
    def table(self) -> str:
        """Its table."""
        return self.outputs[AudienceOutput.TABLE]

    def fill(self, followers: int) -> None:
        """Let so many browsers follow: as their items say it, without the endpoint's checks."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            recipients = list(pool.map(self._follow, range(followers)))
            list(pool.map(self._write, batched(recipients, WRITES)))
        count = {
            "pk": {"S": TOPICS},
            "sk": {"S": topic_count("push", TOPIC, "0")},
            FOLLOWERS: {"N": str(followers)},
        }
        self.account.client("dynamodb").put_item(TableName=self.table, Item=count)

    def tell(self) -> str:
        """Have an event told; gives its fan-out's name."""
        now = time.time()
        event = Event(
            id=f"{round(now * 1000)}",
            source="/subscribers/bench",
            type="notice.sent",
            time=timestamp(now),
            subject=TOPIC,
            notice=Notice(title="The 06:15 is 10 min late", severity="warning"),
        )
        topic = self.account.deployment.hub.outputs["TopicArn"]
        publisher = Publisher(self.account.client("sns"), topic)
        publisher.publish_all([Message(event.to_json(), event.attributes)])
        return fanout_name(event.key)

    def jobs(self, fanout: str) -> list[Mapping[str, Any]]:
        """The items of a fan-out's jobs."""
        pages = (
            self.account.client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self.table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :push)",
                ExpressionAttributeValues={
                    ":pk": {"S": fanout_partition(fanout)},
                    ":push": {"S": "push#"},
                },
            )
        )
        return [item for page in pages for item in page["Items"]]

    def _follow(self, number: int) -> Recipient:
        said = _subscribed(self.account.ports.inbox_url)
        endpoint = said["endpoint"]
        id = follower_id(self.keys.lookup, "push", endpoint)
        sealed = Sealer(self.keys.data).seal(json.dumps({"endpoint": endpoint, **said["keys"]}), id)
        return Recipient(id=id, address=sealed, push_key=self.keys.push[-1].id)

    def _write(self, recipients: Sequence[Recipient]) -> None:
        partition = topic_partition("push", TOPIC)
        items = [{"PutRequest": {"Item": one.to_item(partition)}} for one in recipients]
        self.account.client("dynamodb").batch_write_item(RequestItems={self.table: items})


def _subscribed(inbox: str) -> Any:
    connection = HTTPConnection(urlsplit(inbox).netloc, timeout=30)
    connection.request("POST", "/push/subscriptions", "{}", {"content-type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def counted(jobs: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """What became of all recipients."""
    counts: Counter[str] = Counter()
    for job in jobs:
        counts.update({word: int(job[word]["N"]) for word in ("sent", "later", "uncertain") if word in job})
    return counts


def progress(audience: Audience, fanout: str, followers: int) -> Iterator[Counter[str]]:
    """What has become of how many, until all are told.

    Raises:
        TimeoutError: They were not.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        jobs = audience.jobs(fanout)
        counts = counted(jobs)
        yield counts
        if counts["sent"] >= followers and all("done_at" in job for job in jobs):
            return
        if time.monotonic() > until:
            raise TimeoutError(f"{counts['sent']} of {followers} were told")
        time.sleep(LOOK_SECONDS)


def main(followers: int) -> int:
    """Tell them once; gives the exit code."""
    app = f"{sys.executable} -m bench.followers_rulebook"
    with tempfile.TemporaryDirectory() as folder, LocalAccount(Path(folder), app=app) as account:
        account.up()
        audience = Audience.of(account)
        audience.fill(followers)
        began = time.time()
        fanout = audience.tell()
        for counts in progress(audience, fanout, followers):
            print(f"{time.time() - began:5.0f} s  {dict(counts)}", file=sys.stderr)  # noqa: T201
        jobs = audience.jobs(fanout)
        seconds = max(int(job["done_at"]["N"]) for job in jobs) / 1000 - began
        print(  # noqa: T201
            f"{counts['sent']:,} of {followers:,} followers told in {seconds:.1f} s, "
            f"{followers / seconds:.0f} a second, by {len(jobs)} jobs; "
            f"{counts['later']} were tried again, {counts['uncertain']} are uncertain"
        )
    return 0 if counts["sent"] == followers and not counts["uncertain"] else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="bench.followers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--followers", type=int, default=10_000)
    sys.exit(main(parser.parse_args().followers))
