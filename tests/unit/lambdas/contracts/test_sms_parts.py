"""Parts are counted as networks count them."""

import pytest

from lambdas.contracts.sms_parts import count_parts, encoding_of, fits, size


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("abc", 3), ("€[]", 6), ("é", 1), ("ç", 1), ("😀", 2), ("日本", 2), ("a\nb", 3)],
)
def test_characters_are_counted_as_networks_count_them(text: str, expected: int) -> None:
    assert size(text) == expected


@pytest.mark.parametrize(
    ("text", "one_part"),
    [
        ("a" * 160, True),
        ("a" * 161, False),
        ("€" * 80, True),
        ("€" * 81, False),
        ("日" * 70, True),
        ("日" * 71, False),
    ],
)
def test_part_is_160_septets_or_70_units(text: str, one_part: bool) -> None:
    assert fits(text) is one_part


@pytest.mark.parametrize(("text", "name"), [("Grüße €", "GSM-7"), ("Grüße 😀", "UCS-2"), ("ç", "UCS-2")])
def test_one_character_decides_the_encoding(text: str, name: str) -> None:
    assert encoding_of(text).name == name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("日" * 70, 1),
        ("日" * 71, 2),
        ("日" * 134, 2),
        ("日" * 135, 3),
        ("😀" * 66, 2),  # 33 in a part: a pair is not cut
        ("😀" * 67, 3),
        ("€" * 152, 2),  # 76 in a part
        ("€" * 153, 3),
    ],
)
def test_long_message_has_shorter_parts(text: str, parts: int) -> None:
    assert count_parts(text) == parts
