"""Whatever a stranger sends is accepted or refused; nothing is ever raised."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jamwire.samples.signing import generate_key_pair, sign
from lambdas.ingest.ingest import Refusal
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.any_of import AnyOf
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.scheme import Scheme, VerificationError
from lambdas.ingest.schemes.times import TimestampUnit
from lambdas.ingest.schemes.tokens import BodyToken, Token
from tests.fakes.ingest import NOW, IngestHarness, a_request
from tests.unit.lambdas.ingest import strategies
from tests.unit.lambdas.ingest.every_scheme import CONFIGURED, ENDPOINTS, key_pairs, signed
from tests.unit.lambdas.ingest.schemes.verification import hmac_schemes

PAIRS = key_pairs()
INGEST = IngestHarness(
    CONFIGURED, secrets={name: (verifying,) for name, (_, verifying) in PAIRS.items()}
).ingest
SIGNED = {name: signed(name, signing) for name, (signing, _) in PAIRS.items()}
every_endpoint = pytest.mark.parametrize("name", ENDPOINTS)
timed: Any = {"message": "{timestamp}.{body}", "timestamp": "date"}


def refused(request: Request) -> int:
    """The status, 0 for what is accepted."""
    try:
        INGEST.accept(request)
    except Refusal as refusal:
        return refusal.status
    return 0


@every_endpoint
@given(data=st.data())
@settings(max_examples=settings().max_examples * 2 // 5)
def test_any_header_is_accepted_or_refused(name: str, data: st.DataObject) -> None:
    made = SIGNED[name]
    names = data.draw(st.sets(st.sampled_from(sorted(made.headers)), min_size=1))
    changed = {header: data.draw(strategies.instead_of(made.headers[header])) for header in names}
    assert refused(replace(made, headers=made.headers | changed)) in (0, 401, 415)


@every_endpoint
@given(data=st.data())
@settings(max_examples=settings().max_examples * 2 // 5)
def test_anything_else_of_a_request_is_accepted_or_refused(name: str, data: st.DataObject) -> None:
    made = SIGNED[name]
    parts = {
        "url": strategies.urls,
        "body": strategies.bodies,
        "method": strategies.methods,
        "address": strategies.ANY_TEXT,
    }
    changed = {part: data.draw(of) for part, of in parts.items() if data.draw(st.booleans())}
    assert refused(replace(made, **changed)) in (0, 400, 401, 405)


@every_endpoint
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_url_that_no_utf_8_can_carry_is_accepted_or_refused(name: str, method: str) -> None:
    for parameter in ("a", "token", "crc_token", "hub.mode=subscribe&hub.verify_token"):
        url = f"{SIGNED[name].url}?{parameter}=\ud800"
        assert refused(replace(SIGNED[name], url=url, method=method)) in (0, 401, 405)


schemes = st.deferred(
    lambda: (
        hmac_schemes
        | st.builds(
            lambda unit: PublicKey(timestamp_unit=unit, **timed), st.sampled_from(get_args(TimestampUnit))
        )
        | st.builds(
            lambda path: BodyToken(path=path), st.lists(st.sampled_from("ab*"), min_size=1, max_size=3)
        )
        | st.builds(lambda prefix: Token(prefix=f"{prefix} "), strategies.ANY_TEXT)
        | st.builds(lambda query: Token(query=query), strategies.ANY_TEXT)
        | st.lists(schemes, min_size=1, max_size=3).map(lambda several: AnyOf(tuple(several)))
    )
)


@given(scheme=schemes, data=st.data())
def test_any_scheme_accepts_or_refuses_any_request(scheme: Scheme, data: st.DataObject) -> None:
    signing, verifying = generate_key_pair(scheme)
    made = sign(scheme, signing, a_request("own", {}), now=NOW, delivery_id="msg_1")
    names = st.sampled_from(sorted({*made.headers, "x-signature", "x-timestamp", "date", "x-id"}))
    changed = made.headers | data.draw(st.dictionaries(names, strategies.header_values))
    body = data.draw(st.just(made.body) | strategies.bodies)
    try:
        scheme.verify([verifying], replace(made, headers=changed, body=body), NOW)
    except VerificationError:
        return
    assert body == made.body or isinstance(scheme, Token | AnyOf | BodyToken)


@pytest.mark.parametrize("time", ["99999999999999999999 00:00:00 GMT", "2000 00:00:00 +99999999999999999999"])
def test_a_date_beyond_all_calendars_is_refused(time: str) -> None:
    scheme = Hmac(timestamp_unit="http-date", **timed)
    made = sign(scheme, "s", a_request("own"), now=NOW, delivery_id="")
    with pytest.raises(VerificationError, match="the timestamp is not a valid time"):
        scheme.verify(["s"], replace(made, headers=made.headers | {"date": f"Mon, 01 Jan {time}"}), NOW)
