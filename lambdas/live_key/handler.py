"""The function that renews the visitors' key each month, so that no site goes dark that nobody deploys."""

import datetime as dt
import os
from collections.abc import Callable, Mapping
from typing import Any, Final

from lambdas.clients.aws import client
from lambdas.contracts.settings import LiveKeySettings

LIFETIME: Final = dt.timedelta(days=364)
"""AppSync allows 365 days (AppSync API reference, `UpdateApiKey`), and rounds down to the hour."""


def handle(event: Mapping[str, Any], context: object) -> None:
    """Renew the key. What fails raises: Lambda tries twice more, then tells it as an alarm."""
    settings = LiveKeySettings.from_environment(os.environ)
    renew(client("appsync").update_api_key, settings, dt.datetime.now(dt.UTC))


def renew(update_api_key: Callable[..., object], settings: LiveKeySettings, now: dt.datetime) -> None:
    """Let the key end a year from now; the key itself, which is in the site's pages, stays as it is."""
    update_api_key(apiId=settings.api_id, id=settings.key_id, expires=round((now + LIFETIME).timestamp()))
