"""The vocabulary: each type once, in words for people, with the severity that its notices have."""

import re
from pathlib import Path

import pytest

from lambdas.contracts import event_types
from lambdas.contracts.event_types import EVENT_TYPES, SENDERS_TYPES, counted, severity_of

ROOT = Path(__file__).parents[4]


def test_vocabulary_names_each_type_once() -> None:
    rows = event_types._VOCABULARY
    assert len(EVENT_TYPES) == len(rows)
    assert sorted(EVENT_TYPES) == sorted({row.name for row in rows})
    assert len({row.several for row in rows}) == len(rows)


def test_no_sender_says_what_only_jamwire_can_know() -> None:
    ours = {"alarm", "cdn", "pages", "site"}
    assert not {name for name in SENDERS_TYPES if name.partition(".")[0] in ours}


def test_rulebook_names_types_of_the_vocabulary_only() -> None:
    families = "|".join({name.partition(".")[0] for name in EVENT_TYPES})
    named = set(re.findall(rf'"((?:{families})\.[a-z_]+)"', (ROOT / "app.py").read_text()))
    assert named
    assert named <= EVENT_TYPES.keys()


@pytest.mark.parametrize(
    ("name", "count", "said"),
    [
        ("form.submitted", 1, "1 form submission"),
        ("form.submitted", 1270, "1,270 form submissions"),
        ("alarm.raised", 2, "2 raised alarms"),
        ("pages.notified", 1, "1 update of open pages"),
        ("github.issues.opened", 2, "2 github.issues.opened"),
    ],
)
def test_types_are_counted_in_words_for_people(name: str, count: int, said: str) -> None:
    assert counted(name, count) == said


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("deploy.failed", "error"),
        ("deploy.succeeded", "success"),
        ("payment.failed", "warning"),
        ("alarm.raised", "error"),
        ("code.pushed", "info"),
        ("github.failed", "info"),
    ],
)
def test_severity_is_that_of_the_type(name: str, severity: str) -> None:
    assert severity_of(name) == severity
