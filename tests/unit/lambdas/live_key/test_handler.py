"""The visitors' key never ends, however long nobody deploys."""

import datetime as dt
from typing import Any

from lambdas.contracts.settings import LiveKeySettings
from lambdas.live_key.handler import renew
from stacks.constructs.live_key import LONGEST_DAYS, RENEWED_EVERY, key_expiry

SETTINGS = LiveKeySettings(api_id="api", key_id="da2-key")


def test_key_lasts_for_ten_months_more_whenever_one_looks() -> None:
    deployed = dt.datetime(2027, 2, 3, 4, 5, tzinfo=dt.UTC)
    ends, now = key_expiry(deployed), deployed
    renewals: list[dict[str, Any]] = []
    for _ in range(120):  # ten years in which nobody deploys
        now += dt.timedelta(days=RENEWED_EVERY.to_days())
        assert ends - now > dt.timedelta(days=300)
        renew(lambda **call: renewals.append(call), SETTINGS, now)
        ends = dt.datetime.fromtimestamp(renewals[-1]["expires"], dt.UTC)
        assert ends - now < dt.timedelta(days=LONGEST_DAYS)  # AppSync allows no longer life
    assert {(call["apiId"], call["id"]) for call in renewals} == {("api", "da2-key")}


def test_failure_is_told() -> None:
    def refuse(**_: Any) -> None:
        raise PermissionError

    try:
        renew(refuse, SETTINGS, dt.datetime(2027, 2, 3, tzinfo=dt.UTC))
    except PermissionError:
        return
    raise AssertionError("Lambda would take it for done")
