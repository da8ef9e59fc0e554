"""Standard Webhooks: lists of signatures, both families of headers, and the signed id."""

from dataclasses import replace

from tests.fakes.ingest import NOW
from tests.unit.lambdas.ingest.schemes.verification import PAIRS, SCHEMES, holds, signed


def test_any_v1_signature_of_a_list_may_match() -> None:
    made = signed("standard-webhooks")
    right = made.headers["webhook-signature"]
    several = made.headers | {"webhook-signature": f"v1,AAAA v2,BBBB {right}"}
    assert holds("standard-webhooks", replace(made, headers=several))
    newer = made.headers | {"webhook-signature": right.replace("v1,", "v2,")}
    assert not holds("standard-webhooks", replace(made, headers=newer))


def test_svix_headers_are_verified_alike() -> None:
    made = signed("standard-webhooks")
    renamed = {name.replace("webhook-", "svix-"): value for name, value in made.headers.items()}
    assert holds("standard-webhooks", replace(made, headers=renamed))


def test_signed_id_is_returned() -> None:
    name = "standard-webhooks"
    assert SCHEMES[name].verify([PAIRS[name][1]], signed(name), NOW).id == "msg_1"
