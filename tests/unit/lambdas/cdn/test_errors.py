"""What is invalidated where CloudFront answers with an error, or the function dies."""

import pytest

from lambdas.cdn.state import CdnState
from lambdas.contracts.state_table import STATE_ID
from tests.fakes.events import a_publish
from tests.unit.lambdas.cdn.edge import ONE, CrashError, edge


@pytest.mark.parametrize("code", ["Throttling", "AccessDenied", "ServiceUnavailable"])
def test_a_cloudfront_that_does_not_answer_well_is_asked_again_on_the_schedule(code: str) -> None:
    site = edge()
    site.cloudfront.errors = [code]
    site.hear(a_publish("a", paths=("/a",)))
    assert site.reasons == [f"CloudFront answered {code}"]
    site.run(400)
    assert site.items == [["/a"]]


def test_a_cloudfront_with_too_many_in_progress_is_waited_for() -> None:
    site = edge()
    site.cloudfront.errors = ["TooManyInvalidationsInProgress"] * 5
    site.hear(a_publish("a", paths=("/a",)))
    site.run(100)
    assert site.items == [["/a"]]
    assert site.dead == []


def test_a_distribution_that_does_not_exist_is_in_the_dead_letters_and_holds_up_no_other() -> None:
    site = edge(distributions=("E0NOWHERE", ONE))
    event = a_publish("a", paths=("/a",))
    site.hear(event)
    assert site.dead == [("a", "CloudFront answered NoSuchDistribution for E0NOWHERE")]
    assert [made.distribution for made in site.cloudfront.made] == [ONE]
    site.cloudfront.distributions += ("E0NOWHERE",)
    site.run(60)
    site.hear(event)  # a person sends it once more
    assert [made.distribution for made in site.cloudfront.made] == [ONE, "E0NOWHERE", ONE]


def test_invalidation_of_everything_that_cloudfront_does_not_take_is_a_dead_letter() -> None:
    site = edge()
    site.cloudfront.errors = ["InvalidArgument"]
    site.hear(a_publish("a", paths=("/*",)))
    assert site.dead == [("a", f"CloudFront answered InvalidArgument for {ONE}")]


def test_invalidation_of_no_existing_distribution_is_not_announced() -> None:
    site = edge(distributions=("E0NOWHERE",))
    site.hear(a_publish("a", paths=("/a",)))
    site.run(60)
    assert (site.announced, site.queue) == ([], [])
    assert site.store.read(STATE_ID, CdnState).state.batches == ()


def test_items_that_cloudfront_does_not_take_do_not_hold_up_the_rest() -> None:
    site = edge()
    site.cloudfront.bad = "/bad"
    site.hear(a_publish("a", paths=("/bad", "/good")))
    assert site.items == [["/*"]]
    assert site.counted == [("LeftOut", 2)]
    site.run(60)
    site.hear(a_publish("b", paths=("/good",)))
    assert site.items[-1] == ["/good"]


def test_a_crash_after_cloudfront_was_asked_asks_for_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    site = edge()

    def die() -> None:
        raise CrashError

    site.cloudfront.on_made = die
    site.hear(a_publish("a", paths=("/a",)), a_publish("b", paths=("/b",)))
    site.cloudfront.on_made = lambda: None
    site.run(400)
    assert site.items == [["/a", "/b"]]
    assert site.cloudfront.calls > 2
    assert len(site.announced) == 1
