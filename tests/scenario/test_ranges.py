"""Ranges in a file: strict, each at its place, and without effect on what one scenario says."""

from __future__ import annotations

from typing import Any

import pytest

from simkit.errors import QuestionError, ScenarioError
from simkit.scenario import dump, load, loads
from simkit.scenario.numbers_at import not_known, number_at, with_numbers
from simkit.simulation import simulate

WORLD = """
simkit: 1
name: small
unit: {EUR: {between: [3e3, 30e3], best: 10e3, evidence: assumption}}
unknowns:
  misses: {between: [0.01, 0.5], best: 0.1, shape: log, evidence: assumption, why: never measured}
prices: {approval: 2, policies: {task-scoped: {per_year: 60e3}}}
identities: {ci: {kind: pipeline, susceptibility: misses}}
credentials: {key: {identity: ci, ttl: 90d}}
resources: {db: {kind: data-store, value: {confidentiality: {between: [1, 5], best: 2, evidence: audit}}}}
response:
  miss_rate: misses
  delay: {between: [1m, 1h], best: 210s, evidence: assumption}
  remediation_lag: {exponential: {mean: {between: [7d, 136d], best: 27d, evidence: gitguardian}}}
entry_points: {leaked: {leak: key, per_year: {between: [0.5, 12], best: 2.5, evidence: assumption}}}
"""


def refusal(old: str, new: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        loads(WORLD.replace(old, new))
    return str(caught.value.problems[0])


def test_the_best_guess_stands_where_the_range_stood() -> None:
    made = loads(WORLD)
    assert made.response.miss_rate == 0.1
    assert made.identities.ci.susceptibility == 0.1
    assert made.response.remediation_lag.mean == 27 * 86400
    assert made.response.delay.mean == 210
    assert made.entry_points.leaked.per_year == 2.5
    assert made.unit is not None
    assert (made.unit.name, made.unit.point) == ("EUR", 10e3)


def test_a_name_that_stands_twice_is_one_input() -> None:
    found = {each.name: each.places for each in not_known(loads(WORLD))}
    assert found["misses"] == (("identities", "ci", "susceptibility"), ("response", "miss_rate"))
    assert "response.miss_rate" not in found


def test_what_no_file_sets_has_a_range_of_its_own() -> None:
    standard = [each.name for each in not_known(loads(WORLD)) if each.range.standard]
    assert standard == ["response.rubber_stamp", "response.completeness", "response.approval_delay.lognormal.median"]


def test_it_goes_out_and_comes_back() -> None:
    made = loads(WORLD)
    assert loads(dump(made)) == made
    assert "misses: {between" in dump(made) or "misses:\n    between" in dump(made)


def test_a_range_leaves_the_digest_and_the_answer_as_they_are() -> None:
    known = WORLD.replace("susceptibility: misses", "susceptibility: 0.1").replace(
        "miss_rate: misses", "miss_rate: 0.1"
    )
    known = known.replace("delay: {between: [1m, 1h], best: 210s, evidence: assumption}", "delay: 210s")
    known = known.replace("{between: [7d, 136d], best: 27d, evidence: gitguardian}", "27d")
    known = known.replace("{between: [1, 5], best: 2, evidence: audit}", "2")
    plain, ranged = loads(known), loads(WORLD)
    assert plain.digest == ranged.digest
    assert simulate(plain, trials=64).to_dict() == simulate(ranged, trials=64).to_dict()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("evidence: audit", "why: audit", "a range needs `evidence`"),
        ("[1, 5]", "[5, 1]", "the bound 5 is above 1: swap them"),
        ("[1, 5]", "[1, 5, 9]", "between is a list: write two bounds"),
        ("[1m, 1h]", "[1, 1h]", "13:21: the duration 1 has no unit"),
        ("shape: log", "shape: pert", "6:52: 'pert' is no shape"),
        ("[0.01, 0.5], best", "[0, 0.5], best", "the shape log needs a bound above zero"),
        ("best: 27d", "best: 1y", "best '1y' is not between the bounds"),
        ("[0.01, 0.5]", "[0.01, 1.5]", "6:28: 1.5 is not a number from 0 to 1"),
        ("misses:", "5m:", "6:3: the name '5m' of an unknown reads as a duration"),
        ("best: 2, ev", "bst: 2, ev", "a range has no key 'bst': did you mean best?"),
        ("ttl: 90d", "ttl: {between: [1d, 2d], evidence: assumption}", "no range can stand at credentials.key.ttl"),
        ("unit: {EUR", "unit: {USD: 3, EUR", "`unit` names 2 currencies"),
        ("task-scoped", "tsk-scoped", "no policy is called 'tsk-scoped'"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_range_is_named_at_its_place(old: str, new: str, said: str) -> None:
    assert said in refusal(old, new)


def test_a_name_has_one_kind() -> None:
    assert "'misses' is a chance elsewhere, and a time is due here" in refusal(
        "delay: {between: [1m, 1h], best: 210s, evidence: assumption}", "delay: misses"
    )


def test_prices_need_a_currency() -> None:
    assert "prices need a currency" in refusal(
        "unit: {EUR: {between: [3e3, 30e3], best: 10e3, evidence: assumption}}", ""
    )


def test_every_number_can_be_set_and_read_again() -> None:
    made = loads(WORLD)
    for each in not_known(made):
        for where in each.places:
            value = (each.range.low + each.range.high) / 2
            assert number_at(with_numbers(made, {where: value}), where) == value
            assert number_at(made, where) == each.range.best


# ---- what-if


CHANGED: list[tuple[str, Any, float]] = [
    ("response.miss_rate", 0.3, 0.3),
    ("response.remediation_lag.exponential.mean", "10d", 864000.0),
    ("entry_points.leaked.per_year", 4, 4.0),
    ("unit.EUR", 500, 500.0),
    ("resources.db.value.confidentiality", "1..3", 2.0),
]


@pytest.mark.parametrize(("path", "value", "found"), CHANGED)
def test_a_number_is_set_by_its_path(tmp_path: Any, path: str, value: Any, found: float) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(WORLD)
    made = load(file, changes={path: value})
    assert number_at(made, tuple(path.split("."))) == found
    assert made.changes == (f"{path}={value}",)
    assert simulate(made, trials=64).provenance.scenario == f"small ({path}={value})"


def test_a_number_that_is_set_is_known(tmp_path: Any) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(WORLD)
    made = load(file, changes={"response.completeness": 0.95, "unknowns.misses": 0.2})
    names = [each.name for each in not_known(made)]
    assert "response.completeness" not in names
    assert "misses" not in names
    assert made.response.miss_rate == made.identities.ci.susceptibility == 0.2


def test_a_decision_is_set_and_changes_the_digest(tmp_path: Any) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(WORLD)
    made = load(file, changes={"credentials.key.ttl": "1h"})
    assert made.credentials.key.ttl == 3600
    assert made.digest != load(file).digest


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("response.mis_rate", "1", "there is no 'mis_rate' in response to set: did you mean miss_rate?"),
        ("resources.dbs.value.integrity", "1", "did you mean db"),
        ("credentials.key.ttl", "1h..2h", "is decided or is no number"),
        ("response.miss_rate", "3", "3 is not a number from 0 to 1"),
        ("response.miss_rate", "0.5..0.1", "swap them"),
        ("nothing", "3", "there is no 'nothing' to set"),
        ("name.x", "3", "has nothing in it"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused_with_the_nearest(tmp_path: Any, path: str, value: str, said: str) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(WORLD)
    with pytest.raises(QuestionError) as caught:
        load(file, changes={path: value})
    assert said in str(caught.value)


def test_a_baseline_leaves_out_ranges_and_money() -> None:
    from simkit.checks.elements import canonical, restored

    made = loads(WORLD)
    assert not {"unknowns", "unit", "prices"} & canonical(made).keys()
    assert restored(canonical(made), "baseline.json").digest == made.digest
