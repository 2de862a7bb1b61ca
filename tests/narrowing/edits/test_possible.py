"""What nobody can change is not proposed: by name, by kind, and by what would be set."""

from __future__ import annotations

from pathlib import Path

import pytest

from simkit import ScenarioError, cut_off, load, recommend
from simkit.narrowing import candidates
from simkit.scenario import Scenario, dump, loads

WORLD = """\
simkit: 1
name: yard
policy: static-secrets
identities:
  ci: {roles: [builder], entitlements: [{operation: db.drop}]}
  deployer: {entitlements: [{operation: db.drop}]}
resources:
  rows: {value: {availability: 10}}
  store: {holds: [key]}
roles:
  builder: {entitlements: [{operation: repo.push, targets: [rows]}]}
tools:
  db: {operations: {drop: {effect: delete, targets: [rows]}}}
  repo: {operations: {push: {effect: write, targets: [rows]}}}
credentials: {key: {identity: ci, ttl: 30d}}
trust: [{from: ci, to: deployer, ttl: 12h}]
entry_points: {key leaks: {leak: key}}
goals: {gone: {lost: [{resource: rows, impact: availability}]}}
"""


def yard(*rows: str) -> Scenario:
    return loads(WORLD + ("unchangeable:\n" + "\n".join(f"  - {row}" for row in rows) if rows else ""), "yard.yaml")


def names(scenario: Scenario) -> set[str]:
    return {f"{each.kind}: {each.name}" for each in candidates(scenario)}


def left_out(*rows: str) -> set[str]:
    return names(yard()) - names(yard(*rows))


@pytest.mark.parametrize(
    ("row", "out"),
    [
        ("{what: 'repo.*', why: w}", {
            "drop-entitlement: Drop repo.push on rows from role builder",
            "add-condition: Require a person's approval of repo.push by role builder",
            "add-condition: Allow repo.push by role builder only from the identity's own runtime",
        }),
        ("{what: repo.push, why: w, changes: [add-condition approval]}", {
            "add-condition: Require a person's approval of repo.push by role builder",
        }),
        ("{what: 'ci -*-> *', why: w, changes: [cut-trust, attenuate-trust]}", {
            "cut-trust: Cut the trust edge ci -assume-> deployer",
            "attenuate-trust: Attenuate the trust edge ci -assume-> deployer: only what both may do",
        }),
        ("{what: 'ci -assume-> deployer', why: w, changes: [shorten-ttl 15 min]}", {
            "shorten-ttl: Let sessions opened by ci -assume-> deployer live 15 min at most",
        }),
        ("{what: [key], why: w, changes: [constrain-sender]}", {
            "constrain-sender: Bind key to the runtime of its identity",
        }),
        ("{what: builder, why: w, changes: [drop-role]}", {"drop-role: Take role builder from ci"}),
        ("{what: nobody, why: w}", set[str]()),
    ],
)  # fmt: skip
def test_what_is_unchangeable_in_this_way_is_no_candidate(row: str, out: set[str]) -> None:
    assert left_out(row) == out


def test_one_dial_of_one_identity_can_be_out_of_the_question() -> None:
    out = left_out("{what: ci, why: w, changes: [turn-dial scope]}")
    assert out
    assert all(each.startswith("turn-dial: Turn scope to") and each.endswith(" for ci") for each in out)


def test_a_second_row_takes_nothing_back() -> None:
    both = left_out("{what: 'repo.*', why: w}", "{what: 'repo.*', why: w, changes: [drop-role]}")
    assert both >= left_out("{what: 'repo.*', why: w}")


def test_the_cheapest_cut_is_made_of_what_can_be_changed() -> None:
    free = cut_off(yard(), goal="gone", trials=10)
    assert [each.name for each in free.narrowings] == ["Bind key to the runtime of its identity"]
    bound = yard("{what: key, why: it works from everywhere, changes: [constrain-sender]}")
    plan = cut_off(bound, goal="gone", trials=10)
    assert plan.is_cut
    assert all(each.kind != "constrain-sender" for each in plan.narrowings)
    assert not [each for each in recommend(bound, trials=10) if each.narrowing.kind == "constrain-sender"]


def test_where_nothing_can_be_changed_nothing_is_proposed() -> None:
    assert candidates(yard("{what: '*', why: another team's}")) == ()


def test_it_is_written_and_read_again_and_hashed() -> None:
    said = yard("{what: ['a*', b], why: because, changes: [cut-trust]}")
    assert loads(dump(said), said.file) == said
    assert said.digest != yard().digest
    rows = ("{what: b, why: w}", "{what: a, why: w}")
    assert yard(*rows).digest == yard(*reversed(rows)).digest


def test_a_part_may_say_it_too(tmp_path: Path) -> None:
    (tmp_path / "part.yaml").write_text("unchangeable: [{what: 'repo.*', why: w}]\n")
    (tmp_path / "whole.yaml").write_text(WORLD + "include: [part.yaml]\n")
    assert names(yard()) - names(load(tmp_path / "whole.yaml")) == left_out("{what: 'repo.*', why: w}")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{what: a, why: w, changes: [cut-trsut]}", "'cut-trsut' is not possible here"),
        ("{what: a, why: w, changes: ['cut-trust ']}", "ends with a space"),
        ("{what: a}", "why"),
    ],
)
def test_a_kind_of_change_that_is_none_is_refused_with_its_place(row: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        yard(row)
