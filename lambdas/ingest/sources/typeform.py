"""Typeform: submissions.

typeform.com/developers/webhooks/example-payload: an answer is a text, a number, a boolean, a date, an address of the
web, of a person or of a file, or an object: a choice (``label`` or ``other``), choices (``labels`` and ``other``), a
payment, or a recording.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lambdas.contracts.event import Notice
from lambdas.ingest.identity import Body, Fields
from lambdas.ingest.normalisers import generic
from lambdas.ingest.normalisers.values import as_text, labelled
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Draft, Source, VerifiedRequest, value_at, without


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    response = value_at(request.payload, "form_response")
    form = as_text(value_at(response, "definition", "title"))
    questions = dict(_questions(value_at(response, "definition", "fields")))
    event_type = source.type_of(request.native_type)
    title = (
        f"New submission: {form or 'form'}"
        if event_type == "form.submitted"
        else generic.headline(event_type)
    )
    answers = [
        (_question(answer, questions), _answer(answer)) for answer in _items(value_at(response, "answers"))
    ]
    notice = Notice(title=title[: generic.MAX_TITLE_LENGTH], fields=labelled(answers))
    return Draft(event_type, notice, request.text("form_response", "token"))


def _questions(fields: Any) -> Iterator[tuple[str, str]]:
    """The titles of questions by their ids, and of those within a group."""
    for field in _items(fields):
        yield as_text(value_at(field, "id")), as_text(value_at(field, "title"))
        yield from _questions(value_at(field, "properties", "fields"))


def _question(answer: Any, questions: Mapping[str, str]) -> str:
    title = questions.get(as_text(value_at(answer, "field", "id")))
    return title or as_text(value_at(answer, "field", "ref")) or "Answer"


def _answer(answer: Any) -> Any:
    """What was answered: one key is named after the type; of a payment, the card is nobody's business in a notice."""
    value = value_at(answer, as_text(value_at(answer, "type")))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return without(value, ("last4",))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# typeform.com/developers/webhooks/secure-your-webhooks: base64 in spite of its prefix
SOURCE: Final = Source(
    name="typeform",
    scheme=Hmac(header="typeform-signature", encoding="base64", prefix="sha256="),
    native_type=("event_type",),
    # typeform.com/developers/webhooks/example-payload: `event_id` is the notification's.
    identity=(Fields((("event_id",),)), Body()),
    types={"form_response": "form.submitted"},
    normalise=_normalise,
)
