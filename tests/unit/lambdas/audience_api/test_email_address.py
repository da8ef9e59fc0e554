"""An e-mail address that somebody typed."""

import pytest

from lambdas.audience_api.email_address import email_of
from lambdas.audience_api.problem import Problem


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("ann@example.com", "ann@example.com"),
        ("  Ann.O'Hara+Buses@Example.COM ", "ann.o'hara+buses@example.com"),
        ("ann@exämple.com", "ann@xn--exmple-cua.com"),
        ("ann@straße.de", "ann@xn--strae-oqa.de"),  # IDNA 2003 would take it for strasse.de, another's
        ("ann@ｅｘａｍｐｌｅ。jp", "ann@example.jp"),  # noqa: RUF001 - as Japanese keyboards write it
        ("ann@example.xn--p1ai", "ann@example.xn--p1ai"),
        (
            f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.com",
            f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.com",
        ),
    ],
)
def test_address_has_one_form(typed: str, address: str) -> None:
    assert email_of(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ann",
        "@example.com",
        "ann@",
        "ann@localhost",
        "ann@example..com",
        "ann@-example.com",
        "ann@example.com.",
        "a..b@example.com",
        ".ann@example.com",
        "ann@[127.0.0.1]",
        "ann@127.0.0.1",
        "ann@[IPv6:::1]",
        "ann@example.com,bob@example.com",
        "ann@example.com;bob@example.com",
        "ann@example.com bob@example.com",
        "ann,bob@example.com",
        "ann@bob@example.com",
        '"ann bob"@example.com',
        "Ann <ann@example.com>",
        "ann@example.com(bob)",
        "ann@example.com\n",
        "ann@example.com\r\nBcc: bob@example.com",
        "ann\x00@example.com",
        "ann@exam\x7fple.com",
        "jörg@example.com",
        "ann@exa\u200bmple..com",
        "ann@\ud800.com",
        "ann@\u2024com",
        f"{'a' * 65}@example.com",
        f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.com",
        f"ann@{'b' * 64}.com",
    ],
)
def test_anything_else_is_no_address(typed: str) -> None:
    with pytest.raises(Problem) as refused:
        email_of(typed)
    assert (refused.value.status, refused.value.words) == (400, "wrong_address")
