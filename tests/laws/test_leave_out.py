"""What is left out of one flood leaves what a flood without it reaches."""

from __future__ import annotations

import numpy as np
from examples_drawn import examples
from generated_graphs import graphs
from hypothesis import given
from hypothesis import strategies as st
from reach_contract import starts_of

from simkit.attackgraph import AttackGraph
from simkit.engines.leave_out import leave_each_out
from simkit.engines.reach import worst_cases


@given(graphs, st.data())
@examples(40)
def test_each_set_leaves_what_a_flood_without_it_reaches(graph: AttackGraph, data: st.DataObject) -> None:
    steps, facts = range(len(graph.steps)), range(len(graph.facts))
    sets = data.draw(st.lists(st.lists(st.sampled_from(steps), max_size=4) if steps else st.just([]), max_size=8))
    chosen = data.draw(st.lists(st.sampled_from(facts), unique=True)) if facts else []
    weights = np.array([float(1 << place) if place % 3 else 0.0 for place in range(len(chosen))])
    starts = starts_of(graph)
    found = leave_each_out(graph, starts, sets, facts=chosen, weights=weights, threads=1)
    whole = worst_cases(graph, starts, facts=chosen, threads=1)
    assert found.before.tolist() == (whole @ weights).tolist()
    for number, gone in enumerate(sets):
        held = worst_cases(graph, starts, without=[gone] * len(starts), facts=chosen, threads=1)
        assert found.values[number].tolist() == (held @ weights).tolist()
        assert found.fewer[number] == whole.sum() - held.sum()
