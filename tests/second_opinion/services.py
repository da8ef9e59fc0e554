"""Every resource of templates made by its service's own API, in an account of moto's."""

import copy
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from moto import mock_aws

from tests.second_opinion.creators.catalogue import CREATORS
from tests.second_opinion.creators.resource import Made, Resource
from tests.second_opinion.intrinsics import resolve

Templates = Mapping[str, Mapping[str, Any]]

NOT_BY_MOTO: dict[str, str] = {}
"""Types that moto cannot make, and why that is no matter. Of all that our templates have it can make every one."""


def refused(templates: Templates) -> Iterator[str]:
    """What the services object to: for each resource that they refuse, a line.

    Args:
        templates: A rulebook's, by the names of their stacks.
    """
    with mock_aws(config={"lambda": {"use_docker": False}}):
        account = _Account(templates)
        for stack, template in templates.items():
            for id, resource in template["Resources"].items():
                if resource["Type"] in NOT_BY_MOTO:
                    continue
                try:
                    account.made(stack, id)
                except Exception as error:
                    yield f"{stack}/{id} ({resource['Type']}): {type(error).__name__}: {error}"


class _Account:
    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self.made = cache(self._make)

    def _make(self, stack: str, id: str) -> Made:
        resource = self._templates[stack]["Resources"][id]
        if resource["Type"] not in CREATORS:
            raise LookupError("a type that is neither made nor among the exceptions")
        for needed in _listed(resource.get("DependsOn", [])):
            self.made(stack, needed)
        properties = self._resolved(stack, copy.deepcopy(resource.get("Properties", {})))
        return CREATORS[resource["Type"]](Resource(f"{stack}-{id}", properties))

    def _resolved(self, stack: str, value: Any) -> Any:
        return resolve(
            value,
            ref=lambda id: self.made(stack, id).ref,
            attribute=lambda id, name: self.made(stack, id).attributes[name],
            output=lambda other, name: self._resolved(
                other, self._templates[other]["Outputs"][name]["Value"]
            ),
        )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
