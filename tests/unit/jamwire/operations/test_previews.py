"""A production environment that was renamed shows, and does not stop the site's updates in silence."""

import pytest

from jamwire.operations.archive import has_archive
from jamwire.operations.previews import PreviewsOnly, find_previews_only
from tests.fakes.account import DAY, NOW, Account


def test_endpoint_of_which_only_previews_were_heard_is_found(account: Account) -> None:
    account.keep("p1", type="preview.succeeded", environment="trunk")
    account.keep("p2", type="preview.failed", environment="idea")
    account.keep("other", type="deploy.succeeded", endpoint="other")
    assert find_previews_only(account.archive, NOW) == [PreviewsOnly("site", ("idea", "trunk"))]
    [found] = find_previews_only(account.archive, NOW)
    assert found.warning.startswith("site: within 7 days there were previews (idea, trunk) and no deploy")


@pytest.mark.parametrize("type", ["deploy.succeeded", "deploy.failed", "build.cancelled"])
def test_endpoint_that_tells_of_production_too_is_in_order(account: Account, type: str) -> None:
    account.keep("p1", type="preview.succeeded")
    account.keep("d1", type=type, before=6 * DAY)
    assert find_previews_only(account.archive, NOW) == []


def test_production_that_was_heard_too_long_ago_does_not_count(account: Account) -> None:
    account.keep("p1", type="preview.succeeded")
    account.keep("d1", type="deploy.succeeded", before=8 * DAY)
    assert [found.endpoint for found in find_previews_only(account.archive, NOW)] == ["site"]


def test_endpoint_that_tells_of_no_deploys_is_in_order(account: Account) -> None:
    account.keep("c1", type="content.published")
    assert find_previews_only(account.archive, NOW) == []


def test_deployment_without_an_event_store_is_known() -> None:
    assert [has_archive(Account(archived=archived).deployment) for archived in (True, False)] == [True, False]
