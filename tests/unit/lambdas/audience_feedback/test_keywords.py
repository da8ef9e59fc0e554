"""What a person wants who answers a text message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.audience_feedback.keywords import HELP, START, STOP, word_of

WORDS = [
    *((word, "stop") for word in STOP),
    *((word, "start") for word in START),
    *((word, "help") for word in HELP),
]


@given(
    word=st.sampled_from(WORDS),
    before=st.text(" \t\r\n.!-*'\"\u2019", max_size=3),
    after=st.text(" \t\r\n.!?-*'\"\u2019", max_size=3),
    upper=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_word_is_known_in_any_case_and_punctuation(
    word: tuple[str, str], before: str, after: str, upper: list[bool]
) -> None:
    text, wanted = word
    mixed = "".join(char.upper() if up else char for char, up in zip(text, upper, strict=False))
    assert word_of(f"{before}{mixed}{after}") == wanted


@pytest.mark.parametrize(
    "text",
    [
        *(
            "STOP",
            "Stop all",
            "stop-all",
            "OPT OUT",
            "Opt-out please",
            "ARRÊT",
            "arret",
            "S T O P",
            "\uff33\uff34\uff2f\uff30",
        ),
        *(
            "Stop texting me!",
            "STOP it. Who is this?",
            "unsubscribe me",
            "revoke my consent",
            "stop\n",
            "Please stop!",
        ),
    ],
)
def test_stop_is_heard_as_people_write_it(text: str) -> None:
    assert word_of(text) == "stop"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?!",
        "End of the line?",
        "when does it stop",
        "thanks",
        "helpful",
        "\u0301",
        "un sub scribe me",
    ],
)
def test_anything_else_asks_for_nothing(text: str) -> None:
    assert word_of(text) is None


def test_site_has_words_of_its_language() -> None:
    words = ("Stopp", "Abmelden", "Δεν θέλω")
    assert [word_of(text, words) for text in ("STOPP!", "abmelden", "δεν  ΘΈΛΩ", "Stoppt")] == [
        "stop"
    ] * 3 + [None]


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert word_of(text) in ("stop", "start", "help", None)
