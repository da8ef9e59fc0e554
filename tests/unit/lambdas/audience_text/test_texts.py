"""What the text messages say, in how many parts."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lambdas.audience_text.texts import MAX_PARTS, Texts
from lambdas.contracts.audience_message_words import Words
from lambdas.contracts.audience_settings import SiteOfAudience
from lambdas.contracts.sms_parts import count_parts, is_gsm7
from lambdas.followers.plan import Told

SITE = SiteOfAudience(name="Harbour Buses", url="https://example.com")
TEXTS = Texts(SITE, Words())
TOLD = Told(
    fanout="f1",
    event_id="e1",
    topic="line-12",
    topic_title="Line 12",
    time="2027-01-15T07:15:00Z",
    title="Line 12 is 10 min late",
    text="A signal failure.",
    url="https://example.com/lines/12",
)


def test_first_text_of_a_day_says_how_to_end_it() -> None:
    assert TEXTS.of_topic(TOLD, first=True) == (
        "Harbour Buses: Line 12 is 10 min late: A signal failure. https://example.com/lines/12 Reply STOP to end."
    )


def test_further_text_names_the_site() -> None:
    assert TEXTS.of_topic(TOLD, first=False) == (
        "Harbour Buses: Line 12 is 10 min late: A signal failure. https://example.com/lines/12"
    )


def test_text_without_link_or_more_words() -> None:
    told = replace(TOLD, text="", url="")
    assert TEXTS.of_topic(told, first=False) == "Harbour Buses: Line 12 is 10 min late"


def test_link_that_leaves_no_room_for_words_is_left_out() -> None:
    """Of the 306 characters of two parts it leaves 40, beside the space before it."""
    longest = f"https://example.com/{'x' * (306 - 40 - 1 - 20)}"
    assert TEXTS.of_topic(replace(TOLD, url=longest), first=False).endswith(longest)
    assert "https" not in TEXTS.of_topic(replace(TOLD, url=f"{longest}x"), first=False)
    assert "https" not in TEXTS.of_topic(replace(TOLD, url=longest), first=True)


def test_link_that_is_none_is_left_out() -> None:
    for url in (
        "javascript:x",
        "https://example.com/a b",
        "https://example.com/\nSTOP",
        "https://exämple.com",
    ):
        assert (
            TEXTS.of_topic(replace(TOLD, text="", url=url), first=False)
            == "Harbour Buses: Line 12 is 10 min late"
        )


def test_code_says_whose_it_is_and_how_to_end_it() -> None:
    assert TEXTS.of_code("012345") == (
        "Harbour Buses: 012345 is your code to follow by text message. If it was not you, do nothing. "
        "Reply STOP to get none, HELP for help."
    )
    assert count_parts(TEXTS.of_code("012345")) == 1


def test_own_link_is_whole() -> None:
    link = f"https://abcdefghij.execute-api.eu-central-1.amazonaws.com/preferences?t={'x' * 120}"
    text = TEXTS.of_known([link])
    assert text.endswith(link)
    assert "STOP" in text


def test_own_link_leaves_the_words_whole() -> None:
    long, longer, short = (f"https://api.example.com/preferences?t={'x' * size}" for size in (170, 150, 90))
    assert TEXTS.of_known([long, longer, short]).endswith(f" told of: {longer}")


@given(title=st.text(min_size=1, max_size=400), text=st.text(max_size=1000), first=st.booleans())
def test_any_notice_is_few_parts_and_names_site_and_link(title: str, text: str, first: bool) -> None:
    sent = TEXTS.of_topic(replace(TOLD, title=title, text=text), first=first)
    assert count_parts(sent) <= MAX_PARTS
    assert sent.startswith("Harbour Buses: ")
    assert ("Reply STOP to end." in sent.removeprefix(f"Harbour Buses: {title}")) or not first
    assert " https://example.com/lines/12" in sent
    assert len(sent.splitlines()) == 1 or not is_gsm7(sent)
