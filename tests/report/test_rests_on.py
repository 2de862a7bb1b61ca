"""The report says what it rests on: every input in force, what is known of it, and whether it could turn the answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

import simkit
from simkit.report.rests_on import MOST_VALUES, Basis, basis_of
from simkit.unknowns import Unknowns

DESK = """
simkit: 1
name: desk
unit: {EUR: 1000}
prices: {policies: {rbac-context: {per_year: 9000}}}
unknowns: {misses: {between: [0.01, 0.5], best: 0.1, evidence: assumption, why: never measured}}
identities:
  agent: {kind: agent, susceptibility: {between: [0.2, 0.8], best: 0.5, evidence: a test}, roles: [desk]}
  lead: {kind: human}
resources:
  tickets: {kind: queue, exposure: public-write}
  one: {kind: data-store, value: {integrity: 5}}
  two: {kind: data-store, value: {integrity: 5}}
tools:
  crm: {operations: {read: {effect: read, targets: [tickets]}, update: {effect: write, targets: [one, two]}}}
credentials: {token: {identity: agent, ttl: 1h}}
roles: {desk: {entitlements: [{operation: "crm.*"}]}}
tasks: {answer: {identity: agent, needs: [crm.read, crm.update], reads: [tickets], rate: 40/d, duration: 5m}}
entry_points: {poisoned: {poison: tickets, per_year: 2}}
response: {miss_rate: misses, completeness: 0.9, remediation_lag: 3d}
assumptions: [{about: resources.value, why: ours}]
"""


def basis(text: str = DESK, policies: tuple[str, ...] = ()) -> Basis:
    scenario = simkit.loads(text)
    return basis_of(scenario, simkit.sensitivity(scenario, policies, draws=128) if policies else None)


def test_every_input_stands_in_one_of_three_tables() -> None:
    found = basis()
    assert [row[:5] for row in found.open_table().rows] == [
        ("identities.agent.susceptibility", "0.5", "0.2 to 0.8", "a test", "file"),
        ("misses (response.miss_rate)", "0.1", "0.01 to 0.5", "assumption", "file"),
        ("response.rubber_stamp", "0.93", "0.5 to 0.99", "assumption", "default"),
        ("response.delay", "3 min 30 s", "1 min to 1 h", "assumption", "default"),
        ("response.approval_delay.lognormal.median", "40 min", "5 min to 8 h", "assumption", "default"),
    ]
    assert found.stated_table().rows == (
        ("response.completeness", "0.9", "none named", ""),
        ("response.remediation_lag", "3 d", "none named", ""),
        ("resources.*.value.integrity (2: one, two)", "5", "assumption", "ours"),
        ("entry_points.poisoned.per_year", "2", "none named", ""),
        ("unit.EUR", "1,000", "none named", ""),
        ("prices.policies.rbac-context.per_year", "9,000", "none named", ""),
    )
    assert found.defaults_table().rows == (
        ("identities.lead.susceptibility", "0"),
        ("tools.crm.operations.*.chance (2: read, update)", "1"),
        ("tools.crm.operations.*.duration (2: read, update)", "1 s"),
        ("entry_points.poisoned.delay", "0 s"),
        ("prices.approval", "0"),
        ("prices.waiting_minute", "0"),
        ("prices.thousand_tokens", "0"),
        ("prices.thousand_records", "0"),
    )
    assert found.summary == (
        "22 numbers in force: 5 are not known (3 of them defaults), 7 are stated without a range, 10 are left to a "
        "default."
    )


def test_what_could_turn_the_answer_comes_first_and_says_where() -> None:
    """Checks cost 9,000 a year and save 2 x 1,000 x 10 x s x (1 - m): they are even where s is 0.5 and m is 0.1."""
    found = basis(policies=("rbac", "rbac-context"))
    turning = [row[:1] + row[5:6] for row in found.open_table().rows]
    assert turning[0][0] == "identities.agent.susceptibility"
    assert float(str(turning[0][1]).removeprefix("at ")) == pytest.approx(0.5, abs=0.06)
    assert turning[-1] == ("response.approval_delay.lognormal.median", "no")
    assert "The answer could turn with identities.agent.susceptibility" in found.summary


def test_hundreds_of_alike_numbers_take_a_few_rows() -> None:
    many = "".join(f"  r{n}: {{kind: data-store, value: {{integrity: {1 + n % 40}}}}}\n" for n in range(400))
    found = basis(DESK.replace("  one: {", f"{many}  one: {{"))
    assert len(found.stated) == 407
    rows = found.stated_table().rows
    assert len(rows) == 6
    assert rows[2][0].startswith("resources.*.value.integrity (402: r0, r1, ")
    assert rows[2][1] == "1 to 40"
    few = "".join(f"  r{n}: {{kind: data-store, value: {{integrity: {n % (MOST_VALUES - 1)}}}}}\n" for n in range(400))
    assert len(basis(DESK.replace("  one: {", f"{few}  one: {{")).stated_table().rows) == 5 + MOST_VALUES - 1


def test_the_page_lists_every_input_defaults_last_and_folded() -> None:
    starter = simkit.load("scenarios/starter.yaml")
    found = simkit.report_on(starter, policies=["rbac"], entry_point="poisoned-ticket", trials=20, quick=True)
    page = found.html()
    places = [page.index(text) for text in (
        "What this rests on</h2>", found.basis.summary, "Numbers that nobody measured",
        "<summary>Numbers that are stated without a range: 32", "<summary>Numbers that are left to a default: 45",
    )]  # fmt: skip
    assert places == sorted(places)
    assert "annual loss through poisoned-ticket, EUR" in page
    assert found.sure is None


def test_a_file_without_a_range_rests_on_defaults_that_have_one() -> None:
    starter = simkit.load("scenarios/starter.yaml")
    plain = replace(starter, unknowns=Unknowns(), unit=None, prices=None)
    found = simkit.report_on(plain, policies=["rbac"], entry_point="poisoned-ticket", trials=20, quick=True)
    assert {row[4] for row in found.basis.open_table().rows} == {"default"}
    assert found.annual is None
    assert "The file gives none of them a range" in found.html()
