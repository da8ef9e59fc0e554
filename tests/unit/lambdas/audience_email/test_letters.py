"""What the e-mails say, and the header fields by which mail programs end and thread them."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lambdas.audience_email.letters import MAX_NEWS, EndLinks, Letters
from lambdas.contracts.audience_message_words import Words
from lambdas.contracts.audience_settings import SiteOfAudience
from lambdas.followers.plan import Told
from tests.unit.lambdas.audience_email.test_blocks import HOSTILE, Skeleton

SITE = SiteOfAudience(
    name="Harbour Buses", url="https://example.com", privacy_url="https://example.com/privacy", locale="en"
)
LETTERS = Letters(SITE, Words(), "Harbour Buses, 1 Quay, Seatown")
LINKS = EndLinks("https://api/preferences?t=abc", "https://api/unsubscribe?t=def")
TOLD = Told(
    fanout="f1",
    event_id="e1",
    topic="line-12",
    topic_title="Line 12",
    time="2027-01-15T07:15:00Z",
    title="10 min late",
    text="A signal failure.\nWe are sorry.",
    url="https://example.com/lines/12",
)


def test_email_of_a_topic_says_what_and_why_and_how_to_end_it() -> None:
    email = LETTERS.of_topic(TOLD, LINKS)
    assert email.subject == "Line 12 · Harbour Buses"
    assert email.text == (
        "10 min late\n\nA signal failure.\nWe are sorry.\n\nRead more\nhttps://example.com/lines/12\n\n--\n\n"
        "You get this since you follow “Line 12” of Harbour Buses by e-mail.\n\n"
        "Change what you follow\nhttps://api/preferences?t=abc\n\n"
        "Get no more e-mails of Harbour Buses\nhttps://api/unsubscribe?t=def\n\n"
        "What Harbour Buses does with your address\nhttps://example.com/privacy\n\n"
        "Harbour Buses, 1 Quay, Seatown\n"
    )
    assert ">10 min late</h1>" in email.html


def test_mail_program_ends_it_with_one_click() -> None:
    """RFC 8058, section 3.1."""
    headers = LETTERS.of_topic(TOLD, LINKS).headers
    assert headers["List-Unsubscribe"] == "<https://api/unsubscribe?t=def>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"


def test_emails_of_one_topic_are_one_conversation() -> None:
    one, other = LETTERS.of_topic(TOLD, LINKS), LETTERS.of_topic(replace(TOLD, title="On time again"), LINKS)
    assert one.subject == other.subject
    assert one.headers["References"] == one.headers["In-Reply-To"] == other.headers["References"]
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.com>", one.headers["References"])
    another = LETTERS.of_topic(replace(TOLD, topic="line-13"), LINKS)
    assert another.headers["References"] != one.headers["References"]


def test_email_names_the_event_that_it_tells_of() -> None:
    assert LETTERS.of_topic(TOLD, LINKS).headers["X-Jamwire-Event"] == TOLD.event_id


def test_notice_says_its_own_language() -> None:
    assert '<html lang="de"' in LETTERS.of_topic(replace(TOLD, locale="de"), LINKS).html
    assert '<html lang="en"' in LETTERS.of_topic(TOLD, LINKS).html


def test_site_has_its_own_words() -> None:
    words = Words({"email_subject": "$topic - $site", "email_link": "Weiterlesen"})
    email = replace(LETTERS, words=words).of_topic(TOLD, LINKS)
    assert email.subject == "Line 12 - Harbour Buses"
    assert "Weiterlesen" in email.text


def test_what_a_site_leaves_out_is_left_out() -> None:
    bare = Letters(replace(SITE, privacy_url=""), Words())
    email = bare.of_topic(replace(TOLD, url="", text=""), LINKS)
    assert "privacy" not in email.text
    assert "Read more" not in email.text
    assert "\n\n\n" not in email.text


def news(count: int) -> list[Told]:
    return [
        replace(
            TOLD,
            title=f"News {number}",
            text="",
            url="",
            topic=f"line-{number % 2}",
            topic_title=f"Line {number % 2}",
            time=f"2027-01-15T{number // 60:02}:{number % 60:02}:00Z",
        )
        for number in range(count)
    ]


def test_digest_has_each_topics_newest_first() -> None:
    text = LETTERS.of_digest(news(4), LINKS, "Europe/Berlin").text
    told = re.findall(r"Line \d|\d\d:\d\d News \d", text)
    assert told == ["Line 0", "01:02 News 2", "01:00 News 0", "Line 1", "01:03 News 3", "01:01 News 1"]


def test_digest_has_the_text_and_link_of_each() -> None:
    text = LETTERS.of_digest([TOLD], LINKS, "").text
    assert "- 07:15 10 min late\nhttps://example.com/lines/12\n\nA signal failure.\nWe are sorry." in text
    assert "<p></p>" not in LETTERS.of_digest(news(1), LINKS, "").html


def test_digest_says_the_day_of_what_is_older() -> None:
    older = replace(TOLD, time="2027-01-14T22:30:00Z", title="On time")
    text = LETTERS.of_digest([older, TOLD], LINKS, "America/New_York").text
    assert "- 02:15 10 min late" in text
    assert "- 2027-01-14 17:30 On time" in text
    assert "- 23:30 On time" not in LETTERS.of_digest([older], LINKS, "").text
    assert "- 22:30 On time" in LETTERS.of_digest([older], LINKS, "").text


def test_digest_is_cut_to_the_newest_and_says_so() -> None:
    text = LETTERS.of_digest(news(MAX_NEWS + 7), LINKS, "").text
    assert len(re.findall(r"News \d+", text)) == MAX_NEWS
    assert "… and 7 more" in text
    assert "News 6\n" not in text
    assert "News 7\n" in text


def test_digest_that_is_whole_says_of_no_more() -> None:
    assert "more" not in LETTERS.of_digest(news(MAX_NEWS), LINKS, "").text.replace("no more e-mails", "")


def test_digest_is_ended_with_one_click() -> None:
    assert (
        LETTERS.of_digest(news(1), LINKS, "").headers["List-Unsubscribe"] == "<https://api/unsubscribe?t=def>"
    )


def question() -> str:
    return LETTERS.of_question(
        ["Line 12", "News"], 1, "E-mails of delays.", "2027-01-15T08:00:00Z", "https://api/confirm?t=xyz"
    ).text


def test_question_says_who_asked_for_what_and_that_silence_is_no() -> None:
    assert question() == (
        "Do you want e-mails of Harbour Buses?\n\n"
        "On 2027-01-15 08:00 UTC somebody entered this address at https://example.com and asked to be told of:\n\n"
        "- Line 12\n\n- News\n\n- … and 1 more\n\nWhat was agreed to: E-mails of delays.\n\n"
        "Yes, it is me: send me these e-mails\nhttps://api/confirm?t=xyz\n\n"
        "If it is not you, do nothing. You will get no e-mails, and this address is forgotten in a day.\n\n"
        "Harbour Buses, 1 Quay, Seatown\n"
    )


def test_question_has_one_link() -> None:
    email = LETTERS.of_question(["Line 12"], 0, "Yes.", "2027-01-15T08:00:00Z", "https://api/confirm?t=xyz")
    assert Skeleton(email.html).links == ["https://api/confirm?t=xyz"]
    assert "List-Unsubscribe" not in email.headers


def test_who_follows_already_gets_the_own_links() -> None:
    email = LETTERS.of_known(LINKS)
    assert "https://api/preferences?t=abc" in Skeleton(email.html).links
    assert email.headers["List-Unsubscribe"] == "<https://api/unsubscribe?t=def>"


@given(title=HOSTILE.filter(bool), text=HOSTILE, url=HOSTILE, topic=HOSTILE, locale=HOSTILE)
def test_nothing_told_becomes_a_header_or_markup(
    title: str, text: str, url: str, topic: str, locale: str
) -> None:
    told = replace(TOLD, title=title, text=text, url=url, topic=topic, topic_title=topic, locale=locale)
    email = LETTERS.of_topic(told, LINKS)
    plain = LETTERS.of_topic(replace(TOLD, text=text and "x", url=url and "https://x"), LINKS)
    assert email.headers.keys() == plain.headers.keys()
    assert all(re.fullmatch(r"[ -~]{1,995}", value) for value in email.headers.values())
    assert len(email.subject.splitlines()) == 1
    assert Skeleton(email.html).tags == Skeleton(plain.html).tags
    own = [link for link in Skeleton(email.html).links if link in Skeleton(plain.html).links]
    assert own == [link for link in Skeleton(plain.html).links if link != "https://x"]
    (email.subject + email.text + email.html).encode()


@given(st.lists(HOSTILE.filter(bool), min_size=1, max_size=4))
def test_nothing_in_a_digest_becomes_markup(titles: list[str]) -> None:
    told = [replace(one, title=title) for one, title in zip(news(len(titles)), titles, strict=True)]
    email = LETTERS.of_digest(told, LINKS, "")
    assert Skeleton(email.html).tags == Skeleton(LETTERS.of_digest(news(len(titles)), LINKS, "").html).tags
