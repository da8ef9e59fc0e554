"""What ingest adds to the cold start that any function with boto3 has."""

import statistics
from collections.abc import Iterator
from typing import Final

from bench.environment import figure_of
from bench.figure import Figure

ROUNDS: Final = 15

FLOOR: Final = """
import boto3
boto3.client("sns")
"""

# The first event goes through everything but the wire: all services answer from here.
FIRST_EVENT: Final = """
import time, json
from lambdas.ingest import handler
from lambdas.contracts.keyring import Key, write_document
from botocore.client import BaseClient
secret = write_document({"zap": [Key("1", "secret", "")]})
answers = {"GetSecretValue": {"SecretString": secret}, "PutObject": {}, "Publish": {}}
BaseClient._make_api_call = lambda self, operation, arguments: answers[operation]
event = {"requestContext": {"http": {"method": "POST"}}, "pathParameters": {"endpoint": "zap"},
         "headers": {"authorization": "Bearer secret"}, "body": json.dumps({"title": "x", "more": "y" * LETTERS})}
answer = handler.handle(event, None)
assert answer["statusCode"] == 200, answer
"""
INGEST: Final = f"LETTERS = 0\n{FIRST_EVENT}"
INGEST_OF_MUCH: Final = f"LETTERS = 6_000_000\n{FIRST_EVENT}"

TIMED: Final = """
import sys, time
started = time.perf_counter()
{}
sys.stderr.write(str(time.perf_counter() - started))
"""


def measure(*, short: bool) -> Iterator[Figure]:
    """Medians of runs that take turns, each in an interpreter of its own."""
    runs = [(seconds(FLOOR), seconds(INGEST)) for _ in range(1 if short else ROUNDS)]
    floor, ingest = (statistics.median(column) * 1000 for column in zip(*runs, strict=True))
    yield Figure(
        name="ingest: import and first event",
        value=ingest / floor,
        unit="x",
        goal=1.25,
        note=f'{ingest:.0f} ms against {floor:.0f} ms for boto3.client("sns")',
    )


def seconds(script: str) -> float:
    """Seconds that a script takes, the interpreter's own start left out."""
    return figure_of(TIMED.format(script))
