"""Addresses of one mailbox."""

import pytest

from lambdas.followers.addresses import email_form, mailbox_of


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
