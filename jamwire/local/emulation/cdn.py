"""CloudFront as AWS has it, where MiniStack's differs: viewers, and origins that only a distribution may call."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from ministack import app  # type: ignore[import-not-found]
from ministack.core import iam_evaluator  # type: ignore[import-not-found]
from ministack.services import cloudfront, lambda_svc  # type: ignore[import-not-found]

Serve = Callable[..., Awaitable[Any]]

CLOUDFRONT: Final = "cloudfront.amazonaws.com"
NEEDED: Final = ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
"""What a caller of a function's URL needs (Lambda developer guide, "Control access to Lambda function URLs")."""

REFUSED: Final = b'{"Message":"Forbidden"}'


def viewers_by_https(original: Serve) -> Serve:
    """Viewers that came by HTTPS, as on AWS they can: where the account speaks no TLS, none could."""

    async def serve(
        distribution: dict[str, Any],
        method: str,
        path: str,
        uri: str,
        query: str,
        headers: dict[str, str],
        *more: Any,
        **options: Any,
    ) -> Any:
        headers = {**headers, "x-forwarded-proto": "https"}
        return await original(distribution, method, path, uri, query, headers, *more, **options)

    return serve


def function_urls_signed(original: Serve) -> Serve:
    """Origins, with a function's URL called as CloudFront calls it: signed, and allowed by the function's policy."""

    async def fetch(origin: dict[str, Any], method: str, uri: str, *more: Any) -> Any:
        host = cloudfront._registered_function_url(origin)
        if host is None or not origin["oac_id"]:
            return await original(origin, method, uri, *more)
        query, headers, body, *_, distribution = more
        resolved = lambda_svc.resolve_function_url(app._parse_lambda_url(host, "/")[0])
        if not _may_invoke(resolved, distribution):
            return 403, "Forbidden", {"content-type": "application/json"}, REFUSED
        signed = {name.lower(): value for name, value in headers.items() if name.lower() != "host"}
        signed |= {"host": host, "authorization": "AWS4-HMAC-SHA256 by the origin access control"}
        status, answered, data = await lambda_svc.handle_function_url_request(
            host.partition(".")[0],
            method,
            origin["origin_path"] + uri,
            signed,
            body or b"",
            cloudfront.parse_qs(query, keep_blank_values=True),
            resolved=resolved,
            source_ip="127.0.0.1",
        )
        return status, "", {name.lower(): value for name, value in answered.items()}, data

    return fetch


def _may_invoke(resolved: tuple[Any, ...], distribution: str) -> bool:
    account, region, name, _, url = resolved
    keys = {
        "aws:sourcearn": distribution,
        "aws:sourceaccount": account,
        "lambda:functionurlauthtype": url["AuthType"],
        "lambda:invokedviafunctionurl": "true",
    }
    function, *_ = lambda_svc._get_func_record_for_ref_in_scope(name, account_id=account, region=region)
    return all(_allows(function["policy"], action, account, region, name, keys) for action in NEEDED)


def _allows(
    policy: dict[str, Any], action: str, account: str, region: str, name: str, keys: dict[str, str]
) -> bool:
    context = iam_evaluator.EvalContext(
        principal_arn=CLOUDFRONT,
        principal_type="AWSService",
        principal_account=account,
        action=action,
        resource_arn=f"arn:aws:lambda:{region}:{account}:function:{name}",
        region=region,
        service_context=keys,
    )
    found = iam_evaluator.evaluate_resource_policy(policy, context, service=CLOUDFRONT)
    return found.decision == "Allow"  # type: ignore[no-any-return]
