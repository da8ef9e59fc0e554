"""Live stacks as visitors meet them: the state by a CDN, private topics, the key that is renewed."""

import base64
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jamwire.local.account import LocalAccount
from jamwire.operations.live import Listening, listening_to, local_url
from lambdas.contracts.live_channels import notice_channel
from tests.deployed import amplify
from tests.deployed.deployed import Deployed
from tests.deployed.visitor import a_visitor, get, hear, send, subscribe, until_said

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Deployed without IAM, in plain HTTP, as `make up` does it."""
    app = f"env PYTHONPATH={HERE.parents[1]} {sys.executable} {HERE / 'live.py'}"
    with LocalAccount(tmp_path_factory.mktemp("account"), app=app) as account:
        account.up()
        yield Deployed(account)


def listening(deployed: Deployed, stack: str = "Live") -> Listening:
    [found] = [each for each in listening_to(deployed.deployment) if each.stack == stack]
    return found


def output(deployed: Deployed, stack: str, name: str) -> str:
    [found] = [each.outputs[name] for each in deployed.deployment.stacks if each.short_name == stack]
    return found


def state_urls(deployed: Deployed) -> list[str]:
    """Where the state of the topics of both stacks is served."""
    site = local_url(output(deployed, "Site", "Url"), deployed.deployment.local_url)
    return [listening(deployed).state_url, f"{site}_jamwire/"]


@dataclass
class Member:
    """A visitor who has signed in."""

    token: str
    id: str


@pytest.fixture(scope="module")
def members(live: Deployed) -> list[Member]:
    """Two of them."""
    return [_sign_in(live, name) for name in ("anna", "bert")]


def _sign_in(live: Deployed, name: str) -> Member:
    cognito = live.deployment.client("cognito-idp")
    pool, client = output(live, "Visitors", "PoolId"), output(live, "Visitors", "ClientId")
    cognito.admin_create_user(UserPoolId=pool, Username=name)
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password="Tr1al-of-it", Permanent=True)
    shown = {"USERNAME": name, "PASSWORD": "Tr1al-of-it"}
    answer = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=shown)
    token = answer["AuthenticationResult"]["IdToken"]
    return Member(token, claims(token)["sub"])


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def test_state_is_served_by_either_distribution(live: Deployed) -> None:
    event = send(live, topic="line-12", title="Late", fields={"Delay": "5 min"})
    for url in state_urls(live):
        document = until_said(live, f"{url}notice/line-12.json", "fields.Delay", "5 min")
        assert (document["schema"], document["topic"]) == (1, "line-12")
        assert document["entries"]["title"][:3:2] == ["Late", event]
        answer = get(live, f"{url}notice/line-12.json")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "max-age=0, s-maxage=1"
        asked = {"If-None-Match": answer.headers["etag"]}
        unchanged = get(live, f"{url}notice/line-12.json", asked)
        assert (unchanged.status, unchanged.document) == (304, "")
        assert unchanged.headers["access-control-expose-headers"] == "Date, ETag, Age"
        assert get(live, f"{url}nothing").headers["cache-control"] == "no-store"


def test_state_is_served_where_iam_is_enforced(deployed: Deployed) -> None:
    send(deployed, topic="line-12", title="Late by the role")
    url = f"{listening(deployed).state_url}notice/line-12.json"
    until_said(deployed, url, "title", "Late by the role")


def test_function_url_refuses_whoever_is_not_cloudfront(live: Deployed) -> None:
    [function] = [name for name in live.resources("Live", "AWS::Lambda::Function") if "State" in name]
    url = live.deployment.client("lambda").get_function_url_config(FunctionName=function)["FunctionUrl"]
    port = live.account.ports.port
    assert (
        get(live, url.replace("https:", "http:").replace(".on.aws/", f".localhost:{port}/site.json")).status
        == 403
    )


@pytest.mark.parametrize("topic", ["Süd, № 1", "a/b/c/d/e/f", "x" * 300, "<script>&%2F..//", "☃" * 40])
def test_topic_of_any_characters_has_a_state(live: Deployed, topic: str) -> None:
    send(live, topic=topic, title="Late")
    document = until_said(live, f"{listening(live).state_url}{notice_channel(topic)}.json", "title", "Late")
    assert document["topic"] == topic


def test_unreadable_state_begins_anew(live: Deployed) -> None:
    table, url = output(live, "Live", "StatesTable"), f"{listening(live).state_url}notice/spoilt.json"
    send(live, topic="spoilt", title="Before")
    until_said(live, url, "title", "Before")
    key = {"family": {"S": "notice/spoilt"}, "channel": {"S": "notice/spoilt"}}
    live.deployment.client("dynamodb").update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET entries = :cut, version = version + :one",
        ExpressionAttributeValues={":cut": {"S": '{"title":["Bef'}, ":one": {"N": "1"}},
    )
    assert get(live, url).document["entries"] == {}
    send(live, topic="spoilt", text="After")
    assert set(until_said(live, url, "text", "After")["entries"]) == {"title", "text", "severity", "time"}


def test_private_topic_is_heard_by_its_visitor_alone(live: Deployed, members: list[Member]) -> None:
    anna, bert = members
    own = f"private/account/{anna.id}"
    with a_visitor(live, listening(live)) as visitor:
        refused = [
            subscribe(visitor, listening(live), channel, token)
            for channel, token in (
                (own, ""),
                (own, bert.token),
                (own, f"{anna.token[:-8]}AAAAAAAA"),
                ("private/account/*", anna.token),
                ("private/*", anna.token),
            )
        ]
        assert [answer["type"] for answer in refused] == ["subscribe_error"] * 5
        assert subscribe(visitor, listening(live), own, anna.token)["type"] == "subscribe_success"
        send(live, topic=f"account/{anna.id}", title="Your parcel is here")
        assert json.loads(hear(visitor)["event"])["title"] == "Your parcel is here"


def test_private_state_is_read_by_its_visitor_alone(live: Deployed, members: list[Member]) -> None:
    anna, bert = members
    send(live, topic=f"account/{anna.id}/orders", title="Sent")
    base = output(live, "Live", "PrivateStateUrl")
    path = f"private/account/{anna.id}/orders.json"
    shown = f"Bearer {anna.token}"
    until_said(live, f"{base}{path}", "title", "Sent", Authorization=shown)
    answer = get(live, f"{base}{path}", {"Authorization": shown})
    assert answer.headers["cache-control"] == "private, no-cache"
    assert get(live, f"{base}{path}").status == 401
    assert get(live, f"{base}{path}", {"Authorization": f"Bearer {bert.token}"}).status == 403
    preflight = get(
        live,
        f"{base}{path}",
        {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"},
        method="OPTIONS",
    )
    assert preflight.status in (200, 204)
    assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
    public = listening(live).state_url
    assert get(live, f"{public}{path}", {"Authorization": shown}).status == 403
    assert get(live, f"{public}notice/account/{anna.id}/orders.json").document["entries"] == {}


def test_key_is_renewed_by_its_function(live: Deployed) -> None:
    [api] = live.resources("Live", "AWS::AppSync::Api")
    [function] = [name for name in live.resources("Live", "AWS::Lambda::Function") if "Key" in name]
    appsync = live.deployment.client("appsync")
    [key] = appsync.list_api_keys(apiId=api)["apiKeys"]
    appsync.update_api_key(apiId=api, id=key["id"], expires=int(time.time()) + 2 * 24 * 3600)
    answer = live.deployment.client("lambda").invoke(FunctionName=function, Payload=b"{}")
    assert "FunctionError" not in answer
    [renewed] = appsync.list_api_keys(apiId=api)["apiKeys"]
    assert renewed["id"] == key["id"]
    assert renewed["expires"] - time.time() > 363 * 24 * 3600


def test_official_client_hears_and_may_not_publish(live: Deployed) -> None:
    amplify.install()
    with amplify.listens(listening(live), "/notice/line-9") as said:
        live.until(lambda: said, "an answer to its publish")
        assert "Unauthorized" in said[0]["refused"] or "authorized" in said[0]["refused"]

        def is_told() -> bool:
            send(live, topic="line-9", title="Late")  # until its subscription is accepted, nobody tells it
            return any("told" in line for line in said)

        live.until(is_told, "a notice at the official client")
    [told, *_] = [line["told"] for line in said if "told" in line]
    assert (told["topic"], told["title"]) == ("line-9", "Late")
    assert not any("published" in line for line in said)
