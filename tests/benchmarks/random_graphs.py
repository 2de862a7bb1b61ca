"""Random attack graphs of any size, as arrays: engines never look at names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import ACTIONS, Action, AttackGraph, Containment, Fact
from simkit.attackgraph.columns import EntryArrays, links
from simkit.attackgraph.responders import Responders, responders_of
from simkit.distributions import Distribution, Exponential, Fixed, quantile_table
from simkit.fate import CERTAIN, threshold

DAY = 86_400_000
HOUR = 3_600_000
DURATIONS: tuple[Distribution, ...] = (Fixed(0.0), Exponential(600.0), Exponential(7200.0))


def random_graph(
    facts: int,
    steps: int,
    *,
    chance: float = 1.0,
    joins: float = 0.0,
    lifetimes: bool = False,
    alerts: float = 0.0,
    seed: int = 0,
) -> AttackGraph:
    """A random digraph of `facts` and `steps`: each step leads from a random fact to a random fact.

    A share `joins` of the steps needs two facts, and a tenth of these three. The first step is the root. With
    `lifetimes` half of the facts last for ever, the others live as long as their premises, a quarter of the steps
    adding an hour; steps take ten minutes on average, or two hours. `alerts` is the chance that a step raises one; each
    step is logged then, and what is known is revoked ten minutes later on average.
    """
    rng = np.random.default_rng(seed)
    premises = np.ones(steps, dtype=np.int64)
    premises[rng.random(steps) < joins] = 2
    premises[(premises == 2) & (rng.random(steps) < 0.1)] = 3
    premises[0] = 0
    premise_ptr = np.concatenate([[0], np.cumsum(premises)])
    premise_idx = rng.integers(0, facts, premise_ptr[-1])
    conclusion_idx = rng.integers(0, facts, steps)
    success = np.full(steps, threshold(chance), dtype=np.uint64)
    success[0] = CERTAIN
    zeros = np.zeros(steps, dtype=np.int32)
    after = np.where(rng.random(steps) < 0.25, HOUR, 0) if lifetimes else np.zeros(steps, dtype=np.int64)
    after[0] = DAY
    names = tuple(Fact("holds", str(i)) for i in range(facts))
    keys = rng.integers(0, 2**64, facts, dtype=np.uint64)
    return AttackGraph(
        facts=names,
        steps=(),
        entries={"entry": _entry()},
        index={},
        **links(premise_ptr, premise_idx, np.arange(steps + 1), conclusion_idx, facts),
        conclusion_after=after,
        conclusion_aged=np.zeros(steps, dtype=np.bool_),
        conclusion_life=zeros - 1,
        conclusion_run=np.zeros(steps, dtype=np.bool_),
        conclusion_period=np.zeros(steps, dtype=np.int64),
        conclusion_outlives=zeros,
        step_hash=rng.integers(0, 2**64, steps, dtype=np.uint64),
        success=success,
        alert=np.full(steps, threshold(alerts), dtype=np.uint64),
        silencer_ptr=np.zeros(steps + 1, dtype=np.int32),
        silencer_idx=np.zeros(0, dtype=np.int32),
        shown=np.zeros(steps, dtype=np.uint64),
        duration=rng.integers(1, len(DURATIONS), steps).astype(np.int32) if lifetimes else zeros,
        wait=zeros,
        approval=zeros,
        alert_delay=zeros + 1,
        fact_lasting=rng.random(facts) < 0.5 if lifetimes else np.ones(facts, dtype=np.bool_),
        fact_within=np.zeros(facts, dtype=np.bool_),
        fact_stirs=np.zeros(facts, dtype=np.bool_),
        fact_timed=np.zeros(facts, dtype=np.bool_),
        fact_hash=keys,
        tables=np.array([quantile_table(row) for row in DURATIONS], dtype=np.int64),
        fixed=np.array([0, -1, -1], dtype=np.int64),
        outlives=np.zeros((1, len(ACTIONS)), dtype=np.int64),
        responders=_responders(names, keys, alerts),
        logged=np.full(steps, alerts > 0),
        again=np.zeros(steps, dtype=np.bool_),
        horizon=30 * DAY,
    )


def _responders(facts: tuple[Fact, ...], keys: NDArray[np.uint64], alerts: float) -> Responders:
    """One for all facts, where there are alerts."""
    team = (Action("revoke-secret", DURATIONS[1]),)
    given = Containment((team,), DURATIONS[2], dict.fromkeys(facts, 0)) if alerts else Containment()
    return responders_of(given, {fact: number for number, fact in enumerate(facts)}, keys, DURATIONS.index)


def _entry() -> EntryArrays:
    whole: NDArray[np.uint64] = np.array([CERTAIN], dtype=np.uint64)
    return EntryArrays("entry", 1, whole, np.array([0, 1]), np.array([0]), ("only",))
