"""The numbers beside the charts of a report, by hand: a leaked key of the shop costs 11 under roles, within seconds."""

from __future__ import annotations

import pytest
from book_shop import SELLS, SHOP, SWEEPS
from tiny_worlds import world

import simkit
from simkit.report import charts


@pytest.fixture(scope="module")
def compared() -> simkit.Comparison:
    shop = world(SHOP, SELLS + SWEEPS)
    return simkit.compare(shop, ["rbac", "task-scoped"], trials=20, against="rbac")


def test_the_table_of_losses_says_the_share_that_loses_more(compared: simkit.Comparison) -> None:
    numbers = charts.exceedance(compared).numbers
    assert numbers is not None
    assert numbers.columns == ("policy", "more than 0", "more than 4", "more than 6", "more than 11")
    assert numbers.rows[0] == ("rbac", "100 %", "100 %", "100 %", "0 %")


def test_of_many_losses_the_largest_is_always_in_the_table(
    compared: simkit.Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "MOST_LOSSES", 1)
    numbers = charts.exceedance(compared).numbers
    assert numbers is not None
    assert numbers.columns == ("policy", "more than 0", "more than 11")


def test_the_table_over_time_ends_with_the_horizon(compared: simkit.Comparison) -> None:
    numbers = charts.over_time(compared).numbers
    assert numbers is not None
    assert numbers.columns == ("policy", "1 min", "10 min", "1 h", "6 h", "1 d", "7 d", "30 d", "2 y 270 d")
    assert numbers.rows[0] == ("rbac", *[11.0] * 8)


def test_a_chart_follows_the_colours_of_the_page_and_has_no_comment_or_metadata(compared: simkit.Comparison) -> None:
    svg = charts.forest(compared).svg
    assert "var(--ink)" in svg
    assert "<!--" not in svg
    assert "<metadata" not in svg
