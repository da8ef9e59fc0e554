"""What the context says is read once, and what is wrong in it is told in one sentence."""

from typing import Any

import aws_cdk as cdk
import pytest

from stacks.settings import MAX_DEPLOYMENT, Settings
from tests.unit.stacks.rulebook import ROOT, synthesise_app


def settings_of(**context: Any) -> Settings:
    return Settings.from_context(cdk.App(context=context))


def test_empty_context_means_the_defaults() -> None:
    assert settings_of() == Settings()
    assert settings_of(phone_numbers="", distributions="", alarm_email="") == Settings()
    assert Settings() == Settings(deployment="Jamwire", alarm_email="", phone_numbers=(), distributions=())


@pytest.mark.parametrize(
    "numbers",
    ["+12065550100,+12065550101", "+12065550100, +12065550101", ["+12065550100", "+12065550101"]],
    ids=["commas", "commas and spaces", "JSON"],
)
def test_list_is_read_from_text_and_from_json(numbers: Any) -> None:
    assert settings_of(phone_numbers=numbers).phone_numbers == ("+12065550100", "+12065550101")


def test_every_value_is_read() -> None:
    context = {
        "deployment": "Staging",
        "alarm_email": "oncall@example.com",
        "distributions": "E2QWRUHAPOMQZL",
        "site_url": "http://localhost:8000/buses",
        "site_name": "Harbour Buses",
        "site_zone": "America/New_York",
        "site_contact": "mailto:web@example.com",
        "push_services": "https://push.example.com http://127.0.0.1:8123",
        "email_sender": "Harbour Buses <news@example.com>",
        "text_identity": "arn:aws:sms-voice:us-east-1:123456789012:pool/pool-0a1b2c",
    }
    services = ("https://push.example.com", "http://127.0.0.1:8123")
    expected = context | {"distributions": ("E2QWRUHAPOMQZL",), "push_services": services}
    assert settings_of(**context) == Settings(**expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("deployment", value) for value in ("", "my site", "1st", "x" * (MAX_DEPLOYMENT + 1), 5)),
        *(("alarm_email", value) for value in ("oncall", "on call@example.com", ["oncall@example.com"])),
        *(("phone_numbers", value) for value in ("12065550100", "+0206", 12065550100, ["+12065550100", ""])),
        *(("site_url", value) for value in ("example.com", "http://example.com", "https://a b", "https://")),
        *(("site_name", value) for value in ("Harbour\nBuses", "x" * 101)),
        *(("site_zone", value) for value in ("New York", "Berlin\n", 5)),
        *(("site_contact", value) for value in ("web@example.com", "http://example.com", "mailto:")),
        *(
            ("push_services", value)
            for value in ("push.example.com", "https://push.example.com/", "http://a.b")
        ),
        *(
            ("email_sender", value)
            for value in ("news", "a@example.com, b@example.com", "News <a@b>\nBcc: c@d")
        ),
        *(("text_identity", value) for value in ("+18005550199", "arn:aws:sns:us-east-1:123456789012:x")),
        *(("distributions", value) for value in ("https://d1.cloudfront.net", "e2qwruhapomqzl", "E2")),
    ],
)
def test_value_that_is_not_valid_is_refused_in_one_sentence(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"^The setting {name} has the value [^\n]*, expected [^\n]*\.$"):
        settings_of(**{name: value})


def test_longest_name_of_a_deployment_does_for_every_stack() -> None:
    templates = synthesise_app(ROOT / "app.py", deployment="D" * MAX_DEPLOYMENT)
    names = [
        resource["Properties"]["Name"]
        for template in templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::AppSync::Api"
    ]
    assert [len(name) for name in names] == [50]  # what AppSync allows
