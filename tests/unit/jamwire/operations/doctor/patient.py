"""A deployment in which all is well, and a doctor who looks at it: each test makes one thing wrong."""

import json
from collections.abc import Mapping
from typing import Any, Final

from jamwire.operations.deployment import Deployment, Stack
from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.examine import CHECKS
from jamwire.operations.doctor.finding import Finding
from jamwire.operations.dynamodb import to_item
from jamwire.operations.http_client import EndpointResponse
from lambdas.contracts import state_table
from lambdas.contracts.archive_table import item_of
from lambdas.contracts.event import Event, Notice, Sender, timestamp
from lambdas.contracts.heard import HEARD
from lambdas.contracts.keyring import DESTINATION, Key, write_document
from lambdas.contracts.probe import PROBE
from lambdas.contracts.settings import CdnSettings, RebuildSettings, SmsSettings
from lambdas.contracts.silence import Hearing, Hearings
from lambdas.contracts.sms_limits import Budget
from lambdas.contracts.state_table import STATE_ID, Record
from tests.fakes.account import DAY, KEPT, NOW, Clock
from tests.fakes.account_tables import DynamoDB
from tests.fakes.services import Service

HERE: Final = "arn:aws:sns:us-east-1:000000000000"
TOPIC, ALARMS = f"{HERE}:Jamwire-Hub-Events", f"{HERE}:Jamwire-Hub-Alarms"
QUEUES: Final = "https://sqs.us-east-1.amazonaws.com/000000000000"
ENDPOINTS: Final = {"site": {"source": "netlify"}, "zap": {"source": "token"}}
WEBHOOK: Final = "https://hooks.slack.com/services/T0TEAM/B0HOOK/9f8e7d6c5b4a"
HOOK: Final = "https://api.netlify.com/build_hooks/0123456789abcdef01234567"
TOKEN: Final = "github_pat_of_nobody"
SUBSCRIBERS: Final = ("Archive", "Cdn", "Rebuild", "Slack", "Sms")
NUMBER: Final = "+12065550100"
BARE_STACKS: Final = {
    "Live": {"HttpUrl": "https://live.example/event", "ApiKey": "da2-visitors"},
    "Recovery": {"TokenArn": "Recovery-secret"},
}
"""Outputs of the stacks that are no subscribers."""

SETTINGS: Final = {
    "Cdn": CdnSettings(distributions=("E2SITE",)),
    "Rebuild": RebuildSettings(
        build_host="netlify", secret_arn="Rebuild-secret", quiet=1, longest_wait=2, longest_build=3
    ),
    "Sms": SmsSettings(phone_numbers=(NUMBER,), max_price=0.5, budget=Budget(per_day=9, per_number=9)),
}


class Patient:
    """The deployment.

    Attributes:
        secrets: Live secrets by the keyring's ARN, then by name.
        lines: The functions' and ingest's log: when, and the line.
        webhook: What Slack answers.
        unread: Subscribers whose functions take nothing.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self.secrets: dict[str, dict[str, list[str]]] = {
            "hub-secret": {"site": ["3f9c1e77a2"], "zap": ["b81d20c4e5"]},
            "Slack-secret": {DESTINATION: [WEBHOOK]},
            "Rebuild-secret": {DESTINATION: [HOOK]},
            "Recovery-secret": {DESTINATION: [TOKEN]},
        }
        self.webhook: EndpointResponse | None = EndpointResponse(400, "no_text")
        self.asked: list[str] = []
        self.lines: list[tuple[float, dict[str, Any]]] = []
        self.policies: dict[str, dict[str, Any]] = {"Archive": {}} | {
            name: {"type": ["deploy.failed"]} for name in SUBSCRIBERS[1:]
        }
        self.unread: set[str] = set()
        self.dynamodb = DynamoDB()
        self.services: dict[str, Any] = {"dynamodb": self.dynamodb} | {
            name: Service(answers) for name, answers in self._answers().items()
        }
        self.deployment = Deployment("Jamwire", client=self.services.__getitem__)
        self.deployment.stacks = [_hub(), *map(_stack, SUBSCRIBERS), *map(_bare_stack, BARE_STACKS)]
        for endpoint in ENDPOINTS:
            self.keep(endpoint, "deploy.succeeded", before=60)
            self.lines.append((NOW - 600, {"outcome": "accepted", "endpoint": endpoint, HEARD: True}))

    def keep(self, endpoint: str, type: str, *, before: float, environment: str = "") -> None:
        """Put an event into the archive that was accepted so many seconds ago."""
        event = Event(
            id=f"{endpoint}-{before}",
            source=f"/endpoints/{endpoint}",
            type=type,
            time=timestamp(NOW - before),
            notice=Notice(title="An event"),
            sender=Sender(environment=environment),
        )
        self.dynamodb.put_item(TableName="events", Item=to_item(item_of(event, kept_seconds=KEPT)))

    def remember(self, endpoint: str, hearing: Hearing, *, expect: float = 0.0) -> None:
        """Let the deployment keep this of an endpoint, of which something is to be heard within so many seconds."""
        record = Record(state=Hearings(endpoints={endpoint: hearing}), version=1)
        self.dynamodb.put_item(TableName="hearings", Item=to_item(state_table.item_of(STATE_ID, record, NOW)))
        endpoints = {
            name: {**said, "expect": expect} if name == endpoint else said for name, said in ENDPOINTS.items()
        }
        self.set_output("Hub", "SilenceTable", "hearings")
        self.set_output("Hub", "Endpoints", json.dumps(endpoints))

    def answer(self, service: str, call: str, answer: Any) -> None:
        """Let a call have another answer."""
        self.services[service].answers[call] = answer

    def set_output(self, stack: str, output: str, value: str) -> None:
        """Let a stack have another output; none where the value is empty."""
        found = next(s for s in self.deployment.stacks if s.short_name == stack)
        outputs = {**found.outputs, output: value} if value else {**found.outputs}
        if not value:
            del outputs[output]
        changed = Stack(found.name, found.short_name, found.status, outputs)
        self.deployment.stacks = [changed if s is found else s for s in self.deployment.stacks]

    def set_settings(self, subscriber: str, settings: Any) -> None:
        """Let a subscriber's function have other settings."""
        known = self.services["lambda"].answers["get_function_configuration"]
        self.answer(
            "lambda",
            "get_function_configuration",
            lambda FunctionName: (  # noqa: N803 - AWS's name
                _function(FunctionName, settings.to_environment())
                if FunctionName == f"{subscriber}-function"
                else known(FunctionName=FunctionName)
            ),
        )

    @property
    def examination(self) -> Examination:
        tokens = iter(range(1000))
        return Examination(
            self.deployment,
            clock=self.clock,
            sleep=self.clock.sleep,
            ask=self._ask,
            token=lambda: str(next(tokens)),
        )

    def check(self, name: str) -> list[Finding]:
        """What one check finds."""
        return list(CHECKS[name](self.examination))

    def bad(self, name: str) -> list[tuple[str, str, str]]:
        """What one check finds that is not in order: the subject, how bad, and the advice."""
        return [(f.subject, f.finding, f.advice) for f in self.check(name) if f.finding != "ok"]

    def _ask(self, url: str) -> EndpointResponse | None:
        self.asked.append(url)
        return self.webhook

    def _answers(self) -> dict[str, dict[str, Any]]:
        fine = {"Id": "E2SITE", "Status": "Deployed", "DistributionConfig": {"Enabled": True}}
        key = {"id": "da2-visitors", "expires": NOW + 340 * DAY}
        return {
            "appsync": {
                "list_apis": {"apis": [{"apiId": "api", "dns": {"HTTP": "live.example"}}]},
                "list_api_keys": {"apiKeys": [key]},
            },
            "cloudformation": {
                "list_stack_resources": lambda StackName: {  # noqa: N803 - AWS's name
                    "StackResourceSummaries": [
                        {"ResourceType": "AWS::SNS::Subscription", "PhysicalResourceId": f"{TOPIC}:1"}
                    ]
                }
            },
            "cloudfront": {
                "get_distribution": {"Distribution": fine},
                "list_invalidations": {"InvalidationList": {"Items": [{"Status": "Completed"}]}},
            },
            "cloudwatch": {"get_metric_statistics": {"Datapoints": []}},
            "lambda": {
                "get_account_settings": {"AccountLimit": {"UnreservedConcurrentExecutions": 1000}},
                "get_function_configuration": lambda FunctionName: _function(  # noqa: N803 - AWS's name
                    FunctionName, _environment(FunctionName)
                ),
                "list_event_source_mappings": self._mappings,
            },
            "logs": {"filter_log_events": self._filter_log_events},
            "pinpoint-sms-voice-v2": {"describe_account_attributes": {"AccountAttributes": []}},
            "secretsmanager": {"get_secret_value": self._secret},
            "sns": {
                "get_sms_attributes": {"attributes": {"MonthlySpendLimit": "100"}},
                "get_sms_sandbox_account_status": {"IsInSandbox": False},
                "get_subscription_attributes": self._subscription,
                "list_origination_numbers": {"PhoneNumbers": [{"PhoneNumber": "+18005550100"}]},
                "list_sms_sandbox_phone_numbers": {"PhoneNumbers": []},
                "list_subscriptions_by_topic": self._subscriptions,
                "publish": self._publish,
            },
            "sqs": {"send_message": self._send_message},
        }

    def _secret(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's name
        keys = {
            name: [Key(f"k{n}", value, "2027-01-01T00:00:00Z") for n, value in enumerate(values)]
            for name, values in self.secrets[SecretId].items()
        }
        return {"SecretString": write_document(keys), "VersionId": "1"}

    def _mappings(self, EventSourceArn: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        name = EventSourceArn.rpartition(":")[2]
        state = "Disabled" if name in self.unread else "Enabled"
        found = {"State": state, "UUID": f"uuid-{name}", "FunctionArn": f"{name}-function"}
        return {"EventSourceMappings": [found]}

    def _subscriptions(self, TopicArn: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        if TopicArn == ALARMS:
            email = {"Protocol": "email", "Endpoint": "a@example.com", "SubscriptionArn": f"{ALARMS}:1"}
            return {"Subscriptions": [email]}
        queue = "arn:aws:sqs:us-east-1:000000000000"
        return {
            "Subscriptions": [
                {"Protocol": "sqs", "Endpoint": f"{queue}:{name}", "SubscriptionArn": name}
                for name in self.policies
            ]
        }

    def _subscription(self, SubscriptionArn: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        return {"Attributes": {"FilterPolicy": json.dumps(self.policies[SubscriptionArn])}}

    def _publish(self, **message: Any) -> None:
        event = Event.from_json(message["Message"])
        assert event.attributes.items() <= _values(message).items()
        self._take(_values(message)[PROBE], "Archive")

    def _send_message(self, **message: Any) -> None:
        self._take(_values(message)[PROBE], message["QueueUrl"].rpartition("/")[2])

    def _take(self, probe: str, subscriber: str) -> None:
        line = {"message": "probed", "probe": probe, "age_ms": 30, "of": f"{subscriber}-log"}
        if subscriber not in self.unread:
            self.lines.append((self.clock() + 0.25, line))

    def _filter_log_events(
        self,
        logGroupName: str,  # noqa: N803 - AWS's name
        filterPattern: str,  # noqa: N803 - AWS's name
        startTime: int,  # noqa: N803 - AWS's name
        endTime: float = float("inf"),  # noqa: N803 - AWS's name
    ) -> dict[str, Any]:
        found = [
            {"timestamp": round(at * 1000), "message": json.dumps(line)}
            for at, line in self.lines
            if line.get("of", "ingest-log") == logGroupName
            and filterPattern.strip('"') in json.dumps(line)
            and startTime <= at * 1000 <= endTime
        ]
        return {"events": found}


def _values(message: Mapping[str, Any]) -> dict[str, str]:
    return {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}


def _environment(function: str) -> dict[str, str]:
    settings = SETTINGS.get(function.removesuffix("-function"))
    return settings.to_environment() if settings else {}


def _function(name: str, environment: Mapping[str, str]) -> dict[str, Any]:
    log = name.replace("-function", "-log")
    return {"Environment": {"Variables": environment}, "LoggingConfig": {"LogGroup": log}}


def _hub() -> Stack:
    outputs = {
        "Endpoints": json.dumps(ENDPOINTS),
        "Url": "https://hub.example",
        "ApiId": "hub",
        "TopicArn": TOPIC,
        "AlarmTopicArn": ALARMS,
        "SecretArn": "hub-secret",
        "IngestLog": "ingest-log",
    }
    return Stack("Jamwire-Hub", "Hub", "CREATE_COMPLETE", outputs)


def _stack(name: str) -> Stack:
    outputs = {
        "SubscriberQueueUrl": f"{QUEUES}/{name}",
        "SubscriberDeadLettersUrl": f"{QUEUES}/{name}-dead",
        "SubscriberLedgerTable": f"{name}-ledger",
        "SubscriberFunction": f"{name}-function",
    }
    more = {
        "Archive": {"EventsTable": "events", "EventsKept": str(KEPT)},
        "Slack": {"SecretArn": "Slack-secret"},
        "Rebuild": {"SecretArn": "Rebuild-secret", "Target": "netlify"},
    }
    return Stack(f"Jamwire-{name}", name, "CREATE_COMPLETE", outputs | more.get(name, {}))


def _bare_stack(name: str) -> Stack:
    return Stack(f"Jamwire-{name}", name, "CREATE_COMPLETE", BARE_STACKS[name])
