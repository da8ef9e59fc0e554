"""What the audience's endpoint says to people: every sentence by its key, which a site may say in its own words.

``$site`` is the site's name; of `at_daily` ``$time`` is a time of day, of `at_zone` ``$zone`` a time zone. Words are
text: what looks like markup is shown as it is.
"""

import json
from collections.abc import Mapping
from string import Template
from typing import Final

ALLOWED: Final = ("site", "time", "zone")
"""What a sentence may name after a ``$``."""

WORDS: Final[Mapping[str, str]] = {
    # the pages' titles and texts
    "asked_title": "Look into your mailbox",
    "asked": "If the address is right, a message from $site is on its way, one a day at most. "
    "Follow its link to be told.",
    "code_title": "Type the code",
    "code": "If the number is right, a code from $site is on its way, one a day at most. Type it here to be told.",
    "code_label": "Code of six digits",
    "code_button": "Confirm",
    "confirm_title": "Do you want to be told?",
    "confirm": "$site will tell you of:",
    "confirm_button": "Yes, tell me",
    "confirm_ignore": "If it was not you who asked, close this page. Nothing will be sent.",
    "confirmed_title": "You will be told",
    "confirmed": "$site tells you of:",
    "change_link": "Change or end it",
    "preferences_title": "What you are told",
    "preferences": "$site tells you of what is ticked.",
    "topics_legend": "Topics",
    "at_label": "When",
    "at_once": "At once, each by itself",
    "at_daily": "Every day at $time",
    "at_zone": "Times are those of $zone.",
    "save_button": "Save",
    "end_title": "End it",
    "end_button": "Tell me nothing more",
    "saved": "It is saved.",
    "unsubscribe_title": "Tell you nothing more?",
    "unsubscribe": "$site will send you nothing more by this channel.",
    "unsubscribe_button": "Yes, end it",
    "unsubscribed_title": "It has ended",
    "unsubscribed": "$site sends you nothing more by this channel.",
    "expired_title": "This link does nothing any more",
    "expired": "It is too old, or it has been used. Ask once more on the site of $site.",
    "problem_title": "That did not work",
    "back_link": "Back to $site",
    "privacy_link": "What $site does with your data",
    # what was wrong
    "no_such_place": "There is nothing at this address.",
    "wrong_method": "This address does not take such a request.",
    "too_large": "That is more than can be taken.",
    "wrong_type": "Send JSON or a form.",
    "not_readable": "That cannot be read.",
    "wrong_text": "One of the values is not what is expected.",
    "no_channel": "This site does not tell people that way.",
    "push_needs_json": "A browser follows by the site's script.",
    "no_topics": "Choose what you want to be told of.",
    "wrong_topic": "One of the topics cannot be followed here.",
    "too_many_topics": "That is more than one can follow.",
    "no_consent": "Say that you agree to be told.",
    "wrong_address": "That is not an e-mail address.",
    "wrong_number": "That is not a mobile number that can be told. Begin it with + and the country's code.",
    "wrong_country": "Numbers of this country cannot be told.",
    "wrong_zone": "There is no such time zone.",
    "wrong_time": "Choose a full hour, or a quarter of one.",
    "wrong_subscription": "The browser's subscription is not valid.",
    "wrong_push_service": "The browser's push service is not known here.",
    "wrong_push_key": "The subscription was made with a key that is not this site's.",
    "wrong_link": "This link is not valid.",
    "wrong_code": "The code is wrong or too old.",
    "follows_nothing": "Nothing is followed any more.",
    "no_challenge": "Show that you are not a machine, and try again.",
    "too_often": "That was too often. Try again later.",
    "unavailable": "This does not work at the moment. Try again later.",
    "failed": "Something went wrong here. Try again later.",
}


def words_from_json(text: str) -> dict[str, str]:
    """The words, a site's own in place of the defaults."""
    return {**WORDS, **json.loads(text)}


def check_words(own: Mapping[str, str]) -> None:
    """Check a site's own words.

    Raises:
        ValueError: There is no sentence of a key, or it names what it cannot.
    """
    for key, text in own.items():
        if key not in WORDS:
            raise ValueError(
                f"There is no sentence {key!r} to be said otherwise, expected one of {', '.join(WORDS)}."
            )
        if not Template(text).is_valid() or not {*Template(text).get_identifiers()} <= {*ALLOWED}:
            raise ValueError(
                f"The sentence {key!r} is {text!r}, expected no other word after a $ than {', '.join(ALLOWED)}."
            )
