"""The intrinsic functions that our templates use, with the values of what was made (CloudFormation's template reference)."""

import re
from collections.abc import Callable
from typing import Any

PSEUDO = {
    "AWS::AccountId": "123456789012",  # moto's
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::URLSuffix": "amazonaws.com",
}


class UnknownFunctionError(Exception):
    """A template uses what is not known here."""


def resolve(
    value: Any,
    *,
    ref: Callable[[str], str],
    attribute: Callable[[str, str], str],
    output: Callable[[str, str], str],
) -> Any:
    """A value without intrinsic functions.

    Args:
        value: Of a template.
        ref: What `Ref` gives for a resource.
        attribute: What `Fn::GetAtt` gives.
        output: What `Fn::GetStackOutput` gives, for a stack and an output.
    """

    def again(inner: Any) -> Any:
        return resolve(inner, ref=ref, attribute=attribute, output=output)

    if isinstance(value, list):
        return [again(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) != 1:
        return {key: again(item) for key, item in value.items()}
    [(function, argument)] = value.items()
    if function == "Ref":
        return PSEUDO.get(argument) or ref(argument)
    if function == "Fn::GetAtt":
        return attribute(*argument)
    if function == "Fn::GetStackOutput":
        return output(argument["StackName"], argument["OutputName"])
    if function == "Fn::Join":
        separator, parts = argument
        return separator.join(again(parts))
    if function == "Fn::Split":
        separator, text = argument
        return again(text).split(separator)
    if function == "Fn::Select":
        index, items = argument
        return again(items)[int(index)]
    if function == "Fn::Sub":
        return re.sub(r"\$\{([\w:]+)\}", lambda found: PSEUDO.get(found[1]) or ref(found[1]), argument)
    if function.startswith("Fn::"):
        raise UnknownFunctionError(f"{function} is not known here")
    return {function: again(argument)}
