"""Starts MiniStack with what Jamwire's stacks need beyond it.

It runs in the emulator's own environment and therefore imports nothing of Jamwire but `emulation`, beside it.
MiniStack refuses a whole template for one resource type that it does not know, so missing types are put into its
table of provisioners: with a real one where MiniStack has the service, as inert where only AWS gives the type a
meaning. Where it differs from AWS, its provisioner is put right. The stacks need not bend to any of this.
"""

import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ministack import app  # type: ignore[import-not-found]
from ministack.core import iam_actions, lambda_runtime, router  # type: ignore[import-not-found]
from ministack.services import apigateway, appsync, appsync_events, cloudfront, dynamodb, ses_v2  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

sys.path.append(str(Path(__file__).parent))
from emulation import cdn, event_api, http_api, kept, layers, ses, text_messages  # type: ignore[import-not-found]

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


def table_that_forgets(original: Provisioner) -> Provisioner:
    """MiniStack's table, with the time to live that its template asks for; by its own calls MiniStack has it."""

    def expire(table: str, properties: Properties) -> None:
        if wanted := properties.get("TimeToLiveSpecification"):
            enabled = str(wanted.get("Enabled", "true")).lower() == "true"
            specification = {"AttributeName": wanted["AttributeName"], "Enabled": enabled}
            dynamodb._update_ttl({"TableName": table, "TimeToLiveSpecification": specification})

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        made: Made = original["create"](logical_id, properties, stack_name)
        expire(made[0], properties)
        return made

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, *more: Any, **options: Any
    ) -> Made:
        made: Made = original["update"](physical_id, old, new, stack_name, *more, **options)
        expire(made[0], new)
        return made

    return {**original, "create": create, "update": update}


MISSING: Final[dict[str, Provisioner]] = {
    "AWS::CloudWatch::CompositeAlarm": inert(),
    "AWS::SMSVOICE::ConfigurationSet": inert(),
}
"""Types that MiniStack does not know; what it learns one day is taken from it."""

BEYOND: Final[dict[str, Provisioner]] = {
    "AWS::AppSync::Api": event_api.api(),
    "AWS::AppSync::ChannelNamespace": event_api.channel_namespace(),
}
"""Types of services that MiniStack has, which it does not make from a template; likewise."""

CORRECTED: Final[dict[str, Callable[[Provisioner], Provisioner]]] = {
    "AWS::ApiGatewayV2::Api": http_api.preflight_configured,
    "AWS::AppSync::ApiKey": event_api.key_of_either,
    "AWS::CloudWatch::Alarm": alarm_on_one_metric,
    "AWS::DynamoDB::Table": table_that_forgets,
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


LOOKED_AT: Final = {
    ses.MAILS_PATH: ses.MAILS.look,
    text_messages.TEXTS_PATH: text_messages.TEXTS.look,
    text_messages.ANSWERS_PATH: text_messages.answered,
}
"""Where the inbox looks into the account, and where phones answer."""


def serve_text_messages() -> None:
    """Give the account AWS End User Messaging, which MiniStack has not."""
    router.SERVICE_PATTERNS[text_messages.SERVICE] = {"target_prefixes": [text_messages.TARGETS]}
    app.SERVICE_HANDLERS[text_messages.SERVICE] = text_messages.handle
    iam_actions.SERVICE_TO_IAM_NAMESPACE[text_messages.SERVICE] = text_messages.SERVICE
    iam_actions._BOTOCORE_SERVICE_MAP[text_messages.SERVICE] = [text_messages.MODEL]


def main() -> None:
    """Complete the table, say which types do nothing, and serve."""
    table = provisioners._RESOURCE_HANDLERS
    missing = {kind: made for kind, made in MISSING.items() if kind not in table}
    table.update(missing)
    table.update({kind: made for kind, made in BEYOND.items() if kind not in table})
    table.update({kind: correct(table[kind]) for kind, correct in CORRECTED.items()})
    lambda_runtime._PYTHON_WORKER_SCRIPT = OWN_CRYPTOGRAPHY + lambda_runtime._PYTHON_WORKER_SCRIPT
    lambda_runtime.zipfile = layers.unpacked_once(lambda_runtime.zipfile)
    iam_actions._action_from_target = permission_of_sqs(iam_actions._action_from_target)
    iam_actions.extract_iam_action = event_api.permission_to_publish(iam_actions.extract_iam_action)
    iam_actions.extract_resource_arn = event_api.namespace_to_publish_in(iam_actions.extract_resource_arn)
    appsync.handle_request = event_api.keys_updated(appsync.handle_request)
    appsync_events._authorize_event_op = event_api.by_the_namespaces_rules(appsync_events._authorize_event_op)
    appsync_events._fanout_publish = event_api.keeping_pushes(appsync_events._fanout_publish)
    app._handle_sns_sms_messages_request = event_api.showing_pushes(app._handle_sns_sms_messages_request)
    app._handle_ses_messages_request = kept.looked_at(app._handle_ses_messages_request, LOOKED_AT)
    ses_v2.handle_request = ses.as_on_aws(ses_v2.handle_request)
    ses_v2._message_rejection = ses.every_sender_is_known
    app._enforce_ses_v2 = ses.grants_of_sending(app._enforce_ses_v2)
    iam_actions.extract_resource_arn = text_messages.grant_on_the_number(iam_actions.extract_resource_arn)
    apigateway.handle_execute = http_api.cors_of_the_api_alone(apigateway.handle_execute)
    serve_text_messages()
    cloudfront.handle_viewer_request = cdn.viewers_by_https(cloudfront.handle_viewer_request)
    cloudfront._fetch_from_origin = cdn.function_urls_signed(cloudfront._fetch_from_origin)
    sys.stderr.write(f"Deployed here without effect: {', '.join(missing) or 'nothing'}\n")
    # With TLS it would also take port 443 where it may, which is not ours to take.
    app._port_is_bindable = lambda *_: False
    app.main()


if __name__ == "__main__":
    main()
