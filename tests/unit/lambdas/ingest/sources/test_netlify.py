"""Netlify: deploys and form submissions."""

import pytest

from tests.unit.lambdas.ingest.every_source import harness_of_every_source, sample
from tests.unit.lambdas.ingest.normalised import normalised


def test_failed_deploy_shows_reason_and_links_to_log() -> None:
    notice = harness_of_every_source().accept(sample("netlify/deploy-failed")).notice
    assert notice.text == "Build script returned non-zero exit code: 1"
    assert notice.url == "https://app.netlify.com/sites/docs/deploys/1"
    assert notice.fields == {"Branch": "main", "Context": "production", "Commit": "9c1d5f0", "Seconds": "42"}


def test_live_deploy_links_to_site() -> None:
    assert (
        harness_of_every_source().accept(sample("netlify/deploy-succeeded")).notice.url
        == "https://docs.example.com"
    )


def test_deploy_preview_links_to_itself() -> None:
    deploy = {"state": "ready", "context": "deploy-preview", "deploy_ssl_url": "https://x--docs.netlify.app"}
    draft = normalised("netlify", deploy | {"ssl_url": "https://docs.example.com"}, "deploy_created")
    assert draft.notice.url == "https://x--docs.netlify.app"


def test_form_shows_answers_and_no_address_of_visitor() -> None:
    fields = harness_of_every_source().accept(sample("netlify/form-submitted")).notice.fields
    assert fields["message"] == "When does line 12 run on Sundays?"
    assert not {"ip", "user_agent", "referrer"} & set(fields)


def test_signed_body_outranks_unsigned_header() -> None:
    assert normalised("netlify", {"state": "error"}, "deploy_created").type == "deploy.failed"


def test_deploy_has_correlation_of_its_title() -> None:
    deploy = {"state": "ready", "title": "News “[jamwire:ffffffffffff]” published [jamwire:0a1b2c3d4e5f]"}
    assert normalised("netlify", deploy, "deploy_created").correlation == "0a1b2c3d4e5f"
    assert normalised("netlify", {"state": "ready", "title": None}, "deploy_created").correlation == ""


@pytest.mark.parametrize("action", ["locked", "unlocked", "deleted"])
def test_event_header_of_netlify_is_used_for_locks(action: str) -> None:
    assert normalised("netlify", {"state": "ready"}, f"deploy_{action}").type == f"deploy.{action}"


def form_fields(**form: object) -> dict[str, str]:
    return dict(normalised("netlify", {"form_id": "f", "form_name": "tour", **form}).notice.fields)


@pytest.mark.parametrize("place", ["human_fields", "data"])
def test_check_boxes_and_uploads_are_shown(place: str) -> None:
    upload = {"filename": "map.pdf", "type": "application/pdf", "size": 9, "url": "https://x.example/map.pdf"}
    said = {"Lines": ["12", "14"], "Map": upload, "Seats": 3, "Agree": "", "Days": [], "ip": "192.0.2.1"}
    assert form_fields(**{place: said}) == {
        "Lines": "12, 14",
        "Map": "map.pdf, https://x.example/map.pdf",
        "Seats": "3",
    }


def test_fields_of_one_title_are_shown_in_the_forms_order() -> None:
    ordered = [
        {"name": "b", "title": "Stop", "value": "Mill"},
        {"name": "a", "title": "Stop", "value": ["Church", "School"]},
        {"name": "ip", "title": "Ip", "value": "192.0.2.1"},
        {"name": "note", "value": "late"},
    ]
    shown = form_fields(ordered_human_fields=ordered, human_fields={"Stop": "School"})
    assert list(shown.items()) == [("Stop", "Mill"), ("Stop (2)", "Church, School"), ("note", "late")]


@pytest.mark.parametrize("odd", [None, [], {}, "x", [None], [3], [{"value": {}}]])
def test_odd_answers_harm_nothing(odd: object) -> None:
    assert form_fields(ordered_human_fields=odd, human_fields=odd, data=odd) == {}
