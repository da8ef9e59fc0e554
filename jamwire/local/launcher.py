"""Starts MiniStack with what Jamwire's stacks need beyond it.

It runs in the emulator's own environment and therefore imports nothing of Jamwire. MiniStack refuses a
whole template for one resource type that it does not know, so missing types are put into its table of
provisioners: with a real one where MiniStack has the service, as inert where only AWS gives the type a
meaning. Where it differs from AWS, its provisioner is put right. The stacks need not bend to any of this.
"""

import json
import sys
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

from ministack import app  # type: ignore[import-not-found]
from ministack.core import iam_actions, lambda_runtime  # type: ignore[import-not-found]
from ministack.services import appsync_events  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

Provisioner = dict[str, Any]
Properties = dict[str, Any]
Made = tuple[str, dict[str, Any]]


def inert() -> Provisioner:
    """A provisioner that makes nothing."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        return f"{stack_name}-{logical_id}-{uuid.uuid4().hex[:12]}", {}

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Made:
        return physical_id, {}

    def delete(physical_id: str, properties: Properties) -> None:
        pass

    return {"create": create, "update": update, "delete": delete}


def secret_referred_to_by_arn(original: Provisioner) -> Provisioner:
    """MiniStack's secret, whose ``Ref`` is its ARN as on AWS: policies that name it would never match."""

    def name(arn: str) -> str:
        return arn.rpartition(":")[2].rpartition("-")[0]

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        _, attributes = original["create"](logical_id, properties, stack_name)
        return attributes["Arn"], attributes

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Made:
        _, attributes = original["update"](name(physical_id), old, new, stack_name, logical_id)
        return attributes["Arn"], attributes

    def delete(physical_id: str, properties: Properties) -> None:
        original["delete"](name(physical_id), properties)

    return {**original, "create": create, "update": update, "delete": delete}


def alarm_on_one_metric(original: Provisioner) -> Provisioner:
    """MiniStack's alarm, for one that watches an expression: the first metric in it stands for the whole.

    MiniStack evaluates alarms only on what is put to it by hand, so what is watched makes no difference here.
    """

    def simplified(properties: Properties) -> Properties:
        watched = [query["MetricStat"] for query in properties.get("Metrics", []) if "MetricStat" in query]
        if not watched:
            return properties
        rest = {name: value for name, value in properties.items() if name != "Metrics"}
        first = watched[0]
        return {**rest, **first["Metric"], "Period": first["Period"], "Statistic": first["Stat"]}

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        made: Made = original["create"](logical_id, simplified(properties), stack_name)
        return made

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Made:
        made: Made = original["update"](physical_id, simplified(old), simplified(new), stack_name, logical_id)
        return made

    return {**original, "create": create, "update": update}


def event_api() -> Provisioner:
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


def api_key_of_either(original: Provisioner) -> Provisioner:
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
    return json.dumps(_in_camel_case(properties)).encode()


def _in_camel_case(value: Any) -> Any:
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: _in_camel_case(item) for name, item in value.items()}
    return [_in_camel_case(item) for item in value] if isinstance(value, list) else value


def _answer(answer: tuple[int, dict[str, str], bytes]) -> dict[str, Any]:
    status, _, body = answer
    if status >= 400:
        raise ValueError(body.decode())
    return json.loads(body)  # type: ignore[no-any-return]


MISSING: Final[dict[str, Provisioner]] = {
    "AWS::CloudWatch::CompositeAlarm": inert(),
}
"""Types that MiniStack does not know; what it learns one day is taken from it."""

BEYOND: Final[dict[str, Provisioner]] = {
    "AWS::AppSync::Api": event_api(),
    "AWS::AppSync::ChannelNamespace": channel_namespace(),
}
"""Types of services that MiniStack has, which it does not make from a template; likewise."""

CORRECTED: Final[dict[str, Callable[[Provisioner], Provisioner]]] = {
    "AWS::AppSync::ApiKey": api_key_of_either,
    "AWS::CloudWatch::Alarm": alarm_on_one_metric,
    "AWS::SecretsManager::Secret": secret_referred_to_by_arn,
}
"""Types that MiniStack knows otherwise than AWS."""


# A layer is built for Lambda's processor. Where one brings `cryptography`, whose heart is compiled, the emulator's own
# is taken before the function looks for it.
OWN_CRYPTOGRAPHY: Final = """
import os
for _layer in os.environ.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep):
    if os.path.isdir(os.path.join(_layer, "python", "cryptography")):
        import _cffi_backend, cryptography
"""


SQS_BATCHES: Final = ("SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch")


def permission_of_sqs(
    original: Callable[[dict[str, str]], str | None],
) -> Callable[[dict[str, str]], str | None]:
    """The permission that a call needs: on AWS a batch needs that of the single call (SQS guide, "API permissions")."""

    def action(headers: dict[str, str]) -> str | None:
        name = original(headers)
        return name.removesuffix("Batch") if name in SQS_BATCHES else name

    return action


Authorise = Callable[..., Awaitable[tuple[bool, str | None]]]


def by_the_namespaces_modes(original: Authorise) -> Authorise:
    """Who may publish and listen, by what the channel's namespace says; MiniStack asks only where it enforces IAM."""

    async def authorise(
        api: str, channel: str | None, operation: str, shown: dict[str, str] | None, *more: Any
    ) -> tuple[bool, str | None]:
        allowed, reason = await original(api, channel, operation, shown, *more)
        if not allowed or appsync_events._find_lambda_authorizer_arn(api):
            return allowed, reason
        modes = appsync_events._operation_auth_modes(api, channel, operation)
        return appsync_events._modes_accept(api, modes, shown)  # type: ignore[no-any-return]

    return authorise


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


def main() -> None:
    """Complete the table, say which types do nothing, and serve."""
    table = provisioners._RESOURCE_HANDLERS
    missing = {kind: made for kind, made in MISSING.items() if kind not in table}
    table.update(missing)
    table.update({kind: made for kind, made in BEYOND.items() if kind not in table})
    table.update({kind: correct(table[kind]) for kind, correct in CORRECTED.items()})
    lambda_runtime._PYTHON_WORKER_SCRIPT = OWN_CRYPTOGRAPHY + lambda_runtime._PYTHON_WORKER_SCRIPT
    iam_actions._action_from_target = permission_of_sqs(iam_actions._action_from_target)
    iam_actions.extract_iam_action = permission_to_publish(iam_actions.extract_iam_action)
    iam_actions.extract_resource_arn = namespace_to_publish_in(iam_actions.extract_resource_arn)
    appsync_events._authorize_event_op = by_the_namespaces_modes(appsync_events._authorize_event_op)
    appsync_events._fanout_publish = keeping_pushes(appsync_events._fanout_publish)
    app._handle_sns_sms_messages_request = showing_pushes(app._handle_sns_sms_messages_request)
    sys.stderr.write(f"Deployed here without effect: {', '.join(missing) or 'nothing'}\n")
    # With TLS it would also take port 443 where it may, which is not ours to take.
    app._port_is_bindable = lambda *_: False
    app.main()


if __name__ == "__main__":
    main()
