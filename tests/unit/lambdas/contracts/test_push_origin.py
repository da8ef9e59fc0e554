"""Where a push service can be that a rulebook names."""

import pytest

from lambdas.contracts.push_origin import is_push_origin


@pytest.mark.parametrize(
    "text",
    [
        "https://push.example.com",
        "https://push.example.com:8443",
        "http://127.0.0.1:9100",
        "http://localhost",
    ],
)
def test_origin_is_https_by_a_name_or_this_machine(text: str) -> None:
    assert is_push_origin(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "push.example.com",
        "https://push.example.com/",
        "https://push.example.com?",
        "https://user@push.example.com",
        "https://PUSH.example.com",
        "http://push.example.com",
        "https://10.0.0.1",
        "https://0x7f.1",
        "https://localhost",
        "https://push.example.com:x",
    ],
)
def test_anything_else_is_no_origin_of_a_push_service(text: str) -> None:
    assert not is_push_origin(text)
