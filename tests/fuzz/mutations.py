"""Parts of a request, made different. Where a choice is 0, a part stays as it is."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

from tests.fakes.choices import Choices
from tests.fuzz.words import BODIES, CONTENT_TYPES, HEADERS, LEAVES, PARAMETERS, TEXTS

Any_ = TypeVar("Any_")
DEEPEST: Final = 80
LONG_LIST: Final = 300
LARGE: Final = 300_000
"""Characters of a text that is too large to travel with its event."""

LARGEST: Final = 7_000_000
"""Bytes of a body; somewhat more than Lambda takes in."""

_SPELLINGS: Final = ((", ", ": "), (",", ":"), (",\r\n\t", " :\n"))


def one_of(choices: Choices, among: Sequence[Any_]) -> Any_:
    """One of several."""
    return among[choices.draw(len(among))]


def document(choices: Choices, value: Any, others: Sequence[Any]) -> Any:
    """A body's value with some places changed; `others` are bodies of other senders."""
    for _ in range(choices.draw(5)):
        value = _changed_somewhere(choices, value, others)
    return value


def _changed_somewhere(choices: Choices, value: Any, others: Sequence[Any]) -> Any:
    """The value with one place in it changed, found by going down until a choice says so."""
    if isinstance(value, dict) and value and choices.draw(5):
        key = one_of(choices, list(value))
        if not choices.draw(12):
            return {name: of for name, of in value.items() if name != key}
        name = str(one_of(choices, TEXTS)) if choices.draw(15) == 1 else key
        changed = _changed_somewhere(choices, value[key], others)
        return {
            name if known == key else known: changed if known == key else of for known, of in value.items()
        }
    if isinstance(value, list) and value and choices.draw(4):
        place = choices.draw(len(value))
        return [*value[:place], _changed_somewhere(choices, value[place], others), *value[place + 1 :]]
    return _other_value(choices, value, others)


def _other_value(choices: Choices, value: Any, others: Sequence[Any]) -> Any:
    match choices.draw(10):
        case 0 | 1 | 2:
            return one_of(choices, LEAVES)
        case 3:
            return [value] * (1 + choices.draw(3))
        case 4:
            return {one_of(choices, ("id", "type", "title", "data", "*", "")): value}
        case 5:
            return _part_of(choices, one_of(choices, others))
        case 6:
            return _nested(value, choices.draw(DEEPEST))
        case 7:
            return "x" * (LARGE if choices.draw(20) == 1 else LONG_LIST)
        case 8:
            return f"{value}{one_of(choices, TEXTS)}"
        case _:
            return [value] * (choices.draw(LONG_LIST) if len(str(value)) < LONG_LIST else 2)


def _part_of(choices: Choices, value: Any) -> Any:
    while isinstance(value, dict | list) and value and choices.draw(3):
        value = value[one_of(choices, list(value))] if isinstance(value, dict) else one_of(choices, value)
    return value


def _nested(value: Any, levels: int) -> Any:
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


def written(choices: Choices, value: Any, *, form: bool) -> bytes:
    """A value as a sender writes it: as JSON in one of its spellings, or as a form."""
    if form and isinstance(value, dict) and choices.draw(6) != 1:
        return urlencode(value, doseq=bool(choices.draw(2)), errors="replace").encode()
    try:
        text = json.dumps(value, ensure_ascii=not choices.draw(2), separators=one_of(choices, _SPELLINGS))
    except (ValueError, RecursionError):
        return b"{}"  # a number of more digits than Python writes
    return text.encode("utf-8", "surrogatepass")


def raw(choices: Choices, body: bytes) -> bytes:
    """The bytes of a body, changed without regard to what they mean."""
    for _ in range(choices.draw(3)):
        body = _changed_bytes(choices, body)
    return body[:LARGEST]


def _changed_bytes(choices: Choices, body: bytes) -> bytes:
    place = choices.draw(len(body) + 1)
    match choices.draw(7):
        case 0:
            return one_of(choices, BODIES)
        case 1:
            return body[:place]
        case 2:
            return body[:place] + bytes([choices.draw(256)]) + body[place + 1 :]
        case 3:
            return body[:place] + one_of(choices, TEXTS).encode("utf-8", "surrogatepass") + body[place:]
        case 4:
            return body + body[place:]
        case 5:
            return body.replace(b"{", b'{"id": 1, "id": 2, ', 1)
        case _:
            return body.decode("utf-8", "replace").encode(
                one_of(choices, ("utf-8-sig", "utf-16", "utf-32", "utf-7"))
            )


def headers(choices: Choices, given: Mapping[str, str]) -> dict[str, str]:
    """Headers, some of them changed, left out, repeated or added."""
    changed = dict(given)
    for _ in range(choices.draw(4)):
        known = one_of(choices, list(changed) or [""])
        name = one_of(choices, HEADERS) if choices.draw(3) == 1 else known
        match choices.draw(6):
            case 0:
                changed[name] = one_of(choices, TEXTS)
            case 1:
                changed.pop(known, None)
            case 2:
                changed[name] = f"{changed.get(known, '')}, {changed.get(known, '')}"
            case 3:
                changed["content-type"] = one_of(choices, CONTENT_TYPES)
            case 4:
                value = changed.get(known, "")
                place = choices.draw(len(value) + 1)
                changed[known] = value[:place] + one_of(choices, TEXTS) + value[place + 1 :]
            case _:
                changed[known.upper()] = changed.pop(known, "")
    return changed


def query(choices: Choices, given: str) -> str:
    """A query, with parameters added, in one of their spellings."""
    pairs = [given] if given else []
    for _ in range(choices.draw(4)):
        value = one_of(choices, TEXTS)
        spelled = quote(value.encode("utf-8", "surrogatepass"), safe="") if choices.draw(2) else value
        pairs.append(f"{one_of(choices, PARAMETERS)}={spelled}" if choices.draw(4) else spelled)
    return "&".join(pairs * (30 if choices.draw(40) == 1 else 1))
