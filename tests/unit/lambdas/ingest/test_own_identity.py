"""What a rulebook says of an endpoint's repetitions: its rules, its windows, and what is refused at synth."""

from dataclasses import replace
from typing import Any

import pytest

from jamwire.samples.signing import sign
from lambdas.ingest.endpoint_document import Endpoint
from lambdas.ingest.identity import (
    MAX_ID_LENGTH,
    WINDOW,
    Evidence,
    by_body,
    by_fields,
    by_header,
    never_repeats,
    within,
)
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.hmac_scheme import Hmac
from tests.fakes.ingest import NOW, SECRET, IngestHarness, a_request
from tests.unit.lambdas.ingest.repeated import SAME, Sent


def test_longest_id_is_one() -> None:
    rule = by_header("x-id")
    longest = "x" * MAX_ID_LENGTH
    assert rule.parts(Evidence(payload={}, content=b"", headers={"x-id": longest})) == (longest, b"")


@pytest.mark.parametrize("seconds", [1, 72 * 3600])
def test_window_may_be_a_second_or_as_long_as_is_remembered(seconds: float) -> None:
    ids = ids_after(*of_its_own(within(seconds)), 0, seconds - 0.5, seconds)
    assert (ids[0] == ids[1], ids[1] == ids[2]) == (True, False)


def of_its_own(identity: Any = (), **headers: str) -> tuple[IngestHarness, Request]:
    harness = IngestHarness({"own": Endpoint(Hmac(), identity=identity)})
    body = {"event": "rebuild", "id": "1", "page": {"id": 7}}
    request = a_request("own", body, **headers)
    return harness, sign(Hmac(), SECRET, request, now=NOW, delivery_id="")


def ids_after(harness: IngestHarness, request: Request, *seconds: float) -> list[str]:
    ids = []
    for after in seconds:
        harness.now = NOW + after
        ids.append(harness.accept(request).id)
    return ids


def test_constant_body_is_an_event_in_each_window() -> None:
    ids = ids_after(*of_its_own(), 0, WINDOW - 1, WINDOW, 2 * WINDOW - 1, 2 * WINDOW)
    assert ids[0] == ids[1] != ids[2] == ids[3] != ids[4]


def test_window_is_as_long_as_the_rulebook_says() -> None:
    ids = ids_after(*of_its_own(within(600)), 0, 599, 600)
    assert ids[0] == ids[1] != ids[2]


def test_without_its_item_a_window_is_a_bucket_of_time() -> None:
    harness, request = of_its_own()
    [known] = ids_after(harness, request, 1)
    harness.repetitions_away = True
    assert ids_after(harness, request, 2) == [known]
    [other] = ids_after(harness, request, WINDOW + 1)
    assert other != known
    accepted = harness.ingest.accept(request)
    assert accepted.counted == ("RepetitionsUnknown",)


RULES: dict[str, tuple[Any, Sent, Sent, bool]] = {
    "same header": (by_header("X-Id"), Sent(headers={"x-id": "1"}), Sent(headers={"x-id": "1"}), True),
    "other header": (by_header("X-Id"), Sent(headers={"x-id": "1"}), Sent(headers={"x-id": "2"}), False),
    "same fields": (by_fields("page.id", "id"), SAME, Sent(body={"event": "other"}), True),
    "other fields": (by_fields("page.id", "id"), SAME, Sent(body={"page": {"id": 8}}), False),
    "same body": (by_body(), SAME, Sent(after=10 * WINDOW), True),
    "never": (never_repeats(), SAME, SAME, False),
    "first that yields": (
        (by_header("x-id"), by_fields("id")),
        SAME,
        Sent(body={"event": "other"}, after=10 * WINDOW),
        True,
    ),
    "the source's own after all": (by_fields("no.such"), SAME, Sent(after=WINDOW), False),
}


@pytest.mark.parametrize(("identity", "one", "two", "same"), RULES.values(), ids=RULES.keys())
def test_rulebook_says_what_tells_events_apart(identity: Any, one: Sent, two: Sent, same: bool) -> None:
    harness = IngestHarness({"own": Endpoint(Hmac(), identity=identity)})

    def id_of(what: Sent) -> str:
        harness.now = NOW + what.after
        body = {"event": "rebuild", "id": "1", "page": {"id": 7}, **what.body}
        request = replace(a_request("own", body), headers=what.headers)
        return harness.accept(sign(Hmac(), SECRET, request, now=harness.now, delivery_id="")).id

    assert (id_of(one) == id_of(two)) is same


BAD: dict[str, Any] = {
    "no header": lambda: by_header(""),
    "a header with a space": lambda: by_header("x id"),
    "a credential": lambda: by_header("Authorization"),
    "a signature": lambda: by_header("x-signature"),
    "no field": lambda: by_fields(),
    "an empty field": lambda: by_fields("page..id"),
    "no time": lambda: within(0),
    "more than is remembered": lambda: within(72 * 3600 + 1),
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD.keys())
def test_identity_that_cannot_be_is_refused_in_one_sentence(make: Any) -> None:
    with pytest.raises(ValueError, match=r"^The identity.* expected [^\n]*\.$"):
        make()


@pytest.mark.parametrize("identity", ["x-id", [by_body(), "x-id"]])
def test_identity_that_is_no_rule_is_refused_at_synth(identity: Any) -> None:
    with pytest.raises(ValueError, match=r"^The identity of 'own' is .*, expected .*\.$"):
        of_its_own(identity)
