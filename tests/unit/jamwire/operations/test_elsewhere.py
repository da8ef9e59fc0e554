"""A production environment that was renamed shows, and does not end the site's updates in silence."""

import pytest

from jamwire.operations.archive import has_archive
from jamwire.operations.elsewhere import Elsewhere, find_elsewhere
from lambdas.ingest.catalogue import CATALOGUE
from tests.fakes.account import DAY, NOW, Account

SOURCES = {"site": CATALOGUE["netlify"], "cms": CATALOGUE["contentful"], "host": CATALOGUE["vercel"]}
DRAFT = "contentful.contentmanagement.entry.publish"


def elsewhere(account: Account) -> list[Elsewhere]:
    return find_elsewhere(account.archive, SOURCES, NOW)


def test_endpoint_of_which_only_previews_were_heard_is_found(account: Account) -> None:
    account.keep("p1", type="preview.succeeded", environment="trunk")
    account.keep("p2", type="preview.failed", environment="idea")
    account.keep("other", type="deploy.succeeded", endpoint="host")
    [found] = elsewhere(account)
    assert found == Elsewhere("site", ("idea", "trunk"))
    assert found.advice.startswith("within 7 days it told of idea, trunk and not of the site's production.")


@pytest.mark.parametrize("type", [DRAFT, "contentful.contentmanagement.asset.delete"])
def test_endpoint_whose_content_is_all_of_another_environment_is_found(account: Account, type: str) -> None:
    account.keep("c1", type=type, endpoint="cms", environment="release-2")
    assert elsewhere(account) == [Elsewhere("cms", ("release-2",))]
    account.keep("c2", type="content.published", endpoint="cms")
    assert elsewhere(account) == []


@pytest.mark.parametrize("type", ["deploy.succeeded", "deploy.failed", "build.cancelled"])
def test_endpoint_that_tells_of_production_too_is_in_order(account: Account, type: str) -> None:
    account.keep("p1", type="preview.succeeded", environment="idea")
    account.keep("d1", type=type, before=6 * DAY)
    assert elsewhere(account) == []


def test_production_that_was_heard_too_long_ago_does_not_count(account: Account) -> None:
    account.keep("p1", type="preview.succeeded", environment="idea")
    account.keep("d1", type="deploy.succeeded", before=8 * DAY)
    assert [found.endpoint for found in elsewhere(account)] == ["site"]


def test_endpoint_that_tells_of_other_things_is_in_order(account: Account) -> None:
    account.keep("f1", type="form.submitted")
    account.keep("c1", type="contentful.contentmanagement.entry.save", endpoint="cms", environment="master")
    assert elsewhere(account) == []


def test_deployment_without_an_event_store_is_known() -> None:
    assert [has_archive(Account(archived=archived).deployment) for archived in (True, False)] == [True, False]
