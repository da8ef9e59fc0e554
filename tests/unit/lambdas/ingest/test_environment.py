"""Only production is the site: what becomes of deploys, builds and content that are not of it."""

import json
from typing import Any

import pytest

from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.endpoint_document import Endpoint, endpoints_document
from lambdas.ingest.endpoints import read_endpoints
from lambdas.ingest.placement import placed
from lambdas.ingest.source import Draft, VerifiedRequest
from tests.unit.lambdas.ingest.every_source import harness_of_every_source, sample
from tests.unit.lambdas.ingest.normalised import native_of


def drafted(source: str, payload: Any, native: str | None = None, **means: Any) -> Draft:
    """What ingest makes of a verified payload at an endpoint that means these environments and sites."""
    headers = means.pop("headers", {})
    endpoint = read_endpoints(endpoints_document({"site": Endpoint(source, **means)}))["site"]
    native = native_of(source, payload) if native is None else native
    request = VerifiedRequest(native, payload, endpoint.routes, headers)
    draft = endpoint.source.normalise(endpoint.source, request)
    return placed(draft, endpoint.source, request, production=endpoint.production, sites=endpoint.sites)


def netlify(**changes: Any) -> dict[str, Any]:
    return {"id": "7", "state": "ready", "name": "guide", "context": "production", "branch": "main"} | changes


def vercel(type: str = "deployment.succeeded", **changes: Any) -> dict[str, Any]:
    deployment = {"id": "dpl_7", "name": "guide", "url": "guide-7.vercel.app"}
    payload = {"target": "production", "deployment": deployment, "project": {"id": "prj_7"}} | changes
    return {"id": "evt_7", "type": type, "payload": payload}


def pages(**changes: Any) -> dict[str, Any]:
    data = {
        "event": "EVENT_DEPLOYMENT_SUCCESS",
        "project_name": "guide",
        "environment": "ENVIRONMENT_PRODUCTION",
    }
    return {"alert_type": "pages_event_alert", "data": data | changes}


def amplify(**changes: Any) -> dict[str, Any]:
    return {"detail": {"appId": "d7", "branchName": "main", "jobId": "9", "jobStatus": "SUCCEED"} | changes}


def deployment(state: str = "success", **changes: Any) -> dict[str, Any]:
    return {
        "repository": {"full_name": "acme/guide"},
        "deployment_status": {"state": state},
        "deployment": {"id": 7, "environment": "production"} | changes,
    }


def run(**changes: Any) -> dict[str, Any]:
    of_ours = {"full_name": "acme/guide"}
    known = {"conclusion": "success", "head_branch": "trunk", "event": "push", "head_repository": of_ours}
    return {
        "action": "completed",
        "workflow_run": known | changes,
        "repository": of_ours | {"default_branch": "trunk"},
    }


def gitlab_deployment(**changes: Any) -> dict[str, Any]:
    return {"object_kind": "deployment", "status": "success", "environment": "production"} | changes


def pipeline(**changes: Any) -> dict[str, Any]:
    attributes = {"id": 7, "status": "success", "ref": "trunk", "source": "push", "tag": False} | changes
    return {
        "object_kind": "pipeline",
        "object_attributes": attributes,
        "project": {"path_with_namespace": "acme/guide", "default_branch": "trunk"},
    }


PLACED: dict[str, tuple[str, Any, str | None, str]] = {
    "netlify": ("netlify", netlify(), "deploy_created", "deploy.succeeded"),
    "netlify, published": ("netlify", netlify(published_at="2027-01-15T08:00:00Z"), "", "deploy.succeeded"),
    "netlify, a pull request": ("netlify", netlify(context="deploy-preview"), "", "preview.succeeded"),
    "netlify, a branch": ("netlify", netlify(context="branch-deploy"), "", "preview.succeeded"),
    "netlify, a branch begins": (
        "netlify",
        netlify(context="branch-deploy", state="building"),
        "",
        "preview.started",
    ),
    "netlify, a preview fails": (
        "netlify",
        netlify(context="deploy-preview", state="error"),
        "",
        "preview.failed",
    ),
    "netlify, locked": ("netlify", netlify(published_at=None), "", "deploy.cancelled"),
    "netlify, a preview is deleted": (
        "netlify",
        netlify(context="deploy-preview"),
        "deploy_deleted",
        "netlify.deploy_deleted",
    ),
    "netlify, restored": ("netlify", netlify(), "deploy_restored", "deploy.succeeded"),
    "vercel": ("vercel", vercel(), None, "deploy.succeeded"),
    "vercel, staging": ("vercel", vercel(target="staging"), None, "preview.succeeded"),
    "vercel, a preview": ("vercel", vercel(target=None), None, "preview.succeeded"),
    "vercel, a preview fails": ("vercel", vercel("deployment.error", target=None), None, "preview.failed"),
    "vercel, a preview is promoted": (
        "vercel",
        vercel("deployment.promoted", target=None),
        None,
        "deploy.succeeded",
    ),
    "vercel, a rollback": ("vercel", vercel("deployment.rollback", target=None), None, "deploy.succeeded"),
    "cloudflare": ("cloudflare", pages(), None, "deploy.succeeded"),
    "cloudflare, a preview": (
        "cloudflare",
        pages(environment="ENVIRONMENT_PREVIEW"),
        None,
        "preview.succeeded",
    ),
    "amplify": ("amplify", amplify(), None, "deploy.succeeded"),
    "amplify, a branch": ("amplify", amplify(branchName="dark-mode"), None, "preview.succeeded"),
    "github deployment": ("github", deployment(), "deployment_status", "deploy.succeeded"),
    "github deployment, by its mark": (
        "github",
        deployment(environment="eu", production_environment=True),
        "deployment_status",
        "deploy.succeeded",
    ),
    "github deployment, named with more": (
        "github",
        deployment(environment="Production \u2013 guide", production_environment=False),
        "deployment_status",
        "deploy.succeeded",
    ),
    "github pages": (
        "github",
        deployment(environment="github-pages", production_environment=False),
        "deployment_status",
        "deploy.succeeded",
    ),
    "github deployment, a preview": (
        "github",
        deployment(environment="Preview", production_environment=False),
        "deployment_status",
        "preview.succeeded",
    ),
    "github deployment, transient": (
        "github",
        deployment(production_environment=True, transient_environment=True),
        "deployment_status",
        "preview.succeeded",
    ),
    "github deployment, older": (
        "github",
        deployment(environment="qa"),
        "deployment_status",
        "preview.succeeded",
    ),
    "github run": ("github", run(), "workflow_run", "build.succeeded"),
    "github run, a branch": ("github", run(head_branch="idea"), "workflow_run", "preview.succeeded"),
    "github run, a pull request": (
        "github",
        run(event="pull_request_target"),
        "workflow_run",
        "preview.succeeded",
    ),
    "github run, a fork": (
        "github",
        run(head_repository={"full_name": "mallory/guide"}),
        "workflow_run",
        "preview.succeeded",
    ),
    "gitlab deployment": ("gitlab", gitlab_deployment(), None, "deploy.succeeded"),
    "gitlab deployment, by its tier": (
        "gitlab",
        gitlab_deployment(environment="eu-1", environment_tier="production"),
        None,
        "deploy.succeeded",
    ),
    "gitlab deployment, another tier": (
        "gitlab",
        gitlab_deployment(environment_tier="testing"),
        None,
        "preview.succeeded",
    ),
    "gitlab deployment, a review": (
        "gitlab",
        gitlab_deployment(environment="review/idea", status="running"),
        None,
        "preview.started",
    ),
    "gitlab pipeline": ("gitlab", pipeline(), None, "build.succeeded"),
    "gitlab pipeline, a branch": ("gitlab", pipeline(ref="idea"), None, "preview.succeeded"),
    "gitlab pipeline, a merge request": (
        "gitlab",
        pipeline(source="merge_request_event"),
        None,
        "preview.succeeded",
    ),
    "gitlab pipeline, a tag": ("gitlab", pipeline(tag=True), None, "preview.succeeded"),
    "gitlab pipeline, a child": ("gitlab", pipeline(source="parent_pipeline"), None, "gitlab.pipeline"),
    "datocms deploy": (
        "datocms",
        {"event_type": "deploy_succeeded", "entity": {"id": "1822"}},
        None,
        "deploy.succeeded",
    ),
    "datocms": (
        "datocms",
        {"event_type": "publish", "environment": "spring", "is_environment_primary": True},
        None,
        "content.published",
    ),
    "datocms, a sandbox": (
        "datocms",
        {"event_type": "publish", "environment": "main", "is_environment_primary": False},
        None,
        "datocms.publish",
    ),
    "contentful": (
        "contentful",
        {"sys": {"id": "e", "environment": {"sys": {"id": "master"}}}},
        None,
        "content.published",
    ),
    "contentful, another environment": (
        "contentful",
        {"sys": {"id": "e", "environment": {"sys": {"id": "redesign"}}}},
        None,
        "contentful.contentmanagement.entry.publish",
    ),
    "hygraph": (
        "hygraph",
        {"operation": "publish", "data": {"id": "e", "stage": "PUBLISHED"}},
        None,
        "content.published",
    ),
    "hygraph, another stage": (
        "hygraph",
        {"operation": "publish", "data": {"id": "e", "stage": "QA"}},
        None,
        "hygraph.publish",
    ),
    "hygraph, taken back to its draft": (
        "hygraph",
        {"operation": "unpublish", "data": {"id": "e", "stage": "DRAFT"}},
        None,
        "content.unpublished",
    ),
    "a sender of one's own": ("token", {"type": "deploy.succeeded"}, None, "deploy.succeeded"),
    "a sender of one's own, staging": (
        "token",
        {"type": "deploy.succeeded", "environment": "Staging"},
        None,
        "preview.succeeded",
    ),
}


@pytest.mark.parametrize(("source", "payload", "native", "kind"), PLACED.values(), ids=PLACED.keys())
def test_only_production_is_a_deploy_of_the_site(
    source: str, payload: Any, native: str | None, kind: str
) -> None:
    assert drafted(source, payload, native).type == kind


def test_dataset_of_sanity_is_told_by_its_header() -> None:
    document = {"_id": "e", "_type": "post"}
    events = [
        drafted("sanity", document, "create", headers={"sanity-dataset": name})
        for name in ("production", "qa")
    ]
    assert [event.type for event in events] == ["content.published", "sanity.create"]
    assert events[1].environment == "qa"


def test_endpoints_own_word_outranks_the_senders() -> None:
    staging = {"production": "Staging"}
    assert drafted("vercel", vercel(target="staging"), **staging).type == "deploy.succeeded"
    assert drafted("vercel", vercel(), **staging).type == "preview.succeeded"
    assert drafted("vercel", vercel(target=None), **staging).type == "preview.succeeded"
    several = {"production": ["web", "release"]}
    assert drafted("gitlab", gitlab_deployment(environment="WEB"), **several).type == "deploy.succeeded"
    assert drafted("gitlab", pipeline(ref="release"), **several).type == "build.succeeded"
    assert drafted("gitlab", pipeline(), **several).type == "preview.succeeded"


def test_endpoints_own_word_makes_no_fork_the_site() -> None:
    fork = run(head_repository={"full_name": "mallory/guide"})
    assert drafted("github", fork, "workflow_run", production="trunk").type == "preview.succeeded"


def test_build_trigger_of_datocms_is_named_as_production() -> None:
    deploy = {"event_type": "deploy_succeeded", "entity": {"id": "1822"}}
    assert drafted("datocms", deploy, production=["main", "1822"]).type == "deploy.succeeded"
    assert drafted("datocms", deploy, production=["main", "1823"]).type == "preview.succeeded"


SITES: dict[str, tuple[str, Any, str | None, str]] = {
    "netlify": ("netlify", netlify(), "deploy_created", "guide"),
    "vercel": ("vercel", vercel(), None, "prj_7"),
    "cloudflare": ("cloudflare", pages(), None, "guide"),
    "amplify": ("amplify", amplify(), None, "d7"),
    "github": ("github", deployment(), "deployment_status", "Acme/Guide"),
    "gitlab": ("gitlab", pipeline(), None, "acme/guide"),
    "storyblok": ("storyblok", {"action": "published", "space_id": 3, "full_slug": "a"}, None, "3"),
    "prismic": ("prismic", {"type": "api-update", "domain": "guide"}, None, "guide"),
    "hmac": ("hmac", {"type": "content.published", "site": "guide"}, None, "guide"),
}


@pytest.mark.parametrize(("source", "payload", "native", "site"), SITES.values(), ids=SITES.keys())
def test_event_of_another_site_is_no_event_of_this_one(
    source: str, payload: Any, native: str | None, site: str
) -> None:
    ours, meant, other = (drafted(source, payload, native, site=of) for of in ((), ["x", site], "another"))
    assert ours.type == meant.type
    assert meant.type.startswith(("deploy.", "build.", "content."))
    assert other.type.startswith(f"{source}.")
    assert (other.notice.paths, other.notice.tags) == ((), ())
    assert other.site


def test_hooks_of_a_whole_account_name_the_site() -> None:
    """Whoever deploys such a source without a site is warned (docs/site-loop.md)."""
    account_wide = {name for name, source in CATALOGUE.items() if source.environment.is_account_wide}
    assert account_wide == {"vercel", "cloudflare", "amplify", "gitlab", "gitlab-signed"}
    assert account_wide - {"gitlab-signed"} <= set(SITES)


def test_event_carries_the_words_that_were_seen() -> None:
    event = harness_of_every_source().accept(sample("netlify/preview-succeeded"))
    assert (event.sender.environment, event.sender.site) == ("deploy-preview", "docs")
    assert (event.notice.title, event.notice.severity) == ("docs: deployed (deploy-preview)", "info")
    assert json.loads(event.to_json())["data"]["sender"]["environment"] == "deploy-preview"


def test_failed_preview_is_a_warning_and_no_error() -> None:
    assert harness_of_every_source().accept(sample("netlify/preview-failed")).notice.severity == "warning"


@pytest.mark.parametrize("source", CATALOGUE)
def test_environment_of_any_body_is_read_without_failing(source: str) -> None:
    environment = CATALOGUE[source].environment
    for payload in (None, [], "x", {"payload": 1}, {"payload": None}, {"deployment": [], "data": 2}):
        request = VerifiedRequest("", payload)
        name = environment.name_of(request)
        assert isinstance(environment.is_production(request, name, ()), bool)
        assert environment.is_of(request, ())


@pytest.mark.parametrize(
    ("source", "payload", "title"),
    [
        ("github", deployment(environment="staging"), "acme/guide: deploy to staging succeeded"),
        ("netlify", netlify(context="deploy-preview"), "guide: deployed (deploy-preview)"),
    ],
)
def test_title_of_a_preview_names_its_environment_once(source: str, payload: Any, title: str) -> None:
    assert drafted(source, payload).notice.title == title
