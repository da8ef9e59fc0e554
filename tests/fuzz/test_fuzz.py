"""A share of the fuzz for every run of the tests: some requests that are always the same, some that never were."""

import re
import secrets
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from hypothesis import settings

from lambdas.ingest import handler, handshakes, ingest
from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.scheme import Verified
from tests.fakes.choices import Choices
from tests.fuzz.requests import as_api_gateway, fuzzed
from tests.fuzz.run import Asked, run_requests, story
from tests.fuzz.senders import everyone

REQUESTS = 20 * settings().max_examples
"""2,000 as a rule, fewer where Hypothesis's profile asks for fewer examples, too."""

MUTANT_REQUESTS = 5_000


@pytest.mark.parametrize("seed", ["1", secrets.token_hex(4)], ids=["always-the-same", "fresh"])
def test_whatever_is_asked_is_answered(seed: str) -> None:
    totals = run_requests(seed, range(REQUESTS))
    assert not totals.failures, "\n".join(story(totals.failures[0]))
    assert totals.requests == REQUESTS
    assert {200, 400, 401, 405} <= totals.statuses.keys()
    assert totals.events > REQUESTS // 5
    assert totals.handshakes


def test_request_of_a_number_is_the_same_each_time() -> None:
    known = everyone()
    made = [fuzzed(Choices("1:42"), known, 0.0).request for _ in range(2)]
    assert made[0] == made[1]
    assert as_api_gateway(Choices("1"), made[0]) == as_api_gateway(Choices("1"), made[1])


def test_every_sender_is_accepted_where_nothing_is_changed() -> None:
    asked = Asked()
    with asked.wired():
        for place, sender in enumerate(asked.senders):
            made, answer = asked.ask(Choices(given=[0, place]))
            assert made.sender == sender
            if sender.name != "elsewhere":
                assert answer["statusCode"] < 300, (sender.name, asked.lines)


def accepts_all(self: Hmac, secrets: Any, request: Any, now: float) -> Verified:
    return Verified(0)


MUTATIONS: dict[str, Callable[[], Any]] = {
    "a normaliser takes every value for a text": lambda: mock.patch.object(
        generic, "normalise", lambda source, request: request.payload["title"].strip()
    ),
    "a signature is not looked at": lambda: mock.patch.object(Hmac, "verify", accepts_all),
    "an event may have any size": lambda: mock.patch.object(ingest, "_fits", return_value=True),
    "a challenge may end a header": lambda: mock.patch.object(
        handshakes, "_PRINTABLE", re.compile(".*", re.S)
    ),
    "a header ends in the middle": lambda: mock.patch.dict(handler._HEADERS, {405: {"allow": "\n"}}),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_mutation_is_noticed(mutation: str) -> None:
    with MUTATIONS[mutation]():
        assert run_requests("1", range(MUTANT_REQUESTS)).failures


def test_failure_is_told_made_small() -> None:
    with MUTATIONS["a signature is not looked at"]():
        [name] = run_requests("1", range(MUTANT_REQUESTS)).failures
        told = list(story(name))
    assert told[-1].startswith("=> published")
