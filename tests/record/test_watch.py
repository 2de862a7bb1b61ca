"""Happenings of graphs worked out by hand: one fact, one token, one call, one run, one response."""

from __future__ import annotations

from simkit.attackgraph import Action, AttackGraph, Conclusion, Containment, Entry, Fact, Ground, Step, Variant
from simkit.distributions import FOREVER, Fixed
from simkit.engines.reference import Fates
from simkit.record.happenings import (
    ALERTED,
    CUT_SHORT,
    ENDED,
    EXECUTED,
    EXPIRED,
    LEARNED,
    REFUSED,
    RESPONDED,
    REVOKED,
    RUN_OVER,
    WAITING,
    Happening,
    Validity,
)
from simkit.record.watch import Watched

KEY, SESSION, LOSS = Fact("holds", "key"), Fact("replays", "desk"), Fact("lost", "cases", "confidentiality")
PAGE, STEERED = Fact("tainted", "page"), Fact("steers", "desk")
LEAK = Step("leak(key)", "leak", (), (Conclusion(KEY, 60.0),), (Ground("entry", ("leak",)),))
POISON = LEAK._replace(key="poison(page)", conclusions=(Conclusion(PAGE),))
REDEEM = Step("redeem(key)", "redeem", (KEY,), (Conclusion(SESSION),), (Ground("credential", ("key",)),))
READ = Step(
    "read(cases)", "read", (SESSION,), (Conclusion(LOSS),), (Ground("entitlement", ("desk", "crm.read", "cases")),),
    duration=Fixed(5.0),
)  # fmt: skip
STEER = Step(
    "steer(desk)", "steer", (PAGE,), (Conclusion(STEERED, 20.0, run=True),), (Ground("flow"),), again=True,
    wait=Fixed(10.0),
)  # fmt: skip
ASKED = READ._replace(key="asked", premises=(STEERED,), duration=Fixed(3.0), approval=Fixed(100.0))
ALARM = REDEEM._replace(alert=1.0, alert_delay=Fixed(2.0))


def responds(*actions: str, forgotten: float = 0.0) -> Containment:
    """Ten seconds after something is known, the key and the session are dealt with; a missed key lives for 20 s."""
    done = tuple(Action(action, Fixed(10.0)) for action in actions)
    by = {KEY: 0, SESSION: 0, STEERED: 0}
    return Containment((done,), Fixed(20.0), by, {SESSION: "desk", STEERED: "desk"}, {KEY: forgotten})


def graph_of(
    *steps: Step, root: Step = LEAK, containment: Containment | None = None, horizon: float = 3600.0
) -> AttackGraph:
    """A token leaks at time 0 and lives for a minute; the horizon is an hour; a known key is revoked after 10 s."""
    given = containment or responds("revoke-secret")
    return AttackGraph.build(steps, [Entry("leak", (Variant("", 1.0, (root,)),))], given, horizon=horizon)


def told(graph: AttackGraph) -> list[Happening]:
    found: list[Happening] = []
    Watched(graph, Fates(graph, 0, 0), found.append).run(graph.entry("leak"))
    return found


def named(graph: AttackGraph, happenings: list[Happening]) -> list[tuple[str, int, str]]:
    """Kind, moment in ms, and the action, the step, or the facts that ended."""
    return [
        (
            happening.kind,
            happening.at,
            happening.action
            or (graph.steps[happening.step].key if happening.step >= 0 else names(graph, happening.ended)),
        )
        for happening in happenings
    ]


def names(graph: AttackGraph, facts: tuple[int, ...]) -> str:
    return " ".join(str(graph.facts[fact]) for fact in facts)


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
    assert {happening.why for happening in happenings[3:]} == {EXPIRED}


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


def test_an_entry_that_does_not_succeed_was_attempted() -> None:
    graph = graph_of(root=LEAK._replace(chance=0.0))
    assert named(graph, told(graph)) == [(REFUSED, 0, "leak(key)")]


def test_what_is_won_again_at_the_moment_at_which_it_ends_does_not_end() -> None:
    again = LEAK._replace(key="leak again", duration=Fixed(60.0))
    entry = Entry("leak", (Variant("", 1.0, (LEAK, again)),))
    graph = AttackGraph.build([], [entry], responds("revoke-secret"), horizon=3600.0)
    assert named(graph, told(graph)) == [
        (EXECUTED, 0, "leak(key)"),
        (EXECUTED, 60_000, "leak again"),
        (ENDED, 120_000, "holds(key)"),
    ]


# ---- responders


def test_an_alert_makes_known_and_what_is_known_is_revoked() -> None:
    graph = graph_of(ALARM, READ)
    happenings = told(graph)
    assert named(graph, happenings)[2:] == [
        (ALERTED, 2_000, "redeem(key)"),
        (EXECUTED, 5_000, "read(cases)"),
        (RESPONDED, 12_000, "revoke-secret"),
        (ENDED, 12_000, "holds(key)"),
        (ENDED, 12_000, "replays(desk)"),
    ]
    assert names(graph, happenings[2].known) == "holds(key) replays(desk)"
    response = happenings[4]
    assert names(graph, response.aimed) == "holds(key)"
    assert response.survived == ()
    assert {happening.why for happening in happenings[5:]} == {REVOKED}


def test_what_survives_a_response_is_told_with_it() -> None:
    """The session outlives the revocation of its key by 30 s, the key being gone."""
    outliving = ALARM._replace(conclusions=(Conclusion(SESSION, outlives=(30.0,) + 6 * (0.0,)),))
    graph = graph_of(outliving)
    happenings = told(graph)
    response = next(happening for happening in happenings if happening.kind == RESPONDED)
    assert response.survived == (Validity(graph.index[SESSION], 0, 42_000),)
    assert named(graph, happenings)[-2:] == [(ENDED, 12_000, "holds(key)"), (ENDED, 42_000, "replays(desk)")]


def test_what_a_response_misses_survives_it() -> None:
    graph = graph_of(ALARM, containment=responds("revoke-secret", forgotten=1.0))
    happenings = told(graph)
    response = next(happening for happening in happenings if happening.kind == RESPONDED)
    assert response.survived == (
        Validity(graph.index[KEY], 0, 32_000),
        Validity(graph.index[SESSION], 0, 32_000),
    )
    assert named(graph, happenings)[-2:] == [(ENDED, 32_000, "holds(key)"), (ENDED, 32_000, "replays(desk)")]


def test_a_call_under_way_is_cut_short_by_a_response() -> None:
    graph = graph_of(ALARM, READ._replace(duration=Fixed(30.0)), containment=responds("disable"))
    assert named(graph, told(graph))[-4:] == [
        (RESPONDED, 12_000, "disable"),
        (ENDED, 12_000, "replays(desk)"),
        (CUT_SHORT, 12_000, "read(cases)"),
        (ENDED, 60_000, "holds(key)"),
    ]


def test_another_way_takes_over_at_once_so_that_nothing_ends() -> None:
    other = Fact("holds", "other")
    leak = LEAK._replace(conclusions=(Conclusion(KEY, 60.0), Conclusion(other, 50.0)))
    second = REDEEM._replace(key="redeem(other)", premises=(other,))
    graph = graph_of(ALARM, second, root=leak)
    assert named(graph, told(graph))[-5:] == [
        (RESPONDED, 12_000, "revoke-secret"),
        (EXECUTED, 12_000, "redeem(other)"),
        (ENDED, 12_000, "holds(key)"),
        (ENDED, 50_000, "holds(other)"),
        (ENDED, 50_000, "replays(desk)"),
    ]


def test_what_a_logged_step_shows_belongs_to_the_finding_of_the_alert() -> None:
    """The key leaks unseen; its use is logged, and comes when the leak has been reported."""
    leak = LEAK._replace(alert=1.0, alert_delay=Fixed(1.0))
    use = REDEEM._replace(logged=True, duration=Fixed(4.0))
    graph = graph_of(use, root=leak)
    happenings = told(graph)
    assert named(graph, happenings)[:4] == [
        (EXECUTED, 0, "leak(key)"),
        (ALERTED, 1_000, "leak(key)"),
        (EXECUTED, 4_000, "redeem(key)"),
        (LEARNED, 4_000, "redeem(key)"),
    ]
    assert names(graph, happenings[3].known) == "replays(desk)"
    assert graph.steps[happenings[3].finding].key == "leak(key)"


# ---- runs


def test_a_run_begins_and_ends() -> None:
    graph = graph_of(STEER, root=POISON)
    happenings = told(graph)
    assert named(graph, happenings) == [
        (EXECUTED, 0, "poison(page)"),
        (EXECUTED, 10_000, "steer(desk)"),
        (ENDED, 30_000, "steers(desk)"),
    ]
    assert happenings[1].won == (Validity(graph.index[STEERED], 10_000, 30_000, run=True),)
    assert happenings[2].why == RUN_OVER


def test_a_run_that_waits_for_a_person_pauses_and_goes_on_with_the_answer() -> None:
    """Asked at 13, answered at 113; the run, which would have ended at 30, has 17 s left."""
    graph = graph_of(STEER, ASKED, root=POISON)
    happenings = told(graph)
    assert named(graph, happenings)[1:] == [
        (EXECUTED, 10_000, "steer(desk)"),
        (ENDED, 30_000, "steers(desk)"),
        (EXECUTED, 113_000, "asked"),
        (ENDED, 130_000, "steers(desk)"),
    ]
    assert [happening.why for happening in happenings if happening.kind == ENDED] == [WAITING, RUN_OVER]
    assert Validity(graph.index[STEERED], 10_000, 130_000, run=True) in happenings[3].won


def test_a_person_who_refuses_does_so_when_asked_though_the_run_is_over() -> None:
    graph = graph_of(STEER, ASKED._replace(chance=0.0), root=POISON)
    assert named(graph, told(graph))[2:] == [(ENDED, 30_000, "steers(desk)"), (REFUSED, 113_000, "asked")]


def test_what_would_be_asked_after_the_run_is_cut_short_with_it() -> None:
    graph = graph_of(STEER, ASKED._replace(duration=Fixed(20.0)), root=POISON)
    assert named(graph, told(graph))[2:] == [(ENDED, 30_000, "steers(desk)"), (CUT_SHORT, 30_000, "asked")]


def test_a_run_that_waits_is_cut_short_when_its_account_is_disabled_and_the_next_is_refused() -> None:
    steer = STEER._replace(alert=1.0, alert_delay=Fixed(40.0))
    graph = graph_of(steer, ASKED, root=POISON, containment=responds("disable"))
    assert named(graph, told(graph))[2:] == [
        (ENDED, 30_000, "steers(desk)"),
        (ALERTED, 50_000, "steer(desk)"),
        (RESPONDED, 60_000, "disable"),
        (CUT_SHORT, 60_000, "asked"),
        (REFUSED, 70_000, "steer(desk)"),
    ]
