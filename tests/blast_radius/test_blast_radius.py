"""The measures of five samples that were written by hand: they lose 0, 0, 10, 14 and 20."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from small_losses import ALWAYS, BOTH, CARDS, NAMES, SAMPLES, blast_radius

from simkit.attackgraph import Fact
from simkit.blast_radius.intervals import Z, wilson
from simkit.errors import QuestionError

FIVE = blast_radius()


def test_the_value_of_a_sample_is_what_its_losses_cost() -> None:
    assert FIVE.values.tolist() == [0.0, 0.0, 10.0, 14.0, 20.0]


def test_the_mean_value_lost_has_its_normal_interval() -> None:
    found = FIVE.value_lost()
    spread = 77.44 * 2 + 1.44 + 27.04 + 125.44  # squares of the distances from 8.8
    half = Z * math.sqrt(spread / 4 / 5)
    assert (found.estimate, found.low, found.high) == pytest.approx((8.8, 8.8 - half, 8.8 + half))


def test_quantiles_and_the_tail() -> None:
    assert FIVE.quantile(0.5).estimate == 10.0
    assert FIVE.quantile(0.95).estimate == 20.0
    assert FIVE.cvar() == 20.0
    assert FIVE.cvar(0.6) == 17.0


def test_the_exceedance_curve_says_which_share_lost_more() -> None:
    assert FIVE.exceedance() == [(0.0, 0.6), (10.0, 0.4), (14.0, 0.2), (20.0, 0.0)]


def test_the_chance_of_a_loss_a_goal_and_a_fact() -> None:
    assert FIVE.chance("names:confidentiality") == wilson(3, 5)
    assert FIVE.chance("both-read") == wilson(2, 5)
    assert FIVE.chance(Fact("holds", "key")) == wilson(4, 5)


def test_what_no_step_concludes_has_a_chance_of_zero() -> None:
    assert FIVE.chance("out-of-reach") == wilson(0, 5)
    assert FIVE.chance("paper:integrity") == wilson(0, 5)
    assert FIVE.time_to("out-of-reach").trials == 0


@pytest.mark.parametrize("name", ["both", "names", "names:secrecy", "nobody:integrity"])
def test_what_the_scenario_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(QuestionError, match=f"'{name}' is neither a goal nor a resource:impact"):
        FIVE.chance(name)


def test_the_median_time_is_over_the_samples_that_get_there() -> None:
    assert FIVE.time_to("names:confidentiality").estimate == 5.0  # 5, 5 and 7
    assert FIVE.time_to("both-read").estimate == 7.0  # the lower of 7 and 9
    assert FIVE.time_to("both-read").trials == 2


def test_the_first_loss_is_the_first_that_has_a_value() -> None:
    found = FIVE.time_to_first_loss()  # 5, 5 and 2
    assert (found.estimate, found.trials) == (5.0, 3)


def test_containment_by_chance_and_by_time() -> None:
    assert FIVE.contained() == wilson(3, 5)
    assert FIVE.time_to_containment().estimate == 120.0


@pytest.mark.parametrize(
    ("group", "each", "total"),
    [
        ("identities", [0, 1, 1, 1, 1], 2),
        ("credentials", [0, 1, 1, 1, 1], 2),
        ("tools", [0, 0, 0, 0, 1], 2),
        ("resources", [0, 0, 1, 2, 2], 3),
    ],
)
def test_names_reached_count_once_each(group: str, each: list[int], total: int) -> None:
    assert FIVE.legend.counts(FIVE.held, group).tolist() == each
    assert FIVE.reached(group).estimate == sum(each) / 5
    assert FIVE.legend.totals[group] == total


def test_another_group_is_refused() -> None:
    with pytest.raises(QuestionError, match="'resource' is not a group: did you mean resources"):
        FIVE.reached("resource")


def test_the_share_of_goals_that_a_sample_reaches() -> None:
    assert FIVE.goals_reached() == 0.2  # two of five samples reach one of two goals


def test_the_value_lost_over_time() -> None:
    found = [interval.estimate for interval in FIVE.over_time([0, 2, 5, 6.999, 7, 9, 30])]
    assert found == pytest.approx([0.0, 0.8, 4.8, 4.8, 6.8, 7.6, 8.8])


def test_the_worst_case_counts_all_that_can_be_reached() -> None:
    worst = FIVE.worst_case
    assert worst.value == 20.0  # nobody deletes: the availability of the cards is safe
    assert worst.goals == ("both-read",)
    assert worst.counts == {"identities": 1, "credentials": 1, "tools": 1, "resources": 2}
    assert worst.impact == 5 / 9  # of 2 identities, 2 credentials, 2 tools and 3 resources


def test_hops_are_counted_from_the_leak() -> None:
    assert FIVE.shortest_hops("names:confidentiality") == 3  # leaked, redeemed, read
    assert FIVE.shortest_hops("out-of-reach") is None


def test_plain_data_says_the_same_and_is_json() -> None:
    data = json.loads(json.dumps(FIVE.to_dict(), allow_nan=False))
    assert data["value_lost"]["mean"]["estimate"] == 8.8
    assert data["value_lost"]["cvar95"] == 20.0
    assert data["worst_case"] == {
        "value": 20.0,
        "goals": ["both-read"],
        "impact_share": 5 / 9,
        "identities": 1,
        "credentials": 1,
        "tools": 1,
        "resources": 2,
    }
    assert data["goals"]["both-read"]["chance"]["estimate"] == 0.4
    assert data["goals"]["out-of-reach"]["median_time"] is None
    assert data["exceedance"] == [[0.0, 0.6], [10.0, 0.4], [14.0, 0.2], [20.0, 0.0]]
    losses = {(loss["resource"], loss["impact"]): loss["chance"]["estimate"] for loss in data["losses"]}
    assert losses == {
        ("cards", "availability"): 0.0,
        ("cards", "confidentiality"): 0.4,
        ("cards", "integrity"): 0.2,
        ("names", "confidentiality"): 0.6,
    }


def test_tables_show_the_numbers() -> None:
    measures = {row[0]: row[1] for row in FIVE.table().rows}
    assert (measures["value lost, mean"], measures["value lost, worst case"]) == (8.8, 20.0)
    assert measures["chance of containment"] == "60 %"
    goals = {row[0]: row[1] for row in FIVE.goals_table().rows}
    assert goals == {"both-read": "40 %", "out-of-reach": "0 %"}
    assert FIVE.losses_table().rows[0][:2] == ("names", "confidentiality")


def test_where_no_loss_has_a_value_no_row_speaks_of_value_or_of_loss() -> None:
    worthless = replace(FIVE, legend=replace(FIVE.legend, value={}))
    shown = [str(row[0]) for row in worthless.table().rows]
    assert not [name for name in shown if "value" in name or "loss" in name]
    assert [row[0] for row in FIVE.table().rows if row[0] not in shown] == [
        "value lost, mean",
        "value lost, median",
        "value lost, p95",
        "value lost, CVaR95",
        "value lost, worst case",
        "time to first loss, median",
    ]


@pytest.mark.parametrize("share", [95, -0.5, math.nan])
def test_what_is_no_share_has_no_quantile(share: float) -> None:
    for ask in (FIVE.quantile, FIVE.cvar):
        with pytest.raises(QuestionError, match=r"is not from 0 to 1: write 0\.95 for p95"):
            ask(share)


def test_the_summary_speaks_of_zero_only_where_it_is() -> None:
    assert "8.8" in FIVE.summary
    assert "modelling error" not in FIVE.summary
    assert "modelling error" in blast_radius([ALWAYS] * 3).summary


def test_its_repr_has_the_facts_first() -> None:
    assert repr(FIVE).startswith("BlastRadius(rbac: 8.8 lost on average [")
    assert "worst case 20, start, 5 trials" in repr(FIVE)


def test_samples_that_lose_nothing_have_no_times() -> None:
    nothing = blast_radius([ALWAYS, {}])
    assert nothing.time_to_first_loss().trials == 0
    assert nothing.exceedance() == [(0.0, 0.0)]
    assert json.dumps(nothing.to_dict(), allow_nan=False)


def test_the_same_samples_twice_change_no_estimate() -> None:
    twice = blast_radius(SAMPLES * 2)
    assert twice.value_lost().estimate == FIVE.value_lost().estimate
    assert twice.chance(BOTH.removeprefix("reached(").removesuffix(")")).estimate == 0.4
    assert (twice.value_lost().high - 8.8) < (FIVE.value_lost().high - 8.8)
    assert {NAMES, CARDS} <= set(SAMPLES[3])
