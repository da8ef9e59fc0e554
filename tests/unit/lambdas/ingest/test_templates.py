"""Templates: what stands in braces is JMESPath, all else is text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.ingest.templates import Template, TemplateError, words
from tests.unit.lambdas.ingest.sources.test_every_source import json_values

BUS = {
    "line": 12,
    "stop": {"name": "Town Hall "},
    "via": ["A", "B"],
    "late": True,
    "why": "",
    "fare": 2.5,
    "no": None,
}


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("Closed today", "Closed today"),
        ("Line {line} at {stop.name}", "Line 12 at Town Hall"),
        ("{line}", 12),
        ("{stop}", BUS["stop"]),
        ("via {via}", "via A, B"),
        ("{late}: {fare} EUR", "true: 2.5 EUR"),
        ("{{line}} is {line}", "{line} is 12"),
        ("Line {line}{why}", "Line 12"),
        ("{line > `10` && 'a } brace' || 'x'}", "a } brace"),
        ("{join('/', via)}", "A/B"),
        ("Line {track}", None),
        ("Line {no}", None),
        ("Line {stop}", None),
        ("{track}", None),
        ("{join('/', line)}", None),
        ("", ""),
    ],
)
def test_template_says_what_its_expressions_find(template: str, value: Any) -> None:
    assert Template.of(template).value(BUS) == value


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "}",
        "Line {line",
        "line}",
        "{}",
        "{ }",
        "{a.}",
        "{a b}",
        "{a-b}",
        "{upper(a)}",
        "{length()}",
        "{{a}",
        "{" + "[" * 2000 + "a" + "]" * 2000 + "}",
        "{" + "!" * 2000 + "a}",
    ],
)
def test_text_that_is_no_template_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        Template.of(text)


@pytest.mark.parametrize("text", ["{", "Line {line", "line}", "{a} of {b"])
def test_brace_without_another_is_told_with_the_whole_template(text: str) -> None:
    with pytest.raises(TemplateError) as refused:
        Template.of(text)
    assert str(refused.value) == text


FUNCTIONS = [
    *(
        "abs",
        "avg",
        "ceil",
        "floor",
        "keys",
        "length",
        "max",
        "min",
        "not_null",
        "reverse",
        "sort",
        "sum",
        "values",
    ),
    *("to_array", "to_number", "to_string", "type"),
]
EXPRESSIONS = [Template.of(f"{{{name}(@)}}") for name in FUNCTIONS] + [
    Template.of(text)
    for text in (
        "{title}",
        "T {data.title}",
        "{@[0]}",
        "{sort_by(@, &title)}",
        "{max_by(@, &a)}",
        "{map(&a, @)}",
    )
]
numbers = st.lists(
    st.integers(-(10**400), 10**400) | st.floats(allow_nan=False, allow_infinity=False), max_size=3
)


@given(json_values | numbers)
def test_no_body_makes_a_template_raise(body: Any) -> None:
    for template in EXPRESSIONS:
        words(template.value(body))
