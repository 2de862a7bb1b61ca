"""What facts mean to people: whom and what each touches, and what it costs."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_worlds import attacked, world

from simkit.blast_radius.legend import Legend
from simkit.simulation import Attack

WORLD = """
identities:
  app: {tier: back, entitlements: [{operation: api.read}, {operation: api.mint}, {operation: api.run}]}
  twin: {tier: back}
  agent: {kind: agent, susceptibility: 1, entitlements: [{operation: api.read}]}
resources:
  table: {value: {confidentiality: 2.5, integrity: 3}}
  inbox: {}
tools:
  api:
    operations:
      read: {effect: read, targets: [table]}
      mint: {effect: mint, targets: [twin]}
      run: {effect: execute, targets: [twin]}
credentials: {key: {identity: app}, "a@b": {identity: app}}
tasks: {job: {identity: app, rate: 1/h}, mail: {identity: agent, reads: [inbox], rate: 1/h}}
entry_points: {start: {leak: key}, odd: {leak: "a@b"}}
goals:
  read: {lost: [{resource: table, impact: confidentiality}]}
  never: {lost: [{resource: inbox, impact: integrity}]}
"""


def touched(attack: Attack, fact: str) -> set[tuple[str, str]]:
    """The (group, name) pairs that holding `fact` alone touches."""
    number = next(i for i, each in enumerate(attack.graph.facts) if str(each) == fact)
    groups = attack.legend.touched.items()
    return {(group, name) for group, names in groups for name, facts in names.items() if number in facts}


ROLES = attacked(world(WORLD))


@pytest.mark.parametrize(
    ("fact", "names"),
    [
        ("replays(app)", {("identities", "app")}),
        ("steers(agent)", {("identities", "agent")}),
        ("runs_in(twin)", {("identities", "twin")}),
        ("replays(twin|standing)", {("identities", "twin")}),
        ("holds(key)", {("credentials", "key")}),
        ("holds(a@b)", {("credentials", "a@b")}),
        ("holds(minted:twin)", set()),
        ("performed(api.read, table)", {("tools", "api")}),
        ("lost(table, confidentiality)", {("resources", "table")}),
        ("seen(agent, table)", {("resources", "table")}),
        ("deleted(table)", {("resources", "table")}),
        ("tainted(inbox)", set()),
        ("reached(read)", set()),
    ],
)
def test_what_each_fact_touches(fact: str, names: set[tuple[str, str]]) -> None:
    assert touched(ROLES, fact) == names


def test_a_shared_session_touches_its_whole_tier() -> None:
    shared = attacked(world(WORLD), identity="shared", scope="all")
    assert touched(shared, "replays(tier:back)") == {("identities", "app"), ("identities", "twin")}


def test_a_tasks_token_is_its_credential() -> None:
    per_task = attacked(world(WORLD), identity="task", scope="task", expiry="completion")
    assert touched(per_task, "holds(key@job)") == {("credentials", "key")}
    assert touched(per_task, "holds(a@b@job)") == {("credentials", "a@b")}


def test_only_losses_with_a_value_cost_something() -> None:
    values = {str(ROLES.graph.facts[number]): value for number, value in ROLES.legend.value.items()}
    assert values == {"lost(table, confidentiality)": 2.5}


def test_values_add_up_row_by_row() -> None:
    legend = Legend(value={0: 2.5, 2: 3.0}, touched={}, totals={}, goals={}, resources=frozenset())
    held = np.array([[True, True, True], [False, True, False], [True, False, False]])
    assert legend.lost_value(held).tolist() == [5.5, 0.0, 2.5]


def test_the_values_until_each_moment_are_those_until_that_moment() -> None:
    """Moments before, at and after a loss; one that is never lost stands between those that are."""
    legend = Legend(value={0: 2.5, 1: 0.1, 2: 3.0}, touched={}, totals={}, goals={}, resources=frozenset())
    first = np.array([[5, -1, 7], [-1, -1, 6], [0, -1, -1]])
    moments = [0, 4, 5, 6, 6, 7, 100]
    found = legend.value_until_each(lambda facts: first[:, list(facts)], moments)
    one_by_one = (legend.counted_value(lambda facts: first[:, list(facts)], until=moment) for moment in moments)
    assert [each.tolist() for each in found] == [each.tolist() for each in one_by_one]


def test_a_name_that_two_facts_touch_counts_once() -> None:
    legend = Legend({}, {"tools": {"a": (0, 1), "b": (2,)}}, {}, {}, frozenset())
    held = np.array([[True, True, False], [False, False, True], [True, False, True]])
    assert legend.counts(held, "tools").tolist() == [1, 1, 2]


def test_totals_count_everything_that_exists() -> None:
    assert ROLES.legend.totals == {"identities": 3, "credentials": 2, "tools": 1, "resources": 2}


def test_a_goal_that_nothing_concludes_has_a_column_all_the_same() -> None:
    columns = ROLES.legend.goals
    assert {name: str(ROLES.graph.facts[column]) for name, column in columns.items() if column is not None} == {
        "read": "reached(read)",
        "never": "reached(never)",
    }
