"""The answer over draws, on the help desk: what is decided, what is open, and why."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

import simkit
from simkit.decisions import Sensitivity
from simkit.errors import QuestionError

WORLD = """
simkit: 1
name: desk
identities:
  agent: {kind: agent, susceptibility: {between: [0.2, 0.8], best: 0.5, evidence: assumption}, roles: [desk]}
resources:
  tickets: {kind: queue, exposure: public-write}
  records: {kind: data-store, value: {integrity: 10}}
tools:
  crm: {operations: {read: {effect: read, targets: [tickets]}, update: {effect: write, targets: [records]}}}
credentials: {token: {identity: agent, ttl: 1h}}
roles: {desk: {entitlements: ["crm.*"]}}
tasks: {answer: {identity: agent, needs: [crm.read, crm.update], reads: [tickets], rate: 40/d, duration: 5m}}
entry_points: {poisoned: {poison: tickets, per_year: 2}}
compare: [rbac, rbac-context]
response: {miss_rate: {between: [0.01, 0.5], best: 0.1, evidence: assumption}}
"""
MONEY = """
unit: {EUR: 1000}
prices: {policies: {rbac-context: {per_year: 9000}}}
"""


@cache
def asked(money: bool = False, **options: object) -> Sensitivity:
    text = (WORLD + (MONEY if money else "")).replace('["crm.*"]', '[{operation: "crm.*"}]')
    return simkit.sensitivity(simkit.loads(text), draws=128, **options)  # type: ignore[arg-type]


def test_the_mean_loss_of_each_draw_is_that_of_its_inputs() -> None:
    """Under rbac what is lost is 10 x susceptibility, under checks that times the miss rate."""
    found = asked()
    steered, misses = found.values["identities.agent.susceptibility"], found.values["response.miss_rate"]
    rbac, checked = found.losses[:, found.policies.index("rbac")], found.losses[:, 1]
    assert rbac.mean() == pytest.approx(10 * steered.mean(), rel=0.06)
    assert checked.mean() == pytest.approx(10 * (steered * misses).mean(), rel=0.15)
    assert np.corrcoef(rbac, steered)[0, 1] > 0.9


def test_checks_lose_less_in_every_draw() -> None:
    found = asked().preference("rbac", "rbac-context")
    assert found.status == "DECIDED"
    assert found.cheaper.estimate == 1.0
    assert all(each.worth == 0 for each in found.deciders)
    assert "rbac -> rbac-context: DECIDED. Loses less in all draws." in asked().summary


def test_the_least_sure_decision_is_an_open_one_wherever_it_stands() -> None:
    found = simkit.sensitivity(simkit.loads((WORLD + MONEY).replace('["crm.*"]', '[{operation: "crm.*"}]')),
                               ["static-secrets", "rbac", "rbac-context"], draws=128)  # fmt: skip
    assert [each.status for each in found.preferences] == ["DECIDED", "OPEN"]
    assert found.least_sure is found.preferences[1]
    assert asked().least_sure is asked().preferences[0]


def test_with_prices_it_depends_and_the_break_even_is_that_of_the_closed_form() -> None:
    """Checks save 2 x 1000 x 10 x s x (1 - m) a year and cost 9,000: with s = 0.5 they pay below m = 0.1, with m = 0.1
    above s = 0.5."""
    found = asked(money=True)
    choice = found.preference("rbac", "rbac-context")
    assert choice.status == "OPEN"
    turns = {each.input.name: each.turns_at for each in choice.deciders}
    assert turns["identities.agent.susceptibility"] == pytest.approx((0.5,), abs=0.06)
    assert choice.deciders[0].input.name == "identities.agent.susceptibility"
    assert "rbac -> rbac-context: OPEN. Cheaper in" in found.summary
    assert "Measure identities.agent.susceptibility first." in found.summary
    assert found.unit == "EUR a year"
    assert found.control[:, found.policies.index("rbac-context")].tolist() == [9000.0] * 128


def test_two_policies_that_are_one_cost_the_same_in_every_draw_however_many_trials_there_are() -> None:
    """The copy costs as much as what it copies, and is replayed as often: with other trials it would seem to differ."""
    text = (
        (WORLD + MONEY)
        .replace('["crm.*"]', '[{operation: "crm.*"}]')
        .replace(
            "policies: {rbac-context: {per_year: 9000}}",
            "policies: {rbac-context: {per_year: 9000}, copy: {per_year: 9000}}",
        )
    )
    text = text.replace("compare:", "policies: {copy: {extends: rbac-context}}\ncompare:")
    found = simkit.sensitivity(simkit.loads(text), ["rbac", "rbac-context", "copy"], draws=64)
    one, other = (found.policies.index(name) for name in ("rbac-context", "copy"))
    assert found.raw.trials.max() > found.raw.trials.min()
    assert found.losses[:, one].tolist() == found.losses[:, other].tolist()
    assert found.preferences[-1].equal == 1.0


def test_regret_and_shares_are_those_of_the_costs() -> None:
    found = asked(money=True)
    assert sum(found.cheapest_in.values()) == pytest.approx(1.0)
    least = found.costs.min(axis=1)
    assert found.regret["rbac"] == pytest.approx(float((found.costs[:, 0] - least).mean()))


def test_the_same_seed_gives_the_same_answer() -> None:
    one = simkit.loads((WORLD).replace('["crm.*"]', '[{operation: "crm.*"}]'))
    again = simkit.sensitivity(one, draws=128)
    assert json.dumps(again.to_dict(), sort_keys=True) == json.dumps(asked().to_dict(), sort_keys=True)


def test_indices_name_what_drives_the_loss() -> None:
    found = asked(indices=True)
    assert found.indices is not None
    drives = dict(zip([each.name for each in found.inputs], found.indices["rbac"].total.tolist(), strict=True))
    assert drives["identities.agent.susceptibility"] == pytest.approx(1.0, abs=0.1)
    assert drives["response.miss_rate"] == pytest.approx(0.0, abs=0.1)


def test_what_no_policy_depends_on_is_not_counted() -> None:
    assert {each.name for each in asked().inputs} >= {"identities.agent.susceptibility", "response.miss_rate"}
    assert "response.rubber_stamp" not in {each.name for each in asked().inputs}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"draws": 10}, "draws 10 is not a whole number from 64"),
        ({"policies": ["rbac"]}, "a decision is between two policies"),
        ({"entry_point": "leak"}, "no entry point is called 'leak'"),
    ],
)
def test_a_bad_question_is_refused(options: dict[str, object], said: str) -> None:
    one = simkit.loads((WORLD).replace('["crm.*"]', '[{operation: "crm.*"}]'))
    with pytest.raises(QuestionError) as caught:
        simkit.sensitivity(one, **options)  # type: ignore[arg-type]
    assert said in str(caught.value)
