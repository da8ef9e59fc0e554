"""Synthesised rulebooks: the shipped one, and small ones of a test's own."""

import json
import runpy
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import aws_cdk as cdk
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks

from jamwire.local.cdk import CONTEXT
from stacks.endpoints import Endpoint
from stacks.hub import HubStack

ROOT = Path(__file__).parents[3]
ENDPOINTS: Mapping[str, str | Endpoint] = {"site": "netlify"}


def context(**changes: Any) -> dict[str, Any]:
    """What the local account deploys, with the features that `cdk.json` turns on; without building the layer."""
    shipped = json.loads((ROOT / "cdk.json").read_text())["context"]
    return {**shipped, **CONTEXT, "aws:cdk:bundling-stacks": [], **changes}


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """Templates of `app.py` as shipped, by the stack's name."""
    return synthesise_app(ROOT / "app.py")


def synthesise_app(path: Path, **changes: Any) -> dict[str, dict[str, Any]]:
    """Templates of an app's file, which must hold the AwsSolutions rules, by the stack's name."""
    app = cdk.App(context=context(**changes))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with mock.patch.object(cdk, "App", return_value=app):
        runpy.run_path(str(path), run_name="__main__")
    stacks = [child for child in app.node.children if isinstance(child, cdk.Stack)]
    return {stack.stack_name: Template.from_stack(stack).to_json() for stack in stacks}


def template_of(
    build: Callable[[cdk.App, HubStack], cdk.Stack],
    endpoints: Mapping[str, str | Endpoint] = ENDPOINTS,
    **changes: Any,
) -> Template:
    """The template of one stack beside a small hub."""
    app = cdk.App(context=context(**changes))
    hub = HubStack(app, "Hub", endpoints=endpoints)
    return Template.from_stack(build(app, hub))


def resources(template: Template | dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Properties of all resources of a type."""
    document = template if isinstance(template, dict) else template.to_json()
    return [r.get("Properties", {}) for r in document["Resources"].values() if r["Type"] == kind]
