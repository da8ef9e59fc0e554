"""Typeform: submissions."""

from typing import Any, Final

from lambdas.contracts.event import Notice
from lambdas.ingest.identity import Body, Fields
from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Draft, Source, VerifiedRequest, value_at


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    response = value_at(request.payload, "form_response")
    form = value_at(response, "definition", "title")
    questions = {
        value_at(field, "id"): value_at(field, "title")
        for field in _items(value_at(response, "definition", "fields"))
    }
    answers = {
        str(
            questions.get(value_at(answer, "field", "id")) or value_at(answer, "field", "ref") or "Answer"
        ): _answer(answer)
        for answer in _items(value_at(response, "answers"))
    }
    event_type = source.type_of(request.native_type)
    title = (
        f"New submission: {form or 'form'}"
        if event_type == "form.submitted"
        else generic.headline(event_type)
    )
    fields = {name: value for name, value in list(answers.items())[: generic.MAX_FIELDS] if value}
    return Draft(
        event_type,
        Notice(title=title[: generic.MAX_TITLE_LENGTH], fields=fields),
        request.text("form_response", "token"),
    )


def _answer(answer: Any) -> str:
    """What was answered, of whatever event_type (Typeform's webhook reference: one key is named after the type)."""
    value = value_at(answer, str(value_at(answer, "type")))
    if isinstance(value, dict):
        labels = value.get("labels")
        value = ", ".join(map(str, labels)) if isinstance(labels, list) else value.get("label", "")
    return str(value) if isinstance(value, str | int | float) else ""


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
