"""A site says what it wants in its own words."""

import json
from pathlib import Path

import pytest

from lambdas.contracts.audience_message_words import MESSAGE_WORDS, Words, words_from


def test_sites_own_words_take_the_place_of_the_usual(tmp_path: Path) -> None:
    file = tmp_path / "words.json"
    file.write_text(json.dumps({"text_first": "STOP beendet es."}))
    words = words_from(str(file))
    assert words.say("text_first") == "STOP beendet es."
    assert words.say("email_link") == words_from("").say("email_link") == "Read more"


def test_words_name_what_is_known() -> None:
    assert Words().say("email_subject", topic="Line $site", site="Harbour") == "Line $site · Harbour"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"email_sbject": "x"}, "There are no words 'email_sbject', expected one of email_subject"),
        ({"email_link": "Go to $place"}, "The words 'email_link' name place, expected only nothing"),
        ({"text_code": "$site: $cod"}, "The words 'text_code' name cod, expected only code, site"),
        ({"text_code": "$site"}, "The words 'text_code' do not name code"),
        ({"email_question_confirm": ""}, "The words 'email_question_confirm' are empty"),
    ],
)
def test_mistake_in_words_is_refused(own: dict[str, str], expected: str) -> None:
    with pytest.raises(ValueError, match=f"^{expected}"):
        Words(own)


@pytest.mark.parametrize("key", MESSAGE_WORDS)
def test_usual_words_are_valid(key: str) -> None:
    Words({key: MESSAGE_WORDS[key]})
