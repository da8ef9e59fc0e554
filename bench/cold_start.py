"""A function's start and its first event, against bare clients of the services that it uses.

Each is an interpreter of its own, which imports what it needs and calls services that answer at once
(`bench.services`). The floor imports boto3, makes a client of each of the same services and calls it once.
"""

import json
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from bench.environment import figure_of, settings_of
from bench.figure import Figure, least
from bench.invoked import EVENTS, a_record, a_request
from bench.services import running_services

ROUNDS: Final = 4
MAX_ROUNDS: Final = 16
"""Where the goal is not met by then (`bench.figure.least`)."""

GOAL: Final = 1.2

CALLS: Final = {
    "cloudfront": 'get_invalidation(DistributionId="E1", Id="I1")',
    "dynamodb": 'update_item(TableName="table", Key={"id": {"S": "1"}})',
    "secretsmanager": 'get_secret_value(SecretId="bench")',
    "sns": 'publish(TopicArn=os.environ["TOPIC_ARN"], Message="x")',
    "sqs": 'receive_message(QueueUrl=os.environ["QUEUE_URL"])',
}
"""One bare call of each service."""

SERVICES: Final = {
    "ingest": ("sns", "secretsmanager"),
    "slack": ("dynamodb", "sqs", "secretsmanager"),
    "sms": ("dynamodb", "sqs", "sns"),
    "live": ("dynamodb", "sqs", "sns"),
    "archive": ("dynamodb", "sqs"),
    "story": ("dynamodb", "sqs", "sns"),
    "cdn": ("dynamodb", "sqs", "sns", "cloudfront"),
    "rebuild": ("dynamodb", "sqs", "sns", "secretsmanager"),
}
"""What each function has clients of."""

TIMED: Final = """
import json, os, sys, time
class Context:
    aws_request_id = "1"
    get_remaining_time_in_millis = lambda self: 30000
event = json.loads(os.environ["EVENT"])
answers, sys.stdout = sys.stdout, open(os.devnull, "w")
started = time.process_time()
{}
sys.stderr.write(str(time.process_time() - started))
"""


def measure(*, short: bool) -> Iterator[Figure]:
    """The least of the processor's time, of runs that take turns."""
    rounds, most = (1, 1) if short else (ROUNDS, MAX_ROUNDS)
    with running_services() as url:
        for name, services in SERVICES.items():
            environment = settings_of(name) | {"AWS_ENDPOINT_URL": url, "EVENT": json.dumps(event_of(name))}
            floor, ours = least(
                partial(cpu_ms, bare(services), environment),
                partial(cpu_ms, first_event(name), environment),
                goal=GOAL,
                runs=rounds,
                most=most,
            )
            yield Figure(
                name=f"{name}: start and first event",
                value=ours / floor,
                unit="x",
                goal=GOAL,
                note=f"{ours:.0f} ms against {floor:.0f} ms for bare clients of {', '.join(services)}",
                facts={"cpu_ms": ours, "bare_ms": floor},
            )


def cpu_ms(script: str, environment: Mapping[str, str]) -> float:
    """The processor's milliseconds that a script takes, the interpreter's own start left out."""
    return figure_of(TIMED.format(script), environment) * 1000


def bare(services: tuple[str, ...]) -> str:
    """Bare clients, each of which is called once."""
    return "\n".join(["import boto3", *(f'boto3.client("{name}").{CALLS[name]}' for name in services)])


def first_event(name: str) -> str:
    """The function as Lambda starts it."""
    start = f"os.environ['AWS_LAMBDA_FUNCTION_NAME'] = '{name}'"
    return f"{start}\nfrom lambdas.{name}.handler import handle\nhandle(event, Context())"


def event_of(name: str) -> Mapping[str, Any]:
    """What a function is given first."""
    if name == "ingest":
        return a_request(1)
    return {"Records": [a_record(next(iter(EVENTS[name](1))), 1, time.time())]}
