"""Who a follower is."""

import re

from lambdas.followers.identity import follower_id, stranger_id

KEY = b"k" * 32


def test_id_is_the_same_each_time_and_names_nobody() -> None:
    id = follower_id(KEY, "email", "ann@example.com")
    assert id == follower_id(KEY, "email", "ann@example.com")
    assert re.fullmatch(r"[0-9a-f]{32}", id)


def test_id_is_another_by_key_channel_address_and_purpose() -> None:
    ids = {
        follower_id(KEY, "email", "ann@example.com"),
        follower_id(b"x" * 32, "email", "ann@example.com"),
        follower_id(KEY, "push", "ann@example.com"),
        follower_id(KEY, "email", "bob@example.com"),
        stranger_id(KEY, "email ann@example.com"),
        stranger_id(KEY, "ann@example.com"),
    }
    assert len(ids) == 6
