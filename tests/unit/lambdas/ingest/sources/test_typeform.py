"""Typeform: answers of every type."""

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
