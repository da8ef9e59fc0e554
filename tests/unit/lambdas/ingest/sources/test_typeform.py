"""Typeform: answers of every type."""

from typing import Any

import pytest

from tests.unit.lambdas.ingest.normalised import normalised


def test_answers_of_every_type_are_shown() -> None:
    fields = [{"id": str(n), "title": f"Question {n}"} for n in range(4)]
    answers = [
        {"type": "choices", "choices": {"labels": ["a", "b"]}, "field": {"id": "0"}},
        {"type": "number", "number": 12, "field": {"id": "1"}},
        {"type": "choice", "choice": {"label": "Sunday"}, "field": {"id": "2"}},
        {"type": "email", "email": "ada@example.com", "field": {"id": "3"}},
    ]
    body = {
        "event_type": "form_response",
        "form_response": {"definition": {"fields": fields}, "answers": answers},
    }
    assert normalised("typeform", body).notice.fields == {
        "Question 0": "a, b",
        "Question 1": "12",
        "Question 2": "Sunday",
        "Question 3": "ada@example.com",
    }


def shown(*answers: Any, fields: Any = ()) -> dict[str, str]:
    form = {"definition": {"fields": list(fields)}, "answers": list(answers)}
    return dict(normalised("typeform", {"event_type": "form_response", "form_response": form}).notice.fields)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"type": "text", "text": "On foot"}, "On foot"),
        ({"type": "email", "email": "ada@example.com"}, "ada@example.com"),
        ({"type": "url", "url": "https://x.example"}, "https://x.example"),
        ({"type": "file_url", "file_url": "https://x.example/cv.pdf"}, "https://x.example/cv.pdf"),
        ({"type": "phone_number", "phone_number": "+49301234"}, "+49301234"),
        ({"type": "date", "date": "2026-11-26"}, "2026-11-26"),
        ({"type": "number", "number": 0}, "0"),
        ({"type": "boolean", "boolean": True}, "yes"),
        ({"type": "boolean", "boolean": False}, "no"),
        ({"type": "choice", "choice": {"id": "c1", "label": "Bus", "ref": "r"}}, "Bus"),
        ({"type": "choice", "choice": {"id": "other", "other": "Cable car"}}, "Cable car"),
        ({"type": "choices", "choices": {"ids": ["a", "b"], "labels": ["Bus", "Tram"]}}, "Bus, Tram"),
        ({"type": "choices", "choices": {"labels": ["Bus"], "other": "Raft"}}, "Bus, Raft"),
        ({"type": "choices", "choices": {"other": "Raft"}}, "Raft"),
        ({"type": "payment", "payment": {"amount": "7.50", "last4": "1111", "name": "Ada"}}, "7.50, Ada"),
        (
            {"type": "multi_format", "multi_format": {"video_url": "https://x.example/v"}},
            "https://x.example/v",
        ),
    ],
)
def test_answer_of_a_type_is_shown(answer: Any, text: str) -> None:
    assert shown({**answer, "field": {"id": "1"}}, fields=[{"id": "1", "title": "Q"}]) == {"Q": text}


def test_equal_questions_keep_their_answers() -> None:
    fields = [{"id": str(n), "title": "How so?"} for n in range(3)]
    answers = [{"type": "text", "text": f"because {n}", "field": {"id": str(n)}} for n in range(3)]
    assert shown(*answers, fields=fields) == {
        "How so?": "because 0",
        "How so? (2)": "because 1",
        "How so? (3)": "because 2",
    }


def test_answer_to_an_unknown_question_is_shown() -> None:
    answers = [{"type": "text", "text": text, "field": {"id": text}} for text in ("a", "b")]
    named = {"type": "text", "text": "c", "field": {"id": "c", "ref": "stop"}}
    assert shown(*answers, named) == {"Answer": "a", "Answer (2)": "b", "stop": "c"}


def test_question_within_a_group_is_found() -> None:
    group = {"id": "g", "title": "You", "properties": {"fields": [{"id": "1", "title": "Name"}]}}
    assert shown({"type": "text", "text": "Ada", "field": {"id": "1"}}, fields=[group]) == {"Name": "Ada"}
