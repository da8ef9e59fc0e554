"""An endpoint for every source of the catalogue, and signed requests of all of them."""

from dataclasses import replace

from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.request import build_request
from jamwire.samples.signing import generate_key_pair
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.request import Request
from tests.fakes.ingest import NOW, IngestHarness

ENDPOINTS = {name: name for name in CATALOGUE}
TOKEN = "a-token-of-nobody"
SENT = [label for label, sample in SAMPLES.items() if sample.source != "amplify"]
PAIRS = {name: generate_key_pair(CATALOGUE[name].scheme) for name in CATALOGUE if name != "amplify"}


def sample(label: str, *, fresh: str = "1", tamper: bool = False, **headers: str) -> Request:
    chosen = SAMPLES[label]
    scheme = CATALOGUE[chosen.source].scheme
    url = f"https://jamwire.example/{chosen.source}"
    signing, _ = PAIRS[chosen.source]
    request = build_request(chosen, scheme, signing, url=url, now=NOW, fresh=fresh, tamper=tamper)
    lower = {name.lower(): value for name, value in headers.items()}
    return replace(request, headers={**request.headers, **lower}, url=request.url)


def harness_of_every_source() -> IngestHarness:
    secrets = {name: (verifying,) for name, (_, verifying) in PAIRS.items()}
    return IngestHarness(ENDPOINTS, secrets=secrets | {"token": (secrets["token"][0], TOKEN)})
