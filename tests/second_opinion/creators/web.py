"""What visitors and senders reach: APIs and distributions."""

from typing import Any

from tests.second_opinion.creators.resource import (
    Creators,
    Made,
    Properties,
    Resource,
    call,
    lower,
    validated,
)


def http_api(made: Resource) -> Made:
    answer = call("apigatewayv2", "create_api", **made.properties)
    return Made(answer["ApiId"], {"ApiEndpoint": answer["ApiEndpoint"]})


def integration(made: Resource) -> Made:
    return Made(call("apigatewayv2", "create_integration", **made.properties)["IntegrationId"])


def route(made: Resource) -> Made:
    return Made(call("apigatewayv2", "create_route", **made.properties)["RouteId"])


def stage(made: Resource) -> Made:
    return Made(call("apigatewayv2", "create_stage", **made.properties)["StageName"])


def event_api(made: Resource) -> Made:
    api = call("appsync", "create_api", **lower(made.properties))["api"]
    dns = {"Dns.Http": "x.appsync-api.us-east-1.amazonaws.com"}
    dns["Dns.Realtime"] = dns["Dns.Http"].replace("api", "realtime-api")
    return Made(api["apiArn"], {"ApiId": api["apiId"], "ApiArn": api["apiArn"], **dns})


def channel_namespace(made: Resource) -> Made:
    answer = call("appsync", "create_channel_namespace", **lower(made.properties))
    return Made(made.name, {"ChannelNamespaceArn": answer["channelNamespace"]["channelNamespaceArn"]})


def api_key(made: Resource) -> Made:
    answer = call("appsync", "create_api_key", **lower(made.properties))["apiKey"]
    return Made(answer["id"], {"ApiKey": answer["id"], "ApiKeyId": answer["id"]})


def origin_access_control(made: Resource) -> Made:
    answer = call("cloudfront", "create_origin_access_control", **made.properties)
    return Made(made.name, {"Id": answer["OriginAccessControl"]["Id"]})


def counted(items: list[Any]) -> dict[str, Any]:
    """A list as CloudFront's API takes it."""
    return {"Quantity": len(items), "Items": items}


def distribution(made: Resource) -> Made:
    config = made.properties.pop("DistributionConfig")
    assert not made.properties
    behaviour = config["DefaultCacheBehavior"]
    if methods := behaviour.pop("AllowedMethods", None):
        behaviour["AllowedMethods"] = counted(methods)
    if errors := config.pop("CustomErrorResponses", None):
        config["CustomErrorResponses"] = counted(errors)
    config |= {
        "CallerReference": made.name,
        "IsIPV6Enabled": config.pop("IPV6Enabled"),
        "Origins": counted([origin(each) for each in config["Origins"]]),
    }
    answer = call("cloudfront", "create_distribution", DistributionConfig=config)["Distribution"]
    return Made(answer["Id"], {"DomainName": answer["DomainName"]})


def origin(properties: Properties) -> Properties:
    custom = properties.get("CustomOriginConfig")
    if custom is None:
        return properties
    protocols = counted(custom.pop("OriginSSLProtocols"))
    ports = {"HTTPPort": 80, "HTTPSPort": 443, "OriginSslProtocols": protocols}
    return properties | {"CustomOriginConfig": custom | ports}


def cache_policy(made: Resource) -> Made:
    validated("cloudfront", "CreateCachePolicy", **made.properties)
    return Made(made.name)


CREATORS: Creators = {
    "AWS::ApiGatewayV2::Api": http_api,
    "AWS::ApiGatewayV2::Integration": integration,
    "AWS::ApiGatewayV2::Route": route,
    "AWS::ApiGatewayV2::Stage": stage,
    "AWS::AppSync::Api": event_api,
    "AWS::AppSync::ApiKey": api_key,
    "AWS::AppSync::ChannelNamespace": channel_namespace,
    "AWS::CloudFront::CachePolicy": cache_policy,
    "AWS::CloudFront::Distribution": distribution,
    "AWS::CloudFront::OriginAccessControl": origin_access_control,
}
