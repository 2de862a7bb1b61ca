"""Exact parts on worlds worked out by hand, and what the result says."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from ablation.two_dials import two_dials

import simkit
from simkit import GrantPolicy, QuestionError
from simkit.ablation import LAGS, TTLS, ablate, differing, moved, setting
from simkit.policies import Selector

START = GrantPolicy("start", identity="workload", scope="role", expiry="none")


def test_two_dials_that_overlap_share_what_both_save() -> None:
    """A key used after an hour: scope alone saves the cases (4), an end after five minutes alone saves all (6).

    With both: 6. Shapley: scope (4 + 0) / 2 = 2, expiry (6 + 2) / 2 = 4.
    """
    end = START.turned(name="end", scope="task", expiry="completion")
    found = ablate(two_dials("1h"), "leaked", START, end, trials=50)
    assert {effect.dial: effect.exact for effect in found.effects} == {"scope": Fraction(2), "expiry": Fraction(4)}
    scope, expiry = found["scope"], found["expiry"]
    assert (scope.alone.estimate, scope.last.estimate) == (4.0, 0.0)
    assert (expiry.alone.estimate, expiry.last.estimate) == (6.0, 2.0)
    assert (found.exact_whole, found.whole.estimate) == (Fraction(6), 6.0)
    assert scope.share.low == scope.share.high == 2.0, "every sample is alike"


def test_a_dial_that_does_nothing_here_has_no_part_and_is_said_to() -> None:
    end = START.turned(name="end", scope="task", binding="sender-constrained", response="automatic")
    found = ablate(two_dials(), "leaked", START, end, trials=50)
    parts = {effect.dial: effect.exact for effect in found.effects}
    # Scope alone saves 4, the binding alone 6, with both 6; nothing raises an alert, so the response saves nothing.
    assert parts == {"scope": Fraction(2), "response": Fraction(0), "binding": Fraction(4)}
    assert found["response"].is_none
    assert "No difference by response." in found.summary
    assert [sorted(best.dials) for best in found.best()] == [[], ["binding"]]
    assert "check what the scenario leaves out" in found.summary


def test_moving_to_a_weaker_policy_has_negative_parts() -> None:
    strong = START.turned(name="strong", scope="task")
    found = ablate(two_dials(), "leaked", strong, START, trials=20)
    assert [(effect.dial, effect.exact) for effect in found.effects] == [("scope", Fraction(-4))]
    assert found.whole.high < 0


def test_only_dials_that_differ_are_players() -> None:
    assert differing(simkit.policy("rbac"), simkit.policy("jit")) == ("expiry", "response")
    assert differing(simkit.policy("rbac"), simkit.policy("rbac")) == ()
    assert differing(simkit.policy("jit"), simkit.policy("jit").turned(expiry="completion", ttl=None)) == ("expiry",)


def test_a_ttl_counts_only_where_it_ends_sessions() -> None:
    short = START.turned(name="short", ttl=60.0)
    assert differing(START, short) == ()
    assert differing(START.turned(expiry="ttl"), short.turned(expiry="ttl")) == ("expiry",)


def test_policies_that_do_not_differ_are_refused() -> None:
    with pytest.raises(QuestionError, match="'rbac' and 'rbac' have the same dials"):
        ablate(two_dials(), None, "rbac", "rbac")


def test_a_hybrid_is_moved_for_everybody_but_cannot_be_moved_to() -> None:
    hybrid = START.turned(name="hybrid", applies_to=Selector(kind=("human",)), otherwise=START.turned(scope="all"))
    end = START.turned(name="end", scope="task")
    assert setting(hybrid, "scope") == "role / all"
    everyone = moved(hybrid, end, ["scope"])
    assert everyone.otherwise is not None
    assert (everyone.scope, everyone.otherwise.scope) == ("task", "task")
    found = ablate(two_dials(), "leaked", hybrid, end, trials=10)
    assert found["scope"].before == "role / all"
    with pytest.raises(QuestionError, match="'hybrid' governs some identities only"):
        ablate(two_dials(), "leaked", end, hybrid)


def test_the_curves_have_every_setting_and_the_costs_beside_them() -> None:
    found = ablate(two_dials("1h"), "leaked", START, START.turned(name="end", scope="task"), trials=40)
    lag, ttl = found.curves
    assert tuple(point.seconds for point in lag.points) == LAGS
    assert tuple(point.seconds for point in ttl.points) == TTLS
    lost = [point.loss.estimate for point in ttl.points]
    assert lost == sorted(lost), "without alerts a longer life never loses less"
    assert lost[0] == 0.0, "a token of five minutes is dead after an hour"
    tokens = [point.utility.tokens_a_day for point in ttl.points]
    assert tokens == pytest.approx([86400 / seconds for seconds in TTLS])
    assert "no difference at any setting" in lag.summary, "nothing raises an alert"
    assert lag.table().note.endswith(f"All rows are alike: no trial raises an alert that {found.from_policy} logs.")


def test_tasks_that_outlast_a_token_are_counted() -> None:
    found = ablate(two_dials(duration="20m"), "leaked", START, START.turned(name="end", scope="task"), trials=5)
    assert [point.outlasted for point in found.curves[1].points[:3]] == [("sum-up",), ("sum-up",), ()]


def test_the_result_is_plain_data_and_tables() -> None:
    found = ablate(two_dials("1h"), "leaked", "rbac", "zero-standing", trials=30)
    assert repr(found).startswith("Ablation(rbac to zero-standing: 6 saved;")
    assert len(found.combinations) == 1 << len(found.effects)
    data = json.loads(json.dumps(found.to_dict()))
    assert data["provenance"]["policy"] == "rbac to zero-standing"
    assert sum(part["shapley"]["estimate"] for part in data["dials"]) == pytest.approx(data["whole"]["estimate"])
    assert len(found.combinations_table().rows) == len(found.combinations)
    assert [table.title for table in found.tables()][:2] == ["two-dials: what each dial buys", "what each dial costs"]
    assert found._repr_html_().count("<table") == 5
    with pytest.raises(QuestionError, match="did you mean expiry"):
        found["expire"]


def test_the_same_seed_gives_the_same_answer_on_any_number_of_threads() -> None:
    one = ablate(two_dials("2m"), "leaked", trials=700, seed=5, threads=1)
    two = ablate(two_dials("2m"), "leaked", trials=700, seed=5, threads=2)
    assert one.to_dict() == two.to_dict()
