"""AppSync's Event API as AWS has it, where MiniStack's differs: made from a template, heard by whom, kept to see."""

import json
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

from ministack.core import appsync_js  # type: ignore[import-not-found]
from ministack.core.concurrency import run_reentrant  # type: ignore[import-not-found]
from ministack.services import apigateway, appsync_events  # type: ignore[import-not-found]

Provisioner = dict[str, Any]
Properties = dict[str, Any]
Made = tuple[str, dict[str, Any]]

TOKEN: Final = "OPENID_CONNECT"  # noqa: S105 - how a visitor is known
HOUR: Final = 3600
DELETED_AFTER: Final = 60 * 24 * HOUR
"""AppSync rounds an end down to the hour, and deletes a key 60 days after it (AppSync API reference, `ApiKey`)."""


def api() -> Provisioner:
    """The Event API of MiniStack's AppSync Events."""

    def attributes(api: dict[str, Any]) -> Made:
        dns = {"Dns.Http": api["dns"]["HTTP"], "Dns.Realtime": api["dns"]["REALTIME"]}
        return api["apiId"], {"ApiId": api["apiId"], "ApiArn": api["apiArn"], **dns}

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        return attributes(_answer(appsync_events._create_api(_body(properties)))["api"])

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Made:
        return attributes(_answer(appsync_events._update_api(physical_id, _body(new)))["api"])

    def delete(physical_id: str, properties: Properties) -> None:
        appsync_events._delete_api(physical_id)

    return {"create": create, "update": update, "delete": delete}


def channel_namespace() -> Provisioner:
    """A namespace of an Event API's channels; who may listen is by default the API's, not who may publish."""

    def body(properties: Properties) -> bytes:
        config = appsync_events._apis[properties["ApiId"]]["eventConfig"]
        return _body({"SubscribeAuthModes": config["defaultSubscribeAuthModes"], **properties})

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        made = appsync_events._create_channel_namespace(properties["ApiId"], body(properties))
        arn = _answer(made)["channelNamespace"]["channelNamespaceArn"]
        return arn, {"ChannelNamespaceArn": arn}

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Made:
        if [old["ApiId"], old["Name"]] != [new["ApiId"], new["Name"]]:
            return create("", new, stack_name)
        _answer(appsync_events._update_channel_namespace(new["ApiId"], new["Name"], body(new)))
        return physical_id, {"ChannelNamespaceArn": physical_id}

    def delete(physical_id: str, properties: Properties) -> None:
        appsync_events._delete_channel_namespace(properties["ApiId"], properties["Name"])

    return {"create": create, "update": update, "delete": delete}


def key_of_either(original: Provisioner) -> Provisioner:
    """MiniStack's API key, which it makes for GraphQL only, of an Event API too."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        api = properties["ApiId"]
        if api not in appsync_events._apis:
            return original["create"](logical_id, properties, stack_name)  # type: ignore[no-any-return]
        key = _answer(appsync_events._create_api_key(api, _body(properties)))["apiKey"]["id"]
        return key, {"ApiKeyId": key, "ApiKey": key}

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Made:
        if new["ApiId"] not in appsync_events._apis:
            return original["update"](physical_id, old, new, stack_name, logical_id)  # type: ignore[no-any-return]
        if old["ApiId"] != new["ApiId"]:
            return create("", new, stack_name)
        key = appsync_events._api_keys[new["ApiId"]][physical_id]
        key |= {"expires": int(new["Expires"]), "deletes": int(new["Expires"])} if "Expires" in new else {}
        return physical_id, {"ApiKeyId": physical_id, "ApiKey": physical_id}

    def delete(physical_id: str, properties: Properties) -> None:
        if properties["ApiId"] in appsync_events._apis:
            appsync_events._delete_api_key(properties["ApiId"], physical_id)
        else:
            original["delete"](physical_id, properties)

    return {**original, "create": create, "update": update, "delete": delete}


def _body(properties: Properties) -> bytes:
    """Properties of a template as the body of the service's own call."""
    return json.dumps(in_camel_case(properties)).encode()


def in_camel_case(value: Any) -> Any:
    """A template's words as the service's own calls have them."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: in_camel_case(item) for name, item in value.items()}
    return [in_camel_case(item) for item in value] if isinstance(value, list) else value


def _answer(answer: tuple[int, dict[str, str], bytes]) -> dict[str, Any]:
    status, _, body = answer
    if status >= 400:
        raise ValueError(body.decode())
    return json.loads(body)  # type: ignore[no-any-return]


def keys_updated(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """AppSync's own calls, with `UpdateApiKey` for an Event API's key too."""

    async def answer(method: str, path: str, headers: dict[str, str], body: bytes, *more: Any) -> Any:
        *_, api, kind, id = path.rstrip("/").split("/")[-4:]
        if (method, kind) != ("POST", "apikeys") or api not in appsync_events._apis:
            return await original(method, path, headers, body, *more)
        key = appsync_events._api_keys[api].get(id)
        if key is None:
            return 404, {"Content-Type": "application/json"}, b'{"message": "no such key"}'
        expires = int(json.loads(body)["expires"]) // HOUR * HOUR
        key |= {"expires": expires, "deletes": expires + DELETED_AFTER}
        return 200, {"Content-Type": "application/json"}, json.dumps({"apiKey": key}).encode()

    return answer


Authorise = Callable[..., Awaitable[tuple[bool, str | None]]]


def by_the_namespaces_rules(original: Authorise) -> Authorise:
    """Who may publish and listen, by what the channel's namespace says.

    MiniStack asks only where it enforces IAM, takes any text for a token, and runs no handler.
    """

    async def authorise(
        api: str, channel: str | None, operation: str, shown: dict[str, str] | None, *more: Any
    ) -> tuple[bool, str | None]:
        allowed, reason = await original(api, channel, operation, shown, *more)
        if not allowed or appsync_events._find_lambda_authorizer_arn(api):
            return allowed, reason
        modes = appsync_events._operation_auth_modes(api, channel, operation)
        allowed, reason = appsync_events._modes_accept(api, modes - {TOKEN}, shown)
        claims: dict[str, Any] | None = None
        if not allowed and TOKEN in modes:
            claims = await _claims(api, shown or {})
            allowed = claims is not None
        if allowed and channel and operation == appsync_events.EVENT_SUBSCRIBE:
            allowed = await _may_subscribe(api, channel, claims)
        return allowed, reason

    return authorise


async def _claims(api: str, shown: dict[str, str]) -> dict[str, Any] | None:
    """What a token says, if the API's issuer has made it for the API's client: as for an HTTP API."""
    providers = appsync_events._apis[api]["eventConfig"]["authProviders"]
    [config] = [each["openIDConnectConfig"] for each in providers if each["authType"] == TOKEN]
    jwt = {"issuer": config["issuer"], "audience": [config["clientId"]] if config.get("clientId") else []}
    authoriser = {"identitySource": ["$request.header.Authorization"], "jwtConfiguration": jwt}
    claims, _, _ = await apigateway._validate_jwt_authorizer({}, authoriser, shown, {})
    return claims  # type: ignore[no-any-return]


async def _may_subscribe(api: str, channel: str, claims: dict[str, Any] | None) -> bool:
    """Whether the namespace's handler, if it has one, lets a visitor listen."""
    segments = channel.strip("/").split("/")
    code = appsync_events._channel_namespaces[api][segments[0]].get("codeHandlers")
    if not code or "onSubscribe" not in code:
        return True
    context = {
        "identity": {"claims": claims} if claims is not None else None,
        "info": {"channel": {"path": f"/{'/'.join(segments)}", "segments": segments}},
    }
    # What runs handlers of GraphQL knows two by name.
    code += "\nexport function request(ctx) { return onSubscribe(ctx); }"
    try:
        await run_reentrant(appsync_js.evaluate, code, "request", context)
    except (appsync_js.AppSyncJsError, RuntimeError):
        return False
    return True


PUSHES_PATH: Final = "/_ministack/appsync-events/pushes"
PUSHES: Final[deque[dict[str, Any]]] = deque(maxlen=10_000)
"""What was published to visitors, oldest first: MiniStack passes it on and keeps nothing."""


def keeping_pushes(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Keeps what is published, for the inbox."""

    async def publish(api: str, channel: str, events: list[Any]) -> Any:
        for event in events:
            PUSHES.append({"id": uuid.uuid4().hex, "channel": channel, "event": event, "at": time.time()})
        return await original(api, channel, events)

    return publish


def showing_pushes(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Shows it beside the text messages, which MiniStack shows in the same way."""

    async def answer(method: str, path: str, *more: Any) -> Any:
        if (method, path) == ("GET", PUSHES_PATH):
            return 200, {"Content-Type": "application/json"}, json.dumps({"pushes": list(PUSHES)}).encode()
        return await original(method, path, *more)

    return answer


PUBLISHING: Final = "appsync:EventPublish"


def permission_to_publish(original: Callable[..., str | None]) -> Callable[..., str | None]:
    """The permission that publishing events needs where it is signed; MiniStack asks for none."""

    def action(service: str, method: str, path: str, headers: dict[str, str], *more: Any) -> str | None:
        signed = headers.get("authorization", "").startswith("AWS4-")
        if service == "appsync-events" and path == "/event" and signed:
            return PUBLISHING
        return original(service, method, path, headers, *more)

    return action


def namespace_to_publish_in(original: Callable[..., str]) -> Callable[..., str]:
    """What that permission is for: the channel's namespace."""

    def resource(
        service: str, method: str, path: str, headers: dict[str, str], body: bytes, *more: Any
    ) -> str:
        if service != "appsync-events" or path != "/event":
            return original(service, method, path, headers, body, *more)
        *_, region, account = more
        api = headers.get("host", "").partition(".")[0]
        namespace = str(json.loads(body).get("channel", "")).strip("/").partition("/")[0]
        return f"arn:aws:appsync:{region}:{account}:apis/{api}/channelNamespace/{namespace}"

    return resource
