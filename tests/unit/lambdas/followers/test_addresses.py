"""Addresses in their one form, and the mailboxes that they lead to."""

import pytest

from lambdas.followers.addresses import (
    BadAddressError,
    BadCountryError,
    email_form,
    mailbox_of,
    number_form,
)


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
def test_email_address_has_one_form(typed: str, address: str) -> None:
    assert email_form(typed) == address


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
def test_anything_else_is_no_email_address(typed: str) -> None:
    with pytest.raises(BadAddressError):
        email_form(typed)


@pytest.mark.parametrize(
    ("typed", "countries", "number"),
    [
        ("+1 201 555 0123", ["US"], "+12015550123"),
        ("(201) 555-0123", ["US"], "+12015550123"),
        ("\u202a+1\u00a0201-555-0123\u202c", ["US"], "+12015550123"),  # as telephones copy it
        ("0151 23456789", ["DE"], "+4915123456789"),
        ("+49 151 23456789", ["US", "DE"], "+4915123456789"),
        ("+49 151 23456789", None, "+4915123456789"),
        ("+1 201 555 0123" + " " * 25, ["US"], "+12015550123"),
    ],
)
def test_number_has_one_form(typed: str, countries: list[str] | None, number: str) -> None:
    assert number_form(typed, countries) == number


@pytest.mark.parametrize(
    ("typed", "countries", "error"),
    [
        ("", ["US"], BadAddressError),
        ("call me", ["US"], BadAddressError),
        ("12", ["US"], BadAddressError),
        ("+1 201 555 012", ["US"], BadAddressError),
        ("+999 123 456 789", ["US"], BadAddressError),
        ("+1 201 555 0123 ext. 5", ["US"], BadAddressError),
        ("+1 201 555 0123" + " " * 26, ["US"], BadAddressError),
        ("+1 900 555 1234", ["US"], BadAddressError),  # premium rate
        ("+1 800 555 0199", ["US"], BadAddressError),  # toll free
        ("+44 20 7946 0958", ["GB"], BadAddressError),  # a fixed line
        ("+44 909 879 0000", ["GB"], BadAddressError),  # premium rate
        ("+49 700 12345678", ["DE"], BadAddressError),  # a personal number
        ("+1 876 555 1234", ["US"], BadCountryError),  # Jamaica: the same country code
        ("+1 604 555 0123", ["US"], BadCountryError),  # Canada
        ("+49 151 23456789", ["US"], BadCountryError),
        ("0151 23456789", ["US", "DE"], BadAddressError),  # whose is it?
    ],
)
def test_number_that_must_not_be_told_is_refused(
    typed: str, countries: list[str], error: type[ValueError]
) -> None:
    with pytest.raises(error):
        number_form(typed, countries)


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("ann@example.org", "ann@example.org"),
        ("Ann+news@Example.org", "ann@example.org"),
        ("ann+a+b@example.org", "ann@example.org"),
        ("a.nn@example.org", "a.nn@example.org"),
        ("a.n.n+1@gmail.com", "ann@gmail.com"),
        ("ann@googlemail.com", "ann@gmail.com"),
        ("+tag@example.org", "+tag@example.org"),
        ("bounce+ann@simulator.amazonses.com", "bounce+ann@simulator.amazonses.com"),
        ("ann@sub.gmail.com", "ann@sub.gmail.com"),
    ],
)
def test_addresses_with_labels_lead_to_one_mailbox(address: str, mailbox: str) -> None:
    assert mailbox_of(email_form(address)) == mailbox
