"""What a comparison puts away: the same answers as of a result that is whole, and the whole for who asks more."""

from __future__ import annotations

import pickle

import pytest
from tiny_worlds import world

from simkit.attackgraph import Fact
from simkit.blast_radius import Comparison
from simkit.blast_radius.put_away import PutAway
from simkit.simulation import compare, side_by_side

# one entry point, records that are read at a pace, a deletion that a backup undoes, and a goal
SHOP = world(
    """
identities:
  app: {entitlements: [{operation: db.read}, {operation: db.drop}], susceptibility: 0.5}
resources:
  table: {records: 1000, value: {confidentiality: 10, availability: 40}, restore: 4h}
  page: {value: {integrity: 0}}
tools:
  db:
    operations:
      read: {effect: read, targets: [table], throughput: 10/s, duration: 1m}
      drop: {effect: delete, targets: [table], chance: 0.5, duration: 30s}
credentials:
  key: {identity: app}
entry_points:
  leak: {leak: key}
goals:
  out: {lost: [{resource: table, impact: confidentiality}]}
response:
  detection: {read: {chance: 0.5}}
"""
)


def compared() -> Comparison:
    return compare(SHOP, entry_point="leak", trials=70, seed=5)


WHOLE = compared()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Comparison:
    """A comparison for which there is no memory, of blocks of few samples."""
    monkeypatch.setattr(side_by_side, "TOGETHER", 0)
    monkeypatch.setattr(side_by_side, "AT_ONCE", 64)
    return compared()


def test_what_is_put_away_says_the_same_as_what_is_whole(small: Comparison) -> None:
    assert all(isinstance(result, PutAway) for result in small.results)
    assert not any(isinstance(result, PutAway) for result in WHOLE.results)
    assert small.to_dict() == WHOLE.to_dict()
    assert [table.text() for table in small.tables()] == [table.text() for table in WHOLE.tables()]
    for ours, theirs in zip(small.results, WHOLE.results, strict=True):
        assert [table.text() for table in ours.tables()] == [table.text() for table in theirs.tables()]
        assert ours.over_time([30.0, 300.0, 86400.0]) == theirs.over_time([30.0, 300.0, 86400.0])
        assert (ours.summary, ours.horizon, repr(ours)) == (theirs.summary, theirs.horizon, repr(theirs))


def test_for_what_tables_ask_nothing_is_compiled_again(small: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "compile_attack", None)
    assert small.to_dict()["policies"]
    assert all(result.summary for result in small.results)


def test_paths_and_other_facts_are_asked_of_the_whole_which_is_kept_one_at_a_time(small: Comparison) -> None:
    ours, theirs = small["rbac"], WHOLE["rbac"]
    assert str(ours.paths("out").paths[0]) == str(theirs.paths("out").paths[0])
    assert ours.graph is ours.graph
    assert (ours.outcomes.first == theirs.outcomes.first).all()
    assert (ours.held == theirs.held).all()
    assert ours.chance(Fact("holds", "key")) == theirs.chance(Fact("holds", "key"))
    assert ours.shortest_hops("table:availability") == theirs.shortest_hops("table:availability") == 4
    before = ours.graph
    assert small["jit"].graph is not before
    assert ours.graph is not before


def test_what_is_put_away_can_be_pickled(small: Comparison) -> None:
    again = pickle.loads(pickle.dumps(small))
    assert again.to_dict() == small.to_dict()
    assert again["rbac"].paths("out").paths == small["rbac"].paths("out").paths
