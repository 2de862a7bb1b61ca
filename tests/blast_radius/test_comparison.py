"""Paired differences by hand: the same samples under two policies."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from small_losses import ALWAYS, CARDS, NAMES, SAMPLES, WORLD, blast_radius
from tiny_worlds import world

from simkit.blast_radius import Comparison
from simkit.blast_radius.intervals import Z
from simkit.errors import QuestionError
from simkit.scenario import load
from simkit.simulation import compare, worst_case_pairs
from simkit.table import format_number

BASE = blast_radius()  # 0, 0, 10, 14, 20
NARROW = blast_radius(
    [{}, ALWAYS, ALWAYS | {CARDS: 3.0}, ALWAYS | {NAMES: 3.0, CARDS: 3.0}, ALWAYS | {NAMES: 3.0}], policy="narrow"
)  # 0, 0, 4, 14, 10
SAME = blast_radius(policy="same")
PAIRS = {name: worst_case_pairs(world(WORLD), "rbac") for name in ("rbac", "narrow", "same")}
COMPARED = Comparison((BASE, NARROW, SAME), "rbac", PAIRS)


def test_differences_are_paired_sample_by_sample() -> None:
    found = COMPARED.difference("narrow").value  # 0, 0, -6, 0, -10: mean -3.2
    spread = 10.24 * 3 + 7.84 + 46.24
    half = Z * math.sqrt(spread / 4 / 5)
    assert (found.estimate, found.low, found.high) == pytest.approx((-3.2, -3.2 - half, -3.2 + half))


def test_pairing_is_tighter_than_two_intervals() -> None:
    many = Comparison(
        (
            blast_radius(SAMPLES * 20),
            blast_radius([*SAMPLES[:4], ALWAYS | {NAMES: 1.0, CARDS: 1.0}] * 20, policy="narrow"),
        ),
        "rbac",
        PAIRS,
    )
    paired = many.difference("narrow").value  # 0, 0, 0, 0, -6
    assert paired.estimate == pytest.approx(-1.2)
    assert not many.difference("narrow").is_none
    apart = [many[name].value_lost() for name in ("rbac", "narrow")]
    assert apart[1].high > apart[0].low  # the two intervals overlap all the same


def test_a_difference_whose_interval_holds_zero_is_no_difference() -> None:
    assert COMPARED.difference("narrow").is_none
    assert str(COMPARED.difference("narrow")) == "no difference"


def test_the_same_outcomes_differ_by_exactly_nothing() -> None:
    found = COMPARED.difference("same")
    assert (found.value.estimate, found.value.low, found.value.high) == (0.0, 0.0, 0.0)
    assert found.is_none


def test_a_difference_can_be_against_any_policy_and_turns_its_sign() -> None:
    there, back = COMPARED.difference("narrow", "rbac").value, COMPARED.difference("rbac", "narrow").value
    assert (there.estimate, there.low, there.high) == (-back.estimate, -back.high, -back.low)


def test_a_difference_that_is_one_has_its_numbers() -> None:
    always_less = Comparison((BASE, blast_radius([{}] * 5, policy="narrow")), "narrow", PAIRS)
    found = always_less.difference("rbac")
    assert found.value.estimate == 8.8
    assert not found.is_none
    assert str(found).startswith("8.8 [")


def test_a_policy_is_found_by_its_name_only() -> None:
    assert COMPARED["narrow"] is NARROW
    with pytest.raises(QuestionError, match="policy 'narow' is not in this comparison: did you mean narrow"):
        COMPARED["narow"]


def test_the_table_has_a_row_for_each_policy() -> None:
    rows = COMPARED.table().rows
    assert [row[0] for row in rows] == ["rbac", "narrow", "same"]
    assert [row[1] for row in rows] == [8.8, 5.6, 8.8]
    assert [row[3] for row in rows] == ["-", "no difference", "no difference"]


def test_plain_data_leaves_the_base_out_of_the_differences() -> None:
    data = COMPARED.to_dict()
    assert list(data["differences"]) == ["narrow", "same"]  # type: ignore[call-overload]
    assert data["against"] == "rbac"


def test_the_summary_names_the_most_and_the_least() -> None:
    assert "8.8 under rbac" in COMPARED.summary
    assert "the least under narrow (5.6)" in COMPARED.summary


def test_the_summary_doubts_a_blast_radius_of_zero_and_only_that() -> None:
    assert "modelling error" not in COMPARED.summary
    nothing = blast_radius([ALWAYS] * 5, policy="narrow")
    found = Comparison((BASE, nothing, SAME), "rbac", PAIRS)
    assert found.summary.endswith("Nothing is lost under narrow: check what the scenario leaves out.")
    nowhere = Comparison(
        (replace(nothing, provenance=replace(nothing.provenance, policy="rbac")), nothing), "rbac", PAIRS
    )
    assert nowhere.doubt == (
        "Nothing is lost under rbac, narrow, and a blast radius of zero is almost always a modelling error: check "
        "what the scenario leaves out."
    )


def test_a_zero_names_the_identities_that_have_no_task_and_nothing_else() -> None:
    idle = replace(blast_radius([ALWAYS] * 5, policy="narrow"), utility=replace(BASE.utility, left_nothing=("bot",)))
    found = Comparison((BASE, idle, SAME), "rbac", PAIRS)
    assert found.doubt == ("Nothing is lost under narrow: bot has no task, so that a scope by task leaves it nothing.")
    assert found.summary.count("Nothing is lost") == 1
    assert idle.summary.endswith("Mind that bot has no task, so that a scope by task leaves it nothing.")
    assert "modelling error" not in idle.summary


def test_rows_that_are_all_alike_say_why() -> None:
    assert "all rows are alike" not in COMPARED.table().note
    assert (
        Comparison((BASE, SAME), "rbac", PAIRS)
        .table()
        .note.endswith("all rows are alike: nothing that these policies differ in stands in the way of this attack")
    )


def test_goals_are_counted_of_how_many() -> None:
    row = dict(zip(COMPARED.table().columns, COMPARED.table().rows[0], strict=True))
    matrix = PAIRS["rbac"]
    assert row["goals within reach"] == f"{len(matrix.reached)} of {matrix.total}"
    goals = len(BASE.legend.goals)
    assert row["goals reached (mean)"] == f"{format_number(goals * BASE.goals_reached())} of {goals}"


def test_what_is_lost_for_good_stands_beside_what_is_lost_where_something_can_be_undone() -> None:
    case = Path(__file__).parents[1] / "cases" / "undo-of-a-soft-delete.yaml"
    found = compare(load(case), ["rbac"], trials=40)
    columns = found.table().columns
    place = columns.index("for good")
    assert columns[:place] == ("policy", "value lost", "95 % interval")
    (row,) = found.table().rows
    assert row[place] == found["rbac"].value_lost_for_good().estimate
    assert row[place] != row[1]
    assert "for good" not in COMPARED.table().columns
