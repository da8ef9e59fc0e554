"""What the sources' senders send and how they repeat it, made of the sources' samples and signed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.signing import sign
from lambdas.contracts.event import Event
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.identity import WINDOW
from lambdas.ingest.request import Request
from tests.fakes.ingest import NOW, IngestHarness
from tests.unit.lambdas.ingest.every_source import PAIRS

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a sender sends, as far as it differs from the source's sample."""

    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0
    delivery: str = "msg_1"


SAME = Sent()
LATER = Sent(after=30)
KEY = Sent(headers={"idempotency-key": "k-1"})
OTHER_KEY = Sent(headers={"idempotency-key": "k-2"}, after=1)
AGAIN = Sent(after=WINDOW)


def sent(label: str, what: Sent) -> Request:
    """The request, signed by its sender at its time."""
    chosen = SAMPLES[label]
    signing, _ = PAIRS[chosen.source]
    payload = json.loads(json.dumps(chosen.body).replace("{fresh}", "1"))
    payload = (
        {**payload, **what.body} if isinstance(what.body, dict) and isinstance(payload, dict) else what.body
    )
    request = Request(
        endpoint=chosen.source,
        method="POST",
        headers={
            "content-type": FORM if chosen.form else "application/json",
            **chosen.headers,
            **what.headers,
        },
        body=(urlencode(payload) if chosen.form else json.dumps(payload)).encode(),
        url=f"https://jamwire.example/{chosen.source}",
    )
    scheme = CATALOGUE[chosen.source].scheme
    return sign(scheme, signing, request, now=NOW + what.after, delivery_id=what.delivery)


def told(harness: IngestHarness, label: str, what: Sent) -> Event:
    harness.now = NOW + what.after
    return harness.accept(sent(label, what))
