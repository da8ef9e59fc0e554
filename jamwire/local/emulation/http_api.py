"""HTTP APIs as AWS has them, where MiniStack's differ: which pages of other sites may call them."""

from collections.abc import Awaitable, Callable
from typing import Any

from ministack.services import apigateway  # type: ignore[import-not-found]

from .event_api import in_camel_case

Provisioner = dict[str, Any]
Properties = dict[str, Any]
Made = tuple[str, dict[str, Any]]


def preflight_configured(original: Provisioner) -> Provisioner:
    """MiniStack's HTTP API, which reads who may call it from other sites' pages in the words of its calls."""

    def worded(properties: Properties) -> Properties:
        cors = properties.get("CorsConfiguration")
        return {**properties, "CorsConfiguration": in_camel_case(cors)} if cors else properties

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        made: Made = original["create"](logical_id, worded(properties), stack_name)
        return made

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Made:
        made: Made = original["update"](physical_id, worded(old), worded(new), stack_name, logical_id)
        return made

    return {**original, "create": create, "update": update}


def cors_of_the_api_alone(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Answers of an API that says itself who may read them: what its function says of that is left out.

    MiniStack sends both, and browsers take neither then (API Gateway developer guide, "Configure CORS for HTTP APIs").
    """

    async def answer(api: str, *more: Any, **options: Any) -> Any:
        status, headers, body = await original(api, *more, **options)
        if apigateway._apis.get(api, {}).get("corsConfiguration"):
            headers = {
                name: value for name, value in headers.items() if not name.startswith("access-control-")
            }
        return status, headers, body

    return answer
