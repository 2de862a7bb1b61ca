"""What every row of the table of replay engines must do: give the bits of the reference."""

from __future__ import annotations

import numpy as np

from simkit.attackgraph import AttackGraph
from simkit.engines import reference
from simkit.engines.registry import ReplayEngine

SAMPLES = 9


def replay_equals_the_reference(
    engine: ReplayEngine, graph: AttackGraph, seed: int, offset: int, samples: int = SAMPLES
) -> None:
    outcomes = engine.replay(graph, "entry", seed=seed, trials=samples, offset=offset, threads=1)
    for row in range(samples):
        trace = reference.replay(graph, graph.entry("entry"), seed=seed, sample=offset + row)
        first = {fact: time for fact, time in enumerate(outcomes.first[row].tolist()) if time >= 0}
        by = {fact: step for fact, step in enumerate(outcomes.by[row].tolist()) if step >= 0}
        contained = outcomes.contained[row] if outcomes.contained[row] >= 0 else None
        assert (first, by, contained, outcomes.variant[row]) == (
            trace.times(),
            trace.by,
            trace.contained,
            trace.variant,
        )


def only_the_columns_asked_for_are_in_the_outcomes(
    engine: ReplayEngine, graph: AttackGraph, seed: int, offset: int
) -> None:
    chosen = list(range(len(graph.facts)))[::-2]
    whole = engine.replay(graph, "entry", seed=seed, trials=SAMPLES, offset=offset, threads=1)
    kept = engine.replay(graph, "entry", seed=seed, trials=SAMPLES, offset=offset, threads=1, facts=chosen)
    assert np.array_equal(kept.first, whole.first[:, chosen])
    assert np.array_equal(kept.by, whole.by[:, chosen])
    assert np.array_equal(kept.contained, whole.contained)
    assert np.array_equal(kept.times(chosen[:2]), whole.times(chosen[:2]))
    assert (kept.seed, kept.offset, kept.first.dtype, kept.by.dtype) == (seed, offset, np.int64, np.int32)
