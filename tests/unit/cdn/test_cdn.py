"""What becomes of a batch by what CloudFront answers."""

import boto3
import pytest
from botocore.stub import Stubber

import lambdas.cdn
from lambdas.cdn.invalidation import caller_reference
from lambdas.runtime import Retry, Undeliverable
from tests.unit.events import an_event

EVENTS = [an_event("a", paths=("/a",)), an_event("b", paths=("/b",))]


@pytest.fixture
def cloudfront(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    client = boto3.client("cloudfront")
    monkeypatch.setattr(lambdas.cdn, "_cloudfront", lambda: client)
    monkeypatch.setenv("DISTRIBUTION_ID", "E2QWRUHAPOMQZL")
    stubber = Stubber(client)
    stubber.activate()
    return stubber


def invalidate() -> None:
    lambdas.cdn.handle.__wrapped__(EVENTS)  # type: ignore[attr-defined]


def test_a_batch_is_one_invalidation(cloudfront: Stubber) -> None:
    paths = ["/a", "/b"]
    batch = {
        "Paths": {"Quantity": 2, "Items": paths},
        "CallerReference": caller_reference(EVENTS, paths),
    }
    cloudfront.add_response(
        "create_invalidation", {}, {"DistributionId": "E2QWRUHAPOMQZL", "InvalidationBatch": batch}
    )
    invalidate()
    cloudfront.assert_no_pending_responses()


@pytest.mark.parametrize(
    "code", ["TooManyInvalidationsInProgress", "Throttling", "AccessDenied", "ServiceUnavailable"]
)
def test_a_busy_cloudfront_is_waited_for(cloudfront: Stubber, code: str) -> None:
    cloudfront.add_client_error("create_invalidation", code)
    with pytest.raises(Retry, match=code):
        invalidate()


@pytest.mark.parametrize("code", ["NoSuchDistribution", "InvalidArgument", "InvalidationBatchAlreadyExists"])
def test_what_cloudfront_refuses_for_good_is_not_tried_again(cloudfront: Stubber, code: str) -> None:
    cloudfront.add_client_error("create_invalidation", code)
    with pytest.raises(Undeliverable, match=code):
        invalidate()
