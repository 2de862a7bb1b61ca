"""Happenings of graphs worked out by hand: one fact, one token, one call."""

from __future__ import annotations

from simkit.attackgraph import AttackGraph, Conclusion, Containment, Entry, Fact, Ground, Step, Variant
from simkit.distributions import FOREVER, Fixed
from simkit.engines.reference import Fates
from simkit.record.watch import (
    ALERTED,
    CONTAINED,
    CUT_SHORT,
    ENDED,
    EXECUTED,
    REFUSED,
    Happening,
    Validity,
    Watched,
)

KEY, SESSION, LOSS = Fact("holds", "key"), Fact("replays", "desk"), Fact("lost", "cases", "confidentiality")
LEAK = Step("leak(key)", "leak", (), (Conclusion(KEY, 60.0),), (Ground("entry", ("leak",)),))
REDEEM = Step("redeem(key)", "redeem", (KEY,), (Conclusion(SESSION),), (Ground("credential", ("key",)),))
READ = Step(
    "read(cases)", "read", (SESSION,), (Conclusion(LOSS),), (Ground("entitlement", ("desk", "crm.read", "cases")),),
    duration=Fixed(5.0),
)  # fmt: skip


def graph_of(*steps: Step, root: Step = LEAK, forgotten: float = 0.0) -> AttackGraph:
    """A token leaks at time 0 and lives for a minute; the horizon is an hour; containment comes 10 s after an alert."""
    containment = Containment(Fixed(10.0), Fixed(20.0), {KEY: forgotten})
    return AttackGraph.build(steps, [Entry("leak", (Variant("", 1.0, (root,)),))], containment, horizon=3600.0)


def told(graph: AttackGraph) -> list[Happening]:
    found: list[Happening] = []
    Watched(graph, Fates(graph, 0, 0), found.append).run(graph.entry("leak"))
    return found


def named(graph: AttackGraph, happenings: list[Happening]) -> list[tuple[str, int, str]]:
    """Kind, moment in ms, and the step (or the facts that ended)."""
    return [
        (h.kind, h.at, graph.steps[h.step].key if h.step >= 0 else " ".join(str(graph.facts[f]) for f in h.ended))
        for h in happenings
    ]


def test_a_token_opens_a_session_that_ends_with_it() -> None:
    graph = graph_of(REDEEM, READ)
    happenings = told(graph)
    assert named(graph, happenings) == [
        (EXECUTED, 0, "leak(key)"),
        (EXECUTED, 0, "redeem(key)"),
        (EXECUTED, 5_000, "read(cases)"),
        (ENDED, 60_000, "holds(key)"),
        (ENDED, 60_000, "replays(desk)"),
    ]
    assert happenings[0].won == (Validity(graph.index[KEY], 0, 60_000),)
    assert happenings[2].won == (Validity(graph.index[LOSS], 5_000, FOREVER),)


def test_a_call_that_is_not_let_through_is_refused_when_it_would_have_been_done() -> None:
    graph = graph_of(REDEEM, READ._replace(chance=0.0))
    assert (REFUSED, 5_000, "read(cases)") in named(graph, told(graph))
    assert not any(at == EXECUTED and key == "read(cases)" for at, _, key in named(graph, told(graph)))


def test_a_call_under_way_is_cut_short_when_its_token_ends() -> None:
    graph = graph_of(REDEEM, READ._replace(duration=Fixed(90.0)))
    happenings = told(graph)
    assert named(graph, happenings)[-3:] == [
        (ENDED, 60_000, "holds(key)"),
        (ENDED, 60_000, "replays(desk)"),
        (CUT_SHORT, 60_000, "read(cases)"),
    ]
    assert happenings[-1].ended == (graph.index[SESSION],)


def test_what_still_waits_for_its_task_is_not_attempted() -> None:
    graph = graph_of(REDEEM, READ._replace(wait=Fixed(90.0)))
    assert "read(cases)" not in {key for _, _, key in named(graph, told(graph))}


def test_an_alert_brings_containment_and_containment_revokes() -> None:
    graph = graph_of(REDEEM._replace(alert=1.0, alert_delay=Fixed(2.0)), READ)
    happenings = told(graph)
    assert named(graph, happenings)[2:] == [
        (ALERTED, 2_000, "redeem(key)"),
        (EXECUTED, 5_000, "read(cases)"),
        (CONTAINED, 12_000, "holds(key) replays(desk)"),
    ]


def test_containment_after_the_last_step_is_told_too_and_what_is_forgotten_lives_on() -> None:
    graph = graph_of(REDEEM._replace(alert=1.0, alert_delay=Fixed(2.0)), forgotten=1.0)
    happenings = told(graph)
    contained = next(h for h in happenings if h.kind == CONTAINED)
    assert contained.at == 12_000
    assert contained.won == (Validity(graph.index[KEY], 0, 32_000),)
    assert named(graph, happenings)[-3:] == [
        (EXECUTED, 12_000, "redeem(key)"),
        (ENDED, 32_000, "holds(key)"),
        (ENDED, 32_000, "replays(desk)"),
    ]


def test_an_entry_that_does_not_succeed_was_attempted() -> None:
    graph = graph_of(root=LEAK._replace(chance=0.0))
    assert named(graph, told(graph)) == [(REFUSED, 0, "leak(key)")]
