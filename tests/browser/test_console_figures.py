"""Charts are read by keyboard, by mouse and in a table; their scales are round."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console import PlayedConsole


def test_figures_are_read_by_keyboard(busy: PlayedConsole) -> None:
    page = busy.open("view=figures")
    plot = page.get_by_role("slider", name="Points of Age at delivery")
    expect(plot).to_have_attribute("aria-valuetext", re.compile("^at most: Slack p50 .*, Slack p99 "))
    plot.press("End")
    expect(plot).to_have_attribute("aria-valuetext", "Fri 07:57: Slack p50 126 ms, Slack p99 1.01 s")
    plot.press("ArrowLeft")
    expect(plot).to_have_attribute("aria-valuetext", re.compile("^Fri 07:54: Slack p50 "))


def test_figures_are_read_by_mouse(busy: PlayedConsole) -> None:
    page = busy.open("view=figures")
    chart = page.get_by_role("figure", name="Accepted events")
    expect(chart.locator(".reading")).to_have_text("in all")
    whole = chart.locator(".legend").inner_text()
    chart.locator(".plot").hover()
    expect(chart.locator(".reading")).to_have_text(re.compile(r"\d\d:\d\d"))
    assert chart.locator(".legend").inner_text() != whole


def test_figures_are_in_a_table_too(busy: PlayedConsole) -> None:
    page = busy.open("view=figures")
    chart = page.get_by_role("figure", name="Delivered")
    chart.get_by_text("As a table").click()
    assert chart.get_by_role("columnheader").all_inner_texts() == ["From", "Slack", "Cdn", "Sms"]
    assert chart.get_by_role("row").count() > 10


def test_range_of_figures_is_in_the_address(busy: PlayedConsole) -> None:
    page = busy.open("view=figures")
    page.get_by_role("link", name="Week").click()
    expect(page.get_by_role("link", name="Week")).to_have_attribute("aria-current", "true")
    assert busy.asked("figures")[-1].query == {"hours": "168"}


def scales(page: Page, expression: str) -> Any:
    script = f"async () => {{ const scales = await import('/console/static/parts/scales.js'); return {expression}; }}"
    return page.evaluate(script)


def test_axis_ends_at_a_round_number(busy: PlayedConsole) -> None:
    page = busy.open("view=alarms")
    tops = [scales(page, f"scales.niceScale({most}).top") for most in (0, 1, 3, 7, 12, 99, 1204, 0.3)]
    assert tops == [1, 1, 3, 8, 15, 100, 1500, 0.3]


def test_axis_of_what_is_counted_has_whole_steps(busy: PlayedConsole) -> None:
    page = busy.open("view=alarms")
    assert scales(page, "scales.niceScale(2, 1).ticks") == [0, 1, 2]


BINS = [
    ("sum", [[1, 0, 5]]),
    ("max", [[1, None, 3]]),
]


@pytest.mark.parametrize(("how", "rows"), BINS)
def test_points_are_gathered_by_time(busy: PlayedConsole, how: str, rows: list[list[float | None]]) -> None:
    page = busy.open("view=alarms")
    given = json.dumps([{"points": [[600, 1], [1200, 2], [1260, 3], [1500, 9]]}])
    made = scales(page, f"scales.bins({given}, {{from: 600, to: 1500, column: 300, how: '{how}'}})")
    assert made == {"columns": [600, 900, 1200], "rows": rows}
