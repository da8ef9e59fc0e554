"""A rulebook with an endpoint for every source of the catalogue, and for senders it does not know."""

import aws_cdk as cdk
from aws_cdk import Duration

from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.endpoint_document import Endpoint, Header
from lambdas.ingest.identity import within
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.jwt_scheme import Jwt
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.tokens import BodyToken
from stacks.cdn import CdnStack
from stacks.demo_site import DemoSiteStack
from stacks.hub import HubStack

app = cdk.App()
hub = HubStack(
    app,
    "Hub",
    endpoints={
        **{name: name for name in CATALOGUE},
        "contentful": Endpoint("contentful", routes={"blogPost": ["/blog/{slug}", "/{locale}/blog/{slug}"]}),
        "own": Hmac(header="x-own", split=",", key="v1", timestamp_key="t", message="{timestamp}.{body}"),
        "dated": Hmac(message="{timestamp}.{body}", timestamp="date", timestamp_unit="http-date"),
        "timed": Hmac(message="{timestamp}.{body}", timestamp="x-time", timestamp_unit="rfc3339"),
        "inside": BodyToken(path=("data", "secret")),
        "pinned-jwt": Jwt(algorithm="RS256", digest_claim="sha256", header="x-jwt"),
        "pinned-rsa": PublicKey(algorithm="rsa-sha256", encoding="base64"),
        "brief": Endpoint("token", identity=within(6)),
        "buses": Endpoint(
            Hmac(),
            each="departures[]",
            type=Header("x-event"),
            types={"delays": "notice.sent"},
            idempotency_key="{id}",
            notice={"title": "Line {line} is {delay} min late", "topic": "line-{line}", "time": "{sent}"},
        ),
        "elsewhere": Endpoint("token", addresses=["192.0.2.0/24"]),
    },
)
CdnStack(
    app,
    "Cdn",
    hub=hub,
    when=["content.*"],
    window=Duration.seconds(1),
    distributions=DemoSiteStack(app, "DemoSite", hub=hub).distribution_id,
)
app.synth()
