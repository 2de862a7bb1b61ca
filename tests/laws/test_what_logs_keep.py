"""What keeps steps from being seen obeys the laws: what nobody sees is as if nobody looked."""

from __future__ import annotations

import numpy as np
from examples_drawn import examples
from generated_graphs import NOWHERE, graph_of, parts
from generated_worlds import attacked_worlds
from hypothesis import given
from hypothesis import strategies as st

from simkit.attackgraph import Conclusion, Containment, Entry, Fact, Step
from simkit.engines.outcomes import NEVER
from simkit.engines.replay import replay
from simkit.scenario import Scenario
from simkit.simulation import compile_attack

OFF = Fact("performed", "!off")
SWITCH = Step("!off", "silence", (), (Conclusion(OFF),), NOWHERE)
SAMPLES = 24
seeds = st.integers(0, 2**64 - 1)
Parts = tuple[list[Step], Entry, Containment]


def switched_off(entry: Entry, roots: dict[str, Step]) -> Entry:
    """`entry`, which first switches the log off, its other steps as `roots` say."""
    variants = (
        each.__class__(each.name, each.weight, (SWITCH, *(roots[s.key] for s in each.steps))) for each in entry.variants
    )
    return Entry(entry.name, tuple(variants))


@given(parts(), seeds)
@examples(60)
def test_what_is_silenced_raises_no_alert_and_is_never_known(made: Parts, seed: int) -> None:
    steps, entry, containment = made
    roots = {step.key: step for variant in entry.variants for step in variant.steps}
    hidden = {key: step._replace(silenced=(OFF,), shown=0.0) for key, step in roots.items()}
    silent = {key: step._replace(alert=0.0, logged=False) for key, step in roots.items()}
    off = graph_of([s._replace(silenced=(OFF,), shown=0.0) for s in steps], switched_off(entry, hidden), containment)
    nobody = graph_of([s._replace(alert=0.0, logged=False) for s in steps], switched_off(entry, silent), containment)
    unseen, alone = (replay(graph, "entry", seed=seed, trials=SAMPLES, threads=1) for graph in (off, nobody))
    assert np.array_equal(unseen.first, alone.first)
    assert np.array_equal(unseen.by, alone.by)
    assert (unseen.contained == NEVER).all()


@given(parts(), seeds)
@examples(60)
def test_what_never_holds_silences_nothing(made: Parts, seed: int) -> None:
    steps, entry, containment = made
    plain = [step._replace(silenced=(), shown=0.0) for step in steps]
    never = [step._replace(silenced=(OFF,)) for step in steps]
    found = [
        replay(graph_of(each, entry, containment), "entry", seed=seed, trials=SAMPLES, threads=1)
        for each in (plain, never)
    ]
    assert np.array_equal(found[0].first, found[1].first)
    assert np.array_equal(found[0].contained, found[1].contained)


@given(attacked_worlds(alerts=True))
@examples(40)
def test_steps_of_worlds_are_silenced_only_by_what_switches_a_log_off(scenario: Scenario) -> None:
    switches = {full for full, _, operation in scenario.model.operations() if operation.effect == "silence"}
    steps = compile_attack(scenario).graph.steps
    assert {fact.subject for step in steps for fact in step.silenced} <= switches
    assert all(
        step.rule not in ("leak", "poison", "compromise", "mistake", "delete") for step in steps if step.silenced
    )
