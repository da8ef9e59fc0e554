"""Samples of what the senders send: to try a rulebook, and to test a deployment after a deploy."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from jamwire.samples.signing import sign
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import Scheme
from lambdas.ingest.schemes.tokens import Basic, BodyToken, Token

_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Sample:
    """One thing that a source may send.

    Attributes:
        source: The source's name in the catalogue.
        says: What it is, in a few words.
        body: The body; the text ``{fresh}`` in it is replaced, so that two samples are two events.
        headers: What goes with it beside the signature.
        form: Whether it is sent as a form.
    """

    source: str
    says: str
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    form: bool = False


def build_request(
    sample: Sample,
    scheme: Scheme,
    secret: str,
    *,
    url: str = "https://jamwire.example/endpoint",
    now: float,
    fresh: str,
    tamper: bool = False,
) -> Request:
    """A signed sample.

    Args:
        sample: Which one.
        scheme: The endpoint's scheme.
        secret: One of the endpoint's secrets.
        url: The endpoint's address, as some senders sign it.
        now: Unix time in seconds.
        fresh: Makes this sample an event of its own.
        tamper: Whether to change the body after signing, or the token where nothing is signed.
    """
    content_type = _FORM if sample.form else "application/json"
    request = Request(
        endpoint=url.rpartition("/")[2],
        method="POST",
        headers={"content-type": content_type, **sample.headers},
        body=_body(sample).replace("{fresh}", fresh).encode(),
        url=url,
    )
    is_token = isinstance(scheme, Token | Basic | BodyToken)
    wrong = f"{secret}x" if tamper and is_token else secret
    signed = sign(scheme, wrong, request, now=now, delivery_id=f"msg_{fresh}")
    return replace(signed, body=signed.body + b" ") if tamper and not is_token else signed


def _body(sample: Sample) -> str:
    if sample.form:
        return urlencode(sample.body, safe="{}")
    return json.dumps(sample.body, separators=(",", ":"))


def _netlify(state: str, event: str, says: str, **changes: Any) -> Sample:
    body = {
        "id": "{fresh}",
        "site_id": "6f2ad239-fce7-4b54-81fe-873d4fcf5c78",
        "state": state,
        "name": "docs",
        "url": "http://docs.example.com",
        "ssl_url": "https://docs.example.com",
        "admin_url": "https://app.netlify.com/sites/docs",
        "deploy_ssl_url": "https://{fresh}--docs.netlify.app",
        "branch": "main",
        "context": "production",
        "commit_ref": "9c1d5f0be4a7c28d3a6b1e0f7d2c4b5a69788fed",
        "title": "Add the summer timetable",
        "error_message": None,
        "deploy_time": 42,
        "log_access_attributes": {"type": "firebase", "token": "a-credential-that-must-stay-here"},
    }
    return Sample("netlify", says, body | changes, {"x-netlify-event": event})


def _github(event: str, says: str, **body: Any) -> Sample:
    repository = {"full_name": "acme/docs", "html_url": "https://github.com/acme/docs"}
    return Sample(
        "github",
        says,
        {"delivery": "{fresh}", "repository": repository, "sender": {"login": "ada"}, **body},
        {"x-github-event": event, "x-github-delivery": "00000000-0000-4000-8000-000000000000"},
    )


def _gitlab(source: str) -> Sample:
    project = {"path_with_namespace": "acme/docs", "web_url": "https://gitlab.com/acme/docs"}
    attributes = {
        "id": "{fresh}",
        "ref": "main",
        "status": "failed",
        "url": "https://gitlab.com/acme/docs/-/pipelines/1",
    }
    body = {
        "object_kind": "pipeline",
        "object_attributes": attributes,
        "project": project,
        "user": {"name": "Ada"},
    }
    return Sample(source, "a pipeline failed", body, {"x-gitlab-event": "Pipeline Hook"})


_NETLIFY_FORM: Final = Sample(
    "netlify",
    "a visitor's form",
    {
        "id": "{fresh}",
        "form_id": "5b64d77c02ed83730664c2f6",
        "form_name": "contact",
        "site_url": "https://docs.example.com",
        "created_at": "2026-11-23T12:00:00Z",
        "data": {
            "name": "Ada Lovelace",
            "email": "ada@example.com",
            "message": "When does line 12 run on Sundays?",
            "ip": "192.0.2.1",
            "user_agent": "Mozilla/5.0",
        },
    },
    {"x-netlify-event": "submission_created"},
)
_RUN: Final = {
    "id": 1,
    "name": "tests",
    "conclusion": "failure",
    "head_branch": "main",
    "html_url": "https://github.com/acme/docs/actions/runs/1",
    "actor": {"login": "ada"},
}
_RELEASE: Final = {
    "tag_name": "v1.2.0",
    "name": "1.2.0",
    "body": "Sunday timetables",
    "html_url": "https://github.com/acme/docs/releases/v1.2.0",
    "author": {"login": "ada"},
}
_PUSH: Final = {
    "ref": "refs/heads/main",
    "after": "9c1d5f0be4a7c28d3a6b1e0f7d2c4b5a69788fed",
    "compare": "https://github.com/acme/docs/compare/a...b",
    "commits": [{}, {}],
    "head_commit": {"message": "Add the summer timetable"},
    "pusher": {"name": "ada"},
}
_DEPLOYMENT: Final = {
    "action": "created",
    "deployment": {"id": 1, "ref": "main", "environment": "production"},
    "deployment_status": {
        "state": "failure",
        "environment": "production",
        "description": "Timed out ({fresh})",
    },
}
_PUBLISHED: Final = {
    "type": "content.published",
    "timestamp": "2026-11-23T12:00:00Z",
    "data": {
        "id": "{fresh}",
        "title": "Summer timetable",
        "url": "https://docs.example.com/news/summer",
        "paths": ["/news/summer", "/news/"],
    },
}
_NOTICE: Final = {
    "title": "Line 12 is diverted",
    "text": "Until Sunday. ({fresh})",
    "severity": "warning",
}
_LATE: Final = {
    "topic": "line-12",
    "title": "Line 12 is late",
    "text": "5 minutes late",
    "fields": {"Delay": "5 min"},
    "ref": "{fresh}",
}
_CRITICAL: Final = {
    "title": "The timetable is wrong",
    "text": "All departures are an hour off. ({fresh})",
    "severity": "critical",
}
_VERCEL: Final = {
    "id": "{fresh}",
    "type": "deployment.succeeded",
    "createdAt": 1700000000000,
    "payload": {
        "target": "production",
        "deployment": {
            "id": "dpl_{fresh}",
            "name": "docs",
            "url": "docs-{fresh}.vercel.app",
            "meta": {"githubCommitRef": "main", "githubCommitMessage": "Add the summer timetable"},
        },
        "links": {"deployment": "https://vercel.com/acme/docs/{fresh}"},
    },
}
_CLOUDFLARE: Final = {
    "name": "Pages deploys",
    "text": "The deploy of docs failed.",
    "alert_type": "pages_event_alert",
    "data": {
        "event": "EVENT_DEPLOYMENT_FAILED",
        "project_name": "docs",
        "environment": "ENVIRONMENT_PRODUCTION",
        "branch": "main",
        "deployment_id": "{fresh}",
    },
}
_AMPLIFY: Final = {
    "id": "{fresh}",
    "source": "aws.amplify",
    "detail-type": "Amplify Deployment Status Change",
    "region": "us-east-1",
    "detail": {"appId": "d2example", "branchName": "main", "jobId": "{fresh}", "jobStatus": "SUCCEED"},
}
_CONTENTFUL: Final = {
    "sys": {"type": "Entry", "id": "{fresh}", "contentType": {"sys": {"id": "blogPost"}}},
    "fields": {"title": {"en-US": "Summer timetable"}, "slug": {"en-US": "summer", "de": "sommer"}},
}
_SANITY: Final = {
    "_id": "{fresh}",
    "_type": "blogPost",
    "title": "Summer timetable",
    "slug": {"_type": "slug", "current": "summer"},
}
_STORYBLOK: Final = {
    "action": "published",
    "space_id": 1,
    "story_id": "{fresh}",
    "full_slug": "news/summer",
    "text": "The user ada published the story Summer timetable (news/summer)",
}
_PRISMIC: Final = {
    "type": "api-update",
    "domain": "docs",
    "masterRef": "{fresh}",
    "documents": ["X1"],
    "secret": "",
}
_HYGRAPH: Final = {
    "operation": "publish",
    "data": {"__typename": "BlogPost", "id": "{fresh}", "title": "Summer timetable", "slug": "summer"},
}
_DATOCMS: Final = {
    "event_type": "publish",
    "entity_type": "item",
    "entity": {
        "id": "{fresh}",
        "type": "item",
        "attributes": {"title": "Summer timetable", "slug": "summer"},
        "relationships": {"item_type": {"data": {"id": "blog_post", "type": "item_type"}}},
    },
}
_STRAPI: Final = {
    "event": "entry.publish",
    "model": "blog-post",
    "entry": {
        "id": 1,
        "documentId": "{fresh}",
        "title": "Summer timetable",
        "slug": "summer",
        "locale": "en",
        "publishedAt": "2026-11-23T12:00:00Z",
    },
}
_GHOST: Final = {
    "event": "post.published",
    "post": {
        "current": {
            "id": "{fresh}",
            "title": "Summer timetable",
            "slug": "summer",
            "url": "https://docs.example.com/summer/",
        },
        "previous": {},
    },
}
_WORDPRESS: Final = {
    "hook": "publish_post",
    "ID": "{fresh}",
    "post_type": "post",
    "post_title": "Summer timetable",
    "post_url": "https://docs.example.com/news/summer/",
}
_SHOPIFY: Final = {
    "id": "{fresh}",
    "name": "#1001",
    "total_price": "42.00",
    "currency": "EUR",
    "email": "ada@example.com",
}
_PRODUCT: Final = {
    "id": "{fresh}",
    "name": "Day ticket",
    "slug": "day-ticket",
    "type": "simple",
    "permalink": "https://docs.example.com/shop/day-ticket/",
}
_STRIPE: Final = {
    "id": "evt_{fresh}",
    "object": "event",
    "type": "payment_intent.payment_failed",
    "data": {
        "object": {
            "id": "pi_{fresh}",
            "object": "payment_intent",
            "amount": 4200,
            "currency": "eur",
            "last_payment_error": {"message": "Your card was declined."},
        }
    },
}
_SLACK: Final = {
    "token": "a-credential-that-must-stay-here",
    "type": "event_callback",
    "event_id": "{fresh}",
    "event": {"type": "app_mention", "user": "U1", "text": "<@U2> when does line 12 run?", "channel": "C1"},
}
_TWILIO: Final = {
    "MessageSid": "SM{fresh}",
    "SmsStatus": "received",
    "From": "+12065550100",
    "To": "+12065550199",
    "Body": "STOP 12",
}
_SENDGRID: Final = [
    {"email": "ada@example.com", "event": "bounce", "sg_event_id": "{fresh}", "timestamp": 1600112492}
]
_TYPEFORM: Final = {
    "event_id": "{fresh}",
    "event_type": "form_response",
    "form_response": {
        "form_id": "lT4Z3j",
        "token": "{fresh}",
        "definition": {
            "title": "Contact",
            "fields": [{"id": "f1", "title": "Your question?", "type": "short_text"}],
        },
        "answers": [{"type": "text", "text": "When does line 12 run?", "field": {"id": "f1"}}],
    },
}
_GRAPH: Final = {
    "value": [
        {
            "changeType": "updated",
            "resource": "sites/1/lists/2",
            "subscriptionId": "{fresh}",
            "clientState": "",
        }
    ]
}
_META: Final = {"object": "page", "entry": [{"id": "{fresh}", "changes": [{"field": "feed"}]}]}
_ZOOM: Final = {"event": "meeting.started", "payload": {"object": {"id": "{fresh}", "topic": "Timetables"}}}
_TOPIC: Final = {"x-contentful-topic": "ContentManagement.Entry.publish"}

SAMPLES: Final[Mapping[str, Sample]] = {
    "netlify/deploy-started": _netlify("building", "deploy_building", "a deploy begins"),
    "netlify/deploy-succeeded": _netlify("ready", "deploy_created", "a deploy is live"),
    "netlify/deploy-failed": _netlify(
        "error",
        "deploy_failed",
        "a deploy failed",
        error_message="Build script returned non-zero exit code: 1",
    ),
    "netlify/form-submitted": _NETLIFY_FORM,
    "github/push": _github("push", "commits were pushed", **_PUSH),
    "github/release": _github("release", "a release is out", action="published", release=_RELEASE),
    "github/deployment-status": _github("deployment_status", "a deployment failed", **_DEPLOYMENT),
    "github/workflow-failed": _github(
        "workflow_run", "a workflow failed", action="completed", workflow_run=_RUN
    ),
    "gitlab/pipeline-failed": _gitlab("gitlab"),
    "gitlab-signed/pipeline-failed": _gitlab("gitlab-signed"),
    "vercel/deploy-succeeded": Sample("vercel", "a deploy is live", _VERCEL),
    "cloudflare/deploy-failed": Sample("cloudflare", "a deploy failed", _CLOUDFLARE),
    "amplify/deploy-succeeded": Sample("amplify", "a deploy is live", _AMPLIFY),
    "contentful/published": Sample("contentful", "an entry is published", _CONTENTFUL, _TOPIC),
    "sanity/published": Sample("sanity", "a document is published", _SANITY, {"sanity-operation": "create"}),
    "storyblok/published": Sample("storyblok", "a story is published", _STORYBLOK),
    "prismic/updated": Sample("prismic", "a release is published", _PRISMIC),
    "hygraph/published": Sample("hygraph", "an entry is published", _HYGRAPH),
    "datocms/published": Sample("datocms", "a record is published", _DATOCMS),
    "strapi/published": Sample("strapi", "an entry is published", _STRAPI),
    "ghost/published": Sample("ghost", "a post is published", _GHOST),
    "wordpress/published": Sample("wordpress", "a post is published", _WORDPRESS, form=True),
    "shopify/order": Sample(
        "shopify", "somebody bought something", _SHOPIFY, {"x-shopify-topic": "orders/create"}
    ),
    "woocommerce/product": Sample(
        "woocommerce", "a product has changed", _PRODUCT, {"x-wc-webhook-topic": "product.updated"}
    ),
    "stripe/payment-failed": Sample("stripe", "a payment failed", _STRIPE),
    "typeform/form-submitted": Sample("typeform", "a visitor's form", _TYPEFORM),
    "slack/mention": Sample("slack", "the app is mentioned", _SLACK),
    "twilio/message": Sample("twilio", "a text message came in", _TWILIO, form=True),
    "sendgrid/bounce": Sample("sendgrid", "a mail bounced", _SENDGRID),
    "x/event": Sample("x", "something happened to an account", {"for_user_id": "{fresh}"}),
    "meta/page": Sample("meta", "a page has changed", _META),
    "zoom/meeting": Sample("zoom", "a meeting begins", _ZOOM),
    "dropbox/changed": Sample("dropbox", "files have changed", {"list_folder": {"accounts": ["{fresh}"]}}),
    "microsoft-graph/changed": Sample("microsoft-graph", "a list has changed", _GRAPH),
    "standard-webhooks/content-published": Sample("standard-webhooks", "a CMS published a page", _PUBLISHED),
    "standard-webhooks-v1a/content-published": Sample(
        "standard-webhooks-v1a", "a CMS published a page", _PUBLISHED
    ),
    "hmac/content-published": Sample("hmac", "a CMS published a page", _PUBLISHED),
    "token/notice": Sample("token", "a message to people", _NOTICE),
    "token/critical": Sample("token", "a message that wakes people", _CRITICAL),
    "token/late": Sample("token", "a message to visitors", _LATE),
    "basic/notice": Sample("basic", "a message to people", _NOTICE),
    "zapier/notice": Sample("zapier", "a message to people", _NOTICE),
    "ifttt/notice": Sample(
        "ifttt", "a message to people", {"value1": "Line 12 is diverted", "value2": "{fresh}"}
    ),
}
"""Samples by name: ``<source>/<what happened>``."""
