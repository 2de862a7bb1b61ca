"""The AND/OR graph as arrays: names turned into integers, in an order that only names decide."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from simkit.attackgraph import ACTIONS, Action, AttackGraph, Conclusion, Containment, Entry, Fact, Ground, Step, Variant
from simkit.distributions import FOREVER, Exponential, Fixed, quantile_table
from simkit.errors import EngineError, QuestionError
from simkit.fate import CERTAIN, key_hash, threshold

A, B, LOST = Fact("holds", "a"), Fact("replays", "b"), Fact("lost", "c", "integrity")
WHY = (Ground("flow"),)
ROOT = Step("root", "leak", (), (Conclusion(A, 60.0, aged=True),), WHY)
OPEN = Step("open", "redeem", (A,), (Conclusion(B),), WHY, chance=0.5, duration=Fixed(2.0))
TAKE = Step("take", "write", (B, A), (Conclusion(LOST), Conclusion(A, None)), WHY, wait=Exponential(5.0), alert=0.25)
TEAM = (Action("revoke-secret", Fixed(3.0), "team"), Action("disable", Fixed(3.0)))
QUIET = Containment((TEAM,), Exponential(9.0), {A: 0}, {B: "account"}, {A: 0.125}, {A: 2.0}, told={B: (A,)})
SPARING = Containment((TEAM,), spared={A: ("revoke-secret",)})


def built(*steps: Step, entries: tuple[Entry, ...] = ()) -> AttackGraph:
    given = entries or (Entry("in", (Variant("", 1.0, (ROOT,)),)),)
    return AttackGraph.build(steps, given, QUIET, horizon=100.0)


GRAPH = built(TAKE, OPEN)


def test_facts_and_steps_stand_in_the_order_of_their_names() -> None:
    assert GRAPH.facts == (A, LOST, B)
    assert [step.key for step in GRAPH.steps] == ["open", "root", "take"]
    assert GRAPH.index == {A: 0, LOST: 1, B: 2}


def test_the_order_in_which_steps_are_given_decides_nothing() -> None:
    other = built(OPEN, TAKE)
    for name in ("premise_idx", "conclusion_idx", "behind_idx", "step_hash", "duration", "wait", "tables", "fixed"):
        assert np.array_equal(getattr(GRAPH, name), getattr(other, name)), name


def test_it_decides_nothing_which_steps_share_the_objects_that_they_are_made_of() -> None:
    apart = built(deepcopy(TAKE), deepcopy(OPEN))
    assert list(apart.entries) == list(GRAPH.entries)
    same_columns(apart, GRAPH, "entries", "responders")
    same_columns(apart.responders, GRAPH.responders)


def test_what_only_numbers_things_takes_32_bits_and_more_links_than_they_count_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = [name for name in AttackGraph.__slots__ if name.endswith(("_ptr", "_idx", "_life"))]
    for name in (*numbers, "duration", "wait", "approval", "alert_delay", "conclusion_outlives"):
        assert getattr(GRAPH, name).dtype == np.int32, name
    monkeypatch.setattr("simkit.attackgraph.columns.MOST", 4)
    built(TAKE, OPEN)
    monkeypatch.setattr("simkit.attackgraph.columns.MOST", 3)
    with pytest.raises(EngineError, match=r"a graph with 4 links between steps and facts is too large: .* at most 3"):
        built(TAKE, OPEN)


def same_columns(found: Any, plain: Any, *but: str) -> None:
    for name in (field.name for field in fields(plain) if field.name not in but):
        one, other = getattr(found, name), getattr(plain, name)
        if isinstance(other, np.ndarray):
            assert (one.dtype, one.tolist()) == (other.dtype, other.tolist()), name
        else:
            assert one == other, name


def test_premises_and_conclusions_are_in_rows() -> None:
    assert GRAPH.premise_ptr.tolist() == [0, 1, 1, 3]
    assert GRAPH.premise_idx.tolist() == [0, 2, 0]
    assert GRAPH.conclusion_ptr.tolist() == [0, 1, 2, 4]
    assert GRAPH.conclusion_idx.tolist() == [2, 0, 1, 0]
    assert [GRAPH.premises(step) for step in range(3)] == [[0], [], [2, 0]]


def test_behind_each_fact_stand_the_steps_that_need_it() -> None:
    rows = [GRAPH.behind_idx[GRAPH.behind_ptr[f] : GRAPH.behind_ptr[f + 1]].tolist() for f in range(len(GRAPH.facts))]
    assert rows == [[0, 2], [], [2]]


def test_times_are_milliseconds_and_chances_are_thresholds() -> None:
    assert GRAPH.conclusion_after.tolist() == [0, 60_000, 0, FOREVER]
    assert GRAPH.conclusion_aged.tolist() == [False, True, False, False]
    assert GRAPH.success.tolist() == [1 << 31, CERTAIN, CERTAIN]
    assert GRAPH.alert.tolist() == [0, 0, 1 << 30]
    assert GRAPH.horizon == 100_000


def test_fates_are_drawn_under_the_fate_and_else_under_the_key() -> None:
    named = built(OPEN._replace(fate="shared"))
    assert named.step_hash.tolist() == [key_hash("shared"), key_hash("root")]
    assert GRAPH.step_hash.tolist() == [key_hash("open"), key_hash("root"), key_hash("take")]


def test_each_distribution_has_one_row_and_fixed_ones_need_no_table() -> None:
    assert GRAPH.fixed[GRAPH.duration].tolist() == [2000, 0, 0]
    assert GRAPH.fixed[GRAPH.wait].tolist() == [0, 0, -1]
    assert GRAPH.tables[GRAPH.wait[2]].tolist() == list(quantile_table(Exponential(5.0)))
    assert not GRAPH.tables[GRAPH.duration[0]].any()
    assert GRAPH.fixed[GRAPH.responders.delay].tolist() == [3000, 3000]
    assert GRAPH.fixed[GRAPH.responders.lag] == -1
    assert len(GRAPH.fixed) == len(GRAPH.tables) == 5  # 0 s, 2 s, 3 s, and two that vary


def test_what_lasts_and_what_lives_inside_a_session_is_by_kind() -> None:
    assert GRAPH.fact_lasting.tolist() == [False, True, False]
    assert GRAPH.fact_within.tolist() == [False, False, True]
    assert GRAPH.fact_stirs.tolist() == [True, False, False]
    assert int(GRAPH.fact_hash[0]) == key_hash("credential:a")


def test_a_session_ends_with_what_responders_end_and_a_secret_that_was_found_does_not() -> None:
    """Rows of `outlives`: the session that `open` opens, the secret that `root` leaks."""
    ways = GRAPH.outlives[GRAPH.conclusion_outlives]
    assert ways[0].tolist() == [0] * len(ACTIONS)
    assert ways[1].tolist() == [FOREVER] * len(ACTIONS)


def test_responders_know_deal_with_and_miss_what_containment_says() -> None:
    who = GRAPH.responders
    assert who.knowable.tolist() == [True, False, True]
    assert who.by.tolist() == [0, -1, -1]
    assert who.group.tolist() == [-1, -1, 0]
    assert [who.members(fact) for fact in range(3)] == [[0], [1], [2]]
    assert [who.told(fact) for fact in range(3)] == [[], [], [0]]
    assert who.forgotten.tolist() == [threshold(0.125), 0, 0]
    assert who.spread.tolist() == [2000, 0, 0]
    assert [ACTIONS[action] for action in who.action.tolist()] == ["revoke-secret", "disable"]
    assert who.of.tolist() == [0, 0]
    assert who.fate.tolist() == [key_hash("response:team"), 0]


def test_an_action_ends_facts_of_its_kinds_unless_they_are_spared() -> None:
    spared = AttackGraph.build([OPEN], [Entry("in", (Variant("", 1.0, (ROOT,)),))], SPARING, horizon=100.0).responders
    secret, session = (1 << ACTIONS.index("revoke-secret")) | (1 << ACTIONS.index("delete")), 0
    for action in ("disable", "delete", "remove-entitlement", "terminate-sessions"):
        session |= 1 << ACTIONS.index(action)
    assert GRAPH.responders.ended_by.tolist() == [secret, 0, session]
    assert spared.ended_by.tolist() == [1 << ACTIONS.index("delete"), session]


@pytest.mark.parametrize(
    ("kind", "lasts"),
    [
        *((kind, True) for kind in ("lost", "deleted", "performed", "tainted", "reached")),
        *((kind, False) for kind in ("holds", "replays", "steers", "errs", "outbound", "runs_in", "exposed", "seen")),
    ],
)
def test_what_is_out_is_out_and_the_rest_ends(kind: str, lasts: bool) -> None:
    graph = built(OPEN._replace(conclusions=(Conclusion(Fact(kind, "x")),)))
    assert bool(graph.fact_lasting[graph.index[Fact(kind, "x")]]) is lasts


def root(name: str) -> Step:
    return ROOT._replace(key=name)


def test_variants_share_the_draws_by_weight_and_the_last_takes_what_rounding_leaves() -> None:
    variants = (Variant("x", 1.0, (root("x"),)), Variant("y", 2.0, (root("y"), root("z"))))
    entry = built(entries=(Entry("in", variants),)).entry("in")
    assert entry.upper.tolist() == [round(2**32 / 3), CERTAIN]
    assert entry.names == ("x", "y")
    assert [entry.roots(0), entry.roots(1)] == [[0], [1, 2]]
    assert entry.starts == [(0,), (1, 2)]
    assert entry.hash == key_hash("entry:in")


def test_an_entry_without_a_variant_starts_with_no_step() -> None:
    graph = AttackGraph.build([], [Entry("nowhere", ())], Containment(()), horizon=10.0)
    assert graph.entry("nowhere").starts == [()]


def test_variants_without_weight_are_equally_likely() -> None:
    variants = tuple(Variant(name, 0.0, (root(name),)) for name in "wxyz")
    upper = built(entries=(Entry("in", variants),)).entry("in").upper
    assert upper.tolist() == [CERTAIN // 4, CERTAIN // 2, 3 * CERTAIN // 4, CERTAIN]


def test_an_entry_without_variants_starts_nothing() -> None:
    entry = built(entries=(Entry("in", ()),)).entry("in")
    assert (entry.upper.tolist(), entry.names) == ([], ())


def test_one_graph_holds_all_entries() -> None:
    entries = (Entry("b", (Variant("", 1.0, (root("b"),)),)), Entry("a", (Variant("", 1.0, (root("a"),)),)))
    assert list(built(OPEN, entries=entries).entries) == ["a", "b"]


def test_an_unknown_entry_is_refused() -> None:
    with pytest.raises(QuestionError, match="the graph has no entry 'inn': did you mean in"):
        GRAPH.entry("inn")


def test_two_different_steps_with_one_key_are_a_bug() -> None:
    with pytest.raises(EngineError, match="two different steps share the key 'open'"):
        built(OPEN, OPEN._replace(chance=0.75))


def test_the_same_step_may_be_given_twice() -> None:
    assert len(built(OPEN, OPEN).steps) == 2


def test_networkx_sees_facts_and_steps_as_nodes() -> None:
    drawn = GRAPH.to_networkx()
    assert set(drawn.edges) == {
        ("root", "holds(a)"),
        ("holds(a)", "open"),
        ("open", "replays(b)"),
        ("replays(b)", "take"),
        ("holds(a)", "take"),
        ("take", "lost(c, integrity)"),
        ("take", "holds(a)"),
    }
    assert drawn.nodes["open"] == {"node": "step", "rule": "redeem", "chance": 0.5, "label": ""}
    assert drawn.nodes["holds(a)"] == {"node": "fact", "kind": "holds"}


def test_its_repr_counts() -> None:
    assert repr(GRAPH) == "AttackGraph(3 facts, 3 steps, 1 entries)"
